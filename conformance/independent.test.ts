import { Buffer } from 'node:buffer'
import { webcrypto } from 'node:crypto'
import { compactDecrypt, compactVerify, decodeProtectedHeader } from 'jose'
import { expect, test } from 'vitest'
import type { ExpectedHook, VerifyRow } from './format.ts'
import { makeFiles } from './make/files.ts'
import { readTexts, readVectors } from './read-vectors.ts'

// The good tokens are opened here by jose and Web Crypto's HKDF alone: the vectors do not depend on the packages.
const { verify, keys } = readVectors()
const rows = verify.filter((row): row is VerifyRow & { token: string } => row.token !== undefined)
const good = rows.filter((row) => row.hook !== undefined)
const forged = rows.filter((row) => row.code === 'invalid_signature')

test('the files are what the generator writes', async () => {
  expect([...readTexts()]).toEqual([...(await makeFiles())].sort(([a], [b]) => (a < b ? -1 : 1)))
})

test('jose opens every good token with the derived key and reads the claims of its hook', async () => {
  for (const row of good) {
    const text = await open(row)
    expect(text, row.name).toBeDefined()
    expect(toHook(JSON.parse(text as string)), row.name).toEqual({ ...row.hook, key: undefined })
  }
  expect(good.length).toBeGreaterThan(100)
})

test('jose opens no token that is to be refused as invalid_signature', async () => {
  for (const row of forged) expect(await open(row), row.name).toBeUndefined()
  expect(forged.length).toBeGreaterThan(30)
})

test('Web Crypto derives the same keys', async () => {
  for (const row of keys) {
    expect(Buffer.from(await derive(row.key, 'HS256', row.purpose)).toString('base64url'), row.name).toBe(row.signing)
    expect(Buffer.from(await derive(row.key, 'A256GCM', row.purpose)).toString('base64url'), row.name).toBe(row.sealing)
  }
})

async function open(row: VerifyRow & { token: string }): Promise<string | undefined> {
  const token = row.token.trim()
  const full = token.split('.').length === 2 ? `eyJhbGciOiJIUzI1NiJ9.${token}` : token
  const { kid } = decodeProtectedHeader(full)
  for (const key of row.keys.split(/[\s,]+/)) {
    if (kid !== undefined && !key.startsWith(`${kid}:`)) continue
    const text = await openWith(full, key, row.purpose ?? '')
    if (text !== undefined) return text
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
  const parameters = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info }
  return new Uint8Array(await webcrypto.subtle.deriveBits(parameters, material, 256))
}

function toHook(claims: Record<string, unknown>): ExpectedHook {
  const { cmd, sub, cnt, rdr, exp, nbf, iat, jti, use, get } = claims
  const hook = { command: cmd, userId: sub, content: cnt, redirectTo: rdr, allowGet: get === 1 }
  return { ...hook, expiresAt: exp, notBefore: nbf, issuedAt: iat, id: jti, uses: use, key: undefined } as never
}
