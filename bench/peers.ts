import { createSecretKey, randomBytes } from 'node:crypto'
import { createSigner, createVerifier } from 'fast-jwt'
import { jwtVerify, SignJWT } from 'jose'
import jsonwebtoken from 'jsonwebtoken'
import { claims, expiry, lifetime } from './claims.ts'

/** A JWT library that mints and verifies the same claims with the same algorithm. */
export interface Peer {
  readonly name: string
  /** How often faster ours should be. */
  readonly reach: number
  /** How it is set up, as its documentation recommends for speed. */
  readonly note: string
  /** Whether a call waits for another thread. */
  readonly waits: boolean
  /** How many tokens one call mints or verifies. */
  readonly inFlight: number
  mint(): unknown
  verify(): unknown
}

/** Every peer, with a key of its own that is prepared once. */
export async function createPeers(): Promise<readonly Peer[]> {
  const jose = await createJose()
  return [createFastJwt(), createJsonwebtoken(), jose, inParallel(jose, 64)]
}

function createFastJwt(): Peer {
  const key = randomBytes(32)
  const options = { key, algorithm: 'HS256', expiresIn: lifetime * 1000, noTimestamp: true } as const
  const sign = createSigner(options)
  const verify = createVerifier({ key, algorithms: ['HS256'], cache: false })
  const token = sign(claims)
  return {
    name: 'fast-jwt',
    reach: 1.5,
    note: 'createSigner and createVerifier made once, key as a Buffer, no cache',
    waits: false,
    inFlight: 1,
    mint: () => sign(claims),
    verify: () => verify(token),
  }
}

function createJsonwebtoken(): Peer {
  const key = createSecretKey(randomBytes(32))
  const { sign, verify } = jsonwebtoken
  const mint = (): string => sign(claims, key, { algorithm: 'HS256', expiresIn: lifetime, noTimestamp: true })
  const token = mint()
  return {
    name: 'jsonwebtoken',
    reach: 2,
    note: 'synchronous, key as a KeyObject made once',
    waits: false,
    inFlight: 1,
    mint,
    verify: () => verify(token, key, { algorithms: ['HS256'] }),
  }
}

async function createJose(): Promise<Peer> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', randomBytes(32), algorithm, false, ['sign', 'verify'])
  const mint = (): Promise<string> =>
    new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).setExpirationTime(expiry()).sign(key)
  const token = await mint()
  return {
    name: 'jose, one at a time',
    reach: 15,
    note: 'a CryptoKey imported once',
    waits: true,
    inFlight: 1,
    mint,
    verify: () => jwtVerify(token, key, { algorithms: ['HS256'] }),
  }
}

function inParallel(peer: Peer, inFlight: number): Peer {
  const all = (call: () => unknown) => (): Promise<unknown> => Promise.all(Array.from({ length: inFlight }, call))
  return {
    ...peer,
    name: `jose, ${inFlight} in flight`,
    reach: 3,
    inFlight,
    mint: all(peer.mint),
    verify: all(peer.verify),
  }
}
