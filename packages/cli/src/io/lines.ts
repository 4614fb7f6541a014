import { StringDecoder } from 'node:string_decoder'
import { invalidOption } from '@hookurl/core/internal'
import { reserveStdin } from './input.ts'
import { getErrorCode } from './write-error.ts'

/** A line without its line break. */
export interface Line {
  /** Counted from 1. */
  readonly number: number
  /** Undefined if the line is longer than `MAX_LINE_LENGTH`. */
  readonly text: string | undefined
}

/** The maximum length of a line, in characters. Longer lines are not kept in memory. */
export const MAX_LINE_LENGTH: number = 1024 * 1024

/**
 * Reads the lines of stdin as they arrive, in chunks.
 *
 * @throws {HookurlError} `invalid_option` if stdin cannot be read
 */
export async function* readStdinLines(reader: string): AsyncGenerator<readonly Line[]> {
  reserveStdin(reader)
  try {
    yield* readLines(process.stdin)
  } catch (error) {
    const code = getErrorCode(error)
    if (code === undefined) throw error
    throw invalidOption(`stdin cannot be read (${code})`, 'Redirect a file or pipe a command to stdin.')
  }
}

/** Splits UTF-8 into lines, which end with LF, CRLF or CR, in chunks. The last line needs no line break. */
export async function* readLines(bytes: AsyncIterable<Buffer>): AsyncGenerator<readonly Line[]> {
  const decoder = new StringDecoder('utf8')
  let number = 0
  let rest = ''
  let isTooLong = false
  let endsWithCr = false
  const finishLine = (end: string): Line => {
    const text = isTooLong || rest.length + end.length > MAX_LINE_LENGTH ? undefined : rest + end
    rest = ''
    isTooLong = false
    number++
    return { number, text }
  }
  for await (const chunk of bytes) {
    const decoded = decoder.write(chunk)
    if (decoded === '') continue
    // The second half of a CRLF that is split between two chunks.
    const text = endsWithCr && decoded.startsWith('\n') ? decoded.slice(1) : decoded
    endsWithCr = decoded.endsWith('\r')
    const parts = text.split(text.includes('\r') ? /\r\n|\n|\r/ : '\n')
    const last = parts.pop() as string
    const lines = parts.map(finishLine)
    // Appended to, not split again, so that a line in many small chunks takes linear time.
    if (!isTooLong) rest += last
    if (rest.length > MAX_LINE_LENGTH) {
      isTooLong = true
      rest = ''
    }
    if (lines.length > 0) yield lines
  }
  rest += decoder.end()
  if (rest !== '' || isTooLong) yield [finishLine('')]
}
