import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createMinter } from '@hookurl/core'
import { createVerifier } from '@hookurl/verify'
import { hook } from './claims.ts'
import { isQuick, measureInTurn, median } from './measure.ts'
import type { Row } from './row.ts'
import { cliKeys, type RunResult, runCli } from './run-cli.ts'

const fewUrls = 100_000
const manyUrls = 1_000_000
const blockLength = 1000
const rounds = isQuick ? 1 : 3

const minter = createMinter({ keys: cliKeys, baseUrl: 'https://bot.example.com/hooks', expiresIn: '30d' })
const verifier = createVerifier({ keys: cliKeys })
const urls = createBlock(0)

/** A command that handles many URLs, and the library in a loop. */
interface Subject {
  readonly task: string
  readonly comparedTo: string
  readonly target: number
  readonly note: string
  runLoop(index: number): unknown
  runCommand(folder: string, count: number): RunResult
  /** The file that the command writes: one line for each URL, and this many more. */
  readonly output: string
  readonly otherLines: number
}

const count = manyUrls.toLocaleString('en')
const subjects: readonly Subject[] = [
  {
    task: `mint --from, ${count} rows of CSV`,
    comparedTo: 'mintSync in a loop',
    target: 0.5,
    note: 'processor time of all threads of the process, from start to exit, including reading and writing the files',
    runLoop: (index) => minter.mintSync({ ...hook, userId: index }),
    runCommand: (folder, number) => runCli(['mint', '--from', `${number}.csv`, '-o', 'minted.csv'], folder),
    output: 'minted.csv',
    otherLines: 1,
  },
  {
    task: `verify -, ${count} URLs`,
    comparedTo: 'verifySync in a loop',
    target: 0.4,
    note: 'as for mint --from; it also prints the claims of each URL',
    runLoop: (index) => verifier.verifySync(urls[index % blockLength] as string),
    runCommand: (folder, number) => runCli(['verify', '-'], folder, { stdin: `${number}.txt`, stdout: 'verified.txt' }),
    output: 'verified.txt',
    otherLines: 0,
  },
]

interface Round {
  readonly ratio: number
  readonly perSecond: number
  readonly loopPerSecond: number
  /** Peak memory in megabytes. */
  readonly peakOfFew: number
  readonly peakOfMany: number
}

/** `mint --from` and `verify -` with a million URLs, compared to the library in a loop. */
export async function run(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'hookurl-bench-'))
  try {
    for (const number of [fewUrls, manyUrls]) await writeInputs(folder, number)
    const measured = subjects.map((): Round[] => [])
    for (let round = 0; round < rounds; round++) {
      for (const [index, subject] of subjects.entries()) measured[index]?.push(await runRound(subject, folder))
    }
    return subjects.flatMap((subject, index) => toRows(subject, measured[index] ?? []))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function runRound(subject: Subject, folder: string): Promise<Round> {
  const microsBefore = await measureLoop(subject)
  const { peakMegabytes: peakOfFew } = await runCommand(subject, folder, fewUrls)
  const { peakMegabytes: peakOfMany, seconds } = await runCommand(subject, folder, manyUrls)
  // Measured before and after the long run, since the machine's load may change during it.
  const loopPerSecond = 2e6 / (microsBefore + (await measureLoop(subject)))
  const perSecond = manyUrls / seconds
  return { ratio: perSecond / loopPerSecond, perSecond, loopPerSecond, peakOfFew, peakOfMany }
}

async function measureLoop({ runLoop }: Subject): Promise<number> {
  let index = 0
  const { loop } = await measureInTurn({ loop: () => runLoop(index++) }, { clock: 'processor' })
  return loop.micros
}

async function runCommand(subject: Subject, folder: string, number: number): Promise<RunResult> {
  const result = subject.runCommand(folder, number)
  const lines = await countLines(join(folder, subject.output))
  if (lines !== number + subject.otherLines) throw new Error(`${subject.task}: ${number} URLs gave ${lines} lines`)
  return result
}

async function countLines(path: string): Promise<number> {
  let lines = 0
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    for (const byte of chunk) if (byte === 10) lines++
  }
  return lines
}

async function writeInputs(folder: string, number: number): Promise<void> {
  const { command, content, redirectTo } = hook
  const formatRow = (userId: number): string => `${command},${userId},${content},${redirectTo}\n`
  function* rows(): Generator<string> {
    yield 'command,userId,content,redirectTo\n'
    for (let userId = 0; userId < number; userId += blockLength) {
      yield Array.from({ length: blockLength }, (_, at) => formatRow(userId + at)).join('')
    }
  }
  function* lines(): Generator<string> {
    for (let userId = 0; userId < number; userId += blockLength) yield `${createBlock(userId).join('\n')}\n`
  }
  await pipeline(Readable.from(rows()), createWriteStream(join(folder, `${number}.csv`)))
  await pipeline(Readable.from(lines()), createWriteStream(join(folder, `${number}.txt`)))
}

function createBlock(userId: number): string[] {
  return Array.from({ length: blockLength }, (_, at) => minter.mintSync({ ...hook, userId: userId + at }))
}

function toRows({ task, comparedTo, target, note }: Subject, measured: readonly Round[]): readonly Row[] {
  const medianOf = (getFigure: (round: Round) => number): number => median(measured.map(getFigure))
  const peakOfMany = medianOf((round) => round.peakOfMany)
  const formatRate = (rate: number): string => `${Math.round(rate).toLocaleString('en')} URLs per second`
  return [
    {
      task,
      comparedTo,
      value: medianOf(({ ratio }) => ratio),
      unit: '×',
      target: { atLeast: target },
      hookurl: formatRate(medianOf(({ perSecond }) => perSecond)),
      other: formatRate(medianOf(({ loopPerSecond }) => loopPerSecond)),
      note,
    },
    { task, comparedTo: 'its peak memory', value: peakOfMany, unit: 'MB', target: { atMost: 200 } },
    {
      task,
      comparedTo: `its peak memory with ${fewUrls.toLocaleString('en')}`,
      value: medianOf((round) => round.peakOfMany / round.peakOfFew),
      unit: '×',
      // If URLs were kept in memory, this would be 10. In the short run, V8 has not yet grown its young generation.
      target: { atMost: 1.5 },
      hookurl: `${peakOfMany.toFixed(0)} MB`,
      other: `${medianOf(({ peakOfFew }) => peakOfFew).toFixed(0)} MB`,
    },
  ]
}
