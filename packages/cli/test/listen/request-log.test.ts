import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { createMinter } from '@hookurl/core'
import { afterAll, describe, expect, test } from 'vitest'
import { parseJsonLines } from '../support/parse-json-lines.ts'
import { makeHome, testKeys } from '../support/run.ts'
import { listenWhile, mintUrl } from '../support/start-listen.ts'

const home = makeHome()
const env = { HOME: home.path }
afterAll(home.remove)

interface Sent {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string
  readonly query?: string
}

function mint(base: string, options: object = {}): string {
  return createMinter({ keys: testKeys, baseUrl: base, expiresIn: '1d' }).mintSync({ command: '/a', ...options })
}

/** Sends a request without the headers that fetch adds, and returns its status. */
async function send(url: string, { method = 'POST', headers = {}, body = '', query = '' }: Sent): Promise<number> {
  const outgoing = request(url + query, { method, headers, agent: false })
  outgoing.end(body)
  const [response] = await once(outgoing, 'response')
  response.resume()
  await once(response, 'close')
  return response.statusCode
}

const browser = { 'sec-fetch-mode': 'navigate', accept: 'text/html' }
const json = { 'content-type': 'application/json' }

/** Requests that do not run the handler, and the reason that is logged. */
const reasons: readonly (readonly [what: string, reason: string, sent: Sent])[] = [
  ['a confirm page', 'not run: confirm page', { method: 'GET', headers: browser }],
  ['a handshake by GET', 'not run: handshake of Meta', { method: 'GET', query: '?hub.mode=subscribe&hub.challenge=1' }],
  [
    'a handshake by POST',
    'not run: handshake of Slack',
    { headers: json, body: '{"type":"url_verification","challenge":"x","token":"y"}' },
  ],
  [
    'a handshake by OPTIONS',
    'not run: handshake of CloudEvents',
    { method: 'OPTIONS', headers: { 'webhook-request-origin': 'e.example' } },
  ],
  ['HEAD', 'not run: HEAD', { method: 'HEAD' }],
  ['OPTIONS', 'not run: OPTIONS', { method: 'OPTIONS' }],
  ['a prefetch', 'not run: prefetch', { method: 'GET', headers: { ...browser, 'sec-purpose': 'prefetch' } }],
  [
    'a link preview',
    'not run: link preview',
    { method: 'GET', headers: { 'user-agent': 'Slackbot-LinkExpanding 1.0' } },
  ],
  ['a method that is not allowed', 'the URL does not allow this method (method_not_allowed)', { method: 'PUT' }],
  ['a body that is not JSON', 'the body', { headers: json, body: '{' }],
]

describe('the log of listen', () => {
  test.each(reasons)('%s is logged with its reason', async (_what, reason, sent) => {
    const { stderr } = await listenWhile([], env, (base) => send(mint(base), sent))
    expect(stderr.split('\n').at(-2)).toContain(`  /a  ${reason}`)
  })

  test('a URL that was used up is logged as such, and a retry as a duplicate', async () => {
    const { stderr } = await listenWhile([], env, async (base) => {
      const url = mint(base, { maxUses: 1 })
      const headers = { ...json, 'webhook-id': 'one' }
      await send(url, { headers, body: '1' })
      await send(url, { headers, body: '1' })
      await send(url, { headers: { ...json, 'webhook-id': 'two' }, body: '2' })
    })
    const [, second, third] = stderr.trimEnd().split('\n').slice(-3)
    expect(second).toContain('POST 200  /a  not run: duplicate delivery')
    expect(third).toContain('POST 410  /a  the URL has no uses left (already_used)')
  })

  test('a caller that hung up is logged as disconnected, without a status', async () => {
    const { stderr } = await listenWhile(['--exec', 'sleep 0.5'], env, async (base) => {
      const { port, pathname } = new URL(mint(base))
      const socket = connect(Number(port), '127.0.0.1')
      socket.on('error', () => {})
      socket.write(`POST ${pathname} HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n1`)
      await once(socket, 'connect')
      await new Promise((resolve) => setTimeout(resolve, 200))
      socket.destroy()
      await new Promise((resolve) => setTimeout(resolve, 700))
    })
    expect(stderr.split('\n').at(-2)).toMatch(/POST --- {2}\/a {2}client disconnected {2}/)
  })

  test('a response that its application cut off is logged as such, with the status that was sent', async () => {
    const application = createServer((_request, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('half')
      setTimeout(() => response.destroy(), 100)
    }).listen(0, '127.0.0.1')
    await once(application, 'listening')
    const { port } = application.address() as AddressInfo
    const { stdout } = await listenWhile(['--json', '--forward', `http://127.0.0.1:${port}`], env, async (base) => {
      await fetch(mint(base), { method: 'POST', body: '1' })
        .then((response) => response.text())
        .catch(() => undefined)
    })
    application.close()
    expect(JSON.parse(stdout)).toMatchObject({ status: 200, interruption: 'response_cut_off' })
  })

  test('a program that fails is logged with the status that was sent', async () => {
    const { stderr } = await listenWhile(['--exec', 'exit 3'], env, (base) => send(mint(base), { body: '1' }))
    expect(stderr.split('\n').at(-2)).toContain('POST 500  /a')
  })
})

