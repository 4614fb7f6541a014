import { createMinter, type HookurlError, isHookurlError, type MinterOptions } from '@hookurl/core'
import { createKeyringLoader, openToken, parseToken, type TokenRejection } from '@hookurl/core/internal'
import type { OpenedToken } from '../src/token/token.ts'

/** Keys for tests: the base64url of a sentence. */
export const keyA = 'hks_aG9va3VybCBjb25mb3JtYW5jZSB0ZXN0IGtleSAwMDE'
export const keyB = 'hks_aG9va3VybCBjb25mb3JtYW5jZSB0ZXN0IGtleSAwMDI'

export const baseUrl = 'https://bot.example.com/hks'
export const seconds = 1_800_000_000
export const now = (): number => seconds * 1000

export const minterOptions: MinterOptions = { keys: keyA, baseUrl, expiresIn: '30d', now }
export const minter = createMinter(minterOptions)

/** Returns the token of a newly minted URL. */
export function getToken(url: string): string {
  return url.slice(Math.max(url.lastIndexOf('/'), url.lastIndexOf('t=') + 1) + 1)
}

/** Mints the same hook in each token format. */
export async function mintFormats(): Promise<{ full: string; short: string; encrypted: string }> {
  const options = { command: '/onWebhook', userId: 42, content: 'Did you see the cat?' }
  const full = getToken(await minter.mint(options))
  const encrypted = getToken(await minter.mint({ ...options, encrypt: true }))
  return { full, short: full.slice(full.indexOf('.') + 1), encrypted }
}

/** Opens a token with a keyring, as a verifier does. */
export async function open(
  token: string,
  keys: string = keyA,
  purpose: string = '',
): Promise<OpenedToken | TokenRejection> {
  const segments = parseToken(token)
  return segments === undefined
    ? { ok: false, code: 'malformed_token' }
    : openToken(await createKeyringLoader(keys, purpose)(), segments)
}

/** Returns the claims of a newly minted URL as JSON; its token must not be encrypted. */
export async function getClaims(url: string): Promise<string> {
  const opened = await open(getToken(url))
  if (!opened.ok) throw new Error(`the token was rejected: ${opened.code}`)
  const segment = (getToken(url).split('.').at(-2) as string).replaceAll('-', '+').replaceAll('_', '/')
  return new TextDecoder().decode(Uint8Array.from(atob(segment), (character) => character.charCodeAt(0)))
}

/** Returns the HookurlError that a call throws or rejects with. */
export async function catchError(call: () => unknown): Promise<HookurlError> {
  try {
    await call()
  } catch (error) {
    if (isHookurlError(error)) return error
    throw error
  }
  throw new Error('the call did not throw')
}

/** Converts the integers of a JSON value that cannot be minted to strings. */
export function withSafeIntegers(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_name, member) =>
    Number.isInteger(member) && !Number.isSafeInteger(member) && Math.abs(member) < 1e21 ? String(member) : member,
  )
}
