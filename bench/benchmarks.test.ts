import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { benchmarks } from './benchmarks.ts'
import { combineRuns } from './combine-runs.ts'
import { formatFigure, formatRange, formatTarget, getOutcome } from './format-row.ts'
import { parseArguments } from './parse-arguments.ts'
import { drawChart } from './report-chart.ts'
import { formatPage, formatScaling } from './report-page.ts'
import { type Result, readResults } from './results.ts'
import type { MeasuredRow, Row, Target } from './row.ts'
import { renderSummary, renderTable } from './table.ts'

const names = Object.keys(benchmarks)

/** Makes a row of several runs. */
function measuredRow(values: readonly number[], rest: Partial<MeasuredRow> = {}): MeasuredRow {
  const median = [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] as number
  return { task: 'mint', comparedTo: 'fast-jwt', unit: '×', values, median, ...rest }
}

/** Makes the saved result of a benchmark. */
function result(rows: readonly MeasuredRow[], rest: Partial<Result> = {}): Result {
  return {
    date: '2026-11-29',
    quick: false,
    machine: { processor: 'AMD EPYC', cores: 2, node: '20.20.2' },
    rows,
    ...rest,
  }
}

const cost = measuredRow([1.6, 1.5, 1.9], { comparedTo: 'the baseline', target: { atMost: 1.7 }, isInternal: true })
const speed = measuredRow([1.4, 1.3, 1.45], { comparedTo: 'a < b | c', target: { atLeast: 1.5 } })
const noisy = measuredRow([2.4, 2.2, 2.6], { task: 'verify', target: { atMost: 2.3 } })
const withoutTarget = measuredRow([9.123], { task: 'reject' })

test.each<[name: string, values: readonly number[], target: Target | undefined, outcome: string | undefined]>([
  ['the median meets an upper target', [1.6, 1.5, 1.9], { atMost: 1.7 }, 'met'],
  ['the median is the upper target', [1.7, 1.7, 1.9], { atMost: 1.7 }, 'met'],
  ['only the best run meets an upper target', [1.8, 1.7, 1.9], { atMost: 1.7 }, 'within noise'],
  ['no run meets an upper target', [1.8, 1.71, 1.9], { atMost: 1.7 }, 'missed'],
  ['the median meets a lower target', [1.6, 1.1, 1.9], { atLeast: 1.5 }, 'met'],
  ['the median is the lower target', [1.5, 1.1, 1.9], { atLeast: 1.5 }, 'met'],
  ['only the best run meets a lower target', [1.4, 1.5, 1.3], { atLeast: 1.5 }, 'within noise'],
  ['no run meets a lower target', [1.4, 1.49, 1.3], { atLeast: 1.5 }, 'missed'],
  ['the only run meets its target', [1.6], { atMost: 1.7 }, 'met'],
  ['the only run misses its target', [1.8], { atMost: 1.7 }, 'missed'],
  ['there is no target', [1.8], undefined, undefined],
])('the outcome where %s', (_name, values, target, outcome) => {
  expect(getOutcome(measuredRow(values, target === undefined ? {} : { target }))).toBe(outcome)
})

test.each<[values: readonly number[], unit: Row['unit'], figure: string, range: string]>([
  [[9.123], '×', '9.12 ×', '9.12 · 9.12 · 9.12 ×'],
  [[31.46, 29.04, 33], '×', '31.5 ×', '29.0 · 31.5 · 33.0 ×'],
  [[9.9, 10.1, 10.2], '×', '10.1 ×', '9.90 · 10.1 · 10.2 ×'],
  [[8.21, 8.21, 8.21], 'kB', '8.2 kB', '8.2 · 8.2 · 8.2 kB'],
  [[237], 'characters', '237 characters', '237 · 237 · 237 characters'],
  [[122.6], 'MB', '123 MB', '123 · 123 · 123 MB'],
])('%j with the unit %s is formatted as %s', (values, unit, figure, range) => {
  const row = measuredRow(values, { unit })
  expect(formatFigure(row)).toBe(figure)
  expect(formatRange(row)).toBe(range)
})

