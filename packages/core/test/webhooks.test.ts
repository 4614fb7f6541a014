import { webhooks } from '@hookurl/core/webhooks'
import { expect, test } from 'vitest'
import { baseUrl, claimsOf, one as keys, now, open, refusal, tokenOf } from './helpers.ts'

const Libs = { Webhooks: webhooks({ keys, baseUrl }) }
const user = { id: 829384712 }

test("the bot library's call with everything, word for word", async () => {
  // biome-ignore format: word for word
  // biome-ignore lint/style/useConst: word for word
  let webhookUrl = Libs.Webhooks.getUrlFor({
    command: "/onWebhook",
    content: "Did you see the cat?",
    user_id: user.id,
    redirect_to: "https://cataas.com/cat"
  })
  expect(webhookUrl.startsWith(`${baseUrl}/eyJ`)).toBe(true)
  expect(await claimsOf(webhookUrl)).toBe(
    '{"cmd":"/onWebhook","sub":"829384712","cnt":"Did you see the cat?","rdr":"https://cataas.com/cat","get":1}',
  )
})

test("the bot library's call with a command alone, word for word", async () => {
  // biome-ignore format: word for word
  // biome-ignore lint/style/useConst: word for word
  let webhookUrl = Libs.Webhooks.getUrlFor({ command: "/onWebhook" })
  expect(await claimsOf(webhookUrl)).toBe('{"cmd":"/onWebhook","get":1}')
  expect(await open(tokenOf(webhookUrl))).toMatchObject({ ok: true })
})

test('a lifetime may be set', async () => {
  const library = webhooks({ keys, baseUrl, expiresIn: '1h', now })
  expect(await claimsOf(library.getUrlFor({ command: 'x' }))).toBe('{"cmd":"x","exp":1800003600,"get":1}')
})

test('a lifetime that is undefined is none', async () => {
  const library = webhooks({ keys, baseUrl, expiresIn: undefined })
  expect(await claimsOf(library.getUrlFor({ command: 'x' }))).toBe('{"cmd":"x","get":1}')
})

test.each([
  ['an option of mint', { command: 'x', userId: 1 }, 'invalid_option'],
  ['nothing', undefined, 'invalid_option'],
  ['no command', {}, 'invalid_option'],
  ['a user that is null', { command: 'x', user_id: null }, 'invalid_option'],
  ['a script', { command: 'x', redirect_to: 'javascript:alert(1)' }, 'redirect_forbidden'],
])('refuses %s', async (_, options, code) => {
  expect(await refusal(() => Libs.Webhooks.getUrlFor(options as never))).toMatchObject({ code })
})
