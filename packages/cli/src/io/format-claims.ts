import type { KeyRef } from '@hookurl/core'
import { formatRelativeTime } from '@hookurl/core/internal'
import { type Claims, formatClaims } from '@hookurl/presentation/claim-labels'
import { escapeControlChars, toJson, truncate } from './escape.ts'

const contentWidth = 200

/** Formats the claims of a token as labels and values that are safe to print. */
export function formatClaimRows(claims: Claims, now: number): [label: string, value: string][] {
  return formatClaims(claims, { now, formatString: escapeControlChars, formatJson: toJson })
}

/** Formats the claims of a token as one line, omitting those that have their usual value. */
export function summarizeClaims(claims: Claims, now: number): string {
  const { cmd, sub, cnt, rdr, exp, nbf, use, sta, sig, usr } = claims
  const parts = [formatString(cmd)]
  if (sub !== undefined) parts.push(`user ${formatString(sub)}`)
  if (cnt !== undefined) parts.push(`content ${truncate(toJson(cnt), contentWidth)}`)
  if (rdr !== undefined) parts.push(`redirect ${formatString(rdr)}`)
  if (use !== undefined) parts.push(`max uses ${toJson(use)}`)
  if (sta !== undefined) parts.push('bound to a state')
  if (sig !== undefined) parts.push('requests must be signed')
  if (usr !== undefined) parts.push('only its user')
  if (typeof nbf === 'number' && nbf * 1000 > now) parts.push(`valid ${formatRelativeTime(nbf, now)}`)
  const verb = typeof exp === 'number' && exp * 1000 <= now ? 'expired' : 'expires'
  parts.push(typeof exp === 'number' ? `${verb} ${formatRelativeTime(exp, now)}` : 'never expires')
  return parts.join('  ')
}

/** Formats labels and values as two columns. */
export function formatColumns(rows: readonly (readonly [label: string, value: string])[]): string[] {
  const width = Math.max(...rows.map(([label]) => label.length)) + 2
  return rows.map(([label, value]) => `  ${label.padEnd(width)}${value}`)
}

/** Formats which key of the keyring minted a token: `2 of 3 (k2), an older key`. */
export function formatKey({ index, id }: KeyRef, count: number): string {
  const name = id === undefined ? '' : ` (${id})`
  return `${index + 1} of ${count}${name}${index > 0 ? ', an older key' : ''}`
}

function formatString(value: unknown): string {
  return typeof value === 'string' ? escapeControlChars(value) : toJson(value)
}
