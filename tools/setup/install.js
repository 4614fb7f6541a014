import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { log, readNote, root, run, writeNote } from './io.js'

const note = 'install'
const workspaceFolders = ['packages', 'examples']
// Only `npm run site` needs it, and installs it.
const withoutSite = '--filter=!@hookurl/site'

/**
 * Installs what the lock file lists, unless it is installed.
 * @returns {string | undefined} what went wrong
 */
export function install() {
  const state = fingerprint()
  if (readNote(note) === state && existsSync(join(root, 'node_modules/.bin/hookurl'))) return undefined
  const pnpm = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).packageManager
  log(`installing with ${pnpm} …`)
  const result = run('npx', ['--yes', pnpm, 'install', '--frozen-lockfile', withoutSite], {
    // CI: pnpm does not prompt. The log level: `npm --silent` would hide why a download fails.
    env: { CI: 'true', npm_config_loglevel: 'error', npm_config_update_notifier: 'false' },
  })
  if (!result.ok) return `pnpm could not install the dependencies\n${result.output}`
  writeNote(note, state)
  return undefined
}

/** Changes when there is something to install. */
function fingerprint() {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`)
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests()]) {
    hash.update(`\n${file}\n`).update(readFileSync(join(root, file)))
  }
  return hash.digest('hex')
}

function manifests() {
  const folders = workspaceFolders.filter((folder) => existsSync(join(root, folder)))
  const inner = folders.flatMap((folder) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}`))
  return ['.', 'bench', 'site', 'tools/api', ...inner.sort()]
    .map((folder) => join(folder, 'package.json'))
    .filter((file) => existsSync(join(root, file)))
}
