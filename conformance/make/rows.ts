import type { ExpectedHook, VerifyRow } from '../format.ts'
import { now, one, plain } from './craft.ts'

type Options = Partial<Omit<VerifyRow, 'name' | 'token' | 'url' | 'hook' | 'code'>>

/** The hook of the plain claims, signed with the first key. */
export const plainHook: ExpectedHook = {
  command: plain.cmd,
  allowGet: false,
  expiresAt: plain.exp,
  key: { index: 0 },
}

/** A row whose token is good. */
export function good(name: string, token: string, more: Options & { hook?: Partial<ExpectedHook> } = {}): VerifyRow {
  const { hook, ...options } = more
  return { name, ...defaults(options), ...place(token), hook: { ...plainHook, ...hook } }
}

/** A row whose token is refused. */
export function bad(name: string, token: string, more: Options & { code: string }): VerifyRow {
  const { code, ...options } = more
  return { name, ...defaults(options), ...place(token), code }
}

function defaults(options: Options): Options & { keys: string; now: number } {
  return { keys: one, now, ...options }
}

function place(text: string): { url: string } | { token: string } {
  return /^https?:/.test(text) ? { url: text } : { token: text }
}