test('a target is formatted with its bound and its unit', () => {
  expect(formatTarget(speed)).toBe('≥ 1.5 ×')
  expect(formatTarget(cost)).toBe('≤ 1.7 ×')
  expect(formatTarget(withoutTarget)).toBe('')
})

test('a row of several runs has every figure, and the strings of the run that measured the median', () => {
  const run = (value: number): Row => ({ task: 'mint', comparedTo: 'jose', value, unit: '×', hookurl: `${value} µs` })
  expect(combineRuns([[run(3)], [run(1)], [run(2)]])).toEqual([
    { task: 'mint', comparedTo: 'jose', unit: '×', hookurl: '2 µs', values: [3, 1, 2], median: 2 },
  ])
})

test('runs with different rows are not combined', () => {
  const row: Row = { task: 'mint', comparedTo: 'jose', value: 1, unit: '×' }
  expect(() => combineRuns([[row], []])).toThrow('different rows')
  expect(() => combineRuns([[row], [{ ...row, comparedTo: 'fast-jwt' }]])).toThrow('different rows')
})

test.each([Number.NaN, Number.POSITIVE_INFINITY])('a run that measured %s has no result', (value) => {
  const row: Row = { task: 'mint', comparedTo: 'jose', value, unit: '×' }
  expect(() => combineRuns([[row], [{ ...row, value: 1 }], [{ ...row, value: 2 }]])).toThrow('mint, jose')
})

test('without arguments, every benchmark runs three times', () => {
  expect(parseArguments([], names)).toEqual({ names, runs: 3, isQuick: false })
})

test('the named benchmarks run in the order of the list', () => {
  expect(parseArguments(['verify', '--runs', '5', '--quick', 'mint'], names)).toEqual({
    names: ['mint', 'verify'],
    runs: 5,
    isQuick: true,
  })
})

test.each([
  [['--runs', '0'], '--runs must be an integer'],
  [['--runs', '1.5'], '--runs must be an integer'],
  [['--runs', ''], '--runs must be an integer'],
  [['--runs', '100'], '--runs must be an integer'],
  [['mnit'], 'unknown benchmark: mnit. Available: mint, verify'],
  [['--fast'], "Unknown option '--fast'"],
])('the arguments %j are rejected', (args, message) => {
  expect(() => parseArguments(args, names)).toThrow(message)
})

test('the table of the terminal has a line with range, target and outcome for each row', () => {
  const lines = renderTable([cost, speed, noisy, withoutTarget]).split('\n')
  expect(lines).toHaveLength(5)
  expect(lines[1]).toMatch(/1\.50 · 1\.60 · 1\.90 × +≤ 1\.7 × +met$/)
  expect(lines[2]).toMatch(/1\.30 · 1\.40 · 1\.45 × +≥ 1\.5 × +missed$/)
  expect(lines[3]).toMatch(/2\.20 · 2\.40 · 2\.60 × +≤ 2\.3 × +within noise$/)
  expect(lines[4]).toMatch(/9\.12 ×$/)
})

test('the summary counts the outcomes, lists what is not met and states the rule', () => {
  expect(renderSummary([cost, speed, noisy, withoutTarget]).split('\n')).toEqual([
    'Targets: 1 met, 1 within noise, 1 missed.',
    '- missed: mint, compared to a < b | c: 1.30 · 1.40 · 1.45 ×, target ≥ 1.5 ×',
    '- within noise: verify, compared to fast-jwt: 2.20 · 2.40 · 2.60 ×, target ≤ 2.3 ×',
    expect.stringMatching(
      /^A target is met if the median .* within noise if only the best run .* missed if no run does\.$/,
    ),
  ])
})

const internalWords = /[≤≥]|\b(?:targets?|missed|within noise|baselines?|the limit)\b/i

test('the page contains no targets and no internal rows', () => {
  const page = formatPage({ mint: result([cost, speed]), verify: result([noisy]) })
  expect(page).toContain('| mint |  | a < b \\| c |  | 1.40 × |')
  expect(page).not.toMatch(internalWords)
})

