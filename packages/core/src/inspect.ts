import { decodeText } from '#engine'
import { checkValidityPeriod, findClaimsProblem, parseJson } from './token/claims.ts'
import { isHandle } from './token/handle.ts'
import { acceptedHeaders, hasUnknownKeyId, jweHeader } from './token/header.ts'
import { MAX_TOKEN_LENGTH, parseToken, type TokenFormat } from './token/token.ts'
import { type DamageCode, diagnose } from './url/diagnose.ts'
import { locateToken, splitTarget } from './url/locate-token.ts'
import { findRedirectProblem } from './url/redirect-policy.ts'
import { unwrapUrl } from './url/unwrap-url.ts'
import { formatRelativeTime } from './util/relative-time.ts'
import { urlToString } from './util/string.ts'

/** A problem with a token, or a fact worth knowing, that can be found without checking its signature. */
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

/** One problem, with a human-readable message. */
export interface Problem {
  readonly code: ProblemCode
  readonly message: string
}

/** The decoded contents of a token. Do not trust them: no signature was checked. */
export interface Inspection {
  /** Whether the token is well-formed and its claims could be decoded (or are encrypted). */
  readonly readable: boolean
  /**
   * The services whose URL contains this one, outermost first, such as `['Outlook Safe Links']`; absent if there is none.
   * At most five are read. Receivers and verifiers do not read the URL inside.
   */
  readonly wrappedBy?: readonly string[]
  /** The token, extracted from its URL. */
  readonly token?: string
  readonly tokenFormat?: TokenFormat
  readonly header?: Readonly<Record<string, unknown>>
  /** The claims as they appear in the token; `undefined` if the token is encrypted. */
  readonly claims?: Readonly<Record<string, unknown>>
  /**
   * Lengths in characters. `input` is the string passed in, or the URL inside its wrappers, and `longestSegment` its
   * longest path segment.
   */
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

/** The decoded segments of a token, which may not be JSON. */
interface DecodedSegments {
  readonly tokenFormat?: TokenFormat
  readonly header?: string
  readonly claims?: string
}

/** As much of a token as could be decoded. */
interface PartialToken {
  readonly token: string
  readonly tokenFormat: TokenFormat | undefined
  readonly header: Record<string, unknown> | undefined
  readonly claims: Record<string, unknown> | undefined
}

const handleProblem: Problem = {
  code: 'not_a_hook',
  message:
    'a handle, not a hook: it replaces the token while the user signs in, and only that user can use it, for 10 minutes',
}

/**
 * Decodes a URL or token without verifying it, and reports what is wrong with it. Never throws.
 *
 * @example
 * inspect('https://bot.example.com/hooks/eyJhbGciOiJIUzI1NiJ9.eyJj').problems
 * // [{ code: 'truncated', message: 'it is cut off in its claims: there is no signature' }]
 */
export function inspect(urlOrToken: string, options: { now?: () => number } = {}): Inspection {
  const { url: input, isOpaque, ...wrapper } = unwrapUrl(urlToString(urlOrToken).trim())
  const located = locateToken(input)
  if (located.kind === 'none' || located.kind === 'ambiguous') {
    const problem = { code: located.code, message: describeAbsence(located.code, isOpaque) }
    return { readable: false, ...wrapper, lengths: measure(input, '', undefined), problems: [problem] }
  }
  const { token } = located
  const partial = decodeToken(token)
  const damage = detectOtherJwt(partial) ?? diagnose(token)
  const problems: Problem[] = damage === undefined ? [] : [damage]
  if (damage === undefined) problems.push(...checkHeader(partial))
  if (problems.length === 0 && partial.tokenFormat !== 'encrypted') problems.push(...checkClaims(partial))
  if (partial.claims !== undefined) problems.push(...checkTime(partial.claims, options.now ?? Date.now))
  const readable = damage === undefined && partial.header !== undefined
  return {
    readable: readable && (partial.tokenFormat === 'encrypted' || partial.claims !== undefined),
    ...wrapper,
    ...partial,
    lengths: measure(input, token, partial.tokenFormat),
    problems,
  }
}

function describeAbsence(code: 'no_token' | 'ambiguous_token', isOpaque: boolean): string {
  if (code === 'ambiguous_token') return 'it contains two different tokens'
  return isOpaque
    ? 'it contains no token: the service that wrapped it left the original URL out'
    : 'it contains no token'
}

// Decodes as much as possible, even if the token is damaged.
function decodeToken(token: string): PartialToken {
  const { tokenFormat, header, claims } = decodeSegments(token)
  return { token, tokenFormat, header: parseJson(header), claims: parseJson(claims) }
}

/** Decodes the header and claims of a token without parsing them. The token may be damaged. */
export function decodeSegments(token: string): DecodedSegments {
  if (token.length > MAX_TOKEN_LENGTH) return {}
  const segments = parseToken(token)
  if (segments !== undefined) {
    const { tokenFormat, header } = segments
    return {
      tokenFormat,
      header: decodeText(header),
      claims: segments.tokenFormat === 'encrypted' ? undefined : decodeText(segments.claims),
    }
  }
  const [first = '', second = ''] = token.split('.')
  const header = decodeText(first)
  const parsed = parseJson(header)
  return parsed !== undefined && 'alg' in parsed ? { header, claims: decodeText(second) } : { claims: header }
}

// A JWT from another issuer is reported as such, not as a damaged hook.
function detectOtherJwt({ header }: PartialToken): Problem | undefined {
  if (header === undefined || !('alg' in header) || header.alg === 'HS256' || header.alg === 'dir') return undefined
  const alg = JSON.stringify(header.alg).slice(0, 40)
  return { code: 'not_a_hook', message: `a JWT, but not a hook: its algorithm is ${alg}` }
}

function checkHeader({ token, tokenFormat, header }: PartialToken): Problem[] {
  if (tokenFormat === 'short') return []
  const segments = parseToken(token)
  if (segments !== undefined && isHandle(segments)) return [handleProblem]
  const segment = token.slice(0, token.indexOf('.'))
  const isEncrypted = tokenFormat === 'encrypted'
  const isAccepted = isEncrypted ? segment === jweHeader() : acceptedHeaders().includes(segment)
  if (isAccepted || hasUnknownKeyId(segment, isEncrypted ? 'jwe' : 'jws')) return []
  if (header === undefined) return [{ code: 'not_a_hook', message: 'its header is not a JSON object' }]
  const { alg, enc } = header
  const hasHookAlgorithm = isEncrypted ? alg === 'dir' && enc === 'A256GCM' : alg === 'HS256'
  const message = hasHookAlgorithm
    ? 'a JWT, but not a hook: its header has parameters that a hook does not have'
    : `a JWT, but not a hook: its algorithm is ${JSON.stringify(alg)?.slice(0, 40) ?? 'missing'}`
  return [{ code: 'not_a_hook', message }]
}

function checkClaims({ claims }: PartialToken): Problem[] {
  if (claims === undefined) return [{ code: 'not_a_hook', message: 'its claims are not a JSON object' }]
  if (claims.cmd === undefined) {
    return [{ code: 'not_a_hook', message: 'a JWT, but not a hook: it has no command (the claim "cmd")' }]
  }
  const problem = findClaimsProblem(claims)
  if (problem !== undefined) return [{ code: 'invalid_claims', message: problem }]
  if (typeof claims.rdr !== 'string') return []
  const redirectProblem = findRedirectProblem(claims.rdr, () => true)
  if (redirectProblem === undefined) return []
  return [{ code: 'redirect_forbidden', message: `its redirect ${redirectProblem}` }]
}

function checkTime({ exp, nbf }: Record<string, unknown>, now: () => number): Problem[] {
  const time = now()
  const period = { cmd: '', exp: toInteger(exp), nbf: toInteger(nbf) }
  const problems: Problem[] = []
  if (exp === undefined) problems.push({ code: 'never_expires', message: 'it never expires' })
  if (!Number.isFinite(time)) return problems
  const code = checkValidityPeriod(period, time, 0)
  if (code === 'expired') {
    problems.push({ code, message: `it expired ${formatRelativeTime(period.exp as number, time)}` })
  }
  if (code === 'not_yet_valid') {
    problems.push({ code, message: `it becomes valid ${formatRelativeTime(period.nbf as number, time)}` })
  }
  return problems
}

function toInteger(value: unknown): number | undefined {
  return Number.isSafeInteger(value) ? (value as number) : undefined
}

function measure(input: string, token: string, tokenFormat: TokenFormat | undefined): Inspection['lengths'] {
  // The header and the claims are among the first four segments in every format; the input may have any number.
  const segments = token.split('.', 4)
  const lastDot = token.lastIndexOf('.')
  const isShort = tokenFormat === 'short'
  return {
    input: input.length,
    token: token.length,
    header: isShort ? 0 : (segments[0]?.length ?? 0),
    claims: tokenFormat === 'encrypted' ? (segments[3]?.length ?? 0) : (segments[isShort ? 0 : 1]?.length ?? 0),
    signature: lastDot < 0 ? 0 : token.length - lastDot - 1,
    longestSegment: measureLongestSegment(splitTarget(input).path.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '')),
  }
}

function measureLongestSegment(path: string): number {
  let longest = 0
  for (let start = 0; start <= path.length; ) {
    const slash = path.indexOf('/', start)
    const end = slash < 0 ? path.length : slash
    longest = Math.max(longest, end - start)
    start = end + 1
  }
  return longest
}
