// Checks the packages as they would be published: what they hold, what they export, and that it can be used.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { load, startPrograms, typeCheck, typeCheckFrameworks } from './exports/consume.ts'
import { lint } from './exports/lint.ts'
import { findDeadMentions } from './exports/mentions.ts'
import { packAll } from './exports/pack.ts'
import { build } from './setup/build.js'

const buildProblem = await build()
if (buildProblem !== undefined) console.error(buildProblem)

const project = mkdtempSync(join(tmpdir(), 'hookurl-exports-'))
process.on('exit', () => rmSync(project, { recursive: true }))
const packed = packAll(project)
const specifiers = packed.flatMap((each) => each.specifiers)
const linted = await Promise.all(packed.map(lint))
const used = [
  ...load(project, packed),
  ...typeCheck(project, packed),
  ...typeCheckFrameworks(project),
  ...startPrograms(packed),
]
const problems = [...linted.flat(), ...used, ...findDeadMentions(specifiers)]
for (const problem of problems) console.error(problem)

for (const { name, bytes } of packed) console.log(`${name}: ${(bytes / 1024).toFixed(1)} KiB packed`)
if (problems.length === 0) console.log(`${specifiers.length} subpaths resolve, load and have types`)
process.exitCode = problems.length === 0 && buildProblem === undefined ? 0 : 1