test.each(['docs/benchmarks.md', 'docs/images/benchmarks.svg'])('%s contains no targets', (file) => {
  expect(readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')).not.toMatch(internalWords)
})

test('the page describes the setup once if all figures have the same', () => {
  const page = formatPage({ mint: result([speed]), encrypt: result([speed]) })
  expect(page.split('Measured')).toHaveLength(2)
  expect(page).toContain('Measured on 2026-11-29 on AMD EPYC with 2 cores, Node 20.20.2: the median of 3 runs.')
})

test('the page describes each setup where they differ', () => {
  const quick = result([withoutTarget], { quick: true, date: '2026-12-01' })
  const page = formatPage({ mint: result([speed]), encrypt: quick })
  expect(page).toContain('Measured on 2026-11-29')
  expect(page).toContain('Measured on 2026-12-01 on AMD EPYC with 2 cores, Node 20.20.2: one run with few rounds.')
})

test('the page shows a figure that is not a ratio as the value of hookurl', () => {
  const size = measuredRow([123], { task: 'peak memory', comparedTo: 'nothing', unit: 'MB' })
  expect(formatPage({ batch: result([size]) })).toContain('| peak memory | 123 MB | nothing |  |  |')
})

test('the page, the scaling table and the chart need no results', () => {
  expect(formatPage({})).toContain('Nothing is measured yet')
  expect(formatScaling({})).toContain('Nothing is measured yet')
  expect(drawChart({})).toMatch(/^<svg [\s\S]*<\/svg>$/)
})

test('every benchmark with rows for users is on the page or in the scaling table', () => {
  const rows = (name: string): readonly MeasuredRow[] => [measuredRow([1], { task: `task of ${name}` })]
  const page = formatPage(Object.fromEntries(names.map((name) => [name, result(rows(name))])))
  const absent = names.filter((name) => !page.includes(`task of ${name} `))
  expect(absent).toEqual(['scaling'])
})

test('the chart shows where hookurl is faster and where it is slower, without internal rows', () => {
  const slower = measuredRow([0.77], { task: 'receive', comparedTo: 'by hand' })
  const svg = drawChart({ mint: result([cost, speed]), receive: result([slower]) })
  expect(svg.match(/<rect class="(?:faster|slower)" x="\d+(?:\.\d+)?" y="\d+" width="\d+\.\d"/g)).toHaveLength(2)
  expect(svg).toContain('0.77 ×')
  expect(svg).not.toContain('the baseline')
})

test('the chart escapes text', () => {
  expect(drawChart({ mint: result([speed]) })).toContain('a &lt; b')
})

test('the chart has colors for light and dark pages', () => {
  expect(drawChart({ mint: result([speed]) })).toContain('@media (prefers-color-scheme: dark)')
})

test('the saved results belong to existing benchmarks', () => {
  const saved = Object.keys(readResults())
  expect(saved.length).toBeGreaterThan(0)
  expect(names).toEqual(expect.arrayContaining(saved))
})

test('every saved row has finite figures, and their median', () => {
  for (const { rows, machine } of Object.values(readResults())) {
    expect(machine.cores).toBeGreaterThan(0)
    for (const { values, median } of rows) {
      expect(values.length).toBeGreaterThan(0)
      expect(values.every(Number.isFinite)).toBe(true)
      expect(values).toContain(median)
    }
  }
})

const hosts = ['node:http', 'express', 'koa', 'fastify', 'hono', 'fetch']
const libraries = ['fast-jwt', 'jsonwebtoken', 'jose, one at a time', 'jose, 64 in flight']
type TargetRow = [benchmark: string, task: string, comparedTo: string, target: Target | undefined]

function compareToLibraries(benchmark: string, task: string, speedups: readonly number[]): TargetRow[] {
  return libraries.map((name, at) => [benchmark, task, name, { atLeast: speedups[at] ?? Number.NaN }])
}

// The targets of `batch` and `start-up` are in their files.
const targetRows: TargetRow[] = [
  ['mint', 'mint', 'the baseline', { atMost: 1.5 }],
  ['mint', 'mint', 'the limit', undefined],
  ...compareToLibraries('mint', 'mint', [2.2, 3, 25, 5]),
  ['verify', 'verify a valid token', 'the baseline', { atMost: 1.7 }],
  ['verify', 'verify a valid token', 'the limit', { atMost: 1.8 }],
  ...compareToLibraries('verify', 'verify a valid token', [1.8, 3, 25, 5]),
  ['reject', 'reject a forged token', 'the baseline', { atMost: 1.2 }],
  ['reject', 'reject a forged token', 'the limit', undefined],
  ['reject', 'reject a forged encrypted token', 'a forged signed token', { atMost: 2 }],
  ['encrypt', 'mint an encrypted token', "jose's JWE", { atLeast: 10 }],
  ['encrypt', 'mint an encrypted token', '@hapi/iron', { atLeast: 1.5 }],
  ['encrypt', 'mint an encrypted token', 'paseto-ts v4.local', { atLeast: 8 }],
  ['encrypt', 'open an encrypted token', "jose's JWE", { atLeast: 10 }],
  ['encrypt', 'open an encrypted token', '@hapi/iron', { atLeast: 1.5 }],
  ['encrypt', 'open an encrypted token', 'paseto-ts v4.local', { atLeast: 8 }],
  ['receive', 'receive on node:http', 'by hand', { atLeast: 0.9 }],
  ['receive', 'receive on Express', 'with jsonwebtoken', { atLeast: 1.2 }],
  ['receive', 'receive on Fastify', 'with @fastify/jwt', { atLeast: 1.2 }],
  ['receive', 'receive on Hono (Node)', 'with hono/jwt', { atLeast: 1.2 }],
  ['uses', 'single use on LMDB', 'two plain puts', { atLeast: 0.5 }],
  ['uses', 'single use on Redis', 'SET NX PX and DEL', { atLeast: 0.5 }],
  [
    'waiting',
    '64 single-use hooks in flight while 300 clients wait for another: p99',
    'the same without them',
    { atMost: 1.5 },
  ],
  ...hosts.map((host, at): TargetRow => {
    const plain = at < 4 ? 'plain node:http' : 'plain fetch'
    return ['chunks', `memory for a body of 1 MB in 1-byte chunks: ${host}`, plain, { atMost: 1.5 }]
  }),
  ['size', 'worker bundle: createMinter alone', "jose's SignJWT and jwtVerify", { atMost: 7.5 }],
  ['size', 'worker bundle: createVerifier alone', "jose's SignJWT and jwtVerify", { atMost: 7.5 }],
  ['size', 'worker bundle: the fetch adapter', "jose's SignJWT and jwtVerify", { atMost: 24 }],
  ['length', "the README's URL", 'the shortest JWT with its claims', { atMost: 237 }],
]

test.each(targetRows)(
  '%s measures "%s" compared to %s, with the right target',
  (benchmark, task, comparedTo, target) => {
    const rows = readResults()[benchmark]?.rows ?? []
    const found = rows.filter((row) => row.task === task && row.comparedTo === comparedTo)
    expect(found.map((row) => row.target)).toEqual([target])
  },
)

test('memory measures the heap and the resident memory of a receiver, with their target', () => {
  const rows = readResults().memory?.rows ?? []
  expect(rows.map(({ task, target }) => [task.split(' of ')[0], target])).toEqual([
    ['heap', { atMost: 1.1 }],
    ['resident memory', { atMost: 1.1 }],
  ])
})

test('the page lists a note once, with all that it is about', () => {
  const rows = ['koa', 'hono'].map((comparedTo) => measuredRow([1], { comparedTo, note: 'a note' }))
  expect(formatPage({ mint: result(rows) })).toContain('\n- koa; hono: a note')
})

test.each(['batch', 'start-up'])('%s has a target', (benchmark) => {
  expect(readResults()[benchmark]?.rows.filter(({ target }) => target !== undefined)).not.toEqual([])
})
