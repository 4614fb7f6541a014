import { fileURLToPath } from 'node:url'
import { createMinter, generateKey } from '@hookurl/core'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chromiumPath, openBrowser, withPage } from '../../../test/browser/open-browser.ts'
import { sendToOrigin, type TestRequest, type TestResponse } from '../../../test/runtimes/runtime.ts'
import { explainAbsence } from '../../../tools/setup/programs.js'
import { type Program, startProgram } from '../../support/program.ts'
import { recordCheck } from '../../support/record-check.ts'
import { type BotMessage, type ChatUser, startTelegram, type Telegram } from './telegram.ts'

const cwd = fileURLToPath(new URL('..', import.meta.url))
const keys = generateKey()
const browserHeaders = { 'sec-fetch-mode': 'navigate' }
const serviceHeaders = { 'content-type': 'application/json' }

let telegram: Telegram
let bot: Program
let browser: Browser | undefined
let lastId = 829384700

beforeAll(async () => {
  telegram = await startTelegram()
  const env = {
    BOT_TOKEN: telegram.botToken,
    TELEGRAM_API: telegram.origin,
    HOOKURL_KEYS: keys,
    HOOKURL_BASE_URL: 'https://bot.example.com/hooks',
    PORT: '0',
  }
  bot = await startProgram([process.execPath, '--import', 'tsx', 'bot.ts'], { cwd, env })
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await bot?.stop()
  await telegram?.stop()
  recordCheck(
    'telegram-bot',
    'Bot API over HTTP: /start, button, message, redirect; /service shows the payload as text',
  )
})

test('opening a personal URL shows a button and sends no message', async () => {
  const ada = newUser()
  const path = await requestHookPath(ada, '/start')
  const page = await send(path, { method: 'GET', headers: browserHeaders })
  expect(page.status).toBe(200)
  expect(page.body).toContain('<form method="post"')
  expect(await getTextsSentTo(ada)).toHaveLength(1)
})

test('the button of a personal URL messages that user only, and redirects the browser', async () => {
  const [ada, ben] = [newUser(), newUser()]
  const path = await requestHookPath(ada, '/start')
  await requestHookPath(ben, '/start')
  const { status, location } = await send(path, { method: 'POST', headers: browserHeaders })
  expect([status, location]).toEqual([303, 'https://cataas.com/cat'])
  expect((await getTextsSentTo(ada)).slice(1)).toEqual(['Did you see the cat?'])
  expect(await getTextsSentTo(ben)).toHaveLength(1)
})

test("Telegram's link preview, HEAD and a prefetch send no message", async () => {
  const ada = newUser()
  const path = await requestHookPath(ada, '/start')
  const previewHeaders = { ...browserHeaders, 'user-agent': 'TelegramBot (like TwitterBot)' }
  const responses = await Promise.all([
    send(path, { method: 'GET', headers: previewHeaders }),
    send(path, { method: 'HEAD' }),
    send(path, { method: 'GET', headers: { ...browserHeaders, 'sec-purpose': 'prefetch' } }),
  ])
  expect(responses.map(({ status }) => status)).toEqual([200, 200, 503])
  expect(await getTextsSentTo(ada)).toHaveLength(1)
})

test('a URL whose user was changed is rejected with 403 and messages no one', async () => {
  const eve = newUser()
  const path = await requestHookPath(eve, '/start')
  const [header = '', claims = '', signature = ''] = path.slice('/hooks/'.length).split('.')
  const forged = Buffer.from(claims, 'base64url')
    .toString()
    .replace(/"sub":"\d+"/, '"sub":"1"')
  const token = [header, Buffer.from(forged).toString('base64url'), signature].join('.')
  const { status, body } = await send(`/hooks/${token}`, { method: 'POST', headers: serviceHeaders })
  expect([status, JSON.parse(body).code]).toEqual([403, 'invalid_signature'])
  expect(await getTextsSentTo(telegram.createUser(1))).toEqual([])
})

