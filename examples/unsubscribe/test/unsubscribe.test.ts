import { generateKeyPairSync } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { inspect } from '@hookurl/core'
import type { ParsedMail } from 'mailparser'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testKey } from '../../../tools/snippets.ts'
import { type HttpRequest, type HttpResponse, sendRequest } from '../../support/send-request.ts'
import { recordCheck } from '../../support/record-check.ts'
import { findFreePort } from '../../support/free-port.ts'
import { type Mailbox, openMailbox } from '../../support/mailbox.ts'
import { type Program, startProgram } from '../../support/program.ts'

const cwd = fileURLToPath(new URL('..', import.meta.url))
// Behind a proxy that ends TLS, as it would be: the links are https, and the program hears http.
const origin = 'https://cats.example.com'
const oneClick = { 'content-type': 'application/x-www-form-urlencoded' }
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
    'the headers of an e-mail over SMTP; POST by the provider, GET by the person, scans change nothing',
  )
})

test('the e-mail has both headers, whole and under its DKIM signature', async () => {
  const { id, mail, url } = await subscribe('Ada@example.com')
  const header = (name: string): string => readHeader(mail, name)
  expect(header('list-unsubscribe')).toMatch(/^List-Unsubscribe: <https:\/\/cats\.example\.com\/unsubscribe\/\S+>$/i)
  expect(header('list-unsubscribe-post')).toBe('List-Unsubscribe-Post: List-Unsubscribe=One-Click')
  const signed = /\bh=([^;]*);/.exec(header('dkim-signature'))?.[1]?.toLowerCase().replaceAll(/\s/g, '').split(':')
  expect(signed).toEqual(expect.arrayContaining(['list-unsubscribe', 'list-unsubscribe-post']))
  expect(mail.text).toContain(url)
  // Nothing that says who it is, and nothing that lasts for ever.
  const { claims, problems } = inspect(url)
  expect([claims?.sub, problems]).toEqual([id, []])
  expect(JSON.stringify(claims).toLowerCase()).not.toContain('ada')
})

test('a mail provider POSTs the form without cookies, and is told so without a redirect', async () => {
  const { id, url } = await subscribe()
  const answer = await callThroughProxy(url, { method: 'POST', headers: oneClick, body: 'List-Unsubscribe=One-Click' })
  expect([answer.status, answer.body]).toEqual([200, '{"ok":true}'])
  expect([answer.headers.location, answer.headers['set-cookie']]).toEqual([undefined, undefined])
  expect(await isSubscribed(id)).toBe(false)
})

test('so it is where the form is multipart, and where the provider asks as a browser does', async () => {
  for (const [headers, body] of [
    [
      { 'content-type': 'multipart/form-data; boundary=b' },
      '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n',
    ],
    [{ ...oneClick, accept: 'text/html,*/*;q=0.8', 'user-agent': 'Mozilla/5.0' }, 'List-Unsubscribe=One-Click'],
  ] as const) {
    const { id, url } = await subscribe()
    const { status, headers: answered } = await callThroughProxy(url, { method: 'POST', headers, body })
    expect([status, answered.location, await isSubscribed(id)]).toEqual([200, undefined, false])
  }
})

test('it may be said twice', async () => {
  const { id, url } = await subscribe()
  const answers = [1, 2].map(() =>
    callThroughProxy(url, { method: 'POST', headers: oneClick, body: 'List-Unsubscribe=One-Click' }),
  )
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200])
  expect(server.output().split(`unsubscribed: ${id}`)).toHaveLength(2)
})

test('a person gets a page with a button, and lands on a page of the newsletter', async () => {
  const { id, url } = await subscribe()
  const page = await callThroughProxy(url, { method: 'GET', headers: { accept: 'text/html' } })
  expect(page.body).toMatch(/<h1>No more Cat Weekly\?<\/h1>.*<form method="post"><button>Unsubscribe<\/button><\/form>/)
  expect([page.status, await isSubscribed(id)]).toEqual([200, true])
  const pressed = await callThroughProxy(url, { method: 'POST', headers: { ...oneClick, accept: 'text/html' }, body: '' })
  expect([pressed.status, pressed.headers.location]).toEqual([303, `${origin}/goodbye`])
  expect(await isSubscribed(id)).toBe(false)
  expect((await sendRequest(`${server.origin}/goodbye`, { method: 'GET' })).body).toContain('no more cats')
})

test('what only fetches the link unsubscribes nobody, and neither does a link that was changed', async () => {
  const { id, url } = await subscribe()
  const looks = ['HEAD', 'GET', 'OPTIONS'].map((method) => callThroughProxy(url, { method }))
  expect((await Promise.all(looks)).map(({ status }) => status)).toEqual([200, 405, 204])
  const changed = url.slice(0, -1) + (url.endsWith('A') ? 'E' : 'A')
  expect(
    (await callThroughProxy(changed, { method: 'POST', headers: oneClick, body: 'List-Unsubscribe=One-Click' })).status,
  ).toBe(403)
  expect(await isSubscribed(id)).toBe(true)
})

interface NewSubscriber {
  readonly id: string
  readonly mail: ParsedMail
  /** What a mail provider finds in the header. */
  readonly url: string
}

/** A new subscriber, and the issue that was sent to them. */
async function subscribe(address = 'ben@example.com'): Promise<NewSubscriber> {
  const answer = await postJson('/subscribers', { address })
  const { id } = JSON.parse(answer.body) as { id: string }
  await postJson('/issues', { subject: 'Cats, issue 1', text: 'Did you see the cat?' })
  for (const mail of mailbox.mails) {
    const url = /<(\S+)>/.exec(readHeader(mail, 'list-unsubscribe'))?.[1] ?? ''
    if (inspect(url).claims?.sub === id) return { id, mail, url }
  }
  throw new Error('nothing was sent to the new subscriber')
}

// Unfolded as RFC 5322 has it: the white space stays.
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

/** Calls a link as the proxy hands it on. */
function callThroughProxy(url: string, given: HttpRequest): Promise<HttpResponse> {
  return sendRequest(server.origin + new URL(url).pathname, given)
}
