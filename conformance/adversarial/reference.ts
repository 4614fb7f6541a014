import { Buffer } from 'node:buffer'
import { compactDecrypt, compactVerify } from 'jose'
import type { ExpectedHook, VerifyRow } from '../format.ts'
import { derive, deriveStateHash, type KeyUse } from '../generate/craft.ts'
import { parseReferenceClaims, type ReferenceClaims } from './reference-claims.ts'
import { isRedirectAllowed } from './reference-redirect.ts'

// A second implementation of docs/token.md, with jose and without the packages. Slow and simple on purpose. It verifies
// bare tokens; it does not find tokens in URLs.

/** A hook, or an error code. */
export type ReferenceResult = ExpectedHook | string

interface Segments {
  readonly format: 'signed' | 'encrypted'
  readonly header: string
  /** The complete compact serialization; a short token gets its header. */
  readonly compact: string
  readonly isShort: boolean
}

interface Key {
  readonly id?: string
  /** The key with its ID, as in the keyring. */
  readonly entry: string
}

const MAX_TOKEN_LENGTH = 8192

/** Verifies a bare token. */
export async function verifyByReference(row: VerifyRow & { token: string }): Promise<ReferenceResult> {
  const token = unwrap(unwrap(row.token.trim()).replace(/^bearer +/i, ''))
  if (token === '') return 'no_token'
  const segments = parseSegments(token)
  if (segments === undefined) return 'malformed_token'
  const keys = row.keys.split(/[\s,]+/).map(parseKey)
  const kid = segments.isShort ? undefined : parseHeader(segments)
  if (kid === 'malformed_token') return 'malformed_token'
  const candidates = kid === undefined ? keys : keys.filter(({ id }) => id === kid.id)
  if (candidates.length === 0) return 'unknown_key'
  for (const key of candidates) {
    const bytes = await open(segments, key, row.purpose ?? '')
    if (bytes !== undefined) return checkClaims(bytes, row, { key, index: keys.indexOf(key) })
  }
  return 'invalid_signature'
}

