import { createMinter, isHookurlError, type Minter, type MinterOptions, type MintOptions } from '@hookurl/core'
import { escapeControlChars, invalidOption, sanitizeLogLine } from '@hookurl/core/internal'
import { createAtomicFile, exitOnSignals, type Sink, stdoutSink } from '../io/atomic-file.ts'
import type { Output } from '../io/output.ts'
import { toRowOptions } from './columns.ts'
import { readCsv } from './csv.ts'
import { readNdjson } from './ndjson.ts'
import { showProgress } from './progress.ts'
import { openSource } from './source.ts'
import type { Refusal, Row, Table } from './table.ts'

/** What to mint from and where it goes. */
export interface Batch {
  readonly from: string
  readonly to: string | undefined
  readonly errors: string | undefined
  readonly minter: MinterOptions
  /** What holds for rows that say nothing else. */
  readonly defaults: Partial<MintOptions>
}

const usageExit = 2

/** Mints one URL for each row; the answer is the exit code. */
export async function mintRows(batch: Batch, output: Output): Promise<number> {
  const minter = createMinter(batch.minter)
  const source = openSource(batch.from)
  exitOnSignals()
  const table = await readTable(source.text, output).catch((error: unknown) => fail(error, output))
  if (table === undefined) return usageExit
  const answers = batch.to === undefined ? stdoutSink : await createAtomicFile(batch.to, '-o')
  const errors = batch.errors === undefined ? undefined : await createAtomicFile(batch.errors, '--errors')
  const bar = isWatched(batch, output) ? showProgress(source.size) : undefined
  const onRows = (rows: number): void => bar?.update(source.bytesRead(), rows)
  try {
    const done = await run({ table, minter, answers, errors, onRows, defaults: batch.defaults })
    bar?.stop()
    return await conclude(done, { batch, table, answers, errors, output })
  } finally {
    bar?.stop()
  }
}

// What is wrong with a column is said in the words of the file, not of the flags.
function fail(error: unknown, output: Output): undefined {
  if (!isHookurlError(error)) throw error
  output.error({
    code: error.code,
    message: sanitizeLogLine(error.message),
    fix: sanitizeLogLine(error.fix),
    exit: usageExit,
  })
}

async function readTable(text: AsyncGenerator<string>, { json }: Output): Promise<Table> {
  const first = await text.next()
  // Byte order marks are gone already; no row of CSV names a column so.
  const head = first.done === true ? '' : first.value
  if (head.trim() === '')
    throw invalidOption('--from: there is nothing to read', 'Give CSV with a header row, or NDJSON.')
  const whole = prepend(head, text)
  return head.trimStart().startsWith('{') ? readNdjson(whole) : readCsv(whole, { json })
}

async function* prepend(head: string, text: AsyncGenerator<string>): AsyncGenerator<string> {
  yield head
  yield* text
}

interface Run {
  readonly table: Table
  readonly minter: Minter
  readonly defaults: Partial<MintOptions>
  readonly answers: Sink
  readonly errors: Sink | undefined
  onRows(count: number): void
}

interface Done {
  readonly minted: number
  readonly refused: number
  readonly endless: number
  /** What the run stopped at. */
  readonly stop?: Refusal & { readonly fix: string }
}

async function run({ table, minter, defaults, answers, errors, onRows }: Run): Promise<Done> {
  let minted = 0
  let refused = 0
  let endless = 0
  await answers.write(table.heading)
  await errors?.write(table.refusalHeading)
  for await (const rows of table.rows) {
    const made: [Row, string][] = []
    const refusals: Refusal[] = []
    let stop: Done['stop']
    for (const row of rows) {
      try {
        const options = toOptions(row, defaults)
        made.push([row, options.encrypt === true ? await minter.mint(options) : minter.mintSync(options)])
        if (options.expiresIn === 'never') endless++
      } catch (error) {
        const refusal = toRefusal(error, row)
        refusals.push(refusal)
        if (errors !== undefined) continue
        stop = refusal
        break
      }
    }
    minted += made.length
    refused += refusals.length
    await answers.write(table.render(made))
    await errors?.write(table.renderRefusals(refusals.map(({ line, code, message }) => ({ line, code, message }))))
    if (stop !== undefined) return { minted, refused, endless, stop }
    onRows(minted + refused)
  }
  return { minted, refused, endless }
}

function toOptions({ fields, problem }: Row, defaults: Partial<MintOptions>): MintOptions {
  if (problem !== undefined) throw invalidOption(problem, 'Correct the row.')
  const options = toRowOptions(fields, defaults)
  if (options.command !== undefined) return options as MintOptions
  throw invalidOption('command is missing', 'Fill the column command, or say --command for all rows.')
}

function toRefusal(error: unknown, { line }: Row): NonNullable<Done['stop']> {
  if (!isHookurlError(error)) throw error
  return { line, code: error.code, message: sanitizeLogLine(error.message), fix: sanitizeLogLine(error.fix) }
}

interface Conclusion {
  readonly batch: Batch
  readonly table: Table
  readonly answers: Sink
  readonly errors: Sink | undefined
  readonly output: Output
}

async function conclude(done: Done, { batch, table, answers, errors, output }: Conclusion): Promise<number> {
  const { minted, refused, endless, stop } = done
  if (stop !== undefined) {
    const { line, code, message, fix } = stop
    const more = '--errors FILE collects such rows and goes on.'
    output.error({ code, message: `line ${line}: ${message}`, fix: `${fix} ${more}`, exit: usageExit })
    return usageExit
  }
  await answers.finish()
  await errors?.finish()
  output.note(`${minted.toLocaleString('en-US')} ${minted === 1 ? 'URL' : 'URLs'} minted.`)
  const strangers = table.strangers()
  if (strangers.length > 0) output.note(`Passed on, not signed: ${escapeControlChars(strangers.join(', '))}`)
  if (endless > 0) output.note(`${endless.toLocaleString('en-US')} of them never expire.`)
  if (refused === 0) return 0
  output.note(`${refused.toLocaleString('en-US')} ${refused === 1 ? 'row' : 'rows'} refused: see ${batch.errors}`)
  return usageExit
}

// Rows that scroll by show how far it is.
function isWatched({ to }: Batch, { json }: Output): boolean {
  const isOnTerminal = process.stderr.isTTY && process.env.TERM !== 'dumb'
  return isOnTerminal && !json && (to !== undefined || !process.stdout.isTTY)
}
