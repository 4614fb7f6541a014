import type { TokenRow } from '../../adversarial/format.ts'
import type { VerifyRow } from '../../format.ts'
import { rejectedRow, validRow } from '../vectors/rows.ts'

/** What rows have in common: the start of their names, the reason, and the options of the verifier. */
export type RowGroup = Partial<Omit<VerifyRow, 'name' | 'token' | 'url' | 'hook'>> & { about: string; reason: string }

/** Rows with tokens that are rejected with the group's code. */
export function rejectedRows(
  group: RowGroup & { code: string },
  tokens: readonly (readonly [string, string])[],
): TokenRow[] {
  const { about, reason, code, ...options } = group
  return tokens.map(([name, token]) => ({ ...rejectedRow(`${about}: ${name}`, token, { ...options, code }), reason }))
}

/** A control: a valid token that resembles an adversarial one. */
export function controlRow(
  name: string,
  token: string,
  details: Parameters<typeof validRow>[2] & { reason: string },
): TokenRow {
  const { reason, ...options } = details
  return { ...validRow(`control: ${name}`, token, options), reason }
}
