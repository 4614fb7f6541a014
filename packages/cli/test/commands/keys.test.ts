import { createHash } from 'node:crypto'
import { deriveJwk, parseKeys } from '@hookurl/core'
import { SignJWT } from 'jose'
import { afterAll, describe, expect, test } from 'vitest'
import { parseJsonLines } from '../support/parse-json-lines.ts'
import { makeHome, otherKeys, testKeys } from '../support/run.ts'
import { runInProcess } from '../support/run-in-process.ts'

const home = makeHome()
afterAll(home.remove)

const env = { HOME: home.path }
const keys = `k2:${testKeys},${otherKeys}`

function getFingerprint(key: string): string {
  const secret = Buffer.from(key.slice(4), 'base64url')
  return createHash('sha256').update(secret).digest('hex').slice(0, 12)
}

describe('keys list', () => {
  test('prints fingerprints and IDs, the key that mints first, but no key', async () => {
    const { stdout } = await runInProcess(['keys', 'list'], { env: { ...env, HOOKURL_KEYS: keys } })
    const [first, second] = [getFingerprint(testKeys), getFingerprint(otherKeys)]
    expect(stdout).toBe(`  ${first}  mints and verifies  k2\n  ${second}  verifies\n`)
  })

  test('with --json prints one object per key', async () => {
    const { stdout } = await runInProcess(['keys', 'list', '--json'], { env: { ...env, HOOKURL_KEYS: keys } })
    expect(parseJsonLines(stdout)).toStrictEqual([
      { index: 0, id: 'k2', fingerprint: getFingerprint(testKeys), mints: true },
      { index: 1, fingerprint: getFingerprint(otherKeys), mints: false },
    ])
  })
})

describe('keys jwk', () => {
  const billing = { env: { ...env, HOOKURL_KEYS: keys } }

  test('prints the derived keys in the order of the keyring, and notes that they are secrets', async () => {
    const { stdout, stderr } = await runInProcess(['keys', 'jwk', '--purpose', 'billing'], billing)
    expect(stderr).toContain('secrets')
    const derived = await Promise.all(parseKeys(keys).map((key) => deriveJwk(key, 'billing')))
    expect(parseJsonLines(stdout)).toStrictEqual(derived)
  })

  test('prints keys that sign valid tokens with another JWT library', async () => {
    const { stdout } = await runInProcess(['keys', 'jwk', '--purpose', 'billing'], billing)
    const token = await new SignJWT({ cmd: 'a' })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .sign(Buffer.from(parseJsonLines(stdout)[1].k, 'base64url'))
    const verified = await runInProcess(['verify', token, '--purpose', 'billing'], billing)
    expect(verified.stdout).toContain('2 of 2, an older key')
    expect(verified.exit).toBe(0)
  })
})

describe('keys new', () => {
  test('prints a key as a line for .env', async () => {
    expect((await runInProcess(['keys', 'new'], { env })).stdout).toMatch(/^HOOKURL_KEYS=hks_[\w-]{43}\n$/)
  })

  test('with --json prints the key and its fingerprint', async () => {
    const printed = JSON.parse((await runInProcess(['keys', 'new', '--json'], { env })).stdout)
    expect(printed).toStrictEqual({ key: printed.key, fingerprint: getFingerprint(printed.key) })
  })

  test('creates a different key every time', async () => {
    const first = await runInProcess(['keys', 'new'], { env })
    const second = await runInProcess(['keys', 'new'], { env })
    expect(first.stdout).not.toBe(second.stdout)
  })
})

test.each([[['new', '--id', 'a:b']], [[]], [['lsit']]])('`keys %j` exits with 2 and a fix', async (args: string[]) => {
  const { exit, stdout, stderr } = await runInProcess(['keys', ...args], { env })
  expect(stderr).toMatch(/^error: .*\n {2}fix: \S/)
  expect(stdout).toBe('')
  expect(exit).toBe(2)
})
