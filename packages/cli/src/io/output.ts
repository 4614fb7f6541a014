import { styleText } from 'node:util'
import { toJson } from './escape.ts'
import { nameProgram } from './program-name.ts'
import { type ErrorReport, OutputError, toErrorReport } from './report-error.ts'
import { stdoutError, writeToStdout } from './stdout.ts'
import { getErrorCode } from './write-error.ts'

export type Style = 'bold' | 'dim' | 'green' | 'cyan' | 'red' | 'yellow' | 'black' | 'bgWhiteBright'
type Colorize = (style: Style, text: string) => string

/** Where a command prints: its result to stdout, everything else to stderr. */
export interface Output {
  readonly json: boolean
  /** Styles text for stdout. Without a terminal, or with colors disabled, it returns the text unchanged. */
  readonly colorize: Colorize
  /** The same for stderr. */
  readonly colorizeNote: Colorize
  /** How many columns the terminal of stderr has; `undefined` if stderr is not a terminal. */
  noteColumns(): number | undefined
  /** Prints one line of the result. */
  print(line: string): void
  /** Prints one line to stderr. With `--json`, notes are held back, so that an error is the only object on stderr. */
  note(line: string): void
  /** Prints the notes held back so far, and later ones immediately. Commands that keep running call this on startup. */
  flushNotes(): void
  /** Prints an object to stderr, with `--json` only. */
  data(value: object): void
  error(report: ErrorReport): void
}

const DEFAULT_COLUMNS = 80

interface OutputOptions {
  readonly json: boolean
  readonly color: boolean
}

export function createOutput({ json, color }: OutputOptions): Output {
  let kept: string[] | undefined = json ? [] : undefined
  const colorizeNote = createColorize(process.stderr, color)
  const printNote = (line: string): boolean => process.stderr.write(`${json ? toJson({ note: line }) : line}\n`)
  const output: Output = {
    json,
    colorize: createColorize(process.stdout, color),
    colorizeNote,
    noteColumns: () => {
      const { isTTY, columns } = process.stderr
      // A terminal that does not know its width reports 0 columns.
      return isTTY ? columns || DEFAULT_COLUMNS : undefined
    },
    print: (line) => {
      try {
        writeToStdout(`${line}\n`)
      } catch (error) {
        exitOnStdoutError(error, output)
      }
    },
    note: (line) => {
      if (kept === undefined) printNote(line)
      else kept.push(line)
    },
    data: (value) => {
      if (json) process.stderr.write(`${toJson(value)}\n`)
    },
    flushNotes: () => {
      const notes = kept ?? []
      kept = undefined
      notes.forEach(printNote)
    },
    error: ({ code, message, ...report }) => {
      const fix = nameProgram(report.fix)
      if (!json) {
        const suffix = code === 'invalid_option' || code === 'unexpected' ? '' : ` (${code})`
        process.stderr.write(
          `${colorizeNote('red', 'error')}: ${message}${suffix}\n  ${colorizeNote('dim', 'fix')}: ${fix}\n`,
        )
        return
      }
      const notes = kept === undefined || kept.length === 0 ? {} : { notes: kept }
      kept = []
      process.stderr.write(`${toJson({ error: { code, message, fix, ...notes } })}\n`)
    },
  }
  return output
}

/** Exits because stdout cannot be written to; without a message if its reader has closed the pipe, as `head` does. */
export function exitOnStdoutError(error: unknown, output: Output): never {
  if (getErrorCode(error) === 'EPIPE') process.exit()
  const report = toErrorReport(error instanceof OutputError ? error : stdoutError(error), undefined)
  output.error(report)
  process.exit(report.exit)
}

function createColorize(stream: NodeJS.WriteStream, color: boolean): Colorize {
  const { NO_COLOR = '', FORCE_COLOR = '', TERM } = process.env
  // Output that another program reads is never colored. FORCE_COLOR overrides what TERM says about a terminal.
  const isMonochrome = FORCE_COLOR === '' ? TERM === 'dumb' : /^(?:0|false)$/.test(FORCE_COLOR)
  const isPlain = !color || !stream.isTTY || NO_COLOR !== '' || isMonochrome
  return (style, text) => (isPlain ? text : styleText(style, text, { validateStream: false }))
}
