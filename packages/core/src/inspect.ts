import { decodeText } from '#engine'
import { checkValidityPeriod, findClaimsProblem, parseJson } from './token/claims.ts'
import { acceptedHeaders, hasUnknownKeyId, jweHeader } from './token/header.ts'
import { maxTokenLength, parseToken, type TokenFormat } from './token/token.ts'
import { type DamageCode, diagnose } from './url/diagnose.ts'
import { locateToken, splitTarget } from './url/locate-token.ts'
import { findRedirectProblem } from './url/redirect-policy.ts'
import { formatRelativeTime } from './util/relative-time.ts'
import { urlToString } from './util/string.ts'

/** What can be wrong with a token, or worth knowing of it, before anyone asks whether it is genuine. */
export type ProblemCode =
  | DamageCode
  | 'no_token'
  | 'ambiguous_token'
  | 'not_a_hook'
  | 'invalid_claims'
  | 'redirect_forbidden'
  | 'expired'
  | 'not_yet_valid'
  | 'never_expires'

/** One finding, in plain words. */
export interface Problem {
  readonly code: ProblemCode
  readonly message: string
}

/** What a token says of itself. Nothing of it is to be trusted: no signature was checked. */
export interface Inspection {
  /** Whether it has the shape of a token, and its claims can be read (or are sealed). */
  readonly readable: boolean
  /** The token, taken out of its URL. */
  readonly token?: string
  readonly tokenFormat?: TokenFormat
  readonly header?: Readonly<Record<string, unknown>>
  /** Its claims, as they are in the token; absent where it is sealed. */
  readonly claims?: Readonly<Record<string, unknown>>
  /** In characters. `whole` is the text that was given, `segment` its longest path segment. */
  readonly lengths: {
    readonly input: number
    readonly token: number
    readonly header: number
    readonly claims: number
    readonly signature: number
    readonly longestSegment: number
  }
  readonly problems: readonly Problem[]
}

interface PartialToken {
  readonly token: string
  readonly tokenFormat: TokenFormat | undefined
  readonly header: Record<string, unknown> | undefined
  readonly claims: Record<string, unknown> | undefined
}

/**
 * Reads a URL or token without trusting it, and says what is wrong with it. Never throws.
 *
 * @example
 * inspect('https://bot.example.com/hooks/eyJhbGciOiJIUzI1NiJ9.eyJj').problems
 * // [{ code: 'truncated', message: 'it is cut off in its claims: there is no signature' }]
 */
export function inspect(urlOrToken: string, options: { now?: () => number } = {}): Inspection {
  const text = urlToString(urlOrToken).trim()
  const found = locateToken(text)
  if (!found.ok) {
    const message =
      found.code === 'no_token' ? 'there is nothing like a token in it' : 'there are two different tokens in it'
    return { readable: false, lengths: measure(text, '', undefined), problems: [{ code: found.code, message }] }
  }
  const { token } = found
  const draft = read(token)
  const foreign = detectOtherJwt(draft)
  const damage = foreign ?? diagnose(token)
  const problems: Problem[] = damage === undefined ? [] : [damage]
  if (damage === undefined) problems.push(...judgeHeader(draft))
  if (problems.length === 0 && draft.tokenFormat !== 'encrypted') problems.push(...judgeClaims(draft))
  if (draft.claims !== undefined) problems.push(...judgeTime(draft.claims, options.now ?? Date.now))
  const readable = damage === undefined && draft.header !== undefined
  return {
    readable: readable && (draft.tokenFormat === 'encrypted' || draft.claims !== undefined),
    ...draft,
    lengths: measure(text, token, draft.tokenFormat),
    problems,
  }
}

// As much as can be read, also of a damaged one.
function read(token: string): PartialToken {
  if (token.length > maxTokenLength) return { token, tokenFormat: undefined, header: undefined, claims: undefined }
  const parts = parseToken(token)
  if (parts !== undefined) {
    const claims = parts.tokenFormat === 'encrypted' ? undefined : parseJson(decodeText(parts.claims))
    return { token, tokenFormat: parts.tokenFormat, header: parseJson(decodeText(parts.header)), claims }
  }
  const [first = '', second = ''] = token.split('.')
  const header = parseJson(decodeText(first))
  const isHeader = header !== undefined && 'alg' in header
  const claims = parseJson(decodeText(isHeader ? second : first))
  return { token, tokenFormat: undefined, header: isHeader ? header : undefined, claims }
}

