// `npm run test:mutation`: changes the sources in one small way after another and fails where no test notices and
// test/mutation/equivalent-mutants.ts does not say why. `npm run test:mutation -- redirect` is for one group.
import { rmSync } from 'node:fs'
import { Stryker } from '@stryker-mutator/core'
import { copyTree } from '../../tools/mutate/copy.ts'
import { type Group, groups } from './groups.ts'
import { type Score, scoreFile } from './survivors.ts'
import { root } from '../../tools/setup/io.js'

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !groups.some((group) => group.name === name))
if (unknown.length > 0) throw new Error(`no such group: ${unknown}; there are ${groups.map(({ name }) => name)}`)

async function mutate({ sources, tests }: Group): Promise<Score[]> {
  process.env.HOOKURL_JUDGES = JSON.stringify(tests)
  const results = await new Stryker({
    mutate: [...sources],
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner', './test/mutation/ignore-messages.js'],
    ignorers: ['words'],
    vitest: { configFile: 'test/mutation/vitest.config.ts', related: false },
    coverageAnalysis: 'perTest',
    // The folder is a copy already.
    inPlace: true,
    concurrency: 2,
    timeoutMS: 10_000,
    warnings: false,
    reporters: ['dots'],
    allowConsoleColors: false,
    tempDirName: '.stryker-tmp',
  }).runMutationTest()
  return sources.map((source) => scoreFile(source, results))
}

const begin = performance.now()
const copy = copyTree()
process.chdir(copy)
const scores: Score[] = []
try {
  for (const group of groups) {
    if (wanted.length === 0 || wanted.includes(group.name)) scores.push(...(await mutate(group)))
  }
} finally {
  process.chdir(root)
  rmSync(copy, { recursive: true, force: true })
}

console.log()
for (const { unexplained } of scores) for (const survivor of unexplained) console.log(`survived: ${survivor}`)
for (const { file, stale } of scores) {
  for (const { code, becomes } of stale)
    console.log(`explained, but noticed: ${file}\n    ${code}\n    becomes: ${becomes}`)
}
console.table(
  scores.map(({ file, mutants, killed, explained, unexplained }) => ({
    file,
    mutants,
    killed,
    explained,
    survived: unexplained.length,
    score: `${((100 * killed) / mutants).toFixed(1)} %`,
  })),
)
console.log(`${Math.round((performance.now() - begin) / 1000)} s`)
const isClean = scores.every(
  ({ mutants, unexplained, stale }) => mutants > 0 && unexplained.length + stale.length === 0,
)
process.exitCode = isClean ? 0 : 1