describe('an uploaded file', () => {
  function upload(base: string): Promise<Response> {
    const body = new FormData()
    body.set('photo', new File([new Uint8Array([0, 255, 10])], 'cat.png', { type: 'image/png' }))
    return fetch(mint(base), { method: 'POST', body })
  }

  test('is logged with its name and size', async () => {
    const { stderr } = await listenWhile([], env, upload)
    expect(stderr).toContain('photo: cat.png (3 bytes)')
  })

  test('has its name, type and size with -v', async () => {
    const { stderr } = await listenWhile(['-v'], env, upload)
    expect(stderr).toContain('payload {"photo":{"name":"cat.png","type":"image/png","size":3}}')
  })

  test('also has its bytes in base64 with --json', async () => {
    const { stdout } = await listenWhile(['--json'], env, upload)
    const photo = { name: 'cat.png', type: 'image/png', size: 3, base64: 'AP8K' }
    expect(JSON.parse(stdout).payload).toStrictEqual({ photo })
  })
})

describe('listen --status, --delay and --fail-first', () => {
  const sendMany = (base: string, count: number): Promise<number[]> =>
    Array.from({ length: count }).reduce<Promise<number[]>>(
      async (previous) => [...(await previous), await send(mint(base), { body: '1' })],
      Promise.resolve([]),
    )

  test.each([
    [
      ['--status', '503'],
      [503, 503, 503],
    ],
    [
      ['--fail-first', '2'],
      [500, 500, 200],
    ],
    [
      ['--fail-first', '1', '--status', '429'],
      [429, 200, 200],
    ],
    [
      ['--status', '204'],
      [204, 204, 204],
    ],
    [
      ['--delay', '10ms'],
      [200, 200, 200],
    ],
  ])('%j', async (flags, expected) => {
    let statuses: number[] = []
    await listenWhile(flags, env, async (base) => {
      statuses = await sendMany(base, 3)
    })
    expect(statuses).toStrictEqual(expected)
  })

  test('a failure keeps the use of the URL', async () => {
    const statuses: number[] = []
    await listenWhile(['--fail-first', '1'], env, async (base) => {
      const url = mint(base, { maxUses: 1 })
      for (const body of ['1', '2', '3']) statuses.push(await send(url, { body }))
    })
    expect(statuses).toStrictEqual([500, 200, 410])
  })

  test('a delay is waited for', async () => {
    const { stdout } = await listenWhile(['--delay', '300ms', '--json'], env, (base) => send(mint(base), { body: '1' }))
    expect(JSON.parse(stdout).durationMs).toBeGreaterThan(290)
  })
})

describe('listen --handshake', () => {
  const strava: Sent = { method: 'GET', query: '?hub.mode=subscribe&hub.challenge=c&hub.verify_token=t' }

  test('strava responds with JSON', async () => {
    const bodies: string[] = []
    await listenWhile(['--handshake', 'strava'], env, async (base) => {
      bodies.push(await (await fetch(mint(base) + strava.query)).text())
    })
    expect(bodies).toStrictEqual(['{"hub.challenge":"c"}'])
  })

  test('asana accepts one secret for each hook', async () => {
    const statuses: number[] = []
    const { stderr } = await listenWhile(['--handshake', 'asana,strava'], env, async (base) => {
      const url = mint(base)
      for (const secret of ['one', 'one', 'two']) {
        statuses.push(await send(url, { headers: { 'x-hook-secret': secret } }))
      }
    })
    expect(statuses).toStrictEqual([200, 200, 403])
    expect(stderr).toContain('not run: handshake of Asana')
  })
})

test('requests that log at the same time do not mix with --json', async () => {
  const { stdout } = await listenWhile(['--json'], env, (base) =>
    Promise.all(Array.from({ length: 8 }, (_each, index) => send(mintUrl(base), { headers: json, body: `${index}` }))),
  )
  expect(
    parseJsonLines(stdout)
      .map(({ payload }) => payload)
      .sort(),
  ).toStrictEqual([0, 1, 2, 3, 4, 5, 6, 7])
})