// The JWT of another system is not a damaged hook.
function detectOtherJwt({ header }: PartialToken): Problem | undefined {
  if (header === undefined || !('alg' in header) || header.alg === 'HS256' || header.alg === 'dir') return undefined
  const alg = JSON.stringify(header.alg).slice(0, 40)
  return { code: 'not_a_hook', message: `a JWT, but not a hook: its algorithm is ${alg}` }
}

function judgeHeader({ token, tokenFormat, header }: PartialToken): Problem[] {
  if (tokenFormat === 'short') return []
  const segment = token.slice(0, token.indexOf('.'))
  const isOne = tokenFormat === 'encrypted' ? segment === jweHeader() : acceptedHeaders().includes(segment)
  if (isOne || hasUnknownKeyId(segment, tokenFormat === 'encrypted' ? 'encrypted' : 'signed')) return []
  if (header === undefined) return [{ code: 'not_a_hook', message: 'its header is not a JSON object' }]
  const { alg } = header
  const isOurs = tokenFormat === 'encrypted' ? alg === 'dir' && header.enc === 'A256GCM' : alg === 'HS256'
  const message = isOurs
    ? 'a JWT, but not a hook: its header has members that no hook has'
    : `a JWT, but not a hook: its algorithm is ${JSON.stringify(alg)?.slice(0, 40) ?? 'missing'}`
  return [{ code: 'not_a_hook', message }]
}

function judgeClaims({ claims }: PartialToken): Problem[] {
  if (claims === undefined) return [{ code: 'not_a_hook', message: 'its claims are not a JSON object' }]
  if (claims.cmd === undefined) {
    return [{ code: 'not_a_hook', message: 'a JWT, but not a hook: it has no command (the claim "cmd")' }]
  }
  const problem = findClaimsProblem(claims)
  if (problem !== undefined) return [{ code: 'invalid_claims', message: problem }]
  if (typeof claims.rdr !== 'string') return []
  const redirect = findRedirectProblem(claims.rdr, () => true)
  return redirect === undefined ? [] : [{ code: 'redirect_forbidden', message: `its redirect ${redirect}` }]
}

function judgeTime({ exp, nbf }: Record<string, unknown>, now: () => number): Problem[] {
  const time = now()
  const life = { cmd: '', exp: toNumber(exp), nbf: toNumber(nbf) }
  const problems: Problem[] = []
  if (exp === undefined) problems.push({ code: 'never_expires', message: 'it never expires' })
  if (!Number.isFinite(time)) return problems
  const code = checkValidityPeriod(life, time, 0)
  if (code === 'expired') problems.push({ code, message: `it expired ${formatRelativeTime(life.exp as number, time)}` })
  if (code === 'not_yet_valid')
    problems.push({ code, message: `it becomes valid ${formatRelativeTime(life.nbf as number, time)}` })
  return problems
}

function toNumber(value: unknown): number | undefined {
  return Number.isSafeInteger(value) ? (value as number) : undefined
}

function measure(text: string, token: string, tokenFormat: TokenFormat | undefined): Inspection['lengths'] {
  // No tokenFormat has more segments before its last one, whatever the length of what is given.
  const parts = token.split('.', 4)
  const dot = token.lastIndexOf('.')
  const isShort = tokenFormat === 'short'
  const segments = splitTarget(text)
    .path.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '')
    .split('/')
  return {
    input: text.length,
    token: token.length,
    header: isShort ? 0 : (parts[0]?.length ?? 0),
    claims: tokenFormat === 'encrypted' ? (parts[3]?.length ?? 0) : (parts[isShort ? 0 : 1]?.length ?? 0),
    signature: dot < 0 ? 0 : token.length - dot - 1,
    longestSegment: segments.reduce((longest, segment) => Math.max(longest, segment.length), 0),
  }
}
