import { createMinter, type MinterOptions } from '@hookurl/core'
import { expect, test } from 'vitest'
import { catchError, minterOptions } from '../helpers.ts'

function mint(options: Partial<MinterOptions>): Promise<string> {
  return createMinter({ ...minterOptions, ...options }).mint({ command: 'x' })
}

const publicUrls = [
  'http://bot.example.com',
  'HTTP://BOT.example.com/hooks',
  'http://203.0.113.9:8080',
  'http://[2001:db8::1]/a?b=c',
]
const privateUrls = [
  'http://localhost:8787/hooks',
  'http://192.168.1.20',
  'http://[fd00::1]/hooks',
  'http://bot:3000/hooks',
  'http://bot.internal/',
]

test.each(publicUrls)('%s is rejected, because it is http on a public host', async (baseUrl) => {
  for (const tokenIn of ['path', 'query'] as const) {
    for (const allowInsecure of [undefined, false]) {
      expect(await catchError(() => mint({ baseUrl, tokenIn, allowInsecure }))).toMatchObject({
        code: 'invalid_option',
        message: 'baseUrl is http on a public host: anyone on the network path could read and use the URLs',
        fix: 'Use https. If the URLs never leave a network that you trust, set allowInsecure: true.',
      })
    }
  }
})

test.each([...publicUrls, ...privateUrls])('%s is allowed with allowInsecure', async (baseUrl) => {
  expect(await mint({ baseUrl, allowInsecure: true })).toMatch(/^http:\/\//)
})

test.each(privateUrls)('%s is allowed, because its host is not public', async (baseUrl) => {
  expect(await mint({ baseUrl })).toMatch(/^http:\/\//)
})

test.each(publicUrls)('%s is allowed with https', async (baseUrl) => {
  expect(await mint({ baseUrl: baseUrl.replace(/^http/i, 'https') })).toMatch(/^https:\/\//)
})

test('allowInsecure allows no other scheme', async () => {
  const error = await catchError(() => mint({ baseUrl: 'ws://localhost/', allowInsecure: true }))
  expect(error).toMatchObject({ code: 'invalid_option', message: 'baseUrl must be http or https' })
})

test.each([1, 0, 'true', '', null, {}])('%j is rejected as allowInsecure', async (allowInsecure) => {
  expect(await catchError(() => mint({ allowInsecure: allowInsecure as never }))).toMatchObject({
    code: 'invalid_option',
    message: 'allowInsecure must be true or false',
  })
})
