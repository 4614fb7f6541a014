// `npm run planted`: plants one bug after another in a copy of the sources and fails where no test notices.
// `npm run planted -- uses` is for one area.
import { rmSync } from 'node:fs'
import { copyTree } from './mutate/copy.ts'
import { bugs as all } from './planted/bugs.ts'
import { plant, runTests } from './planted/judge.ts'

const areas = process.argv.slice(2)
const bugs = all.filter(({ area }) => areas.length === 0 || areas.includes(area))
if (bugs.length === 0) throw new Error(`no such area: ${areas}; there are ${[...new Set(all.map(({ area }) => area))]}`)

const copy = copyTree()
let missed = 0
try {
  const { passed, failed } = runTests(copy, [...new Set(bugs.flatMap(({ tests }) => tests))])
  if (failed !== undefined || passed === 0)
    throw new Error(`without a bug the tests must pass: ${failed ?? 'none ran'}`)
  console.log(`without a bug: ${passed} tests pass`)
  for (const bug of bugs) {
    const { failed: caughtBy } = plant(bug, copy)
    if (caughtBy === undefined) missed++
    console.log(`${bug.area}: ${bug.name}\n    ${caughtBy === undefined ? 'NOT NOTICED' : `noticed by: ${caughtBy}`}`)
  }
} finally {
  rmSync(copy, { recursive: true, force: true })
}
console.log(`${bugs.length} bugs planted, ${bugs.length - missed} noticed, ${missed} not`)
process.exitCode = missed === 0 ? 0 : 1
