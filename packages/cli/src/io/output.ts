import { styleText } from 'node:util'
import { toJson } from './escape.ts'
import type { ErrorReport } from './report-error.ts'

export type Style = 'bold' | 'dim' | 'green' | 'red' | 'yellow' | 'black' | 'bgWhiteBright'
type Colorize = (style: Style, text: string) => string

/** Where a command prints: its result to stdout, everything else to stderr. */
export interface Output {
  readonly json: boolean
  /** Styles text for stdout. Without a terminal, or with colors disabled, it returns the text unchanged. */
  readonly colorize: Colorize
  /** The same for stderr. */
  readonly colorizeNote: Colorize
  /** Prints one line of the result. */
  print(line: string): void
  /** Prints one line to stderr. With `--json`, notes are held back, so that an error is the only object on stderr. */
  note(line: string): void
  /** Prints the notes held back so far, and later ones immediately. Commands that keep running call this on startup. */
  flushNotes(): void
  error(report: ErrorReport): void
}

interface OutputOptions {
  readonly json: boolean
  readonly color: boolean
}

export function createOutput({ json, color }: OutputOptions): Output {
  let kept: string[] | undefined = json ? [] : undefined
  const colorizeNote = createColorize(process.stderr, color)
  const printNote = (line: string): boolean => process.stderr.write(`${json ? toJson({ note: line }) : line}\n`)
  return {
    json,
    colorize: createColorize(process.stdout, color),
    colorizeNote,
    print: (line) => process.stdout.write(`${line}\n`),
    note: (line) => {
      if (kept === undefined) printNote(line)
      else kept.push(line)
    },
    flushNotes: () => {
      const notes = kept ?? []
      kept = undefined
      notes.forEach(printNote)
    },
    error: ({ code, message, fix }) => {
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
}

function createColorize(stream: NodeJS.WriteStream, color: boolean): Colorize {
  const { NO_COLOR, TERM } = process.env
  const isPlain = !color || !stream.isTTY || TERM === 'dumb' || (NO_COLOR !== undefined && NO_COLOR !== '')
  return (style, text) => (isPlain ? text : styleText(style, text, { validateStream: false }))
}
