import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { parseJsonLines } from '../support/parse-json-lines.ts'
import { makeHome, testKeys } from '../support/run.ts'
import { runInProcess } from '../support/run-in-process.ts'
import { listenWhile, mintUrl } from '../support/start-listen.ts'

const home = makeHome()
const env = { HOME: home.path }
afterAll(home.remove)

/** A token of another URL, which callers send somewhere in their requests. */
const url = mintUrl('https://bot.example.com/hooks', { content: 'the other one' })
const token = url.slice(url.lastIndexOf('/') + 1)
const secretHeaders = {
  Authorization: 'Bearer secret-authorization',
  Cookie: 'session=secret-cookie',
  'X-Gitlab-Token': 'secret-gitlab',
  'X-Telegram-Bot-Api-Secret-Token': 'secret-telegram',
}

interface Sent {
  readonly name: string
  readonly body: string
  readonly contentType?: string
  readonly query?: string
  readonly content?: unknown
  readonly redirectTo?: string
}

const json = 'application/json'
const places: readonly Sent[] = [
  { name: 'a string of the payload', body: JSON.stringify({ callback_url: url }), contentType: json },
  { name: 'a nested string of the payload', body: JSON.stringify({ a: [{ b: [url] }] }), contentType: json },
  { name: 'the name of a member', body: JSON.stringify({ [url]: 1 }), contentType: json },
  {
    name: 'a member next to one named constructor',
    body: JSON.stringify({ constructor: 1, a: url }),
    contentType: json,
  },
  { name: 'text', body: `see ${url}.`, contentType: 'text/plain' },
  {
    name: 'text, broken by a line break',
    body: `see ${url.slice(0, 90)}\n${url.slice(90)}`,
    contentType: 'text/plain',
  },
  { name: 'a form', body: `u=${encodeURIComponent(url)}`, contentType: 'application/x-www-form-urlencoded' },
  { name: 'the query', body: 'x', query: `?next=${encodeURIComponent(url)}` },
  { name: 'the name of a parameter', body: 'x', query: `?${encodeURIComponent(`x ${url}`)}=1` },
  { name: 'the content', body: 'x', content: { reply: url } },
  { name: 'the redirect', body: 'x', redirectTo: url },
]

/** Sends a hook with a token, or a part of it, in one place. */
async function send(
  base: string,
  { body, contentType = 'text/plain', query = '', content, redirectTo }: Sent,
): Promise<void> {
  const options = { ...(content === undefined ? {} : { content }), ...(redirectTo === undefined ? {} : { redirectTo }) }
  const headers = { 'content-type': contentType, referer: url, ...secretHeaders }
  await fetch(`${mintUrl(`${base}/hooks`, options)}${query}`, { method: 'POST', body, headers, redirect: 'manual' })
}

function expectNoSecret(text: string): void {
  for (const segment of token.split('.')) {
    for (let start = 0; start + 16 <= segment.length; start += 8) {
      expect(text).not.toContain(segment.slice(start, start + 16))
    }
  }
  expect(text).not.toContain('secret-')
}

describe.each(places)('a token in $name', (sent) => {
  test('is redacted in the log of listen', async () => {
    const { stdout, stderr } = await listenWhile([], env, (base) => send(base, sent))
    expect(stderr).toContain('POST 200')
    expectNoSecret(stdout + stderr)
  })

  test('is redacted in listen --json, which stays JSON', async () => {
    const { stdout, stderr } = await listenWhile(['--json'], env, (base) => send(base, sent))
    expect(parseJsonLines(stdout)).toMatchObject([{ status: 200, outcome: 'handled' }])
    expect(stdout).toMatch(/\[hook [0-9a-f]{6}\]/)
    expectNoSecret(stdout + stderr)
  })
})

test('listen --once prints the payload as it was sent', async () => {
  const { stdout } = await listenWhile(['--once'], env, (base) => send(base, places[0] as Sent))
  expect(JSON.parse(stdout)).toStrictEqual({ callback_url: url })
})

