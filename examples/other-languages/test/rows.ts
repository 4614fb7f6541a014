// Converts the conformance vectors to requests to the drivers.
import { Buffer } from 'node:buffer'
import { deriveJwk, findToken } from '@hookurl/core'
import type { Json, MintRow, StateRow, VerifyRow } from '../../../conformance/format.ts'
import { readVectors } from '../../../conformance/read-vectors.ts'
import type { DriverRequest, Jwk } from './languages.ts'

const vectors = readVectors()
const plainHeader = 'eyJhbGciOiJIUzI1NiJ9'

/** A vector, and its request to a driver. */
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

/** Reads the vectors with a signed token. URLs, encrypted tokens, redirects, methods and tolerances are out of scope. */
export async function readVerifyCases(): Promise<VerifyCase[]> {
  const cases: VerifyCase[] = []
  for (const row of vectors.verify) {
    const token = toFullToken(row)
    if (token === undefined || isOutOfScope(row, token)) continue
    const jwks = await readJwks(row.keys, row.purpose)
    const states = await readStates(row)
    cases.push({ row, request: { jwks, token, command: getCommand(row, token), now: row.now, ...states } })
  }
  return cases
}

/** Reads the vectors that mint a signed token, with its claims. */
export async function readMintCases(): Promise<MintCase[]> {
  const cases: MintCase[] = []
  for (const row of vectors.mint) {
    if (row.url === undefined) continue
    const token = findToken(row.url)
    if (token.includes('..')) continue
    const claims: { [name: string]: Json } = JSON.parse(readClaims(token))
    const jwks = await readJwks(row.keys, row.purpose)
    cases.push({ row, token, request: { jwks, claims, now: row.now } })
  }
  return cases
}

/** Reads the vectors of state hashes. */
export async function readStateCases(): Promise<{ row: StateRow; request: DriverRequest }[]> {
  return Promise.all(
    vectors.states.map(async (row) => {
      const { key, purpose, command, userId, state } = row
      const hash = userId === undefined ? { cmd: command } : { cmd: command, sub: userId }
      return {
        row,
        request: { jwks: [], now: 0, hash, states: [state], stateJwks: await readJwks(key, purpose, 'state') },
      }
    }),
  )
}

/** Derives the keys that `hookurl keys jwk` prints for a keyring. */
export function readJwks(keys: string, purpose: string | undefined, use?: 'state'): Promise<Jwk[]> {
  return Promise.all(keys.split(/[\s,]+/).map((key) => deriveJwk(key, purpose, { for: use })))
}

async function readStates({ keys, purpose, state, noState }: VerifyRow): Promise<Partial<DriverRequest>> {
  if (state === undefined && noState === undefined) return {}
  return { states: state === undefined ? [] : [state], stateJwks: await readJwks(keys, purpose, 'state') }
}

// A short token is a JWT without its header. A program that reads a token from a request trims it.
function toFullToken({ name, token }: VerifyRow): string | undefined {
  const trimmed = token?.trim()
  return name.startsWith('short') && trimmed?.split('.').length === 2 ? `${plainHeader}.${trimmed}` : trimmed
}

function isOutOfScope(
  { name, clockTolerance, method, redirectHosts, ignore, hook, code }: VerifyRow,
  token: string,
): boolean {
  if (clockTolerance !== undefined || method !== undefined || redirectHosts !== undefined) return true
  if (code === 'redirect_forbidden' || /^sealed/.test(name)) return true
  // These programs count no uses, and reject more than 8,192 characters even if the short form is shorter.
  return hook !== undefined && (ignore !== undefined || token.includes('..') || token.length > 8192)
}

// Accepts the token's own command if the vector has none, so that the command is never the reason for a rejection.
function getCommand({ name, command, hook }: VerifyRow, token: string): string {
  const accepted = [command ?? hook?.command ?? []].flat()
  if (accepted.length > 0) return accepted.find((each) => each === hook?.command) ?? (accepted[0] as string)
  // Some claims are not valid JSON, hence the pattern.
  const own = name.startsWith('cmd ') ? undefined : /"cmd" ?: ?"([^"]*)"/.exec(readClaims(token))?.[1]
  return own ?? '/onWebhook'
}

function readClaims(token: string): string {
  return Buffer.from(token.split('.').at(-2) ?? '', 'base64url').toString()
}
