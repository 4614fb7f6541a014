import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { hook } from './claims.ts'
import { createHookurlSubject } from './hookurl.ts'
import { isQuick, measureInTurn, median } from './measure.ts'
import type { Row } from './row.ts'
import { type RunResult, runCli } from './run-cli.ts'

const fewRows = 100_000
const manyRows = 1_000_000
const rounds = isQuick ? 1 : 3

interface Round {
  readonly ratio: number
  readonly perSecond: number
  readonly loopPerSecond: number
  /** Peak memory in megabytes. */
  readonly peakOfFew: number
  readonly peakOfMany: number
}

/** `mint --from` with a million rows, from start to end of the process, compared to `mintSync` in a loop. */
export async function run(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'hookurl-bench-'))
  try {
    for (const count of [fewRows, manyRows]) await writeCsv(folder, count)
    const measured: Round[] = []
    for (let round = 0; round < rounds; round++) measured.push(await runRound(folder))
    return toRows(measured)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function runRound(folder: string): Promise<Round> {
  const microsBefore = await measureLoop()
  const { peakMegabytes: peakOfFew } = mintFromCsv(folder, fewRows)
  const { peakMegabytes: peakOfMany, seconds } = mintFromCsv(folder, manyRows)
  // Measured before and after the long run, since the machine's load may change during it.
  const loopPerSecond = 2e6 / (microsBefore + (await measureLoop()))
  const perSecond = manyRows / seconds
  return { ratio: perSecond / loopPerSecond, perSecond, loopPerSecond, peakOfFew, peakOfMany }
}

async function measureLoop(): Promise<number> {
  const { minter } = createHookurlSubject()
  let userId = 0
  const { loop } = await measureInTurn({ loop: () => minter.mintSync({ ...hook, userId: userId++ }) })
  return loop.micros
}

function mintFromCsv(folder: string, count: number): RunResult {
  const [input, output] = [`${count}.csv`, `${count}-minted.csv`]
  const result = runCli(['mint', '--from', input, '-o', output], folder)
  const lines = readFileSync(join(folder, output)).reduce((sum, byte) => (byte === 10 ? sum + 1 : sum), 0)
  if (lines !== count + 1) throw new Error(`${count} rows gave ${lines - 1} URLs`)
  return result
}

async function writeCsv(folder: string, count: number): Promise<void> {
  const { command, content, redirectTo } = hook
  function* lines(): Generator<string> {
    yield 'command,userId,content,redirectTo\n'
    for (let userId = 0; userId < count; userId += 1000) {
      const block = Array.from({ length: 1000 }, (_, at) => `${command},${userId + at},${content},${redirectTo}\n`)
      yield block.join('')
    }
  }
  await pipeline(Readable.from(lines()), createWriteStream(join(folder, `${count}.csv`)))
}

function toRows(measured: readonly Round[]): readonly Row[] {
  const medianOf = (getFigure: (round: Round) => number): number => median(measured.map(getFigure))
  const task = `mint --from, ${manyRows.toLocaleString('en')} rows of CSV`
  const peakOfMany = medianOf((round) => round.peakOfMany)
  const formatRate = (rate: number): string => `${Math.round(rate).toLocaleString('en')} URLs per second`
  return [
    {
      task,
      comparedTo: 'mintSync in a loop',
      value: medianOf(({ ratio }) => ratio),
      unit: '×',
      target: { atLeast: 0.4 },
      hookurl: formatRate(medianOf(({ perSecond }) => perSecond)),
      other: formatRate(medianOf(({ loopPerSecond }) => loopPerSecond)),
      note: 'wall time of the process, including its start and reading and writing the files',
    },
    { task, comparedTo: 'its peak memory', value: peakOfMany, unit: 'MB', target: { atMost: 200 } },
    {
      task,
      comparedTo: `its peak memory with ${fewRows.toLocaleString('en')} rows`,
      value: medianOf((round) => round.peakOfMany / round.peakOfFew),
      unit: '×',
      // If rows were kept in memory, this would be 10.
      target: { atMost: 1.25 },
      hookurl: `${peakOfMany.toFixed(0)} MB`,
      other: `${medianOf(({ peakOfFew }) => peakOfFew).toFixed(0)} MB`,
    },
  ]
}
