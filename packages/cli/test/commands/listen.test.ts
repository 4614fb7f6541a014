import { once } from 'node:events'
import { get } from 'node:http'
import { connect, createServer } from 'node:net'
import { createMinter } from '@hookurl/core'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { parseJsonLines } from '../support/parse-json-lines.ts'
import { makeHome, testKeys } from '../support/run.ts'
import { runInProcess } from '../support/run-in-process.ts'
import {
  killListen,
  listenWhile,
  mintUrl,
  type StartedListen,
  spawnListen,
  startListen,
} from '../support/start-listen.ts'

const home = makeHome()
const env = { HOME: home.path }
afterAll(home.remove)

const browserHeaders = { 'sec-fetch-mode': 'navigate' }

function post(url: string, body: string, contentType = 'application/json'): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { 'content-type': contentType }, body })
}

/** Sends a GET without the Sec-Fetch headers that fetch would add. */
async function getStatus(url: string, headers: Record<string, string>): Promise<number | undefined> {
  const [response] = await once(get(url, { headers, agent: false }), 'response')
  response.resume()
  await once(response, 'close')
  return response.statusCode
}

const hook = '/onWebhook  user 42'

describe('the log of listen', () => {
  /** Sends requests to a new `listen`, and returns its log without times and durations. */
  async function collectLog(send: (base: string) => Promise<unknown>): Promise<string[]> {
    const { stdout, stderr } = await listenWhile([], env, send)
    expect(stdout).toBe('')
    const lines = stderr.trimEnd().split('\n').slice(2)
    return lines.map((line) => line.replace(/^\d{2}:\d{2}:\d{2} {2}| {2}[\d.]+ m?s$/g, ''))
  }

  test('a handled hook is logged with its command, user, what it is about, and its size', async () => {
    const log = await collectLog(async (base) => {
      const response = await post(mintUrl(`${base}/hooks`), '{"order_id":"A1\\u001b"}')
      expect(response.status).toBe(200)
      expect(await response.json()).toStrictEqual({ ok: true })
    })
    expect(log).toStrictEqual([`POST 200  ${hook}  order_id: A1\\u001b  23 B`])
  })

  test('a damaged URL is logged with the exact damage and a redacted target', async () => {
    const log = await collectLog(async (base) => {
      const response = await post(mintUrl(`${base}/hooks`).slice(0, -9), '{}')
      expect(response.status).toBe(400)
      expect(await response.text()).not.toContain('34')
    })
    const damage = 'the token is cut off: its signature has 34 characters instead of 43 (malformed_token)'
    expect(log).toStrictEqual([expect.stringMatching(/^POST 400 .* {2}\/hooks\/\[hook [0-9a-f]{6}\] {2}2 B$/)])
    expect(log[0]).toContain(damage)
  })

  test('a confirm page is logged as such', async () => {
    const log = await collectLog(async (base) => {
      expect(await getStatus(mintUrl(base), browserHeaders)).toBe(200)
    })
    expect(log).toStrictEqual([`GET 200  ${hook}  not run: confirm page`])
  })

  test('a method that is not allowed is logged with the verified hook', async () => {
    const log = await collectLog(async (base) => {
      expect((await fetch(mintUrl(base))).status).toBe(405)
    })
    expect(log).toStrictEqual([`GET 405  ${hook}  the URL does not allow this method (method_not_allowed)`])
  })

  test('a request without a token is logged with its target', async () => {
    const log = await collectLog(async (base) => {
      expect((await fetch(`${base}/favicon.ico`)).status).toBe(404)
    })
    expect(log).toStrictEqual([expect.stringMatching(/^GET 404 {2}.* \(no_token\) {2}\/favicon\.ico$/)])
  })

  test('requests are logged one per line, in order', async () => {
    const log = await collectLog(async (base) => {
      await post(mintUrl(base), '1')
      await post(`${base}/x`, '2')
    })
    expect(log.map((line) => line.split('  ')[0])).toStrictEqual(['POST 200', 'POST 404'])
  })

  test('an expired URL is logged with its hook', async () => {
    const log = await collectLog(async (base) => {
      const twoHoursAgo = Date.now() - 7_200_000
      const minter = createMinter({ keys: testKeys, baseUrl: base, expiresIn: '1h', now: () => twoHoursAgo })
      const url = minter.mintSync({ command: '/onWebhook', userId: 42 })
      expect((await post(url, '{}')).status).toBe(410)
    })
    expect(log).toStrictEqual([
      expect.stringMatching(/^POST 410 {2}\/onWebhook {2}user 42 {2}the URL has expired \(expired\)/),
    ])
  })

  test('requests at the same time are logged once each, with their own payload', async () => {
    const payloads = Array.from({ length: 10 }, (_, index) => String(index))
    const log = await collectLog((base) => Promise.all(payloads.map((payload) => post(mintUrl(base), payload))))
    expect(log.map((line) => line.split('  ')[3]).sort()).toStrictEqual(payloads)
  })

  test('a body over --max-body-size is rejected with 413', async () => {
    const { stderr } = await listenWhile(['--max-body-size', '10'], env, async (base) => {
      expect((await post(mintUrl(base), '{"order_id":"A1"}')).status).toBe(413)
    })
    expect(stderr).toMatch(/POST 413 {2}\/onWebhook {2}user 42 .*\(body_too_large\)/)
  })
})

