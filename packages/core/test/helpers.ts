import { createMinter, type HookurlError, isHookurlError, type MinterOptions } from '@hookurl/core'
import { createKeyringLoader, openToken } from '@hookurl/core/internal'
import type { OpenedToken } from '../src/token/token.ts'
import type { TokenRejection } from '../src/util/maybe-promise.ts'

/** Keys for tests: the base64url of a sentence. */
export const one = 'hks_aG9va3VybCBjb25mb3JtYW5jZSB0ZXN0IGtleSAwMDE'
export const two = 'hks_aG9va3VybCBjb25mb3JtYW5jZSB0ZXN0IGtleSAwMDI'

export const baseUrl = 'https://bot.example.com/hks'
export const seconds = 1_800_000_000
export const now = (): number => seconds * 1000

export const minterOptions: MinterOptions = { keys: one, baseUrl, expiresIn: '30d', now }
export const minter = createMinter(minterOptions)

/** The token of a URL that was just minted. */
export function tokenOf(url: string): string {
  return url.slice(Math.max(url.lastIndexOf('/'), url.lastIndexOf('t=') + 1) + 1)
}

/** Tokens of the same hook in each form. */
export async function mintForms(): Promise<{ full: string; short: string; sealed: string }> {
  const options = { command: '/onWebhook', userId: 42, content: 'Did you see the cat?' }
  const full = tokenOf(await minter.mint(options))
  const sealed = tokenOf(await minter.mint({ ...options, encrypt: true }))
  return { full, short: full.slice(full.indexOf('.') + 1), sealed }
}

export async function open(token: string, keys: string = one): Promise<OpenedToken | TokenRejection> {
  return openToken(await createKeyringLoader(keys)(), token)
}

/** The claims of a URL that was just minted, as text: signed ones only. */
export async function claimsOf(url: string): Promise<string> {
  const opened = await open(tokenOf(url))
  if (!opened.ok) throw new Error(`not opened: ${opened.code}`)
  return new TextDecoder().decode(Uint8Array.from(atob(middle(url)), (character) => character.charCodeAt(0)))
}

/** The HookurlError that a call throws, now or later. */
export async function refusal(call: () => unknown): Promise<HookurlError> {
  try {
    await call()
  } catch (error) {
    if (isHookurlError(error)) return error
    throw error
  }
  throw new Error('nothing was refused')
}

function middle(url: string): string {
  return (tokenOf(url).split('.').at(-2) as string).replaceAll('-', '+').replaceAll('_', '/')
}
