import { generateKeyPairSync } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { inspect } from '@hookurl/core'
import type { ParsedMail } from 'mailparser'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testKey } from '../../../tools/snippets.ts'
import { findFreePort } from '../../support/free-port.ts'
import { type Mailbox, openMailbox } from '../../support/mailbox.ts'
import { type Program, startProgram } from '../../support/program.ts'
import { recordCheck } from '../../support/record-check.ts'
import { type HttpRequest, type HttpResponse, sendRequest } from '../../support/send-request.ts'

const cwd = fileURLToPath(new URL('..', import.meta.url))
// As behind a proxy that terminates TLS: the links are https, and the program receives http.
const origin = 'https://cats.example.com'
const oneClick = { 'content-type': 'application/x-www-form-urlencoded' }
const browserHeaders = { 'sec-fetch-mode': 'navigate' }
let mailbox: Mailbox
let server: Program

beforeAll(async () => {
  mailbox = await openMailbox()
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  const env = {
    HOOKURL_KEYS: testKey,
    PORT: String(await findFreePort()),
    ORIGIN: origin,
    SMTP_URL: mailbox.url,
    DKIM_KEY: privateKey,
  }
  server = await startProgram([process.execPath, '--import', 'tsx', 'server.ts'], { cwd, env })
}, 60_000)

afterAll(async () => {
  await server?.stop()
  await mailbox?.close()
  recordCheck(
    'unsubscribe',
    'the headers of an email over SMTP; POST by the provider, GET by the browser, scans change nothing',
  )
})

test('the email has both headers', async () => {
  const { mail } = await subscribe()
  const link = /^List-Unsubscribe: <https:\/\/cats\.example\.com\/unsubscribe\/\S+>$/i
  expect(readHeader(mail, 'list-unsubscribe')).toMatch(link)
  expect(readHeader(mail, 'list-unsubscribe-post')).toBe('List-Unsubscribe-Post: List-Unsubscribe=One-Click')
})

test('the DKIM signature of the email covers both headers', async () => {
  const { mail } = await subscribe()
  const dkim = readHeader(mail, 'dkim-signature')
  const signed = /\bh=([^;]*);/.exec(dkim)?.[1]?.toLowerCase().replaceAll(/\s/g, '').split(':')
  expect(signed).toEqual(expect.arrayContaining(['list-unsubscribe', 'list-unsubscribe-post']))
})

test('the text of the email has the same link as its header', async () => {
  const { mail, url } = await subscribe()
  expect(mail.text).toContain(url)
})

test('the link expires and contains the id of the subscriber, not the address', async () => {
  const { id, url } = await subscribe('Ruth@example.com')
  const { claims, problems } = inspect(url)
  expect(problems).toEqual([])
  expect(claims?.sub).toBe(id)
  expect(claims?.exp).toBeGreaterThan(0)
  expect(JSON.stringify(claims).toLowerCase()).not.toContain('ruth')
})

test('a POST of the form without cookies unsubscribes and gets 200 without a redirect or a cookie', async () => {
  const { id, url } = await subscribe()
  const { status, headers, body } = await postOneClick(url)
  expect([status, body]).toEqual([200, '{"ok":true}'])
  expect([headers.location, headers['set-cookie']]).toEqual([undefined, undefined])
  expect(await isSubscribed(id)).toBe(false)
})

test('a multipart form unsubscribes too', async () => {
  const { id, url } = await subscribe()
  const headers = { 'content-type': 'multipart/form-data; boundary=b' }
  const body = '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n'
  const response = await callThroughProxy(url, { method: 'POST', headers, body })
  expect([response.status, response.headers.location]).toEqual([200, undefined])
  expect(await isSubscribed(id)).toBe(false)
})

test('a mail provider with the headers of a browser gets no redirect either', async () => {
  const { id, url } = await subscribe()
  const headers = { ...oneClick, accept: 'text/html,*/*;q=0.8', 'user-agent': 'Mozilla/5.0' }
  const response = await callThroughProxy(url, { method: 'POST', headers, body: 'List-Unsubscribe=One-Click' })
  expect([response.status, response.headers.location]).toEqual([200, undefined])
  expect(await isSubscribed(id)).toBe(false)
})

