import { spawnSync } from 'node:child_process'
import nodeCrypto from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, onTestFinished, test, vi } from 'vitest'
import {
  decrypt,
  type EncryptionKey,
  encrypt,
  importEncryptionKey,
  importMacKey,
  sign,
} from '../../src/crypto/engine.node.ts'
import type { JweSegments } from '../../src/crypto/jwe-segments.ts'

// The alphabet of tokens; some inputs are longer than any token.
const base64url = fc.stringMatching(/^[\w.-]+$/)
const inputs = fc.oneof(
  base64url,
  fc.tuple(base64url, fc.integer({ min: 1, max: 9000 })).map(([text, length]) => text.repeat(length).slice(0, length)),
)
const keys = fc.uint8Array({ minLength: 32, maxLength: 32 })

test('signs like createHmac, several strings of any length in a row', () => {
  fc.assert(
    fc.property(keys, fc.array(inputs, { minLength: 1, maxLength: 5 }), (bytes, messages) => {
      const key = importMacKey(bytes)
      const expected = messages.map((text) => nodeCrypto.createHmac('sha256', bytes).update(text).digest('base64url'))
      expect(messages.map((text) => sign(key, text))).toEqual(expected)
    }),
  )
})

test.each([0, 1, 55, 56, 63, 64, 8191, 8192, 8193, 100_000])('signs a string of %i characters', (length) => {
  const bytes = new Uint8Array(32).fill(7)
  const text = 'a'.repeat(length)
  expect(sign(importMacKey(bytes), text)).toBe(nodeCrypto.createHmac('sha256', bytes).update(text).digest('base64url'))
})

test('signs the same on runtimes without a one-shot hash', async () => {
  const { hash } = nodeCrypto
  onTestFinished(() => {
    nodeCrypto.hash = hash
    syncBuiltinESMExports()
  })
  Reflect.deleteProperty(nodeCrypto, 'hash')
  syncBuiltinESMExports()
  vi.resetModules()
  const { importMacKey, sign } = await import('../../src/crypto/engine.node.ts')
  const key = new Uint8Array(32).fill(7)
  const expected = nodeCrypto.createHmac('sha256', key).update('header.claims').digest('base64url')
  expect(sign(importMacKey(key), 'header.claims')).toBe(expected)
})

const DRAWN_IVS = process.env.HOOKURL_ALL === '1' ? 10_000_000 : 1_000_000

test(`no initialization vector of ${DRAWN_IVS} repeats`, { timeout: 60_000 }, () => {
  const { drawIv } = importEncryptionKey(new Uint8Array(32))
  // Eight of the twelve bytes: two of ten million vectors share them with a probability of 1 in 300,000.
  const drawn = BigUint64Array.from({ length: DRAWN_IVS }, () => toView(drawIv()).getBigUint64(0)).sort()
  expect(drawn.findIndex((value, at) => at > 0 && value === drawn[at - 1])).toBe(-1)
})

function toView({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength)
}

const encryptedHeader = Buffer.from('{"alg":"dir","enc":"A256GCM"}').toString('base64url')

function encryptAndSplit(key: EncryptionKey, text: string): JweSegments {
  const [header = '', , iv = '', ciphertext = '', tag = ''] = encrypt(key, encryptedHeader, text).split('.')
  return { header, iv, ciphertext, tag }
}

function forge(segments: JweSegments): JweSegments {
  return { ...segments, tag: Buffer.alloc(16).toString('base64url') }
}

test('every token is encrypted with the next initialization vector of its key', () => {
  const key = importEncryptionKey(new Uint8Array(32))
  const drawn: string[] = []
  const drawIv = (): Buffer => {
    const iv = key.drawIv()
    drawn.push(iv.toString('base64url'))
    return iv
  }
  const used = Array.from({ length: 1000 }, () => encryptAndSplit({ ...key, drawIv }, 'x').iv)
  expect(used).toEqual(drawn)
})

test('a tag that is a prefix of the valid one is rejected', () => {
  const key = importEncryptionKey(new Uint8Array(32))
  const segments = encryptAndSplit(key, 'x')
  expect(decrypt(key, segments)).toEqual(Buffer.from('x'))
  // node:crypto alone would accept 12 bytes.
  expect(() => decrypt(key, { ...segments, tag: segments.tag.slice(0, 16) })).toThrow()
})

test('rejecting a forged token leaves the limit of stack traces as it was', () => {
  const key = importEncryptionKey(new Uint8Array(32))
  const { stackTraceLimit } = Error
  onTestFinished(() => void Reflect.set(Error, 'stackTraceLimit', stackTraceLimit))
  for (const limit of [0, 10, 50, undefined as never]) {
    Error.stackTraceLimit = limit
    expect(decrypt(key, forge(encryptAndSplit(key, 'x')))).toBeUndefined()
    expect(Error.stackTraceLimit).toBe(limit)
  }
})

test('a forged token is rejected where the limit of stack traces cannot be set', () => {
  const key = importEncryptionKey(new Uint8Array(32))
  const descriptor = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit') as PropertyDescriptor
  onTestFinished(() => void Object.defineProperty(Error, 'stackTraceLimit', descriptor))
  Object.defineProperty(Error, 'stackTraceLimit', { ...descriptor, writable: false })
  expect(decrypt(key, forge(encryptAndSplit(key, 'x')))).toBeUndefined()
})

// A pool of vectors in a snapshot would be the same in every process that starts from it. Node does not store a
// KeyObject: if a later version does, this test fails.
test('a startup snapshot cannot contain an encryption key', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hookurl-snapshot-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const [entry, blob] = [join(folder, 'entry.cjs'), join(folder, 'blob')]
  const build = (code: string): number | null => {
    writeFileSync(entry, code)
    return spawnSync(process.execPath, ['--snapshot-blob', blob, '--build-snapshot', entry], { cwd: folder }).status
  }
  expect(build('globalThis.random = require("node:crypto").randomBytes(32)')).toBe(0)
  expect(build('globalThis.key = require("node:crypto").createSecretKey(Buffer.alloc(32))')).not.toBe(0)
})