// Removes a pair of quotes, and invisible characters at both ends.
function unwrap(text: string): string {
  const trimmed = text.replace(/^[\s\p{DI}]+|[\s\p{DI}]+$/gu, '')
  return /^(["'`]).*["'`]$/su.test(trimmed) ? trimmed.slice(1, -1) : trimmed
}

function parseSegments(token: string): Segments | undefined {
  if (token.length > MAX_TOKEN_LENGTH || !/^[A-Za-z0-9_.-]+$/.test(token)) return undefined
  const parts = token.split('.')
  const isEncrypted = parts.length === 5
  if (parts.length !== 2 && parts.length !== 3 && !isEncrypted) return undefined
  // Only the encrypted key of an encrypted token is empty.
  if (parts.some((part, at) => (part === '') !== (isEncrypted && at === 1))) return undefined
  if (parts.some((part) => Buffer.from(part, 'base64url').toString('base64url') !== part)) return undefined
  if (isEncrypted) {
    if (parts[2]?.length !== 16 || parts[4]?.length !== 22) return undefined
    return { format: 'encrypted', header: parts[0] as string, compact: token, isShort: false }
  }
  if (parts.at(-1)?.length !== 43) return undefined
  const isShort = parts.length === 2
  const compact = isShort ? `eyJhbGciOiJIUzI1NiJ9.${token}` : token
  return { format: 'signed', header: compact.split('.')[0] as string, compact, isShort }
}

// Returns the key ID of a header; undefined: it has none.
function parseHeader({ format, header }: Segments): { id: string } | undefined | 'malformed_token' {
  const text = Buffer.from(header, 'base64url').toString('utf8')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return 'malformed_token'
  }
  // Serialized again it is the same: it has no whitespace, no escapes and no duplicate names.
  if (typeof value !== 'object' || value === null || JSON.stringify(value) !== text) return 'malformed_token'
  if (Buffer.from(text).toString('base64url') !== header) return 'malformed_token'
  const names = Object.keys(value)
  const { alg, enc, typ, kid } = value as Record<string, unknown>
  const isAccepted =
    format === 'encrypted'
      ? alg === 'dir' && enc === 'A256GCM' && /^alg,enc(,kid)?$/.test(names.join())
      : alg === 'HS256' &&
        names.every((name) => ['alg', 'typ', 'kid'].includes(name)) &&
        (!names.includes('typ') || typ === 'JWT')
  if (!isAccepted) return 'malformed_token'
  if (!names.includes('kid')) return undefined
  return typeof kid === 'string' && /^[A-Za-z0-9_-]{1,16}$/.test(kid) ? { id: kid } : 'malformed_token'
}

function parseKey(entry: string): Key {
  const colon = entry.indexOf(':')
  return colon < 0 ? { entry } : { id: entry.slice(0, colon), entry }
}

function toKeyRef({ id }: Key, index: number): ExpectedHook['key'] {
  return id === undefined ? { index } : { index, id }
}

const derived = new Map<string, Uint8Array>()

function deriveCached(key: string, algorithm: KeyUse, purpose: string): Uint8Array {
  const name = `${algorithm} ${key} ${purpose}`
  const bytes = derived.get(name) ?? derive(key, algorithm, purpose)
  derived.set(name, bytes)
  return bytes
}

async function open({ format, compact }: Segments, key: Key, purpose: string): Promise<Uint8Array | undefined> {
  try {
    if (format === 'encrypted') {
      const options = { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] }
      return (await compactDecrypt(compact, deriveCached(key.entry, 'A256GCM', purpose), options)).plaintext
    }
    const secret = deriveCached(key.entry, 'HS256', purpose)
    return (await compactVerify(compact, secret, { algorithms: ['HS256'] })).payload
  } catch {
    return undefined
  }
}

function checkClaims(bytes: Uint8Array, row: VerifyRow, { key, index }: { key: Key; index: number }): ReferenceResult {
  const claims = parseReferenceClaims(bytes)
  if (claims === undefined) return 'invalid_claims'
  const tolerance = row.clockTolerance ?? 0
  if (claims.exp !== undefined && row.now >= claims.exp + tolerance) return 'expired'
  if (claims.nbf !== undefined && row.now < claims.nbf - tolerance) return 'not_yet_valid'
  if (row.command !== undefined && ![row.command].flat().includes(claims.cmd)) return 'wrong_command'
  if (claims.rdr !== undefined && !isRedirectAllowed(claims.rdr, row.redirectHosts)) return 'redirect_forbidden'
  if (row.method !== undefined && row.method !== 'POST' && !(row.method === 'GET' && claims.get === 1)) {
    return 'method_not_allowed'
  }
  const problem = checkRestrictions(claims, row, key)
  if (problem !== undefined) return problem
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
    maxUses: claims.use,
    isStateBound: claims.sta === undefined ? undefined : true,
    requiresSignature: claims.sig === undefined ? undefined : true,
    requiresUser: claims.usr === undefined ? undefined : true,
    key: toKeyRef(key, index),
  }
}

function checkRestrictions(claims: ReferenceClaims, row: VerifyRow, { entry }: Key): string | undefined {
  const { use, usr, sig, sta } = claims
  const { purpose, ignore = [] } = row
  if (use !== undefined && !ignore.includes('uses')) return 'not_configured'
  if (usr !== undefined && !ignore.includes('user')) return 'not_configured'
  if (sig !== undefined && !ignore.includes('signature')) return 'not_configured'
  if (sta === undefined || ignore.includes('state')) return undefined
  if (row.noState === true) return 'state_changed'
  if (row.state === undefined) return 'not_configured'
  return deriveStateHash(claims, row.state, { key: entry, purpose }) === sta ? undefined : 'state_changed'
}
