import { Buffer } from 'node:buffer'

/** The claims of a hook, as docs/token.md lists them. */
export interface ReferenceClaims {
  cmd: string
  sub?: string
  cnt?: unknown
  rdr?: string
  exp?: number
  nbf?: number
  iat?: number
  jti?: string
  use?: number
  get?: number
  sta?: string
  sig?: number
  usr?: number
}

const lastSecond = 253_402_300_799

const validators: Record<string, (value: unknown) => boolean> = {
  cmd: isName,
  sub: isName,
  cnt: () => true,
  rdr: (value) => typeof value === 'string',
  exp: (value) => isIntegerFrom(value, 1, lastSecond),
  nbf: (value) => isIntegerFrom(value, 0, lastSecond),
  iat: (value) => isIntegerFrom(value, 0, lastSecond),
  jti: (value) => typeof value === 'string' && value.length <= 64 && /^[A-Za-z0-9_-]+$/.test(value),
  use: (value) => isIntegerFrom(value, 1, 1000),
  get: (value) => value === 1,
  sta: (value) => typeof value === 'string' && value.length === 12 && /^[A-Za-z0-9_-]+$/.test(value),
  sig: (value) => value === 1,
  usr: (value) => value === 1,
}

/** Parses the claims in the signed bytes; undefined: not a version 1 hook. */
export function parseReferenceClaims(bytes: Uint8Array): ReferenceClaims | undefined {
  let value: unknown
  try {
    // With `ignoreBOM` a byte order mark is kept, and JSON does not allow one.
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  if (!everyString(value, (text) => Buffer.from(text).toString() === text)) return undefined
  for (const [name, claim] of Object.entries(value)) {
    if (!Object.hasOwn(validators, name) || validators[name]?.(claim) !== true) return undefined
  }
  const claims = value as ReferenceClaims
  if (!Object.hasOwn(claims, 'cmd')) return undefined
  if (claims.nbf !== undefined && claims.exp !== undefined && claims.nbf >= claims.exp) return undefined
  if (claims.use !== undefined && (claims.exp === undefined || claims.jti === undefined)) return undefined
  const { get, sig, usr } = claims
  if ([get, sig, usr].filter((claim) => claim !== undefined).length > 1) return undefined
  if (usr !== undefined && claims.sub === undefined) return undefined
  return claims
}

// UTF-8 does not preserve a lone surrogate. Not recursive, because claims may be nested as deep as a token is long.
function everyString(value: unknown, predicate: (text: string) => boolean): boolean {
  const remaining = [value]
  while (remaining.length > 0) {
    const next = remaining.pop()
    if (typeof next === 'string' && !predicate(next)) return false
    if (typeof next !== 'object' || next === null) continue
    if (!Object.keys(next).every(predicate)) return false
    remaining.push(...Object.values(next))
  }
  return true
}

function isName(value: unknown): boolean {
  if (typeof value !== 'string') return false
  const points = Array.from(value, (character) => character.codePointAt(0) as number)
  return points.length >= 1 && points.length <= 256 && points.every((point) => point > 0x1f && !isHighControl(point))
}

function isHighControl(point: number): boolean {
  return point >= 0x7f && point <= 0x9f
}

function isIntegerFrom(value: unknown, min: number, max: number): boolean {
  return typeof value === 'number' && Math.floor(value) === value && value >= min && value <= max
}
