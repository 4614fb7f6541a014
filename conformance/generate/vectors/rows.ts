import type { ExpectedHook, VerifyRow } from '../../format.ts'
import { keyA, now, plainClaims } from '../craft.ts'

type RowOptions = Partial<Omit<VerifyRow, 'name' | 'token' | 'url' | 'hook' | 'code'>>

/** The hook of the plain claims, signed with the first key. */
export const plainHook: ExpectedHook = {
  command: plainClaims.cmd,
  allowGet: false,
  expiresAt: plainClaims.exp,
  key: { index: 0 },
}

/** A row with a valid token. */
export function validRow(
  name: string,
  token: string,
  details: RowOptions & { hook?: Partial<ExpectedHook> } = {},
): VerifyRow {
  const { hook, ...options } = details
  return { name, ...withDefaults(options), ...toTokenOrUrl(token), hook: { ...plainHook, ...hook } }
}

/** A row with a token that is rejected. */
export function rejectedRow(name: string, token: string, details: RowOptions & { code: string }): VerifyRow {
  const { code, ...options } = details
  return { name, ...withDefaults(options), ...toTokenOrUrl(token), code }
}

function withDefaults(options: RowOptions): RowOptions & { keys: string; now: number } {
  return { keys: keyA, now, ...options }
}

function toTokenOrUrl(text: string): { url: string } | { token: string } {
  return /^https?:/.test(text) ? { url: text } : { token: text }
}
