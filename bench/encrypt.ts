import { randomBytes } from 'node:crypto'
import iron from '@hapi/iron'
import { createMinter, findToken, generateKey } from '@hookurl/core'
import { createVerifier } from '@hookurl/verify'
import { EncryptJWT, jwtDecrypt } from 'jose'
import { decrypt, encrypt, generateKeys } from 'paseto-ts/v4'
import { claims, getExpiry, hook, lifetime } from './claims.ts'
import { formatMicros, type Measured, measureInTurn } from './measure.ts'
import type { Row } from './row.ts'

interface Encrypter {
  mint(): unknown
  open(): unknown
}

interface Competitor extends Encrypter {
  readonly name: string
  readonly note: string
  /** How many times as fast hookurl should be. */
  readonly minSpeedup: number
}

const steps = [
  ['mint an encrypted token', 'mint'],
  ['open an encrypted token', 'open'],
] as const

/** Minting and opening encrypted tokens, compared to jose's JWE and to two other encrypted formats. */
export async function run(): Promise<readonly Row[]> {
  const hookurl = createHookurl()
  const competitors = [await createJose(), await createIron(), createPaseto()]
  const rows: Row[] = []
  for (const [task, step] of steps) {
    const subjects = Object.fromEntries(competitors.map((competitor) => [competitor.name, competitor[step]]))
    // Processor time, since the wall time of a switch to another thread depends on the machine's load.
    const measured: Record<string, Measured> = await measureInTurn(
      { hookurl: hookurl[step], ...subjects },
      { clock: 'processor' },
    )
    rows.push(...competitors.map((competitor) => toRow(competitor, task, measured)))
  }
  return rows
}

function toRow(competitor: Competitor, task: string, measured: Record<string, Measured>): Row {
  const { name, note, minSpeedup } = competitor
  const getMicros = (subject: string): number => measured[subject]?.micros ?? Number.NaN
  const [cost, otherCost] = [getMicros('hookurl'), getMicros(name)]
  return {
    task,
    comparedTo: name,
    value: otherCost / cost,
    unit: '×',
    target: { atLeast: minSpeedup },
    hookurl: formatMicros(cost),
    other: formatMicros(otherCost),
    note,
  }
}

function createHookurl(): Encrypter {
  const keys = generateKey()
  const minter = createMinter({ keys, baseUrl: 'https://bot.example.com/hooks', expiresIn: '30d' })
  const verifier = createVerifier({ keys })
  const options = { ...hook, encrypt: true }
  const mint = (): string => minter.mintSync(options)
  const token = findToken(mint())
  return { mint, open: () => verifier.verifySync(token) }
}

async function createJose(): Promise<Competitor> {
  const key = await crypto.subtle.importKey('raw', randomBytes(32), 'AES-GCM', false, ['encrypt', 'decrypt'])
  const header = { alg: 'dir', enc: 'A256GCM' }
  const mint = (): Promise<string> =>
    new EncryptJWT(claims).setProtectedHeader(header).setExpirationTime(getExpiry()).encrypt(key)
  const token = await mint()
  const algorithms = { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] }
  return {
    name: "jose's JWE",
    minSpeedup: 10,
    note: 'EncryptJWT and jwtDecrypt, dir with A256GCM, a CryptoKey imported once',
    mint,
    open: () => jwtDecrypt(token, key, algorithms),
  }
}

async function createIron(): Promise<Competitor> {
  const password = { encryption: randomBytes(32), integrity: randomBytes(32) }
  const options = { ...iron.defaults, ttl: lifetime * 1000 }
  const mint = (): Promise<string> => iron.seal(claims, password, options)
  const token = await mint()
  return {
    name: '@hapi/iron',
    minSpeedup: 1.5,
    note: 'keys as Buffers, so that no password is stretched',
    mint,
    open: () => iron.unseal(token, { default: password }, options),
  }
}

function createPaseto(): Competitor {
  const key = generateKeys('local', { format: 'buffer' })
  const mint = (): string =>
    encrypt(key, { ...claims, exp: new Date(getExpiry() * 1000).toISOString() }, { addIat: false })
  const token = mint()
  return {
    name: 'paseto-ts v4.local',
    minSpeedup: 8,
    note: 'key as bytes; synchronous, in JavaScript',
    mint,
    open: () => decrypt(key, token),
  }
}
