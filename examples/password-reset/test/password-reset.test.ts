import { fileURLToPath } from 'node:url'
import { inspect } from '@hookurl/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testKey } from '../../../tools/snippets.ts'
import { findFreePort } from '../../support/free-port.ts'
import { type Mailbox, openMailbox } from '../../support/mailbox.ts'
import { type Program, startProgram } from '../../support/program.ts'
import { recordCheck } from '../../support/record-check.ts'
import { type HttpResponse, sendRequest } from '../../support/send-request.ts'

const cwd = fileURLToPath(new URL('..', import.meta.url))
const form = { 'content-type': 'application/x-www-form-urlencoded' }
let mailbox: Mailbox
let server: Program
let users = 0

beforeAll(async () => {
  mailbox = await openMailbox()
  const env = { HOOKURL_KEYS: testKey, PORT: String(await findFreePort()), SMTP_URL: mailbox.url }
  server = await startProgram([process.execPath, '--import', 'tsx', 'server.ts'], { cwd, env })
}, 60_000)

afterAll(async () => {
  await server?.stop()
  await mailbox?.close()
  recordCheck('password-reset', 'a link that works once with PostgreSQL; any change of the password kills all links')
})

test('the link shows a form, and the form changes the password', async () => {
  const { email, url } = await forget()
  const page = await sendRequest(url, { method: 'GET' })
  expect([page.status, page.body]).toEqual([200, expect.stringContaining('<button>Save</button>')])
  expect((await reset(url, 'a new password')).status).toBe(200)
  expect([await logIn(email, 'correct horse'), await logIn(email, 'a new password')]).toEqual([401, 204])
})

test('a link that was used shows no form and changes nothing', async () => {
  const { email, url } = await forget()
  await reset(url, 'a new password')
  const page = await sendRequest(url, { method: 'GET', headers: { 'sec-fetch-mode': 'navigate' } })
  expect(page.status).toBe(410)
  expect(page.body).not.toContain('<form')
  expect((await reset(url, 'another password')).status).toBe(410)
  expect(await logIn(email, 'a new password')).toBe(204)
})

test('a link is used up even if the new password is the old one', async () => {
  const { url } = await forget()
  expect((await reset(url, 'correct horse')).status).toBe(200)
  expect((await reset(url, 'another password')).status).toBe(410)
})

test('using one of several links kills the others', async () => {
  const { email, url } = await forget()
  const second = await requestLink(email)
  expect((await reset(second, 'a new password')).status).toBe(200)
  expect((await reset(url, 'another password')).status).toBe(410)
})

test('a password that is too short does not use up the link', async () => {
  const { url } = await forget()
  expect((await reset(url, 'short')).status).toBe(422)
  expect((await reset(url, 'a new password')).status).toBe(200)
})

test("the link of one user does not change another user's password", async () => {
  const [ada, ben] = [await forget(), await forget()]
  await reset(ada.url, 'a new password')
  expect([await logIn(ada.email, 'a new password'), await logIn(ben.email, 'correct horse')]).toEqual([204, 204])
})

test('the link contains neither the email address nor the password hash', async () => {
  const { email, url } = await forget()
  const { claims } = inspect(url)
  expect(Object.keys(claims ?? {})).toEqual(['cmd', 'sub', 'exp', 'get', 'sta'])
  expect(JSON.stringify(claims)).not.toContain(email)
})

test('an unknown address gets the same response and no email', async () => {
  const count = mailbox.mails.length
  const unknown = await postJson('/forgot', { email: 'no-one@example.com' })
  const { email } = await createUser()
  const known = await postJson('/forgot', { email })
  expect([unknown.status, unknown.body]).toEqual([known.status, known.body])
  expect(mailbox.mails.length).toBe(count + 1)
})

test('of 20 requests at once, one changes the password', async () => {
  const { url } = await forget()
  const clicks = Array.from({ length: 20 }, (_, index) => reset(url, `a new password ${index}`))
  const statuses = (await Promise.all(clicks)).map(({ status }) => status)
  expect(statuses.filter((status) => status === 200)).toHaveLength(1)
  expect(statuses.filter((status) => status === 410)).toHaveLength(19)
})

async function createUser(): Promise<{ email: string }> {
  const email = `user-${users++}@example.com`
  expect((await postJson('/users', { email, password: 'correct horse' })).status).toBe(201)
  return { email }
}

/** Creates a user and returns the link that the user gets by email. */
async function forget(): Promise<{ email: string; url: string }> {
  const { email } = await createUser()
  return { email, url: await requestLink(email) }
}

async function requestLink(email: string): Promise<string> {
  expect((await postJson('/forgot', { email })).status).toBe(202)
  const link = /http\S+/.exec(mailbox.mails.at(-1)?.text ?? '')?.[0]
  if (link === undefined) throw new Error('there is no link in the email')
  return link
}

function reset(url: string, password: string): Promise<HttpResponse> {
  return sendRequest(url, { method: 'POST', headers: form, body: new URLSearchParams({ password }).toString() })
}

async function logIn(email: string, password: string): Promise<number> {
  return (await postJson('/login', { email, password })).status
}

function postJson(path: string, body: unknown): Promise<HttpResponse> {
  const headers = { 'content-type': 'application/json' }
  return sendRequest(server.origin + path, { method: 'POST', headers, body: JSON.stringify(body) })
}
