import { Buffer } from 'node:buffer'
import { compactDecrypt, compactVerify } from 'jose'
import type { ExpectedHook, VerifyRow } from '../format.ts'
import { derive } from '../make/craft.ts'
import { judgeClaims } from './reference-claims.ts'
import { judgeRedirect } from './reference-redirect.ts'

// What docs/token.md says, written down a second time and with jose: nothing here comes from the packages. Slow and
// plain on purpose. It judges bare tokens; finding one in a URL is not its matter.

/** A hook, or the code of the refusal. */
export type Verdict = ExpectedHook | string

interface Segments {
  readonly form: 'signed' | 'encrypted'
  readonly header: string
  /** The whole compact serialization: a short token with its header put in front. */
  readonly compact: string
  readonly isShort: boolean
}

interface Key {
  readonly id?: string
  readonly text: string
}

const longest = 8192

/** The verdict on a bare token. */
export async function judge(row: VerifyRow & { token: string }): Promise<Verdict> {
  const token = row.token.trim()
  if (token === '') return 'no_token'
  const segments = readSegments(token)
  if (segments === undefined) return 'malformed_token'
  const keys = row.keys.split(/[\s,]+/).map(readKey)
  const kid = segments.isShort ? undefined : readHeader(segments)
  if (kid === 'malformed_token') return 'malformed_token'
  const candidates = kid === undefined ? keys : keys.filter(({ id }) => id === kid.id)
  if (candidates.length === 0) return 'unknown_key'
  for (const key of candidates) {
    const bytes = await open(segments, key, row.purpose ?? '')
    if (bytes !== undefined) return judgeOpened(bytes, { row, index: keys.indexOf(key), key })
  }
  return 'invalid_signature'
}

function readSegments(token: string): Segments | undefined {
  if (token.length > longest || !/^[A-Za-z0-9_.-]+$/.test(token)) return undefined
  const parts = token.split('.')
  const isSealed = parts.length === 5
  if (parts.length !== 2 && parts.length !== 3 && !isSealed) return undefined
  // The encrypted key of a sealed token is empty, and nothing else is.
  if (parts.some((part, at) => (part === '') !== (isSealed && at === 1))) return undefined
  if (parts.some((part) => Buffer.from(part, 'base64url').toString('base64url') !== part)) return undefined
  if (isSealed) {
    if (parts[2]?.length !== 16 || parts[4]?.length !== 22) return undefined
    return { form: 'encrypted', header: parts[0] as string, compact: token, isShort: false }
  }
  if (parts.at(-1)?.length !== 43) return undefined
  const isShort = parts.length === 2
  const compact = isShort ? `eyJhbGciOiJIUzI1NiJ9.${token}` : token
  return { form: 'signed', header: compact.split('.')[0] as string, compact, isShort }
}

// The id that a header names; undefined where it names none.
function readHeader({ form, header }: Segments): { id: string } | undefined | 'malformed_token' {
  const text = Buffer.from(header, 'base64url').toString('utf8')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return 'malformed_token'
  }
  // Written again it is the same: no white space, no escape, no name twice.
  if (typeof value !== 'object' || value === null || JSON.stringify(value) !== text) return 'malformed_token'
  if (Buffer.from(text).toString('base64url') !== header) return 'malformed_token'
  const names = Object.keys(value)
  const { alg, enc, typ, kid } = value as Record<string, unknown>
  const isFine =
    form === 'encrypted'
      ? alg === 'dir' && enc === 'A256GCM' && /^alg,enc(,kid)?$/.test(names.join())
      : alg === 'HS256' &&
        names.every((name) => ['alg', 'typ', 'kid'].includes(name)) &&
        (!names.includes('typ') || typ === 'JWT')
  if (!isFine) return 'malformed_token'
  if (!names.includes('kid')) return undefined
  return typeof kid === 'string' && /^[A-Za-z0-9_-]{1,16}$/.test(kid) ? { id: kid } : 'malformed_token'
}

function readKey(text: string): Key {
  const colon = text.indexOf(':')
  return colon < 0 ? { text } : { id: text.slice(0, colon), text }
}

const derived = new Map<string, Uint8Array>()

function deriveOnce(key: string, algorithm: 'HS256' | 'A256GCM', purpose: string): Uint8Array {
  const name = `${algorithm} ${key} ${purpose}`
  const known = derived.get(name) ?? derive(key, algorithm, purpose)
  derived.set(name, known)
  return known
}

async function open({ form, compact }: Segments, key: Key, purpose: string): Promise<Uint8Array | undefined> {
  try {
    if (form === 'encrypted') {
      const options = { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] }
      return (await compactDecrypt(compact, deriveOnce(key.text, 'A256GCM', purpose), options)).plaintext
    }
    const secret = deriveOnce(key.text, 'HS256', purpose)
    return (await compactVerify(compact, secret, { algorithms: ['HS256'] })).payload
  } catch {
    return undefined
  }
}

function judgeOpened(bytes: Uint8Array, place: { row: VerifyRow; index: number; key: Key }): Verdict {
  const { row, index, key } = place
  const claims = judgeClaims(bytes)
  if (claims === undefined) return 'invalid_claims'
  const tolerance = row.clockTolerance ?? 0
  if (claims.exp !== undefined && row.now >= claims.exp + tolerance) return 'expired'
  if (claims.nbf !== undefined && row.now < claims.nbf - tolerance) return 'not_yet_valid'
  if (row.command !== undefined && ![row.command].flat().includes(claims.cmd)) return 'wrong_command'
  if (claims.rdr !== undefined && !judgeRedirect(claims.rdr, row.redirectHosts)) return 'redirect_forbidden'
  if (row.method !== undefined && row.method !== 'POST' && !(row.method === 'GET' && claims.get === 1)) {
    return 'method_not_allowed'
  }
  if (claims.use !== undefined && row.uncounted !== true) return 'store_unavailable'
  return {
    command: claims.cmd,
    userId: claims.sub,
    content: claims.cnt as never,
    redirectTo: claims.rdr,
    allowGet: claims.get === 1,
    expiresAt: claims.exp,
    notBefore: claims.nbf,
    issuedAt: claims.iat,
    id: claims.jti,
    uses: claims.use,
    key: key.id === undefined ? { index } : { index, id: key.id },
  }
}