describe('listen --json', () => {
  interface Record {
    readonly [name: string]: unknown
  }

  /** Sends a request to a new `listen --json`, and returns what it printed for it. */
  async function collectRecord(send: (base: string) => Promise<unknown>): Promise<Record> {
    const { stdout, stderr } = await listenWhile(['--json'], env, send)
    expect(stdout).not.toContain('eyJ')
    const [start, ...notes] = parseJsonLines(stderr)
    expect(start).toStrictEqual({ listening: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) })
    for (const note of notes) expect(note).toHaveProperty('note')
    return JSON.parse(stdout)
  }

  test('a handled hook has its signed fields, payload and query', async () => {
    const record = await collectRecord((base) =>
      post(`${mintUrl(base)}?a=1`, 'b=2&b=3', 'application/x-www-form-urlencoded'),
    )
    expect(record).toMatchObject({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      method: 'POST',
      target: expect.stringMatching(/^\/\[hook [0-9a-f]{6}\]\?a=1$/),
      status: 200,
      outcome: 'handled',
      hook: { command: '/onWebhook', userId: '42', content: 'Did you see the cat?', allowGet: false },
      payload: { b: ['2', '3'] },
      query: { a: '1' },
      durationMs: expect.any(Number),
    })
    expect(record).not.toHaveProperty('code')
    expect(record).not.toHaveProperty('error')
  })

  test('a payload of bytes is base64', async () => {
    const record = await collectRecord((base) => post(mintUrl(base), '\u0001', 'application/octet-stream'))
    expect(record.payload).toStrictEqual({ base64: 'AQ==' })
  })

  test('HEAD has the outcome head, the hook and no payload', async () => {
    const record = await collectRecord((base) => fetch(mintUrl(base), { method: 'HEAD' }))
    expect(record).toMatchObject({ method: 'HEAD', status: 200, outcome: 'head', hook: { command: '/onWebhook' } })
    expect(record).not.toHaveProperty('payload')
  })

  test('a rejection has its code and error', async () => {
    const record = await collectRecord((base) => post(`${base}/x`, ''))
    const error = { code: 'no_token', message: expect.any(String), fix: expect.any(String) }
    expect(record).toMatchObject({ status: 404, outcome: 'rejected', code: 'no_token', error, target: '/x' })
    expect(record).not.toHaveProperty('hook')
  })

  test('a rejection after the signature is verified has the hook', async () => {
    const record = await collectRecord((base) => fetch(mintUrl(base)))
    expect(record).toMatchObject({ outcome: 'rejected', code: 'method_not_allowed', hook: { command: '/onWebhook' } })
  })
})

test('listen --once ends after the first valid hook and prints only its payload', async () => {
  const { program, base } = await startListen(['--once'], env)
  await post(`${mintUrl(base)}x`, '{}')
  await post(mintUrl(base), '{"order_id":"A1"}')
  const { stdout, exit } = await program.ended
  expect(stdout).toBe('{"order_id":"A1"}\n')
  expect(exit).toBe(0)
})

test('a port that is in use is an error that names a free one', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const options = { env: { ...env, HOOKURL_KEYS: testKeys } }
  const { stderr, exit } = await runInProcess(['listen', '--port', String(port)], options)
  server.close()
  expect(stderr).toMatch(
    new RegExp(`^error: port ${port} is already in use\\n {2}fix: Use --port \\d+, which is free\\.\\n$`),
  )
  expect(exit).toBe(2)
})

// Signals belong to a process.
describe('the process of listen', () => {
  let listen: StartedListen | undefined
  afterEach(() => killListen(listen))

  test('Ctrl-C ends it at once with exit code 130, although a browser keeps a connection open', async () => {
    listen = await spawnListen([], env)
    const socket = connect(Number(new URL(listen.base).port), '127.0.0.1')
    await once(socket, 'connect')
    // Closing the connection can be an error on this side.
    socket.on('error', () => {})
    listen.program.kill('SIGINT')
    expect((await listen.program.ended).exit).toBe(130)
    socket.destroy()
  })

  test('SIGTERM ends it with exit code 143, and active requests finish first', async () => {
    listen = await spawnListen([], env)
    const url = new URL(mintUrl(listen.base))
    const socket = connect(Number(url.port), '127.0.0.1')
    let response = ''
    socket.setEncoding('utf8').on('data', (text: string) => (response += text))
    const head = `POST ${url.pathname} HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n`
    socket.write(`${head}Expect: 100-continue\r\n\r\n`)
    // The 100 shows that the request is active.
    await once(socket, 'data')
    listen.program.kill('SIGTERM')
    const { base } = listen
    await vi.waitFor(() => expect(fetch(base)).rejects.toThrow('fetch failed'), { timeout: 5000 })
    socket.write('abcd')
    const { stderr, exit } = await listen.program.ended
    expect(response).toContain('HTTP/1.1 200 ')
    expect(stderr).toContain('  abcd  ')
    expect(exit).toBe(143)
  })
})