describe('the secret headers of a request', () => {
  test.each([
    ['a rejected one', '/hooks/x'],
    ['one with a forged token', `/hooks/${token.slice(0, -2)}AA`],
  ])('are not in the log of %s', async (_name, path) => {
    for (const args of [[], ['--json']]) {
      const { stdout, stderr } = await listenWhile(args, env, (base) =>
        fetch(base + path, { method: 'POST', headers: secretHeaders }),
      )
      expect(stdout + stderr).toContain('POST')
      expectNoSecret(stdout + stderr)
    }
  })

  test('are not printed by send -v', async () => {
    const server = createServer((_request, response) => response.end()).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const target = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const flags = Object.entries(secretHeaders).flatMap(([name, value]) => ['--header', `${name}: ${value}`])
    const { stdout, stderr } = await runInProcess(['send', '-v', ...flags, target], { env })
    server.close()
    expect(stderr).toMatch(/^> authorization: \[redacted\]$/im)
    expectNoSecret(stdout + stderr)
  })
})

test('what a program of --exec prints on stderr is redacted', async () => {
  const args = ['--exec', 'cat >&2; echo "$KEY" >&2']
  const { stderr } = await listenWhile(args, { ...env, KEY: testKeys }, (base) => send(base, places[0] as Sent))
  expect(stderr).toContain('exec: {')
  for (const segment of token.split('.')) expect(stderr).not.toContain(segment)
  expect(stderr).not.toContain(testKeys)
})

test('a program of --exec reads the Referer without the token', async () => {
  const responses: string[] = []
  await listenWhile(['--exec', 'cat'], env, async (base) => {
    const headers = { referer: url }
    responses.push(await (await fetch(mintUrl(base), { method: 'POST', body: 'x', headers })).text())
  })
  expect(JSON.parse(responses[0] as string).headers.referer).toMatch(/^https:\/\/bot\.example\.com\/hooks\/\[hook /)
})

describe('what listen itself responds', () => {
  let respond: (request: IncomingMessage) => void = (request) => request.socket.destroy()
  const application = createServer((request) => respond(request))
  let target: string
  beforeAll(async () => {
    application.listen(0, '127.0.0.1')
    await once(application, 'listening')
    target = `http://127.0.0.1:${(application.address() as AddressInfo).port}`
  })
  afterAll(() => {
    application.closeAllConnections()
    application.close()
  })
  afterEach(() => {
    respond = (request) => request.socket.destroy()
  })

  const content = { private: { path: 'classified' } }

  test.each([
    ['an application that closes the connection', () => ['--forward', target]],
    ['an application that is not running', () => ['--forward', 'http://127.0.0.1:1']],
    ['a program that fails', () => ['--exec', 'exit 1']],
    ['a program that is too slow', () => ['--exec', 'sleep 9', '--exec-timeout', '0.2s']],
    ['a program that prints too much', () => ['--exec', 'yes']],
  ])('about %s has nothing of the content, of addresses or of commands', async (_name, getArgs) => {
    await listenWhile(getArgs(), env, async (base) => {
      const response = await fetch(mintUrl(base, { content }), { method: 'POST', body: 'x' })
      const body = await response.text()
      expect(response.status).toBeGreaterThanOrEqual(500)
      expect(Object.keys(JSON.parse(body))).toStrictEqual(['title', 'status'])
      expect(body).not.toMatch(/private|path|classified|127\.0\.0\.1|sleep|yes/)
    })
  })

  test('about a hook that is too long names only its length', async () => {
    await listenWhile(['--forward', target], env, async (base) => {
      const long = { private: 'classified'.repeat(310) }
      const response = await fetch(mintUrl(base, { content: long, maxUrlLength: 9000 }), { method: 'POST', body: 'x' })
      expect(await response.json()).toStrictEqual({
        title: expect.stringMatching(
          /^the hook is too long to be forwarded: \d+ characters, at most 4096 are allowed$/,
        ),
        status: 500,
      })
    })
  })
})
