import { randomBytes } from 'node:crypto'
import iron from '@hapi/iron'
import { createMinter, findToken, generateKey } from '@hookurl/core'
import { createVerifier } from '@hookurl/verify'
import { EncryptJWT, jwtDecrypt } from 'jose'
import { decrypt, encrypt, generateKeys } from 'paseto-ts/v4'
import { claims, expiry, hook, lifetime } from './claims.ts'
import { type Measured, measureInTurn, writeMicros } from './measure.ts'
import type { Row } from './row.ts'

interface Sealer {
  seal(): unknown
  open(): unknown
}

interface Peer extends Sealer {
  readonly name: string
  readonly note: string
  /** What ours may cost of it; left out: ours is to be faster. */
  readonly atMost?: number
}

const steps = [
  ['mint a sealed token', 'seal'],
  ['open a sealed token', 'open'],
] as const

/** Minting and opening sealed tokens, against jose's own JWE and two formats made for the same. */
export async function run(): Promise<readonly Row[]> {
  const ours = await createOurs()
  const jose = await createJose()
  const others = [await createIron(), createPaseto()]
  const rows: Row[] = []
  for (const [work, step] of steps) {
    const subjects = Object.fromEntries([jose, ...others].map((peer) => [peer.name, peer[step]]))
    // A hop to a thread takes as long as the machine is busy: what is computed is counted, on either side of it.
    const measured: Record<string, Measured> = await measureInTurn(
      { ours: ours[step], ...subjects },
      { clock: 'processor' },
    )
    rows.push(...[jose, ...others].map((peer) => toRow(peer, { work, measured })))
  }
  return rows
}

function toRow(
  { name, note, atMost }: Peer,
  { work, measured }: { work: string; measured: Record<string, Measured> },
): Row {
  const microsOf = (subject: string): number => measured[subject]?.micros ?? Number.NaN
  const [cost, theirs] = [microsOf('ours'), microsOf(name)]
  const shared = { work, against: name, unit: '×', ours: writeMicros(cost), theirs: writeMicros(theirs), note } as const
  if (atMost !== undefined) return { ...shared, value: cost / theirs, reach: { atMost } }
  return { ...shared, value: theirs / cost, reach: { atLeast: 1 } }
}

async function createOurs(): Promise<Sealer> {
  const keys = generateKey()
  const minter = createMinter({ keys, baseUrl: 'https://bot.example.com/hooks', expiresIn: '30d' })
  const verifier = createVerifier({ keys })
  const seal = (): Promise<string> => minter.mint({ ...hook, encrypt: true })
  const token = findToken(await seal())
  return { seal, open: () => verifier.verify(token) }
}

async function createJose(): Promise<Peer> {
  const key = await crypto.subtle.importKey('raw', randomBytes(32), 'AES-GCM', false, ['encrypt', 'decrypt'])
  const header = { alg: 'dir', enc: 'A256GCM' }
  const seal = (): Promise<string> =>
    new EncryptJWT(claims).setProtectedHeader(header).setExpirationTime(expiry()).encrypt(key)
  const token = await seal()
  const algorithms = { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] }
  return {
    name: "jose's own JWE",
    atMost: 1.1,
    note: 'EncryptJWT and jwtDecrypt, dir with A256GCM, a CryptoKey imported once',
    seal,
    open: () => jwtDecrypt(token, key, algorithms),
  }
}

async function createIron(): Promise<Peer> {
  const password = { encryption: randomBytes(32), integrity: randomBytes(32) }
  const options = { ...iron.defaults, ttl: lifetime * 1000 }
  const seal = (): Promise<string> => iron.seal(claims, password, options)
  const token = await seal()
  return {
    name: '@hapi/iron',
    note: 'keys as Buffers, so that no password is stretched',
    seal,
    open: () => iron.unseal(token, { default: password }, options),
  }
}

function createPaseto(): Peer {
  const key = generateKeys('local', { format: 'buffer' })
  const seal = (): string =>
    encrypt(key, { ...claims, exp: new Date(expiry() * 1000).toISOString() }, { addIat: false })
  const token = seal()
  return {
    name: 'paseto-ts v4.local',
    note: 'key as bytes; synchronous, in JavaScript',
    seal,
    open: () => decrypt(key, token),
  }
}
