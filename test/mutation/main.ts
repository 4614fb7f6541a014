// `npm run test:mutation`: fails if a change of the sources is noticed by no test and is not in equivalent-mutants.ts.
// `npm run test:mutation -- redirect` runs one group.
import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { Stryker } from '@stryker-mutator/core'
import { root } from '../../tools/setup/io.js'
import { equivalentMutants } from './equivalent-mutants.ts'

/** Sources that are mutated together, and the tests that run: few, so that each mutant takes little time. */
interface Group {
  readonly sources: readonly string[]
  readonly tests: readonly string[]
}

type Mutant = Awaited<ReturnType<Stryker['runMutationTest']>>[number]

interface Score {
  readonly file: string
  readonly mutants: number
  readonly killed: number
  readonly equivalent: number
  readonly survived: readonly string[]
  /** Entries of equivalent-mutants.ts for mutants that do not survive. */
  readonly stale: readonly string[]
}

// `RuntimeError`: a test file does not load.
const noticed: ReadonlySet<string> = new Set(['Killed', 'Timeout', 'RuntimeError'])

const core = 'packages/core/src'
const vectors = 'conformance/suite.test.ts'
// Random and timed tests are left out: a mutant must fail for the same reason each time.
const groups: Readonly<Record<string, Group>> = {
  token: {
    sources: [
      `${core}/token/token.ts`,
      `${core}/token/header.ts`,
      `${core}/crypto/constant-time-equal.ts`,
      `${core}/crypto/base64url.ts`,
    ],
    tests: ['packages/core/test/{token/token,token/keyring,crypto/constant-time-equal,inspect}*.test.ts', vectors],
  },
  keyring: {
    sources: [`${core}/token/keyring.ts`, `${core}/util/load-once.ts`, `${core}/crypto/iv-pool.ts`],
    tests: ['packages/core/test/{token/keyring,util/load-once,crypto/iv-pool}*.test.ts', vectors],
  },
  redirect: {
    sources: [`${core}/url/redirect-policy.ts`],
    tests: ['packages/core/test/url/redirect-policy*.test.ts'],
  },
  claims: {
    sources: [`${core}/token/claims.ts`],
    tests: ['packages/core/test/{token/claims,mint}*.test.ts', vectors],
  },
  policy: {
    sources: ['packages/verify/src/verifier/policy.ts'],
    tests: ['packages/verify/test/verifier/*.test.ts'],
  },
}

const requested = process.argv.slice(2)
const unknown = requested.filter((name) => !Object.hasOwn(groups, name))
if (unknown.length > 0) throw new Error(`unknown group ${unknown}; groups: ${Object.keys(groups)}`)

async function mutate({ sources, tests }: Group): Promise<Score[]> {
  process.env.HOOKURL_MUTATION_TESTS = JSON.stringify(tests)
  const mutants = await new Stryker({
    mutate: [...sources],
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner', './test/mutation/ignore-messages.js'],
    ignorers: ['messages'],
    vitest: { configFile: 'test/mutation/vitest.config.ts', related: false },
    ignorePatterns: ['bench', 'docs', 'examples', 'packages/*/dist', 'packages/cli/bundle'],
    // None: Stryker would rewrite it with the JavaScript API, which TypeScript 7 does not have.
    tsconfigFile: 'none.json',
    coverageAnalysis: 'perTest',
    concurrency: 2,
    timeoutMS: 10_000,
    warnings: false,
    reporters: ['dots'],
    allowConsoleColors: false,
  }).runMutationTest()
  return sources.map((file) => scoreFile(file, mutants))
}

function scoreFile(file: string, results: readonly Mutant[]): Score {
  const lines = readFileSync(join(root, file), 'utf8').split('\n')
  const mutants = results.filter(
    ({ fileName, status }) => relative(root, fileName).replaceAll('\\', '/') === file && status !== 'Ignored',
  )
  const survivors = mutants.filter(({ status }) => status === 'Survived' || status === 'NoCoverage')
  const changes = survivors.map((mutant) => describeMutant(mutant, lines))
  const known = Object.values(equivalentMutants[file] ?? {}).flat()
  return {
    file,
    mutants: mutants.length,
    killed: mutants.filter(({ status }) => noticed.has(status)).length,
    equivalent: changes.filter((change) => known.includes(change)).length,
    survived: changes.filter((change) => !known.includes(change)),
    stale: known.filter((change) => !changes.includes(change)),
  }
}

/** Returns the changed part of the line between its unchanged ends: `if (⟨a > 1 → true⟩) return`. */
function describeMutant({ location: { start, end }, replacement = '' }: Mutant, lines: readonly string[]): string {
  const first = lines[start.line - 1] ?? ''
  const last = lines[end.line - 1] ?? ''
  const original =
    start.line === end.line ? first.slice(start.column - 1, end.column - 1) : `${first.slice(start.column - 1)}…`
  return `${first.slice(0, start.column - 1)}⟨${original} → ${replacement}⟩${last.slice(end.column - 1)}`.trim()
}

process.chdir(root)
const scores: Score[] = []
for (const [name, group] of Object.entries(groups)) {
  if (requested.length === 0 || requested.includes(name)) scores.push(...(await mutate(group)))
}

console.log('')
for (const { file, survived, stale } of scores) {
  for (const change of survived) console.log(`survived: ${file}\n    ${change}`)
  for (const change of stale) console.log(`listed as equivalent, but killed or gone: ${file}\n    ${change}`)
}
console.table(
  scores.map(({ file, mutants, killed, equivalent, survived }) => ({
    file,
    mutants,
    killed,
    equivalent,
    survived: survived.length,
    score: `${((100 * killed) / mutants).toFixed(1)} %`,
  })),
)
process.exitCode = scores.every(({ mutants, survived, stale }) => mutants > 0 && survived.length + stale.length === 0)
  ? 0
  : 1
