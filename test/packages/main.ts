// Publishes the packages to a registry on this machine, installs them with each package manager, requires them from
// CommonJS, compiles them with each TypeScript, bundles them with each bundler and runs them: `npm run test:packages`, or
// `npm run test:packages -- managers`.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkBundles } from './bundles.ts'
import { checkCommonJs } from './commonjs.ts'
import { checkCompilers } from './compilers.ts'
import { checkJsr } from './jsr.ts'
import { checkManagers } from './managers.ts'
import { packAll } from './pack.ts'
import { makeProject, must, others, versionOf } from './project.ts'
import { publishAll } from './publish.ts'
import { findUpstream, openRegistry } from './registry.ts'
import { formatRows, type Row, toRow } from './row.ts'

const names = ['managers', 'commonjs', 'compilers', 'bundlers', 'jsr'] as const
const requested = process.argv.slice(2)
const unknown = requested.filter((name) => !names.some((each) => each === name))
if (unknown.length > 0) {
  console.error(`Unknown group: ${unknown.join(', ')}. Groups: ${names.join(', ')}`)
  process.exit(2)
}

const folder = mkdtempSync(join(tmpdir(), 'hookurl-packages-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

const registry = await openRegistry(findUpstream())
const packed = packAll(join(folder, 'packed'))
const version = packed[0]?.version ?? ''
const project = join(folder, 'project')

const groups: Readonly<Record<(typeof names)[number], () => Promise<Row[]>>> = {
  managers: () => checkManagers({ registry, folder, version }),
  commonjs: () => checkCommonJs({ project, folder, registry }),
  compilers: () => checkCompilers(project),
  bundlers: () => checkBundles(project),
  jsr: () => checkJsr(join(folder, 'jsr')),
}
const chosen = Object.entries(groups).filter(([name]) => requested.length === 0 || requested.includes(name))

const rows = [
  await toRow('published', async () => {
    const warnings = await publishAll(packed, { registry, folder })
    if (warnings.length > 0) throw new Error(warnings.join('\n'))
    return `${packed.map(({ name }) => name).join(', ')} ${version}, without a warning`
  }),
]
if (chosen.some(([name]) => name !== 'managers' && name !== 'jsr')) {
  makeProject(project, { '.npmrc': `registry=${registry.url}\n` })
  const types = `@types/node@${versionOf('@types/node')}`
  await must(['npm', 'install', '--no-audit', '--no-fund', '@hookurl/core', '@hookurl/verify', types, ...others], {
    cwd: project,
  })
}
for (const [, check] of chosen) rows.push(...(await check()))
registry.close()

console.log(formatRows(rows))
const count = (mark: Row['mark']): number => rows.filter((row) => row.mark === mark).length
const [works, failed, skipped] = [count('✓'), count('✗'), count('–')]
console.log(`${works} ways to use the packages work, ${failed} fail, ${skipped} skipped`)
process.exitCode = failed === 0 ? 0 : 1
