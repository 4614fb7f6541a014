import { webhooks } from '@hookurl/core/webhooks'
import { expect, test } from 'vitest'
import { baseUrl, catchError, getClaims, getToken, keyA as keys, now, open } from './helpers.ts'

const Libs = { Webhooks: webhooks({ keys, baseUrl }) }
const user = { id: 829384712 }

test("the bot library's call with all options works verbatim", async () => {
  // biome-ignore format: verbatim
  // biome-ignore lint/style/useConst: verbatim
  let webhookUrl = Libs.Webhooks.getUrlFor({
    command: "/onWebhook",
    content: "Did you see the cat?",
    user_id: user.id,
    redirect_to: "https://cataas.com/cat"
  })
  expect(webhookUrl.startsWith(`${baseUrl}/eyJ`)).toBe(true)
  expect(await getClaims(webhookUrl)).toBe(
    '{"cmd":"/onWebhook","sub":"829384712","cnt":"Did you see the cat?","rdr":"https://cataas.com/cat","get":1}',
  )
})

test("the bot library's call with only a command works verbatim", async () => {
  // biome-ignore format: verbatim
  // biome-ignore lint/style/useConst: verbatim
  let webhookUrl = Libs.Webhooks.getUrlFor({ command: "/onWebhook" })
  expect(await getClaims(webhookUrl)).toBe('{"cmd":"/onWebhook","get":1}')
  expect(await open(getToken(webhookUrl))).toMatchObject({ ok: true })
})

test('expiresIn sets the lifetime', async () => {
  const library = webhooks({ keys, baseUrl, expiresIn: '1h', now })
  expect(await getClaims(library.getUrlFor({ command: 'x' }))).toBe('{"cmd":"x","exp":1800003600,"get":1}')
})

test('an undefined expiresIn means that URLs never expire', async () => {
  const library = webhooks({ keys, baseUrl, expiresIn: undefined })
  expect(await getClaims(library.getUrlFor({ command: 'x' }))).toBe('{"cmd":"x","get":1}')
})

test.each([
  ['an option of mint', { command: 'x', userId: 1 }, 'invalid_option'],
  ['nothing', undefined, 'invalid_option'],
  ['no command', {}, 'invalid_option'],
  ['a user that is null', { command: 'x', user_id: null }, 'invalid_option'],
  ['a script', { command: 'x', redirect_to: 'javascript:alert(1)' }, 'redirect_forbidden'],
])('%s is rejected', async (_, options, code) => {
  expect(await catchError(() => Libs.Webhooks.getUrlFor(options as never))).toMatchObject({ code })
})

test('an insecure base URL is rejected unless allowInsecure is set', async () => {
  const options = { keys, baseUrl: 'http://bot.example.com' }
  expect(await catchError(() => webhooks(options))).toMatchObject({ code: 'invalid_option' })
  const library = webhooks({ ...options, allowInsecure: true })
  expect(library.getUrlFor({ command: 'x' })).toMatch(/^http:\/\/bot\.example\.com\/eyJ/)
})
