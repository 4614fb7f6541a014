// The conformance vectors, as these programs are asked them.
import { Buffer } from 'node:buffer'
import { deriveJwk, findToken } from '@hookurl/core'
import type { Json, MintRow, VerifyRow } from '../../../conformance/format.ts'
import { readVectors } from '../../../conformance/read-vectors.ts'
import type { DriverRequest, Jwk } from './languages.ts'

const vectors = readVectors()
const plainHeader = 'eyJhbGciOiJIUzI1NiJ9'

/** A vector, and what a program is asked of it. */
export interface VerifyCase {
  readonly row: VerifyRow
  readonly request: DriverRequest
}

/** A vector, its token, and the claims to mint the same hook from. */
export interface MintCase {
  readonly row: MintRow
  readonly token: string
  readonly request: DriverRequest
}

/** Signed tokens by themselves: URLs, sealed tokens, redirects, methods and tolerances are not these programs' subject. */
export async function readVerifyCases(): Promise<VerifyCase[]> {
  const cases: VerifyCase[] = []
  for (const row of vectors.verify) {
    const token = toFullToken(row)
    if (token === undefined || isOutOfScope(row, token)) continue
    const jwks = await readJwks(row.keys, row.purpose)
    cases.push({ row, asked: { jwks, token, command: getCommand(row, token), now: row.now } })
  }
  return cases
}

/** What is minted as a signed token, as claims. */
export async function readMintCases(): Promise<MintCase[]> {
  const cases: MintCase[] = []
  for (const row of vectors.mint) {
    if (row.url === undefined) continue
    const token = findToken(row.url)
    if (token.includes('..')) continue
    const claims: { [name: string]: Json } = JSON.parse(readClaims(token))
    const jwks = await readJwks(row.keys, row.purpose)
    cases.push({ row, token, asked: { jwks, claims, now: row.now } })
  }
  return cases
}

/** What `hookurl keys jwk` prints for a keyring. */
export function readJwks(keys: string, purpose: string | undefined): Promise<Jwk[]> {
  return Promise.all(keys.split(/[\s,]+/).map((key) => deriveJwk(key, purpose)))
}

// A short token is a JWT without its header; whoever reads a token out of a request takes white space off its ends.
function toFullToken({ name, token }: VerifyRow): string | undefined {
  const text = token?.trim()
  return name.startsWith('short') && text?.split('.').length === 2 ? `${plainHeader}.${text}` : text
}

function isOutOfScope(
  { name, clockTolerance, method, redirectHosts, ignore, hook, code }: VerifyRow,
  token: string,
): boolean {
  if (clockTolerance !== undefined || method !== undefined || redirectHosts !== undefined) return true
  if (code === 'redirect_forbidden' || name.startsWith('encrypted')) return true
  // These programs count no uses, and refuse more than 8,192 characters, also where the short form had fewer.
  return hook !== undefined && (ignore === true || token.includes('..') || token.length > 8192)
}

// Where the vector names none, the token's own command is accepted, so that nothing is refused for that.
function getCommand({ name, command, hook }: VerifyRow, token: string): string {
  const accepted = [command ?? hook?.command ?? []].flat()
  if (accepted.length > 0) return accepted.find((each) => each === hook?.command) ?? (accepted[0] as string)
  // Some claims are no JSON.
  const own = name.startsWith('cmd ') ? undefined : /"cmd" ?: ?"([^"]*)"/.exec(readClaims(token))?.[1]
  return own ?? '/onWebhook'
}

function readClaims(token: string): string {
  return Buffer.from(token.split('.').at(-2) ?? '', 'base64url').toString()
}
