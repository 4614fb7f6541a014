import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { generateKey } from '@hookurl/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findFreePort } from '../../support/free-port.ts'
import { type Program, startProgram } from '../../support/program.ts'
import { recordCheck } from '../../support/record-check.ts'
import { type ChatUser, startTelegram, type Telegram, type Webhook } from '../../telegram-bot/test/telegram.ts'

const cwd = fileURLToPath(new URL('..', import.meta.url))
const header = 'x-telegram-bot-api-secret-token'
const update = { update_id: 1, message: { message_id: 1, date: 1, chat: { id: 7, type: 'private' }, text: 'cat' } }

let telegram: Telegram
let bot: Program
let lastId = 829384700
const webhooks: Webhook[] = []
const statuses: number[] = []

// The emulator sends updates without the secret. This relay adds it, as Telegram does.
const relay = createServer(async (request, response) => {
  const { url = '', secret_token: secret = '' } = webhooks.at(-1) ?? {}
  const { status } = await sendUpdate(url, await json(request), { [header]: secret })
  statuses.push(status)
  response.writeHead(status).end()
})

beforeAll(async () => {
  relay.listen(0, '127.0.0.1')
  telegram = await startTelegram({
    onSetWebhook: (webhook) => {
      webhooks.push(webhook)
      return { url: `http://127.0.0.1:${(relay.address() as AddressInfo).port}` }
    },
  })
  const port = String(await findFreePort())
  const env = {
    BOT_TOKEN: telegram.botToken,
    TELEGRAM_API: telegram.origin,
    HOOKURL_KEYS: generateKey(),
    HOOKURL_BASE_URL: `http://127.0.0.1:${port}/hooks`,
    PORT: port,
  }
  bot = await startProgram([process.execPath, '--import', 'tsx', 'bot.ts'], { cwd, env })
}, 60_000)

afterAll(async () => {
  await bot?.stop()
  await telegram?.stop()
  relay.close()
  recordCheck(
    'telegram-webhook',
    'Bot API over HTTP: setWebhook with a derived secret_token; updates without it get 403',
  )
})

test('the bot sets a webhook with a secret that Telegram accepts', () => {
  expect(webhooks).toHaveLength(1)
  expect(webhooks[0]?.url).toMatch(/\/hooks\/[\w-]+\.[\w-]+\.[\w-]{43}$/)
  expect(webhooks[0]?.secret_token).toMatch(/^[A-Za-z0-9_-]{1,256}$/)
})

test('an update by Telegram runs the bot', async () => {
  const ada = newUser()
  await ada.sendMessage('cat')
  await expect.poll(() => statuses).toEqual([200])
  await expect
    .poll(async () => (await ada.receivedMessages()).map(({ text }) => text))
    .toContain('You sent 3 characters.')
})

test.each([
  ['without the secret', {}],
  ['with another secret', { [header]: 'a'.repeat(43) }],
  ['with the token of the bot as the secret', { [header]: '42:not-a-secret' }],
])('an update %s is rejected with 403', async (_what, headers) => {
  const response = await sendUpdate(webhooks[0]?.url ?? '', update, headers)
  expect(response.status).toBe(403)
  expect(await response.json()).toMatchObject({ code: 'unsigned_request' })
})

test('the secret in a header of GitLab is not accepted', async () => {
  const { url = '', secret_token: secret = '' } = webhooks[0] ?? {}
  const response = await sendUpdate(url, update, { 'x-gitlab-token': secret })
  expect(response.status).toBe(403)
})

test('the bot prints neither the URL nor the secret', () => {
  expect(bot.output()).not.toMatch(/eyJ|hks_/)
  expect(bot.output()).not.toContain(webhooks[0]?.secret_token)
})

function newUser(): ChatUser {
  lastId += 1
  return telegram.createUser(lastId)
}

function sendUpdate(url: string, sent: unknown, headers: Readonly<Record<string, string>>): Promise<Response> {
  const all = { 'content-type': 'application/json', ...headers }
  return fetch(url, { method: 'POST', headers: all, body: JSON.stringify(sent) })
}
