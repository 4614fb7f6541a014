import { parseEnv } from 'node:util'
import { HookurlError } from '@hookurl/core'

/** A file of keys, or an `.env` file, as every command reads it. */
export interface KeyText {
  /** The keys, or `undefined` if it is an `.env` file that does not mention HOOKURL_KEYS. */
  readonly keys: string | undefined
  /** The variables of an `.env` file; `undefined` for a file that contains only keys. */
  readonly variables: Variables | undefined
  /** Why the keys may not be the expected ones. */
  readonly warning?: string
}

type Variables = Readonly<Record<string, string | undefined>>

const keysAssignment = /^[ \t]*(?:export[ \t]+)?HOOKURL_KEYS[ \t]*=/gm
const anyAssignment = /^[ \t]*(?:export[ \t]+)?[A-Za-z_]\w*[ \t]*=/m
const quotedValue = /=[ \t]*(["'`])[^"'`]*\1/g
const mention = /HOOKURL_KEYS(?!_)/
const keyLine = /^[ \t]*(?:[\w-]+:)?hks_/m

/**
 * Parses a file of keys: only keys, with comments on lines of their own, or an `.env` file, as Node itself reads it.
 *
 * @throws {HookurlError} `invalid_key`
 */
export function parseKeyText(bytes: Uint8Array, name: string): KeyText {
  const text = decodeKeyText(bytes, name)
  if (!mention.test(text) && !anyAssignment.test(text)) return { keys: text, variables: undefined }
  const variables = parseVariables(text)
  const keys = variables.HOOKURL_KEYS
  const unquoted = text.replace(quotedValue, '=')
  if (keyLine.test(unquoted)) {
    throw new HookurlError('invalid_key', {
      message: `${name} contains a key that is not the value of HOOKURL_KEYS`,
      fix: 'Write all keys after HOOKURL_KEYS=, separated by commas; the first one mints.',
    })
  }
  if (keys === undefined && mention.test(text)) {
    throw new HookurlError('invalid_key', {
      message: `${name} mentions HOOKURL_KEYS but does not set it`,
      fix: 'Write HOOKURL_KEYS=hks_… on a line of its own, or remove every mention of it.',
    })
  }
  const count = unquoted.match(keysAssignment)?.length ?? 0
  if (count < 2) return { keys, variables }
  return { keys, variables, warning: `Warning: ${name} sets HOOKURL_KEYS ${count} times. The last one is used.` }
}

/** Parses the variables of an `.env` file, as `node --env-file` does. */
export function parseVariables(text: string): Variables {
  return parseEnv(text) as Variables
}

/**
 * Decodes a file of keys, and removes its byte order mark.
 *
 * @throws {HookurlError} `invalid_key` if it is UTF-16 or UTF-32, in which no program would find the keys
 */
export function decodeKeyText(bytes: Uint8Array, name: string): string {
  assertSingleByteUnits(bytes, name)
  // Other values may have any encoding; keys are ASCII.
  return new TextDecoder().decode(bytes)
}

/**
 * Checks that ASCII characters are single bytes, as in UTF-8.
 *
 * @throws {HookurlError} `invalid_key`
 */
export function assertSingleByteUnits(bytes: Uint8Array, name: string): void {
  const [first, second] = bytes
  const hasMark = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)
  if (!hasMark && !bytes.includes(0)) return
  throw new HookurlError('invalid_key', {
    message: `${name} is UTF-16, not UTF-8`,
    fix: 'Save it as UTF-8; in PowerShell, use Out-File -Encoding utf8 instead of > and >>.',
  })
}
