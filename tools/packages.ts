// Publishes the packages to a registry on this machine, and uses them as strangers do: installed by each package
// manager, compiled by each TypeScript, bundled by each bundler and run. Names of groups after `--` run these alone.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packAll } from './exports/pack.ts'
import { publishAll } from './exports/publish.ts'
import { checkBundles } from './packages/bundles.ts'
import { checkCompilers } from './packages/compilers.ts'
import { checkManagers } from './packages/managers.ts'
import { makeProject, must, others, versionOf } from './packages/project.ts'
import { openRegistry } from './packages/registry.ts'
import { type Row, toRow, writeRows } from './packages/row.ts'
import { run } from './setup/io.js'

const names = ['managers', 'compilers', 'bundlers'] as const
const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !names.some((each) => each === name))
if (unknown.length > 0) {
  console.error(`There is no ${unknown.join(', ')}. There are: ${names.join(', ')}`)
  process.exit(2)
}

const folder = mkdtempSync(join(tmpdir(), 'hookurl-packages-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

const upstream = run('npm', ['config', 'get', 'registry', '--loglevel=error']).output
const registry = await openRegistry(upstream.endsWith('/') ? upstream : `${upstream}/`)
const packed = packAll(join(folder, 'packed'))
const version = packed[0]?.version ?? ''
const project = join(folder, 'project')

const groups: Readonly<Record<(typeof names)[number], () => Promise<Row[]>>> = {
  managers: () => checkManagers({ registry, folder, version }),
  compilers: () => checkCompilers(project),
  bundlers: () => checkBundles(project),
}
const chosen = Object.entries(groups).filter(([name]) => asked.length === 0 || asked.includes(name))

const rows = [
  await toRow('published', async () => {
    const warnings = await publishAll(packed, { registry, folder })
    if (warnings.length > 0) throw new Error(warnings.join('\n'))
    return `${packed.map(({ name }) => name).join(', ')} ${version}, without a warning`
  }),
]
if (chosen.some(([name]) => name !== 'managers')) {
  makeProject(project, { '.npmrc': `registry=${registry.url}\n` })
  const types = `@types/node@${versionOf('@types/node')}`
  await must(['npm', 'install', '--no-audit', '--no-fund', '@hookurl/core', '@hookurl/verify', types, ...others], {
    cwd: project,
  })
}
for (const [, check] of chosen) rows.push(...(await check()))
registry.close()

console.log(writeRows(rows))
const count = (mark: Row['mark']): number => rows.filter((row) => row.mark === mark).length
const [works, failed, skipped] = [count('✓'), count('✗'), count('–')]
console.log(`${works} ways to use the packages work, ${failed} do not, ${skipped} skipped`)
process.exitCode = failed === 0 ? 0 : 1
