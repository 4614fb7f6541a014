import { createMinter, isHookurlError, type Minter, type MinterOptions, type MintOptions } from '@hookurl/core'
import { escapeControlChars, invalidOption, sanitizeLogLine } from '@hookurl/core/internal'
import { createFileSink, type Sink } from '../io/atomic-file.ts'
import { quoteForShell } from '../io/escape.ts'
import { exitCodes } from '../io/exit-codes.ts'
import type { Output } from '../io/output.ts'
import { getProgramName } from '../io/program-name.ts'
import { stdoutSink } from '../io/stdout.ts'
import { exitOnSignals } from '../io/temp-files.ts'
import { toRowOptions } from './columns.ts'
import { openRows, type RowFormat } from './open-rows.ts'
import { showProgress } from './progress.ts'
import type { MintedRow, Rejection, Row } from './rows.ts'
import { openSource } from './source.ts'

/** What to mint from, and where to write. */
export interface Batch {
  readonly from: string
  /** The output file; if `undefined`, rows are written to stdout. */
  readonly to: string | undefined
  /** The file for rejected rows. Without it, minting stops at the first one. */
  readonly errors: string | undefined
  readonly minter: MinterOptions
  /** The options of rows that do not set their own. */
  readonly defaults: Partial<MintOptions>
}

/** Mints one URL for each row and returns the exit code. */
export async function mintRows(batch: Batch, output: Output): Promise<number> {
  const minter = createMinter(batch.minter)
  const source = openSource(batch.from)
  exitOnSignals()
  const format = await openRows(source.text, output)
    .then((opened) => {
      assertColumns(opened.reader.hasColumns, batch.defaults)
      return opened
    })
    .catch((error: unknown) => reportHeaderError(error, output))
  if (format === undefined) return exitCodes.usage.exit
  const urls = batch.to === undefined ? stdoutSink : await createFileSink(batch.to, '-o')
  const rejections = batch.errors === undefined ? undefined : await openRejections(batch.errors, urls)
  const progress = hasProgress(batch, output) ? showProgress(source.size) : undefined
  const defaults = omitUnset(batch.defaults)
  const onProgress = (rows: number): void => progress?.update(source.bytesRead(), rows)
  try {
    const totals = await mintAll({ ...format, minter, defaults, urls, rejections, lineById: new Map(), onProgress })
    progress?.stop()
    if (totals.stoppedAt !== undefined) return reportStop(totals.stoppedAt, output)
    // Both files are on disk before either of them is published.
    for (const sink of [rejections, urls]) await sink?.complete()
    for (const sink of [rejections, urls]) await sink?.publish()
    printSummary(totals, batch, output)
    return (totals.rejected === 0 ? exitCodes.ok : exitCodes.usage).exit
  } finally {
    progress?.stop()
    await urls.discard()
    await rejections?.discard()
  }
}

// The minter would check the unset options of each row.
function omitUnset(options: Partial<MintOptions>): Partial<MintOptions> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}

async function openRejections(path: string, urls: Sink): Promise<Sink> {
  try {
    return await createFileSink(path, '--errors')
  } catch (error) {
    await urls.discard()
    throw error
  }
}

interface Job extends RowFormat {
  readonly minter: Minter
  readonly defaults: Partial<MintOptions>
  readonly urls: Sink
  readonly rejections: Sink | undefined
  /** The lines of the rows that set an ID. */
  readonly lineById: Map<unknown, number>
  /** Called with the number of rows so far. */
  onProgress(rows: number): void
}

interface Totals {
  readonly minted: number
  readonly rejected: number
  readonly neverExpiring: number
  /** Whether a row sets the ID of a URL whose uses are counted. */
  readonly hasSharedUses: boolean
  readonly knownColumns: readonly string[]
  readonly unknownColumns: readonly string[]
  /** The first rejected row, if minting stopped there. */
  readonly stoppedAt?: Rejection | undefined
}

async function mintAll(job: Job): Promise<Totals> {
  const { reader, writer, urls, rejections, onProgress } = job
  let minted = 0
  let rejected = 0
  let neverExpiring = 0
  let hasSharedUses = false
  await urls.write(writer.heading)
  await rejections?.write(writer.rejectionHeading)
  for await (const rows of reader.rows) {
    const chunk = mintChunk(rows, job)
    minted += chunk.minted.length
    rejected += chunk.rejected.length
    neverExpiring += chunk.neverExpiring
    hasSharedUses ||= chunk.hasSharedUses
    await urls.write(writer.formatRows(chunk.minted))
    await rejections?.write(writer.formatRejections(chunk.rejected))
    if (rejections === undefined && rejected > 0) {
      return { ...noTotals, stoppedAt: chunk.rejected[0] }
    }
    onProgress(minted + rejected)
  }
  const columns = { knownColumns: reader.getKnownColumns(), unknownColumns: reader.getUnknownColumns() }
  return { minted, rejected, neverExpiring, hasSharedUses, ...columns }
}