test('the payload of the global URL is shown in the chat unchanged, without markup', async () => {
  const owner = newUser()
  const path = await requestHookPath(owner, '/service')
  const posted = '</pre><a href="https://evil.example">@everyone</a> *click* [here](tg://user?id=1) /start'
  const { status, body } = await send(path, {
    method: 'POST',
    headers: serviceHeaders,
    body: JSON.stringify({ posted }),
  })
  expect([status, body]).toEqual([200, '{"ok":true}'])

  const [message] = (await owner.receivedMessages()).slice(1)
  expect(message?.text).toContain(posted)
  expectNoMarkup(message)
})

test('a form is shown as an object', async () => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const message = await postToService({ headers, body: 'event=paid&event=sent' })
  expect(message?.text).toBe("A service posted:\n{ event: [ 'paid', 'sent' ] }")
  expectNoMarkup(message)
})

test('a plain text is shown as a string', async () => {
  const message = await postToService({ headers: { 'content-type': 'text/plain' }, body: 'paid' })
  expect(message?.text).toBe("A service posted:\n'paid'")
  expectNoMarkup(message)
})

test('a payload longer than a message is truncated between characters', async () => {
  const body = JSON.stringify(Array(90).fill('🐈'.repeat(90)))
  const message = await postToService({ headers: serviceHeaders, body })
  expect(message?.text.length).toSatisfy((length: number) => length > 2000 && length <= 4096)
  expect(message?.text).not.toMatch(/\p{Surrogate}/u)
  expectNoMarkup(message)
})

test('a URL minted with another key is rejected with 403', async () => {
  const otherMinter = createMinter({
    keys: generateKey(),
    baseUrl: 'https://bot.example.com/hooks',
    expiresIn: 'never',
  })
  const { pathname } = new URL(otherMinter.mintSync({ command: '/onPost', content: lastId }))
  const { status } = await send(pathname, { method: 'POST', headers: serviceHeaders, body: '{}' })
  expect(status).toBe(403)
})

test('the bot prints no token and no key', () => {
  expect(bot.output()).not.toMatch(/eyJ|hks_/)
})

test('in Chromium, the button redirects to the cat and sends the message', async (context) => {
  if (chromiumPath === undefined) return context.skip(explainAbsence('chromium'))
  const ada = newUser()
  const path = await requestHookPath(ada, '/start')
  // The host of the cat resolves to a closed local port: the request itself is what is checked.
  browser = await openBrowser({ 'cataas.com': 9 })
  await withPage(browser, {}, async (page) => {
    await page.goto(bot.origin + path)
    const cat = page.waitForRequest('https://cataas.com/cat')
    await page.getByRole('button', { name: 'Confirm' }).click()
    expect((await cat).isNavigationRequest()).toBe(true)
  })
  expect((await getTextsSentTo(ada)).slice(1)).toEqual(['Did you see the cat?'])
})

function newUser(): ChatUser {
  lastId += 1
  return telegram.createUser(lastId)
}

/** Sends a command to the bot. Returns the path of the URL in its reply. */
async function requestHookPath(user: ChatUser, command: string): Promise<string> {
  await user.sendCommand(command)
  await expect.poll(() => getTextsSentTo(user), { timeout: 10_000 }).toHaveLength(1)
  const [text = ''] = await getTextsSentTo(user)
  return new URL(text.slice(text.indexOf('https://bot.example.com/hooks/'))).pathname
}

async function getTextsSentTo(user: ChatUser): Promise<string[]> {
  return (await user.receivedMessages()).map(({ text }) => text)
}

/** Posts to a new global URL. Returns the message that the bot sends to its chat. */
async function postToService(request: Pick<TestRequest, 'headers' | 'body'>): Promise<BotMessage | undefined> {
  const owner = newUser()
  const path = await requestHookPath(owner, '/service')
  expect((await send(path, { method: 'POST', ...request })).status).toBe(200)
  return (await owner.receivedMessages())[1]
}

function expectNoMarkup(message: BotMessage | undefined): void {
  const offset = message?.text.indexOf('\n') ?? -1
  const length = (message?.text.length ?? 0) - offset - 1
  expect(message).not.toHaveProperty('parse_mode')
  expect(message?.entities).toEqual([{ type: 'pre', offset: offset + 1, length }])
}

function send(path: string, request: TestRequest): Promise<TestResponse> {
  return sendToOrigin(bot.origin)(path, request)
}
