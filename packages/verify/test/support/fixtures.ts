import { createHmac } from 'node:crypto'
import { createMinter, deriveJwk, type HookurlError, isHookurlError, type MintOptions } from '@hookurl/core'
import { expect } from 'vitest'

/** Keys for tests: the base64url of a readable sentence. */
export const key = 'hks_aG9va3VybCB2ZXJpZmllciB0ZXN0IGtleSAgMDAwMDE'
export const oldKey = 'hks_aG9va3VybCB2ZXJpZmllciB0ZXN0IGtleSAgMDAwMDI'

export const seconds = 1_800_000_000
export const now = (): number => seconds * 1000
export const policy = { keys: key, now }
export const baseUrl = 'https://bot.example.com/hooks'
export const command = '/onWebhook'

const minter = createMinter({ keys: key, baseUrl, expiresIn: '30d', now })

/** Mints a URL for `/onWebhook`, unless `options` name another command. */
export function mint(options: Partial<MintOptions> = {}): string {
  return minter.mintSync({ command, ...options })
}

/** Signs a token for `*`, which hookurl's minter rejects, and returns the path of its URL. */
export async function signPathForAnyCommand(): Promise<string> {
  const [header = '', claims = ''] = getToken(mint({ command: 'COMMAND' })).split('.')
  const changed = Buffer.from(Buffer.from(claims, 'base64url').toString().replace('COMMAND', '*')).toString('base64url')
  const { k } = await deriveJwk(key)
  const signature = createHmac('sha256', Buffer.from(k, 'base64url')).update(`${header}.${changed}`).digest('base64url')
  return toPath(`${baseUrl}/${header}.${changed}.${signature}`)
}

/** The same as a path and query, which is the target of a request. */
export function mintPath(options: Partial<MintOptions> = {}): string {
  return toPath(mint(options))
}

export function toPath(url: string): string {
  return url.slice(new URL(url).origin.length)
}

export function getToken(url: string): string {
  return url.slice(Math.max(url.lastIndexOf('/'), url.lastIndexOf('t=') + 1) + 1)
}

/** Returns the HookurlError that a call throws or rejects with. */
export async function catchError(call: () => unknown): Promise<HookurlError> {
  try {
    await call()
  } catch (error) {
    if (isHookurlError(error)) return error
    throw error
  }
  throw new Error('expected a HookurlError, but the call succeeded')
}

/** Expects a call to fail with a code, a message, and a fix that is a complete sentence. */
export async function expectOptionError(call: () => unknown, message: RegExp, code: string = 'invalid_option') {
  const error = await catchError(call)
  expect(error.code).toBe(code)
  expect(error.message).toMatch(message)
  expect(error.fix).toMatch(/^[A-Z].*\.$/)
}
