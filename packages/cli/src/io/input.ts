import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { buffer } from 'node:stream/consumers'
import { invalidOption } from '@hookurl/core/internal'
import type { Output } from './output.ts'

let reader: string | undefined

/**
 * The text of a flag's value: itself, `@file`, or `-` for stdin. Of a file and of stdin the last line break is dropped,
 * as a shell does.
 *
 * @throws {HookurlError} `invalid_option`
 */
export async function readValue(value: string, flag: string): Promise<string> {
  if (value === '-') return dropLineBreak(await readStdin(flag))
  if (!value.startsWith('@')) return value
  return dropLineBreak(decode(readNamedFile(value.slice(1), flag), flag))
}

/**
 * The same as bytes, exactly as they are in the file or on stdin.
 *
 * @throws {HookurlError} `invalid_option`
 */
export async function readBytes(value: string, flag: string): Promise<Uint8Array> {
  if (value.startsWith('@')) return readNamedFile(value.slice(1), flag)
  if (value !== '-') return Buffer.from(value)
  reserveStdin(flag)
  return buffer(process.stdin)
}

/** All of stdin as text. */
export async function readStdin(what: string): Promise<string> {
  reserveStdin(what)
  return decode(await buffer(process.stdin), what)
}

/** The lines of stdin that say something, each with its number, as they arrive. */
export async function* readLines(what: string): AsyncGenerator<{ line: string; number: number }> {
  reserveStdin(what)
  let number = 0
  for await (const text of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    number++
    const line = text.trim()
    if (line !== '') yield { line, number }
  }
}

/** The argument of a command that reads a URL or token: stdin where none is given and something is piped in. */
export function resolveInput(argument: string | undefined, output: Output): string {
  if (argument === undefined && process.stdin.isTTY) {
    throw invalidOption('there is no URL or token', 'Give one, or - to read from stdin.')
  }
  const subject = argument ?? '-'
  if (subject === '-' && process.stdin.isTTY) output.note('Reading from the terminal; end with Ctrl-D.')
  return subject
}

/** Claims stdin, which only one can read. */
export function reserveStdin(what: string): void {
  if (reader !== undefined) {
    throw invalidOption(`${reader} and ${what} both read stdin`, 'Give one of them another way.')
  }
  reader = what
}

function readNamedFile(path: string, flag: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw invalidOption(
      `${flag}: the file ${path} cannot be read (${Reflect.get(error as object, 'code')})`,
      'Name a file that is there; a text that begins with @ goes in through stdin: write - for it.',
    )
  }
}

function decode(bytes: Uint8Array, what: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw invalidOption(`${what}: what was read is not UTF-8`, 'Convert it to UTF-8.')
  }
}

function dropLineBreak(text: string): string {
  return text.replace(/\r?\n$/, '')
}
