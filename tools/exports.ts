// Checks the packages as they would be published: what they hold, what they export, and that it can be used.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { load, startPrograms, typeCheck, typeCheckFrameworks } from './exports/consume.ts'
import { judgeContents, measure } from './exports/contents.ts'
import { lint } from './exports/lint.ts'
import { judgeManifests } from './exports/manifest.ts'
import { findDeadMentions } from './exports/mentions.ts'
import { type Packed, packAll } from './exports/pack.ts'
import { publishAll } from './exports/publish.ts'
import { openRegistry } from './packages/registry.ts'
import { build } from './setup/build.js'

const buildProblem = await build()
if (buildProblem !== undefined) console.error(buildProblem)

const project = mkdtempSync(join(tmpdir(), 'hookurl-exports-'))
process.on('exit', () => rmSync(project, { recursive: true }))
const packed = packAll(project)
const specifiers = packed.flatMap((each) => each.specifiers)
const registry = await openRegistry()
const warnings = await publishAll(packed, { registry, folder: join(project, 'publishing'), dryRun: true })
registry.close()
const judged = [...packed.flatMap(judgeContents), ...(await judgeManifests(packed)), ...warnings]
const linted = await Promise.all(packed.map(lint))
const used = [
  ...load(project, packed),
  ...typeCheck(project, packed),
  ...typeCheckFrameworks(project),
  ...startPrograms(packed),
]
const problems = [...judged, ...linted.flat(), ...used, ...findDeadMentions(specifiers)]
for (const problem of problems) console.error(problem)

console.log(writeSizes(packed))
if (problems.length === 0) console.log(`${specifiers.length} subpaths resolve, load and have types`)
process.exitCode = problems.length === 0 && buildProblem === undefined ? 0 : 1

function writeSizes(all: readonly Packed[]): string {
  const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(0)} kB`
  const rows = all.map((each) => {
    const { files, bytes, withoutSources } = measure(each)
    return [each.name, `${files} files`, kilobytes(each.bytes), kilobytes(bytes), kilobytes(withoutSources)]
  })
  const table = [['package', 'holds', 'packed', 'unpacked', 'no sources'], ...rows]
  return table
    .map(([name = '', ...cells]) => name.padEnd(16) + cells.map((cell) => cell.padStart(12)).join(''))
    .join('\n')
}