test('a second POST gets 200 and changes nothing', async () => {
  const { id, url } = await subscribe()
  const responses = await Promise.all([postOneClick(url), postOneClick(url)])
  expect(responses.map(({ status }) => status)).toEqual([200, 200])
  expect(server.output().split(`unsubscribed: ${id}`)).toHaveLength(2)
})

test('a browser gets a page with a button, which changes nothing yet', async () => {
  const { id, url } = await subscribe()
  const page = await callThroughProxy(url, { method: 'GET', headers: browserHeaders })
  expect(page.status).toBe(200)
  expect(page.body).toMatch(
    /<h1>No more Cat Weekly\?<\/h1>.*<form method="post"><input[^>]*><button>Unsubscribe<\/button><\/form>/,
  )
  expect(await isSubscribed(id)).toBe(true)
})

test('the button unsubscribes and redirects to a page of the newsletter', async () => {
  const { id, url } = await subscribe()
  const pressed = await callThroughProxy(url, {
    method: 'POST',
    headers: { ...oneClick, ...browserHeaders },
    body: '',
  })
  expect([pressed.status, pressed.headers.location]).toEqual([303, `${origin}/goodbye`])
  expect(await isSubscribed(id)).toBe(false)
  expect((await sendRequest(`${server.origin}/goodbye`, { method: 'GET' })).body).toContain('no more cats')
})

test('HEAD, GET and OPTIONS unsubscribe no one', async () => {
  const { id, url } = await subscribe()
  const responses = await Promise.all(['HEAD', 'GET', 'OPTIONS'].map((method) => callThroughProxy(url, { method })))
  expect(responses.map(({ status }) => status)).toEqual([200, 405, 204])
  expect(await isSubscribed(id)).toBe(true)
})

test('an altered link is rejected with 403 and unsubscribes no one', async () => {
  const { id, url } = await subscribe()
  const altered = url.slice(0, -1) + (url.endsWith('A') ? 'E' : 'A')
  expect((await postOneClick(altered)).status).toBe(403)
  expect(await isSubscribed(id)).toBe(true)
})

interface NewSubscriber {
  readonly id: string
  readonly mail: ParsedMail
  /** The link in the header that mail providers use. */
  readonly url: string
}

/** Adds a subscriber and sends an issue. */
async function subscribe(address = 'ben@example.com'): Promise<NewSubscriber> {
  const { body } = await postJson('/subscribers', { address })
  const { id } = JSON.parse(body) as { id: string }
  await postJson('/issues', { subject: 'Cats, issue 1', text: 'Did you see the cat?' })
  for (const mail of mailbox.mails) {
    const url = /<(\S+)>/.exec(readHeader(mail, 'list-unsubscribe'))?.[1] ?? ''
    if (inspect(url).claims?.sub === id) return { id, mail, url }
  }
  throw new Error('nothing was sent to the new subscriber')
}

// Unfolds a header as in RFC 5322: the whitespace stays.
function readHeader(mail: ParsedMail, name: string): string {
  return mail.headerLines.find(({ key }) => key === name)?.line.replaceAll(/\r?\n/g, '') ?? ''
}

async function isSubscribed(id: string): Promise<boolean> {
  const { body } = await sendRequest(`${server.origin}/subscribers`, { method: 'GET' })
  return (JSON.parse(body) as [id: string, address: string][]).some(([other]) => other === id)
}

function postJson(path: string, body: unknown): Promise<HttpResponse> {
  const headers = { 'content-type': 'application/json' }
  return sendRequest(server.origin + path, { method: 'POST', headers, body: JSON.stringify(body) })
}

/** Calls a link as a proxy would forward it. */
function callThroughProxy(url: string, request: HttpRequest): Promise<HttpResponse> {
  return sendRequest(server.origin + new URL(url).pathname, request)
}

/** Sends what a mail provider sends. */
function postOneClick(url: string): Promise<HttpResponse> {
  return callThroughProxy(url, { method: 'POST', headers: oneClick, body: 'List-Unsubscribe=One-Click' })
}
