import { Buffer } from 'node:buffer'
import { webcrypto } from 'node:crypto'
import canonicalize from 'canonicalize'
import { compactDecrypt, compactVerify, decodeProtectedHeader } from 'jose'
import { expect, test } from 'vitest'
import type { ExpectedHook, VerifyRow } from './format.ts'
import { generateVectorFiles } from './generate/vectors/files.ts'
import { readVectorFiles, readVectors } from './read-vectors.ts'

// Only jose and Web Crypto's HKDF open the valid tokens here: the vectors do not depend on the packages.
const { verify, keys, states, signingSecrets } = readVectors()
const rows = verify.filter((row): row is VerifyRow & { token: string } => row.token !== undefined)
const valid = rows.filter((row) => row.hook !== undefined)
const forged = rows.filter((row) => row.code === 'invalid_signature')

test('the files match the output of the generator', async () => {
  expect([...readVectorFiles()]).toEqual([...(await generateVectorFiles())].sort(([a], [b]) => (a < b ? -1 : 1)))
})

test('there are more than 100 valid tokens', () => {
  expect(valid.length).toBeGreaterThan(100)
})

test('jose opens every valid token with the derived key, and its claims are those of the hook', async () => {
  for (const row of valid) {
    const claims = await open(row)
    expect(claims, row.name).toBeDefined()
    expect(toHook(JSON.parse(claims as string)), row.name).toEqual({ ...row.hook, key: undefined })
  }
})

test('there are more than 30 tokens with an invalid signature', () => {
  expect(forged.length).toBeGreaterThan(30)
})

test('jose opens no token with an invalid signature', async () => {
  for (const row of forged) expect(await open(row), row.name).toBeUndefined()
})

test.each(keys)('Web Crypto derives the same keys: $name', async ({ key, purpose, signing, encryption }) => {
  expect(Buffer.from(await derive(key, 'HS256', purpose)).toString('base64url')).toBe(signing)
  expect(Buffer.from(await derive(key, 'A256GCM', purpose)).toString('base64url')).toBe(encryption)
})

test.each(states)('Web Crypto and canonicalize agree on the hash of $name', async (row) => {
  const { key, purpose, command, userId = null, state, stateKey, input, sta, token } = row
  const derived = await derive(key, 'state', purpose)
  expect(Buffer.from(derived).toString('base64url')).toBe(stateKey)
  expect(canonicalize([command, userId, state])).toBe(input)
  expect((await authenticate(derived, input)).toString('base64url').slice(0, 12)).toBe(sta)
  expect(JSON.parse((await openWith(token, key, purpose)) as string).sta).toBe(sta)
})

test.each(signingSecrets.filter(({ plain }) => plain !== undefined))(
  'Web Crypto derives the same signing secret: $name',
  async ({ keys, purpose = '', token, callerKey, whsec, plain }) => {
    const claims = await open({ token, keys, purpose, name: '', now: 0 })
    const key = await findKey(token, keys, purpose)
    const derived = await derive(key, 'caller', purpose)
    expect(Buffer.from(derived).toString('base64url')).toBe(callerKey)
    const secret = await authenticate(derived, claims as string)
    expect([`whsec_${secret.toString('base64')}`, secret.toString('base64url')]).toEqual([whsec, plain])
  },
)

async function findKey(token: string, keys: string, purpose: string): Promise<string> {
  for (const key of keys.split(' ')) {
    if ((await open({ token, keys: key, purpose, name: '', now: 0 })) !== undefined) return key
  }
  throw new Error('no key opens the token')
}

async function authenticate(key: Uint8Array, text: string): Promise<Buffer> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const imported = await webcrypto.subtle.importKey('raw', key, algorithm, false, ['sign'])
  return Buffer.from(await webcrypto.subtle.sign('HMAC', imported, new TextEncoder().encode(text)))
}

async function open(row: VerifyRow & { token: string }): Promise<string | undefined> {
  const token = row.token.trim()
  const full = token.split('.').length === 2 ? `eyJhbGciOiJIUzI1NiJ9.${token}` : token
  const { kid } = decodeProtectedHeader(full)
  for (const key of row.keys.split(/[\s,]+/)) {
    if (kid !== undefined && !key.startsWith(`${kid}:`)) continue
    const claims = await openWith(full, key, row.purpose ?? '')
    if (claims !== undefined) return claims
  }
  return undefined
}

async function openWith(token: string, key: string, purpose: string): Promise<string | undefined> {
  try {
    const opened = token.includes('..')
      ? (await compactDecrypt(token, await derive(key, 'A256GCM', purpose))).plaintext
      : (await compactVerify(token, await derive(key, 'HS256', purpose))).payload
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(opened)
  } catch {
    return undefined
  }
}

async function derive(key: string, algorithm: string, purpose: string): Promise<Uint8Array> {
  const secret = Buffer.from(key.slice(key.indexOf('hks_') + 4), 'base64url')
  const material = await webcrypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits'])
  const info = new TextEncoder().encode(`hookurl/1/${algorithm}/${purpose}`)
  const algorithmParameters = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info }
  return new Uint8Array(await webcrypto.subtle.deriveBits(algorithmParameters, material, 256))
}

function toHook(claims: Record<string, unknown>): ExpectedHook {
  const { cmd, sub, cnt, rdr, exp, nbf, iat, jti, use, get, sta, sig, usr } = claims
  const restrictions = { isStateBound: isPresent(sta), requiresSignature: isPresent(sig), requiresUser: isPresent(usr) }
  const hook = { command: cmd, userId: sub, content: cnt, redirectTo: rdr, allowGet: get === 1 }
  const times = { expiresAt: exp, notBefore: nbf, issuedAt: iat }
  return { ...hook, ...times, id: jti, maxUses: use, ...restrictions, key: undefined } as never
}

function isPresent(claim: unknown): true | undefined {
  return claim === undefined ? undefined : true
}
