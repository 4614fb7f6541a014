import { fstatSync, readFileSync } from 'node:fs'
import { buffer } from 'node:stream/consumers'
import { invalidOption } from '@hookurl/core/internal'
import type { Output } from './output.ts'

// The flag or argument that reads each stdin stream, which can be read only once.
const readers = new WeakMap<NodeJS.ReadStream, string>()

/**
 * Reads the value of a flag: the value itself, `@file`, or `-` for stdin. The last line break of a file or of stdin is
 * removed, as in a shell's command substitution.
 *
 * @throws {HookurlError} `invalid_option`
 */
export async function readValue(value: string, flag: string): Promise<string> {
  if (value === '-') return removeLastLineBreak(await readStdin(flag))
  if (!value.startsWith('@')) return value
  return removeLastLineBreak(decodeUtf8(readNamedFile(value.slice(1), flag), flag))
}

/**
 * Reads the value of a flag as bytes. The bytes of a file or of stdin are not changed.
 *
 * @throws {HookurlError} `invalid_option`
 */
export async function readBytes(value: string, flag: string): Promise<Uint8Array> {
  if (value.startsWith('@')) return readNamedFile(value.slice(1), flag)
  if (value !== '-') return Buffer.from(value)
  reserveStdin(flag)
  return buffer(process.stdin)
}

/** Reads all of stdin as UTF-8. */
export async function readStdin(reader: string): Promise<string> {
  reserveStdin(reader)
  return decodeUtf8(await buffer(process.stdin), reader)
}

/** Returns the URL or token on the command line, or `-` for stdin, the default if stdin is not a terminal. */
export function resolveInput(argument: string | undefined, output: Output): string {
  if (argument === undefined && process.stdin.isTTY) {
    throw invalidOption('a URL or token is missing', 'Pass one, or - to read from stdin.')
  }
  const input = argument ?? '-'
  if (input === '-' && process.stdin.isTTY) output.note('Reading from the terminal. Press Ctrl-D to end.')
  return input
}

/**
 * Makes sure that only one flag or argument reads stdin.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function reserveStdin(reader: string): void {
  const earlier = readers.get(process.stdin)
  if (earlier !== undefined) {
    throw invalidOption(`${earlier} and ${reader} both read stdin`, 'Pass one of them another way.')
  }
  assertReadable(reader)
  readers.set(process.stdin, reader)
}

// Node reads a folder as an empty stream.
function assertReadable(reader: string): void {
  if (process.stdin.fd !== 0 || !fstatSync(0).isDirectory()) return
  throw invalidOption(`${reader}: stdin cannot be read (EISDIR)`, 'Redirect stdin from a file, not from a folder.')
}

function readNamedFile(path: string, flag: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw invalidOption(
      `${flag}: the file ${path} cannot be read (${Reflect.get(error as object, 'code')})`,
      'Pass the path of an existing file. To pass a value that begins with @, use - and write it to stdin.',
    )
  }
}

function decodeUtf8(bytes: Uint8Array, source: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw invalidOption(`${source}: the input is not UTF-8`, 'Convert it to UTF-8.')
  }
}

function removeLastLineBreak(text: string): string {
  return text.replace(/\r?\n$/, '')
}
