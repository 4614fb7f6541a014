import { JsonNumber } from './json.ts'
import { formatTimestamp } from './timestamps.ts'

export type Claims = Readonly<Record<string, unknown>>

interface ClaimLabel {
  readonly claim: string
  readonly label: string
  readonly type: 'string' | 'json' | 'methods' | 'timestamp' | 'restriction'
  /** What a restriction says. */
  readonly text?: string
  /** The value shown if a token does not have this claim. */
  readonly absent?: string
  /** What the claim does, in a sentence. */
  readonly meaning: string
}

/** A claim of a token, formatted. */
export interface DescribedClaim {
  /** The name in the token. */
  readonly claim: string
  readonly label: string
  readonly value: string
  readonly meaning: string
}

export interface FormatOptions {
  /** In epoch milliseconds; timestamps are shown relative to it. */
  readonly now: number
  formatString(value: string): string
  formatJson(value: unknown): string
}

// The most important claims come first.
const claimLabels: readonly ClaimLabel[] = [
  { claim: 'cmd', label: 'command', type: 'string', meaning: 'The command that the receiver runs.' },
  { claim: 'sub', label: 'user', type: 'string', meaning: 'The user that the URL was minted for.' },
  {
    claim: 'cnt',
    label: 'content',
    type: 'json',
    meaning: 'Data for the handler. The caller cannot change it.',
  },
  { claim: 'rdr', label: 'redirect', type: 'string', meaning: 'Where the browser goes after the command has run.' },
  {
    claim: 'get',
    label: 'methods',
    type: 'methods',
    absent: 'POST',
    meaning: 'The methods that run the command. If GET does not run it, GET shows a confirm page.',
  },
  { claim: 'use', label: 'max uses', type: 'json', meaning: 'How many times the URL can be used.' },
  {
    claim: 'sta',
    label: 'state',
    type: 'restriction',
    text: 'bound to a state',
    meaning: 'The URL works until this state changes.',
  },
  {
    claim: 'sig',
    label: 'requests',
    type: 'restriction',
    text: 'must be signed',
    meaning: "Only requests signed with the URL's signing secret can run the command.",
  },
  {
    claim: 'usr',
    label: 'users',
    type: 'restriction',
    text: 'only its user',
    meaning: 'Only the user it was minted for can run the command, while signed in.',
  },
  { claim: 'jti', label: 'id', type: 'string', meaning: 'Distinguishes this URL from others with the same claims.' },
  {
    claim: 'iat',
    label: 'minted',
    type: 'timestamp',
    meaning: 'When the URL was minted. It does not affect its validity.',
  },
  { claim: 'nbf', label: 'not before', type: 'timestamp', meaning: 'The URL is rejected before this time.' },
  {
    claim: 'exp',
    label: 'expires',
    type: 'timestamp',
    absent: 'never',
    meaning: 'The URL is rejected from this time on.',
  },
]
const unknownMeaning = 'Not a hook URL claim. A token that has it is rejected.'
const knownClaims: ReadonlySet<string> = new Set(claimLabels.map(({ claim }) => claim))

/** Formats the claims of a token as labels and values. Unknown claims come last, under their own names. */
export function formatClaims(claims: Claims, options: FormatOptions): [label: string, value: string][] {
  return describeClaims(claims, options).map(({ label, value }) => [label, value])
}

/** Formats the claims of a token, and says what each means. Unknown claims come last, under their own names. */
export function describeClaims(claims: Claims, options: FormatOptions): DescribedClaim[] {
  const known = claimLabels.flatMap(({ claim, label, type, text, absent, meaning }): DescribedClaim[] => {
    const value = claims[claim]
    if (text !== undefined && isRestriction(claim, value)) return [{ claim, label, value: text, meaning }]
    if (value !== undefined) return [{ claim, label, value: formatValue(value, type, options), meaning }]
    return absent === undefined ? [] : [{ claim, label, value: absent, meaning }]
  })
  const unknown = Object.keys(claims)
    .filter((name) => !knownClaims.has(name))
    .map((name): DescribedClaim => {
      const label = options.formatString(name)
      return { claim: label, label, value: options.formatJson(claims[name]), meaning: unknownMeaning }
    })
  return [...known, ...unknown]
}

/** Returns the claims that a hook was created from. The hook may come from JSON, with its times as strings. */
export function getHookClaims(hook: object): Claims {
  const { command, userId, content, redirectTo, allowGet, maxUses, id, issuedAt, notBefore, expiresAt } = hook as Claims
  const { isStateBound, requiresSignature, requiresUser } = hook as Claims
  return {
    cmd: command,
    sub: userId,
    cnt: content,
    rdr: redirectTo,
    get: allowGet === true ? 1 : undefined,
    use: maxUses,
    // A hook does not contain the hash of its state.
    sta: isStateBound === true ? '' : undefined,
    sig: requiresSignature === true ? 1 : undefined,
    usr: requiresUser === true ? 1 : undefined,
    jti: id,
    iat: toEpochSeconds(issuedAt),
    nbf: toEpochSeconds(notBefore),
    exp: toEpochSeconds(expiresAt),
  }
}

// A value of another type is shown as it is.
function isRestriction(claim: string, value: unknown): boolean {
  return claim === 'sta' ? typeof value === 'string' : toNumber(value) === 1
}

function formatValue(
  value: unknown,
  type: ClaimLabel['type'],
  { now, formatString, formatJson }: FormatOptions,
): string {
  const number = toNumber(value)
  if (type === 'timestamp' && typeof number === 'number') return formatTimestamp(number, now)
  if (type === 'methods' && number === 1) return 'GET and POST'
  return type === 'string' && typeof value === 'string' ? formatString(value) : formatJson(value)
}

function toNumber(value: unknown): unknown {
  return value instanceof JsonNumber ? Number(value.literal) : value
}

function toEpochSeconds(time: unknown): number | undefined {
  return time === undefined ? undefined : new Date(time as Date | string).getTime() / 1000
}
