import { fileURLToPath } from 'node:url'
import { createMinter, generateKey } from '@hookurl/core'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chromiumPath, openBrowser, withPage } from '../../../test/browser/open-browser.ts'
import { sendToOrigin } from '../../../test/runtimes/runtime.ts'
import { explainAbsence } from '../../../tools/setup/programs.js'
import { recordCheck } from '../../support/record-check.ts'
import { type Program, startProgram } from '../../support/program.ts'
import { type ChatUser, type BotMessage, startTelegram, type Telegram } from './telegram.ts'

const cwd = fileURLToPath(new URL('..', import.meta.url))
const keys = generateKey()
const asPerson = { accept: 'text/html' }
const asService = { 'content-type': 'application/json' }

let telegram: Telegram
let bot: Program
let browser: Browser | undefined
let lastId = 829384700

beforeAll(async () => {
  telegram = await startTelegram()
  const given = { BOT_TOKEN: telegram.botToken, TELEGRAM_API: telegram.origin, HOOKURL_KEYS: keys, PORT: '0' }
  const env = { ...given, HOOKURL_BASE_URL: 'https://bot.example.com/hooks' }
  bot = await startProgram([process.execPath, '--import', 'tsx', 'bot.ts'], { cwd, env })
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await bot?.stop()
  await telegram?.stop()
  recordCheck(
    'telegram-bot',
    'Bot API over HTTP: /start, button, message, redirect; /service shows what is posted, as text',
  )
})

test('a personal URL asks first, then the bot messages that user and the browser goes on', async () => {
  const [ada, ben] = [newUser(), newUser()]
  const path = await requestHookPath(ada, '/start')
  await requestHookPath(ben, '/start')

  const page = await ask(path, { method: 'GET', headers: asPerson })
  expect([page.status, page.body.includes('<form method="post"')]).toEqual([200, true])
  expect(await getTextsSentTo(ada)).toHaveLength(1)

  const { status, location } = await ask(path, { method: 'POST', headers: asPerson })
  expect([status, location]).toEqual([303, 'https://cataas.com/cat'])
  expect((await getTextsSentTo(ada)).slice(1)).toEqual(['Did you see the cat?'])
  expect(await getTextsSentTo(ben)).toHaveLength(1)
})

test('Telegram, which fetches a link to show a preview of it, HEAD and a prefetch send no message', async () => {
  const ada = newUser()
  const path = await requestHookPath(ada, '/start')
  const preview = { ...asPerson, 'user-agent': 'TelegramBot (like TwitterBot)' }
  const answers = await Promise.all([
    ask(path, { method: 'GET', headers: preview }),
    ask(path, { method: 'HEAD' }),
    ask(path, { method: 'GET', headers: { ...asPerson, 'sec-purpose': 'prefetch' } }),
  ])
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 503])
  expect(await getTextsSentTo(ada)).toHaveLength(1)
})

test('a URL for one user cannot be made one for another', async () => {
  const eve = newUser()
  const path = await requestHookPath(eve, '/start')
  const [header = '', claims = '', signature = ''] = path.slice('/hooks/'.length).split('.')
  const forged = Buffer.from(claims, 'base64url')
    .toString()
    .replace(/"sub":"\d+"/, '"sub":"1"')
  const token = [header, Buffer.from(forged).toString('base64url'), signature].join('.')
  const { status, body } = await ask(`/hooks/${token}`, { method: 'POST', headers: asService })
  expect([status, JSON.parse(body).code]).toEqual([403, 'invalid_signature'])
  expect(await getTextsSentTo(telegram.createUser(1))).toEqual([])
})

test('what a service posts to the global URL is shown in the chat as it is, never as markup', async () => {
  const owner = newUser()
  const path = await requestHookPath(owner, '/service')
  const posted = '</pre><a href="https://evil.example">@everyone</a> *click* [here](tg://user?id=1) /start'
  const { status, body } = await ask(path, { method: 'POST', headers: asService, body: JSON.stringify({ posted }) })
  expect([status, body]).toEqual([200, '{"ok":true}'])

  const [said] = (await owner.heard()).slice(1)
  expect(said?.text).toContain(posted)
  expectNoMarkup(said)
})

test('a form, a text and a payload longer than a message are shown too, what is too long cut', async () => {
  const owner = newUser()
  const path = await requestHookPath(owner, '/service')
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const sent = [
    await ask(path, { method: 'POST', headers: form, body: 'event=paid&event=sent' }),
    await ask(path, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'paid' }),
    await ask(path, { method: 'POST', headers: asService, body: JSON.stringify(Array(90).fill('🐈'.repeat(90))) }),
  ]
  expect(sent.map(({ status }) => status)).toEqual([200, 200, 200])

  const [, first, second, long] = await owner.heard()
  expect([first?.text, second?.text]).toEqual([
    "A service posted:\n{ event: [ 'paid', 'sent' ] }",
    "A service posted:\n'paid'",
  ])
  expect(long?.text.length).toSatisfy((length: number) => length > 2000 && length <= 4096)
  expect(/\p{Surrogate}/u.test(long?.text ?? '')).toBe(false)
  for (const said of [first, second, long]) expectNoMarkup(said)
})

test('what was minted elsewhere is refused, and what the bot prints holds no token', async () => {
  const strange = createMinter({ keys: generateKey(), baseUrl: 'https://bot.example.com/hooks', expiresIn: 'never' })
  const { pathname } = new URL(strange.mintSync({ command: '/onPost', content: lastId }))
  const { status } = await ask(pathname, { method: 'POST', headers: asService, body: '{}' })
  expect(status).toBe(403)
  expect(bot.output()).not.toMatch(/eyJ|hks_/)
})

test('in Chromium, the button leads to the cat, and the message is there', async (context) => {
  if (chromiumPath === undefined) return context.skip(explainAbsence('chromium'))
  const ada = newUser()
  const path = await requestHookPath(ada, '/start')
  // The cat's host is a closed port of this machine: that the browser asks for it is enough.
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

/** The path of the URL that the bot answers a command with. */
async function requestHookPath(person: ChatUser, command: string): Promise<string> {
  await person.command(command)
  await expect.poll(() => getTextsSentTo(person), { timeout: 10_000 }).toHaveLength(1)
  const [text = ''] = await getTextsSentTo(person)
  return new URL(text.slice(text.indexOf('https://bot.example.com/hooks/'))).pathname
}

async function getTextsSentTo(person: ChatUser): Promise<string[]> {
  return (await person.heard()).map(({ text }) => text)
}

function expectNoMarkup(said: BotMessage | undefined): void {
  const offset = said?.text.indexOf('\n') ?? -1
  expect(said).not.toHaveProperty('parse_mode')
  expect(said?.entities).toEqual([{ type: 'pre', offset: offset + 1, length: (said?.text.length ?? 0) - offset - 1 }])
}

function ask(path: string, asked: Parameters<ReturnType<typeof sendToOrigin>>[1]): ReturnType<ReturnType<typeof sendToOrigin>> {
  return sendToOrigin(bot.origin)(path, asked)
}
