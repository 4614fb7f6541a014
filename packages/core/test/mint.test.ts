import { Buffer } from 'node:buffer'
import { createMinter, type Minter } from '@hookurl/core'
import { parseToken } from '@hookurl/core/internal'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { z } from 'zod'
import { catchError, getToken, keyA, minter, minterOptions, open } from './helpers.ts'

const cat = {
  command: '/onWebhook',
  userId: 42,
  content: 'Did you see the cat?',
  redirectTo: 'https://cataas.com/cat',
}

test('mintSync and mint return the same URL', async () => {
  expect(minter.mintSync(cat)).toBe(await minter.mint(cat))
})

test('a URL is as short as a JWT of its claims can be', () => {
  const token = getToken(minter.mintSync(cat))
  const claims =
    '{"cmd":"/onWebhook","sub":"42","cnt":"Did you see the cat?","rdr":"https://cataas.com/cat","exp":1802592000}'
  expect(token.length).toBe(20 + 1 + Buffer.from(claims).toString('base64url').length + 1 + 43)
})

test('the URL of the first example, bound to a state, has at most 255 characters in the short format', () => {
  const minter = createMinter({ ...minterOptions, tokenFormat: 'short' })
  const { length } = minter.mintSync({ ...cat, state: '$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA' })
  console.log(`the README's URL, bound to a state, in the short format: ${length} characters`)
  expect(length).toBeLessThanOrEqual(255)
})

test('the URL of the first example has at most 238 characters, and 217 in the short format', () => {
  expect(minterOptions.baseUrl).toHaveLength(27)
  const full = minter.mintSync(cat)
  const short = createMinter({ ...minterOptions, tokenFormat: 'short' }).mintSync(cat)
  console.log(`the first example: ${full.length} characters, short ${short.length}`)
  expect(full.length).toBeLessThanOrEqual(238)
  expect(short.length).toBeLessThanOrEqual(217)
  expect(full.length - short.length).toBe(21)
})

test('mintSync encrypts', async () => {
  const url = minter.mintSync({ ...cat, encrypt: true })
  expect(parseToken(getToken(url))?.tokenFormat).toBe('encrypted')
  expect(await open(getToken(url))).toMatchObject({ ok: true, claims: { cmd: cat.command } })
})

test('mintSync rejects an asynchronous schema', async () => {
  const content = z.string().refine(async () => true)
  const asyncMinter = createMinter({ ...minterOptions, commands: { x: { content } } })
  expect(await catchError(() => asyncMinter.mintSync({ command: 'x', content: 'a' }))).toMatchObject({
    code: 'invalid_option',
  })
})

test('mintSync validates with a synchronous schema', async () => {
  const strict = createMinter({ ...minterOptions, commands: { x: { content: z.number() } } })
  expect(strict.mintSync({ command: 'x', content: 1 })).toContain('/eyJ')
  expect(await catchError(() => strict.mintSync({ command: 'x', content: 'a' as never }))).toMatchObject({
    code: 'invalid_content',
  })
})

describe('with an asynchronous keys function', () => {
  const url = createMinter({ ...minterOptions, keys: keyA }).mintSync({ command: 'x', requireSignature: true })
  const calls: readonly [method: string, call: (minter: Minter) => string][] = [
    ['mint', (minter) => minter.mintSync({ command: 'x' })],
    ['signingSecret', (minter) => minter.signingSecretSync(url)],
    ['mailHeaders', (minter) => minter.mailHeadersSync(url)['List-Unsubscribe']],
  ]

  test.each(calls)('%sSync throws sync_unsupported, before and after the keys were loaded', async (method, call) => {
    const minter = createMinter({ ...minterOptions, keys: async () => keyA })
    const expected = {
      code: 'sync_unsupported',
      message: 'the option keys is an asynchronous function',
      fix: `Use ${method}, or let the function return the keys synchronously.`,
    }
    expect(await catchError(() => call(minter))).toMatchObject(expected)
    expect(await minter.mint({ command: 'x', expiresIn: 'never' })).toMatch(/^https:/)
    expect(await catchError(() => call(minter))).toMatchObject(expected)
  })

  test('a synchronous call leaves no unhandled rejection', async () => {
    const unhandled = vi.fn()
    process.on('unhandledRejection', unhandled)
    onTestFinished(() => void process.off('unhandledRejection', unhandled))
    const minter = createMinter({ ...minterOptions, keys: () => Promise.reject(new Error('locked')) })
    await catchError(() => minter.mintSync({ command: 'x' }))
    await new Promise((resolve) => setImmediate(resolve))
    expect(unhandled).not.toHaveBeenCalled()
  })
})
