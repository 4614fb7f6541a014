// Creates an application with each framework, installs the packed packages, builds it, and opens a hook URL in Chromium:
// `npm run test:frameworks`, or `npm run test:frameworks -- Astro`.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { downloadNode } from '../../tools/setup/nodes.js'
import { explainAbsence } from '../../tools/setup/programs.js'
import { chromiumPath, openBrowser } from '../browser/open-browser.ts'
import { packAll } from '../packages/pack.ts'
import { publishAll } from '../packages/publish.ts'
import { findUpstream, openRegistry } from '../packages/registry.ts'
import { formatRows, type Row, toRow } from '../packages/row.ts'
import { checkFramework } from './check-framework.ts'
import { frameworks } from './frameworks.ts'

const requested = process.argv.slice(2)
const unknown = requested.filter((name) => !frameworks.some((framework) => framework.name === name))
if (unknown.length > 0) {
  console.error(
    `Unknown framework: ${unknown.join(', ')}. Frameworks: ${frameworks.map(({ name }) => name).join(', ')}`,
  )
  process.exit(2)
}
if (chromiumPath === undefined) {
  console.error(explainAbsence('chromium'))
  process.exit(1)
}
// Some frameworks do not run on the oldest Node that hookurl supports.
const node = downloadNode('22.23.3')
if ('absence' in node) {
  console.error(node.absence)
  process.exit(1)
}

const folder = mkdtempSync(join(tmpdir(), 'hookurl-frameworks-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

const registry = await openRegistry(findUpstream())
await publishAll(packAll(join(folder, 'packed')), { registry, folder })
const browser = await openBrowser()

const rows: Row[] = []
for (const framework of frameworks) {
  if (requested.length > 0 && !requested.includes(framework.name)) continue
  console.log(`${framework.name} …`)
  const workplace = { folder: join(folder, framework.name), registry: registry.url, node: node.program, browser }
  rows.push(await toRow(framework.name, () => checkFramework(framework, workplace)))
}
await browser.close()
registry.close()

console.log(formatRows(rows))
const failed = rows.filter(({ mark }) => mark === '✗').length
console.log(`${rows.length - failed} frameworks work, ${failed} fail`)
process.exitCode = failed === 0 ? 0 : 1
