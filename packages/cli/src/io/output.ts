import { styleText } from 'node:util'
import { toJson } from './escape.ts'
import type { ErrorReport } from './report-error.ts'

export type Style = 'bold' | 'dim' | 'green' | 'red' | 'yellow' | 'black' | 'bgWhiteBright'
type Colorize = (style: Style, text: string) => string

/** Where a command's words go: what was asked for on stdout, everything else on stderr. */
export interface Output {
  readonly json: boolean
  /** Colours a text for stdout, where that is a terminal that wants it. */
  readonly colorize: Colorize
  /** The same for stderr. */
  readonly colorizeNote: Colorize
  /** One line of what was asked for. */
  print(line: string): void
  /** One line about it. With `--json` notes are kept, so that an error is the only thing on stderr. */
  note(line: string): void
  /** Writes the notes that were kept, and from now on every one at once: for a command that goes on. */
  flushNotes(): void
  error(report: ErrorReport): void
}

interface Settings {
  readonly json: boolean
  readonly color: boolean
}

export function createOutput({ json, color }: Settings): Output {
  let kept: string[] | undefined = json ? [] : undefined
  const paintNote = createColorize(process.stderr, color)
  const writeNote = (line: string): boolean => process.stderr.write(`${json ? toJson({ note: line }) : line}\n`)
  return {
    json,
    colorize: createColorize(process.stdout, color),
    colorizeNote,
    print: (line) => process.stdout.write(`${line}\n`),
    note: (line) => {
      if (kept === undefined) writeNote(line)
      else kept.push(line)
    },
    flushNotes: () => {
      const notes = kept ?? []
      kept = undefined
      notes.forEach(writeNote)
    },
    error: ({ code, message, fix }) => {
      if (!json) {
        const suffix = code === 'invalid_option' || code === 'unexpected' ? '' : ` (${code})`
        process.stderr.write(
          `${paintNote('red', 'error')}: ${message}${suffix}\n  ${paintNote('dim', 'fix')}: ${fix}\n`,
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
  const plain = !color || !stream.isTTY || TERM === 'dumb' || (NO_COLOR !== undefined && NO_COLOR !== '')
  return (style, text) => (plain ? text : styleText(style, text, { validateStream: false }))
}
