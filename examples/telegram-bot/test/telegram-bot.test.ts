import { fileURLToPath } from 'node:url'
import { createMinter, generateKey } from '@hookurl/core'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chromiumPath, openBrowser, withPage } from '../../../test/browser.ts'
import { askOver } from '../../../test/runtimes/place.ts'
import { explainAbsence } from '../../../tools/setup/programs.js'
import { checked } from '../../checked.ts'
import { type Program, startProgram } from '../../program.ts'
import { type Person, type Said, startTelegram, type Telegram } from './telegram.ts'

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
  checked(
    'telegram-bot',
    'Bot API over HTTP: /start, button, message, redirect; /service shows what is posted, as text',
  )
})

test('a personal URL asks first, then the bot messages that user and the browser goes on', async () => {
  const [ada, ben] = [newPerson(), newPerson()]
  const path = await pathFrom(ada, '/start')
  await pathFrom(ben, '/start')

  const page = await ask(path, { method: 'GET', headers: asPerson })
  expect([page.status, page.body.includes('<form method="post"')]).toEqual([200, true])
  expect(await textsTo(ada)).toHaveLength(1)

  const { status, location } = await ask(path, { method: 'POST', headers: asPerson })
  expect([status, location]).toEqual([303, 'https://cataas.com/cat'])
  expect((await textsTo(ada)).slice(1)).toEqual(['Did you see the cat?'])
  expect(await textsTo(ben)).toHaveLength(1)
})

test('Telegram, which fetches a link to show a preview of it, HEAD and a prefetch send no message', async () => {
  const ada = newPerson()
  const path = await pathFrom(ada, '/start')
  const preview = { ...asPerson, 'user-agent': 'TelegramBot (like TwitterBot)' }
  const answers = await Promise.all([
    ask(path, { method: 'GET', headers: preview }),
    ask(path, { method: 'HEAD' }),
    ask(path, { method: 'GET', headers: { ...asPerson, 'sec-purpose': 'prefetch' } }),
  ])
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 503])
  expect(await textsTo(ada)).toHaveLength(1)
})

test('a URL for one user cannot be made one for another', async () => {
  const eve = newPerson()
  const path = await pathFrom(eve, '/start')
  const [header = '', claims = '', signature = ''] = path.slice('/hooks/'.length).split('.')
  const forged = Buffer.from(claims, 'base64url')
    .toString()
    .replace(/"sub":"\d+"/, '"sub":"1"')
  const token = [header, Buffer.from(forged).toString('base64url'), signature].join('.')
  const { status, body } = await ask(`/hooks/${token}`, { method: 'POST', headers: asService })
  expect([status, JSON.parse(body).code]).toEqual([403, 'invalid_signature'])
  expect(await textsTo(telegram.person(1))).toEqual([])
})

test('what a service posts to the global URL is shown in the chat as it is, never as markup', async () => {
  const owner = newPerson()
  const path = await pathFrom(owner, '/service')
  const posted = '</pre><a href="https://evil.example">@everyone</a> *click* [here](tg://user?id=1) /start'
  const { status, body } = await ask(path, { method: 'POST', headers: asService, body: JSON.stringify({ posted }) })
  expect([status, body]).toEqual([200, '{"ok":true}'])

  const [said] = (await owner.heard()).slice(1)
  expect(said?.text).toContain(posted)
  expectShownAsIs(said)
})

test('a form, a text and a payload longer than a message are shown too, what is too long cut', async () => {
  const owner = newPerson()
  const path = await pathFrom(owner, '/service')
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
  for (const said of [first, second, long]) expectShownAsIs(said)
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
  const ada = newPerson()
  const path = await pathFrom(ada, '/start')
  // The cat's host is a closed port of this machine: that the browser asks for it is enough.
  browser = await openBrowser({ 'cataas.com': 9 })
  await withPage(browser, {}, async (page) => {
    await page.goto(bot.origin + path)
    const cat = page.waitForRequest('https://cataas.com/cat')
    await page.getByRole('button', { name: 'Confirm' }).click()
    expect((await cat).isNavigationRequest()).toBe(true)
  })
  expect((await textsTo(ada)).slice(1)).toEqual(['Did you see the cat?'])
})

function newPerson(): Person {
  lastId += 1
  return telegram.person(lastId)
}

/** The path of the URL that the bot answers a command with. */
async function pathFrom(person: Person, command: string): Promise<string> {
  await person.command(command)
  await expect.poll(() => textsTo(person), { timeout: 10_000 }).toHaveLength(1)
  const [text = ''] = await textsTo(person)
  return new URL(text.slice(text.indexOf('https://bot.example.com/hooks/'))).pathname
}

async function textsTo(person: Person): Promise<string[]> {
  return (await person.heard()).map(({ text }) => text)
}

function expectShownAsIs(said: Said | undefined): void {
  const offset = said?.text.indexOf('\n') ?? -1
  expect(said).not.toHaveProperty('parse_mode')
  expect(said?.entities).toEqual([{ type: 'pre', offset: offset + 1, length: (said?.text.length ?? 0) - offset - 1 }])
}

function ask(path: string, asked: Parameters<ReturnType<typeof askOver>>[1]): ReturnType<ReturnType<typeof askOver>> {
  return askOver(bot.origin)(path, asked)
}
