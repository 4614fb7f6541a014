import { createMinter, type HookurlError, isHookurlError, type MintOptions } from '@hookurl/core'
import { expect } from 'vitest'

/** Keys for tests: the base64url of a sentence. */
export const key = 'hks_aG9va3VybCB2ZXJpZmllciB0ZXN0IGtleSAgMDAwMDE'
export const oldKey = 'hks_aG9va3VybCB2ZXJpZmllciB0ZXN0IGtleSAgMDAwMDI'

export const seconds = 1_800_000_000
export const now = (): number => seconds * 1000
export const policy = { keys: key, now }
export const baseUrl = 'https://bot.example.com/hooks'
export const command = '/onWebhook'

const minter = createMinter({ keys: key, baseUrl, expiresIn: '30d', now })

/** A URL of `/onWebhook`, or of what is told. */
export function mint(options: Partial<MintOptions> = {}): string {
  return minter.mintSync({ command, ...options })
}

/** The path and query of such a URL: what a request's target is. */
export function mintPath(options: Partial<MintOptions> = {}): string {
  return pathOf(mint(options))
}

export function pathOf(url: string): string {
  return url.slice(new URL(url).origin.length)
}

export function tokenOf(url: string): string {
  return url.slice(Math.max(url.lastIndexOf('/'), url.lastIndexOf('t=') + 1) + 1)
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

/** Checks that a mistake of the program is reported as hookurl reports them: code, message, fix. */
export async function expectMistake(call: () => unknown, message: RegExp, code: string = 'invalid_option') {
  const error = await refusal(call)
  expect(error.code).toBe(code)
  expect(error.message).toMatch(message)
  expect(error.fix).toMatch(/^[A-Z].*\.$/)
}
