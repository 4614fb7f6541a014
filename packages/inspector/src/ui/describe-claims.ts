import { plain, tellMoment } from './format.ts'

type Values = Readonly<Record<string, unknown>>

interface Row {
  readonly claim: string
  /** The same in a hook. */
  readonly member: string
  readonly label: string
  show(value: unknown, now: number): string
}

const text = (value: unknown): string => plain(typeof value === 'string' ? value : JSON.stringify(value, null, 2))
const moment = (value: unknown, now: number): string => {
  const seconds = typeof value === 'string' ? Date.parse(value) / 1000 : value
  return typeof seconds === 'number' ? tellMoment(seconds, now) : text(value)
}
const methods = (value: unknown): string => (value === 1 || value === true ? 'GET and POST' : 'POST')

const rows: readonly Row[] = [
  { claim: 'cmd', member: 'command', label: 'command', show: text },
  { claim: 'sub', member: 'userId', label: 'user', show: text },
  { claim: 'cnt', member: 'content', label: 'content', show: text },
  { claim: 'rdr', member: 'redirectTo', label: 'redirect', show: text },
  { claim: 'get', member: 'allowGet', label: 'acts on', show: methods },
  { claim: 'use', member: 'uses', label: 'uses', show: text },
  { claim: 'jti', member: 'id', label: 'id', show: text },
  { claim: 'iat', member: 'issuedAt', label: 'minted', show: moment },
  { claim: 'nbf', member: 'notBefore', label: 'not before', show: moment },
  { claim: 'exp', member: 'expiresAt', label: 'expires', show: moment },
]
const known: ReadonlySet<string> = new Set(rows.map(({ claim }) => claim))

/** What a token says, as its claims have it. */
export function describeClaims(claims: Values, now: number): [label: string, value: string][] {
  const strange = Object.keys(claims).filter((name) => !known.has(name))
  return [
    ...describe(claims, { by: 'claim', now }),
    ...strange.map((name): [string, string] => [plain(name), text(claims[name])]),
  ]
}

/** What a hook says. */
export function describeHook(hook: Values, now: number): [label: string, value: string][] {
  return describe(hook, { by: 'member', now })
}

function describe(values: Values, { by, now }: { by: 'claim' | 'member'; now: number }): [string, string][] {
  return rows.flatMap(({ label, show, ...row }): [string, string][] => {
    const value = values[row[by]]
    if (value !== undefined) return [[label, show(value, now)]]
    if (label === 'acts on') return [[label, 'POST']]
    return label === 'expires' ? [[label, 'never']] : []
  })
}
