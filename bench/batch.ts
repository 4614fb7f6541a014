import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { hook } from './claims.ts'
import { isQuick, measureInTurn, median } from './measure.ts'
import { createOurs } from './ours.ts'
import { runProgram } from './program.ts'
import type { Row } from './row.ts'

const few = 100_000
const many = 1_000_000
const rounds = isQuick ? 1 : 3

interface Round {
  readonly ratio: number
  readonly perSecond: number
  readonly loopPerSecond: number
  readonly peakOfFew: number
  readonly peakOfMany: number
}

/** `mint --from` with a million rows, from start to end of the process, against `mintSync` in a loop. */
export async function run(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'hookurl-bench-'))
  try {
    for (const count of [few, many]) await writeRows(count, { folder })
    const measured: Round[] = []
    for (let round = 0; round < rounds; round++) measured.push(await runRound(folder))
    return toRows(measured)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function runRound(folder: string): Promise<Round> {
  const before = await loopMicros()
  const { peak: peakOfFew } = mintFrom(few, { folder })
  const { peak: peakOfMany, seconds } = mintFrom(many, { folder })
  // On both sides of the long run, which the machine's load may change.
  const loopPerSecond = 2e6 / (before + (await loopMicros()))
  const perSecond = many / seconds
  return { ratio: perSecond / loopPerSecond, perSecond, loopPerSecond, peakOfFew, peakOfMany }
}

async function loopMicros(): Promise<number> {
  const { minter } = createOurs()
  let userId = 0
  const { loop } = await measureInTurn({ loop: () => minter.mintSync({ ...hook, userId: userId++ }) })
  return loop.micros
}

function mintFrom(count: number, { folder }: { folder: string }): ReturnType<typeof runProgram> {
  const [from, to] = [`${count}.csv`, `${count}-minted.csv`]
  const measured = runProgram(['mint', '--from', from, '-o', to], { folder })
  const lines = readFileSync(join(folder, to)).reduce((sum, byte) => (byte === 10 ? sum + 1 : sum), 0)
  if (lines !== count + 1) throw new Error(`${count} rows gave ${lines - 1} URLs`)
  return measured
}

async function writeRows(count: number, { folder }: { folder: string }): Promise<void> {
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
  const middle = (figure: (round: Round) => number): number => median(measured.map(figure))
  const work = `mint --from, ${many.toLocaleString('en')} rows of CSV`
  const peakOfMany = middle(({ peakOfMany: peak }) => peak)
  const writeRate = (rate: number): string => `${Math.round(rate).toLocaleString('en')} URLs a second`
  return [
    {
      work,
      against: 'mintSync in a loop',
      value: middle(({ ratio }) => ratio),
      unit: '×',
      reach: { atLeast: 0.4 },
      ours: writeRate(middle(({ perSecond }) => perSecond)),
      theirs: writeRate(middle(({ loopPerSecond }) => loopPerSecond)),
      note: 'by the clock: the whole process, with its start, and reading and writing the files',
    },
    { work, against: 'its memory at the most', value: peakOfMany, unit: 'MB', reach: { atMost: 200 } },
    {
      work,
      against: `its memory with ${few.toLocaleString('en')} rows`,
      value: middle(({ peakOfFew, peakOfMany: peak }) => peak / peakOfFew),
      unit: '×',
      // Were it kept, it would be 10.
      reach: { atMost: 1.25 },
      ours: `${peakOfMany.toFixed(0)} MB`,
      theirs: `${middle(({ peakOfFew }) => peakOfFew).toFixed(0)} MB`,
    },
  ]
}
