import type { VerifyRow } from '../../format.ts'
import { bad, good } from '../../make/rows.ts'
import type { TokenRow } from '../format.ts'

/** Rows that share a reason: what is tried, by name, and with what options it is verified. */
export type Group = Partial<Omit<VerifyRow, 'name' | 'token' | 'url' | 'hook'>> & { about: string; reason: string }

/** Tokens that are refused with the group's code. */
export function refused(group: Group & { code: string }, tokens: readonly (readonly [string, string])[]): TokenRow[] {
  const { about, reason, code, ...options } = group
  return tokens.map(([name, token]) => ({ ...bad(`${about}: ${name}`, token, { ...options, code }), reason }))
}

/** A control: a token near to a hostile one that is good. */
export function control(name: string, token: string, more: Parameters<typeof good>[2] & { reason: string }): TokenRow {
  const { reason, ...options } = more
  return { ...good(`control: ${name}`, token, options), reason }
}
