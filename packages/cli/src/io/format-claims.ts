import type { Hook, KeyRef } from '@hookurl/core'
import { formatRelativeTime } from '@hookurl/core/internal'
import { escapeControlChars, truncate, toJson } from './escape.ts'
import { formatTimestamp } from './parse-timestamp.ts'

type Claims = Readonly<Record<string, unknown>>

interface Row {
  readonly claim: string
  readonly label: string
  show(value: unknown, now: number): string
}

const names = (value: unknown): string => (typeof value === 'string' ? escapeControlChars(value) : toJson(value))
const moment = (value: unknown, now: number): string =>
  typeof value === 'number' ? formatTimestamp(value, now) : toJson(value)

// In the order in which a person asks for them.
const rows: readonly Row[] = [
  { claim: 'cmd', label: 'command', show: names },
  { claim: 'sub', label: 'user', show: names },
  { claim: 'cnt', label: 'content', show: toJson },
  { claim: 'rdr', label: 'redirect', show: names },
  { claim: 'get', label: 'acts on', show: (value) => (value === 1 ? 'GET and POST' : toJson(value)) },
  { claim: 'use', label: 'uses', show: toJson },
  { claim: 'jti', label: 'id', show: names },
  { claim: 'iat', label: 'minted', show: moment },
  { claim: 'nbf', label: 'not before', show: moment },
  { claim: 'exp', label: 'expires', show: moment },
]
const known: ReadonlySet<string> = new Set(rows.map(({ claim }) => claim))

/** What a token says, as labels and values; what it does not say too, where that means something. */
export function describeClaims(claims: Claims, now: number): [label: string, value: string][] {
  const told = rows.flatMap(({ claim, label, show }): [string, string][] => {
    const value = claims[claim]
    if (value !== undefined) return [[label, show(value, now)]]
    if (claim === 'get') return [[label, 'POST']]
    return claim === 'exp' ? [[label, 'never']] : []
  })
  const strange = Object.keys(claims).filter((name) => !known.has(name))
  return [...told, ...strange.map((name): [string, string] => [escapeControlChars(name), toJson(claims[name])])]
}

/** The same in one line, without what is usual. */
export function summarizeClaims(claims: Claims, now: number): string {
  const { cmd, sub, cnt, rdr, exp, nbf, use } = claims
  const parts = [names(cmd)]
  if (sub !== undefined) parts.push(`user ${names(sub)}`)
  if (cnt !== undefined) parts.push(`content ${truncate(toJson(cnt), 200)}`)
  if (rdr !== undefined) parts.push(`redirect ${names(rdr)}`)
  if (use !== undefined) parts.push(`uses ${toJson(use)}`)
  if (typeof nbf === 'number' && nbf * 1000 > now) parts.push(`valid ${formatRelativeTime(nbf, now)}`)
  const verb = typeof exp === 'number' && exp * 1000 <= now ? 'expired' : 'expires'
  parts.push(typeof exp === 'number' ? `${verb} ${formatRelativeTime(exp, now)}` : 'never expires')
  return parts.join('  ')
}

/** The claims that a hook was made of. */
export function getHookClaims(hook: Hook): Claims {
  return {
    cmd: hook.command,
    sub: hook.userId,
    cnt: hook.content,
    rdr: hook.redirectTo,
    get: hook.allowGet ? 1 : undefined,
    use: hook.maxUses,
    jti: hook.id,
    iat: toEpoch(hook.issuedAt),
    nbf: toEpoch(hook.notBefore),
    exp: toEpoch(hook.expiresAt),
  }
}

/** Labels and values in two columns. */
export function formatColumns(lines: readonly (readonly [label: string, value: string])[]): string[] {
  const width = Math.max(...lines.map(([label]) => label.length)) + 2
  return lines.map(([label, value]) => `  ${label.padEnd(width)}${value}`)
}

/** Which key of how many: `2 of 3 (k2), an older key`. */
export function formatKey({ index, id }: KeyRef, count: number): string {
  const name = id === undefined ? '' : ` (${id})`
  return `${index + 1} of ${count}${name}${index > 0 ? ', an older key' : ''}`
}

function toEpoch(time: Date | undefined): number | undefined {
  return time === undefined ? undefined : time.getTime() / 1000
}
