import { createMinter } from '@hookurl/core'
import { createKeyringLoader, openToken, parseToken } from '@hookurl/core/internal'
import { expect, test } from 'vitest'
import { baseUrl, getToken, keyA, keyB, now } from '../helpers.ts'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const outside = '.=+/%~ \n\0\u00e9\u0430'
// A keyring during a rotation, so that an altered key id may match another key.
const loadKeyring = createKeyringLoader(`k1:${keyA},k2:${keyB}`)
const options = { keys: `k1:${keyA}`, baseUrl, expiresIn: '30d', now } as const
const hook = { command: '/onWebhook', userId: 42, content: 'Did you see the cat?' }
const expectedCodes = ['malformed_token', 'unknown_key', 'invalid_signature']

test.each(['full', 'short'] as const)('every edit of one character of a %s token is rejected', async (tokenFormat) => {
  const token = getToken(createMinter({ ...options, tokenFormat }).mintSync(hook))
  await expectAllEditsRejected(token, tokenFormat)
})

test('every edit of one character of an encrypted token is rejected', { timeout: 60_000 }, async () => {
  const token = getToken(await createMinter(options).mint({ ...hook, encrypt: true }))
  await expectAllEditsRejected(token, 'encrypted')
})

async function openWithKeyring(token: string): Promise<{ ok: boolean; code?: string }> {
  const segments = parseToken(token)
  return segments === undefined ? { ok: false, code: 'malformed_token' } : openToken(await loadKeyring(), segments)
}

async function expectAllEditsRejected(token: string, format: string): Promise<void> {
  const characters = alphabet + outside
  expect(await openWithKeyring(token)).toMatchObject({ ok: true })
  const counts: Record<string, number> = {}
  for (const [kind, edited] of edits(token, characters)) {
    const result = await openWithKeyring(edited)
    if (result.ok || !expectedCodes.includes(result.code ?? ''))
      expect.fail(`${kind} accepted: ${JSON.stringify(edited)}`)
    counts[kind] = (counts[kind] ?? 0) + 1
  }
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
  console.log(`${format}, ${token.length} characters: ${total} edits rejected`, counts)
  const { length } = token
  const others = characters.length - 1
  expect(counts).toMatchObject({ replacement: length * others, insertion: (length + 1) * characters.length })
  expect(counts.deletion).toBe(length)
  expect(counts.swap).toBeGreaterThan(length * 0.9)
}

function* edits(token: string, characters: string): Generator<[string, string]> {
  for (let at = 0; at <= token.length; at++) {
    const [before, after] = [token.slice(0, at), token.slice(at)]
    for (const character of characters) yield ['insertion', before + character + after]
    if (after === '') return
    yield ['deletion', before + after.slice(1)]
    for (const character of characters) {
      if (character !== after[0]) yield ['replacement', before + character + after.slice(1)]
    }
    const [first, second] = after
    if (second !== undefined && first !== second) yield ['swap', before + second + first + after.slice(2)]
  }
}
