import { createSecretKey, randomBytes } from 'node:crypto'
import { createSigner, createVerifier } from 'fast-jwt'
import { jwtVerify, SignJWT } from 'jose'
import jsonwebtoken from 'jsonwebtoken'
import { claims, getExpiry, lifetime } from './claims.ts'

/** A JWT library that mints and verifies the same claims with the same algorithm. */
export interface Competitor {
  readonly name: string
  /** How many times as fast hookurl should be. */
  readonly minSpeedup: { readonly mint: number; readonly verify: number }
  /** How it is set up, as its documentation recommends for speed. */
  readonly note: string
  /** Whether a call waits for another thread. */
  readonly isAsync: boolean
  /** How many tokens one call mints or verifies. */
  readonly inFlight: number
  mint(): unknown
  verify(): unknown
}

/** Creates every competitor, each with a new key that is prepared once. */
export async function createCompetitors(): Promise<readonly Competitor[]> {
  const jose = await createJose()
  return [createFastJwt(), createJsonwebtoken(), jose, runInParallel(jose, 64)]
}

function createFastJwt(): Competitor {
  const key = randomBytes(32)
  const options = { key, algorithm: 'HS256', expiresIn: lifetime * 1000, noTimestamp: true } as const
  const sign = createSigner(options)
  const verify = createVerifier({ key, algorithms: ['HS256'], cache: false })
  const token = sign(claims)
  return {
    name: 'fast-jwt',
    minSpeedup: { mint: 2.2, verify: 1.8 },
    note: 'createSigner and createVerifier made once, key as a Buffer, no cache',
    isAsync: false,
    inFlight: 1,
    mint: () => sign(claims),
    verify: () => verify(token),
  }
}

function createJsonwebtoken(): Competitor {
  const key = createSecretKey(randomBytes(32))
  const { sign, verify } = jsonwebtoken
  const mint = (): string => sign(claims, key, { algorithm: 'HS256', expiresIn: lifetime, noTimestamp: true })
  const token = mint()
  return {
    name: 'jsonwebtoken',
    minSpeedup: { mint: 3, verify: 3 },
    note: 'synchronous, key as a KeyObject made once',
    isAsync: false,
    inFlight: 1,
    mint,
    verify: () => verify(token, key, { algorithms: ['HS256'] }),
  }
}

async function createJose(): Promise<Competitor> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', randomBytes(32), algorithm, false, ['sign', 'verify'])
  const mint = (): Promise<string> =>
    new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).setExpirationTime(getExpiry()).sign(key)
  const token = await mint()
  return {
    name: 'jose, one at a time',
    minSpeedup: { mint: 25, verify: 25 },
    note: 'a CryptoKey imported once',
    isAsync: true,
    inFlight: 1,
    mint,
    verify: () => jwtVerify(token, key, { algorithms: ['HS256'] }),
  }
}

function runInParallel(competitor: Competitor, inFlight: number): Competitor {
  const repeat = (call: () => unknown) => (): Promise<unknown> => Promise.all(Array.from({ length: inFlight }, call))
  return {
    ...competitor,
    name: `jose, ${inFlight} in flight`,
    minSpeedup: { mint: 5, verify: 5 },
    inFlight,
    mint: repeat(competitor.mint),
    verify: repeat(competitor.verify),
  }
}
