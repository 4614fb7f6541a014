import { createMinter } from '@hookurl/core'
import { createKeyringLoader, openToken } from '@hookurl/core/internal'
import { expect, test } from 'vitest'
import { baseUrl, now, one, tokenOf, two } from './helpers.ts'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const outside = '.=+/%~ \n\0\u00e9\u0430'
// A keyring as it is during a rotation, so that a changed header or id has somewhere to go.
const ring = createKeyringLoader(`k1:${one},k2:${two}`)
const options = { keys: `k1:${one}`, baseUrl, expiresIn: '30d', now } as const
const hook = { command: '/onWebhook', userId: 42, content: 'Did you see the cat?' }
const refusals = ['malformed_token', 'unknown_key', 'invalid_signature']

test.each(['full', 'short'] as const)(
  'every edit of one character of a token in the %s form is refused',
  async (form) => {
    const token = tokenOf(createMinter({ ...options, tokenFormat }).mintSync(hook))
    await refuseAll(form, token, alphabet + outside)
  },
)

test('every edit of one character of a sealed token is refused', { timeout: 60_000 }, async () => {
  const token = tokenOf(await createMinter(options).mint({ ...hook, encrypt: true }))
  await refuseAll('encrypted', token, alphabet + outside)
})

async function refuseAll(form: string, token: string, characters: string): Promise<void> {
  expect(await openToken(await ring(), token)).toMatchObject({ ok: true })
  const counts: Record<string, number> = {}
  for (const [kind, text] of edits(token, characters)) {
    const verdict = await openToken(await ring(), text)
    if (verdict.ok || !refusals.includes(verdict.code)) expect.fail(`${kind} accepted: ${JSON.stringify(text)}`)
    counts[kind] = (counts[kind] ?? 0) + 1
  }
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
  console.log(`${form}, ${token.length} characters: ${total} edits refused`, counts)
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