const noTotals: Totals = {
  minted: 0,
  rejected: 0,
  neverExpiring: 0,
  hasSharedUses: false,
  knownColumns: [],
  unknownColumns: [],
}

interface Chunk {
  readonly minted: readonly MintedRow<unknown>[]
  readonly rejected: readonly Rejection[]
  readonly neverExpiring: number
  readonly hasSharedUses: boolean
}

function mintChunk(rows: readonly Row<unknown>[], { minter, defaults, rejections, lineById }: Job): Chunk {
  const minted: MintedRow<unknown>[] = []
  const rejected: Rejection[] = []
  let neverExpiring = 0
  let hasSharedUses = false
  for (const row of rows) {
    try {
      const options = toMintOptions(row, defaults)
      assertNewId(options.id, row.line, lineById)
      minted.push({ row, url: minter.mintSync(options) })
      if (options.expiresIn === 'never') neverExpiring++
      hasSharedUses ||= options.id !== undefined && options.maxUses !== undefined
    } catch (error) {
      rejected.push(toRejection(error, row))
      if (rejections === undefined) break
    }
  }
  return { minted, rejected, neverExpiring, hasSharedUses }
}

function toMintOptions({ fields, problem }: Row<unknown>, defaults: Partial<MintOptions>): MintOptions {
  if (problem !== undefined) throw invalidOption(problem, 'Fix the row.')
  assertColumns(Object.keys(fields).length > 0, defaults)
  const options = toRowOptions(fields, defaults)
  if (options.command !== undefined) return options as MintOptions
  throw invalidOption('command is missing', 'Fill in the column command, or pass --command for all rows.')
}

// Two URLs with one ID would share their uses.
function assertNewId(id: string | undefined, line: number, lineById: Map<unknown, number>): void {
  if (id === undefined) return
  const earlier = lineById.get(id)
  if (earlier !== undefined) {
    throw invalidOption(`the id is also that of line ${earlier}`, 'Give each row its own id, or leave the cell empty.')
  }
  lineById.set(id, line)
}

/**
 * Rejects rows without a column that `mint` reads, which usually means that the header is missing: unless the flags set
 * what a URL is for, all URLs would be the same and for no one.
 */
function assertColumns(hasColumns: boolean | undefined, defaults: Partial<MintOptions>): void {
  if (hasColumns !== false || isCompleteWithoutColumns(defaults)) return
  throw invalidOption(
    'there is no column that mint reads',
    'Begin the file with a header such as userId,content, or see `hookurl mint --help` for the names.',
  )
}

function isCompleteWithoutColumns({ command, userId, content, maxUses }: Partial<MintOptions>): boolean {
  return command !== undefined && [userId, content, maxUses].some((value) => value !== undefined)
}

function toRejection(error: unknown, row: Row<unknown>): Rejection {
  if (!isHookurlError(error)) throw error
  return { row, code: error.code, message: sanitizeLogLine(error.message), fix: sanitizeLogLine(error.fix) }
}

// Reported here, because `toErrorReport` would turn the names of columns into flags.
function reportHeaderError(error: unknown, output: Output): undefined {
  if (!isHookurlError(error)) throw error
  const [message, fix] = [sanitizeLogLine(error.message), sanitizeLogLine(error.fix)]
  output.error({ code: error.code, message, fix, exit: exitCodes.usage.exit })
}

function reportStop({ row, code, message, fix }: Rejection, output: Output): number {
  const { exit } = exitCodes.usage
  const hint = 'Pass --errors FILE to collect such rows and continue.'
  output.error({ code, message: `line ${row.line}: ${message}`, fix: `${fix} ${hint}`, exit })
  return exit
}

function printSummary(totals: Totals, { errors }: Batch, output: Output): void {
  const { minted, rejected, neverExpiring, hasSharedUses, knownColumns, unknownColumns } = totals
  output.note(`${formatCount(minted, 'URL')} minted.`)
  noteColumns('Columns signed', knownColumns, output)
  noteColumns('Columns copied but not signed', unknownColumns, output)
  if (hasSharedUses) output.note('URLs with the same id share their uses, also across files.')
  if (neverExpiring > 0) {
    output.note(`${formatCount(neverExpiring, 'URL')} never ${neverExpiring === 1 ? 'expires' : 'expire'}.`)
  }
  if (rejected === 0 || errors === undefined) return
  output.note(`${formatCount(rejected, 'row')} rejected: see ${escapeControlChars(errors)}`)
  const command = `${getProgramName()} mint --from ${quoteForShell(errors)}`
  output.note(`Next: fix the rows there, and run: ${command} …, with another -o`)
}

function noteColumns(label: string, names: readonly string[], output: Output): void {
  if (names.length > 0) output.note(`${label}: ${escapeControlChars(names.join(', '))}`)
}

function formatCount(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`
}

// The bar needs a terminal on stderr, and stdout must not print rows to that terminal.
function hasProgress({ to }: Batch, { json }: Output): boolean {
  const isOnTerminal = process.stderr.isTTY && process.env.TERM !== 'dumb'
  return isOnTerminal && !json && (to !== undefined || !process.stdout.isTTY)
}
