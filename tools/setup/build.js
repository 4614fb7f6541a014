import { createHash } from 'node:crypto'
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { buildCommonJs } from './commonjs.js'
import { log, readNote, root, run, writeNote } from './io.js'
import { buildPage, hasPage } from './page.js'
import { buildProgram, hasProgram } from './program.js'
import { copySkill, hasSkill, skill } from './skill.js'

const note = 'build'

/**
 * Builds the packages, so that `npx hookurl` works in the checkout, unless they are built.
 * @returns {Promise<string | undefined>} what went wrong
 */
export async function build() {
  const packages = readdirSync(join(root, 'packages'))
    .map((name) => `packages/${name}`)
    .filter((folder) => existsSync(join(root, folder, 'tsconfig.json')))
    .sort()
  const state = fingerprint(packages)
  const built =
    hasPage() &&
    hasProgram() &&
    hasSkill() &&
    packages.every((folder) => existsSync(join(root, folder, 'dist/.tsbuildinfo')))
  if (built && readNote(note) === state) return undefined
  for (const folder of packages) deleteStaleOutput(folder)
  log('building …')
  const result = run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-b', ...packages])
  if (!result.ok) return `the packages do not build\n${result.output}`
  const commonJsProblem = await buildCommonJs()
  if (commonJsProblem !== undefined) return `CommonJS does not build\n${commonJsProblem}`
  const pageProblem = buildPage()
  if (pageProblem !== undefined) return `the inspector page does not build\n${pageProblem}`
  const programProblem = await buildProgram()
  if (programProblem !== undefined) return `the command line does not build\n${programProblem}`
  copySkill()
  writeNote(note, state)
  return undefined
}

/** @param {string[]} packages */
function fingerprint(packages) {
  const hash = createHash('sha256')
  for (const file of [
    'tsconfig.base.json',
    'pnpm-lock.yaml',
    'tools/setup/commonjs.js',
    'tools/setup/page.js',
    'tools/setup/program.js',
    skill,
    ...packages.flatMap(sources),
  ]) {
    const { mtimeMs, size } = statSync(join(root, file))
    hash.update(`${file} ${mtimeMs} ${size}\n`)
  }
  return hash.digest('hex')
}

/** @param {string} folder */
function sources(folder) {
  return [`${folder}/tsconfig.json`, `${folder}/package.json`, ...list(`${folder}/src`)]
}

/**
 * Otherwise the output of a deleted source would still be published.
 * @param {string} folder
 */
function deleteStaleOutput(folder) {
  if (!existsSync(join(root, folder, 'dist'))) return
  const outputs = list(`${folder}/dist`).filter((file) => file.endsWith('.js'))
  const stale = outputs.some((file) => {
    const source = join(root, folder, 'src', file.slice(`${folder}/dist/`.length, -'.js'.length))
    return !existsSync(`${source}.ts`)
  })
  if (stale) rmSync(join(root, folder, 'dist'), { recursive: true })
}

/**
 * @param {string} folder
 * @returns {string[]}
 */
function list(folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length))
    .sort()
}
