import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { createMinter } from '@hookurl/core'
import type { Detail, Event, Summary } from '@hookurl/presentation/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createStore } from '../src/inspector/history.ts'
import { makeHome, type RunningProgram, run, start, testKeys } from './support/run.ts'

const home = makeHome()
const env = { HOME: home.path, HOOKURL_KEYS: testKeys }
let program: RunningProgram
let receiver: string
let base: URL
let secret: string

interface Asked {
  readonly path?: string
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

/** Asks with headers that fetch would not send. */
async function ask({
  path = '/api/entries/1',
  method,
  headers,
  body,
}: Asked): Promise<{ status: number; text: string }> {
  const asked = request(new URL(path, base), {
    method,
    headers: { 'hookurl-inspector': secret, ...headers },
    agent: false,
  })
  asked.end(body)
  const [response] = await once(asked, 'response')
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) text += chunk
  return { status: response.statusCode, text }
}

/** The newest entry of this kind, as soon as it is there. */
async function arrived(wanted: Partial<Summary>): Promise<Detail> {
  for (;;) {
    const [newest] = (await list()).filter((entry) => isMatch(entry, wanted)).reverse()
    if (newest !== undefined) return JSON.parse((await ask({ path: `/api/entries/${newest.id}` })).text)
  }
}

function isMatch(entry: Summary, wanted: Partial<Summary>): boolean {
  return Object.entries(wanted).every(([name, value]) => entry[name as keyof Summary] === value)
}

async function list(): Promise<readonly Summary[]> {
  const response = await fetch(new URL('/api/events', base), { headers: { 'hookurl-inspector': secret } })
  let text = ''
  for await (const chunk of (response.body as ReadableStream).pipeThrough(new TextDecoderStream())) {
    text += chunk
    if (text.includes('\n')) break
  }
  const hello: Event = JSON.parse(text.slice(0, text.indexOf('\n')))
  return hello.kind === 'hello' ? hello.entries : []
}

function mint(command: string): string {
  return createMinter({ keys: testKeys, baseUrl: receiver, expiresIn: '1d' }).mintSync({ command })
}

beforeAll(async () => {
  program = start(
    ['listen', '--host', '0.0.0.0', '--port', '0', '--inspector-port', '0', '--max-body-size', '100000'],
    {
      env,
    },
  )
  const said = await program.waitForStderr(/other machines/)
  receiver = `http://127.0.0.1:${/0\.0\.0\.0:(\d+)/.exec(said)?.[1]}`
  base = new URL((/http:\/\/127\.0\.0\.1:\d+\/#\S+/.exec(said) as RegExpExecArray)[0])
  secret = base.hash.slice(1)
  await fetch(mint('/first'), { method: 'POST', body: 'secret words', headers: { 'content-type': 'text/plain' } })
  await arrived({ command: '/first' })
})
afterAll(async () => {
  program.kill('SIGINT')
  await program.ended
  home.remove()
})

describe('the server of the inspector page', () => {
  test('answers whoever knows the secret of the run', async () => {
    const { status, text } = await ask({})
    expect(status).toBe(200)
    expect(JSON.parse(text)).toMatchObject({ command: '/first', payload: 'secret words', ran: true, status: 200 })
    expect(text).not.toContain(testKeys)
  })

  const strangers: readonly (readonly [string, Record<string, string>, number])[] = [
    ['another Host, as after DNS rebinding', { host: 'rebound.example' }, 421],
    ['another port in Host', { host: '127.0.0.1:1' }, 421],
    ['another Origin', { origin: 'https://elsewhere.example' }, 403],
    ['the Origin of the receiver', { origin: 'http://127.0.0.1:8787' }, 403],
    ['an opaque Origin', { origin: 'null' }, 403],
    ['another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, 403],
    ['the receiver, which a browser calls the same site', { 'sec-fetch-site': 'same-site' }, 403],
    ['no secret', { 'hookurl-inspector': '' }, 401],
    ['a wrong secret', { 'hookurl-inspector': 'A'.repeat(32) }, 401],
  ]
  for (const [what, headers, status] of strangers) {
    test(`gives nothing to ${what}`, async () => {
      const paths = ['/api/entries/1', '/api/events']
      const posts = ['/api/entries/1/replay', '/api/verify', '/api/mint']
      const asked = [
        ...paths.map((path) => ask({ path, headers })),
        ...posts.map((path) => ask({ path, headers, method: 'POST', body: '{}' })),
      ]
      for (const answer of await Promise.all(asked)) {
        expect(answer.status).toBe(status)
        expect(answer.text).not.toMatch(/secret words|first|hooks/)
      }
    })
  }

  test('lets no other origin read, frame or script its page', async () => {
    const { headers } = await fetch(base)
    expect(headers.get('access-control-allow-origin')).toBeNull()
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self';")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toMatch(/unsafe|\*|data: 'self' http/)
    const preflight = await ask({ method: 'OPTIONS', headers: { origin: 'https://elsewhere.example' } })
    expect(preflight.status).toBe(403)
  })

  test('serves its own files and no others', async () => {
    for (const path of ['/', '/page.js', '/page.css', '/icon.svg']) expect((await ask({ path })).status).toBe(200)
    for (const path of ['/../package.json', '/%2e%2e/package.json', '/page.js/', '/__proto__', '/api/'])
      expect((await ask({ path })).status, path).toBe(404)
  })

  const own = Object.values(networkInterfaces()).flatMap((each) => each ?? [])
  const outside = own.find(({ internal, family }) => !internal && family === 'IPv4')?.address
  test('is on loopback only, also where the receiver is on every address', async (context) => {
    if (outside === undefined) return context.skip('this machine has no address but loopback')
    expect((await fetch(receiver.replace('127.0.0.1', String(outside)))).status).toBe(404)
    const socket = connect(Number(base.port), outside)
    const [error] = await once(socket, 'error')
    expect(error.code).toBe('ECONNREFUSED')
  })

  test('keeps the bytes of a request as they came, also of one that was refused, and replays them', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index)
    const type = { 'content-type': 'application/octet-stream', 'X-Twice': 'a' }
    await fetch(mint('/bytes'), { method: 'POST', body: bytes, headers: type })
    await fetch(`${mint('/bytes')}x`, { method: 'POST', body: '{"a":"\\/"}', headers: type })
    const good = await arrived({ command: '/bytes' })
    const refused = await arrived({ verdict: 'malformed_token' })
    expect(Buffer.from(good.body.base64, 'base64').equals(bytes)).toBe(true)
    expect(good.payload).toStrictEqual({ base64: Buffer.from(bytes).toString('base64') })
    expect(refused).toMatchObject({ verdict: 'malformed_token', status: 400, body: { isWhole: true, length: 10 } })
    const replayed = await ask({ path: `/api/entries/${good.id}/replay`, method: 'POST', body: '{}' })
    expect(JSON.parse(replayed.text)).toStrictEqual({ status: 200 })
    await expect.poll(async () => (await arrived({ command: '/bytes' })).id).toBeGreaterThan(good.id)
    const again = await arrived({ command: '/bytes' })
    expect(again.body).toStrictEqual(good.body)
    const headersOf = ({ headers }: Detail): unknown =>
      headers.filter(([name]) => !/^(?:connection|content-length)$/i.test(name))
    expect(headersOf(again)).toStrictEqual(headersOf(good))
  })

  test('does not replay what did not arrive whole', async () => {
    await fetch(mint('/large'), { method: 'POST', body: 'x'.repeat(300_000) })
    const large = await arrived({ verdict: 'body_too_large' })
    expect(large.body).toMatchObject({ isWhole: false, length: 300_000 })
    const replayed = await ask({ path: `/api/entries/${large.id}/replay`, method: 'POST', body: '{}' })
    expect(JSON.parse(replayed.text)).toHaveProperty('error.message', 'its bytes are not all here')
  })

  test('mints and verifies for the page, and says what is wrong with what it was asked', async () => {
    const order = {
      command: '/x',
      userId: '',
      content: '',
      contentIsJson: false,
      redirectTo: '',
      expiresIn: '1h',
      uses: '',
    }
    const rest = { allowGet: false, encrypt: true, baseUrl: receiver }
    const send = async (path: string, question: object): Promise<Record<string, unknown>> => {
      return JSON.parse((await ask({ path, method: 'POST', body: JSON.stringify(question) })).text)
    }
    const { url } = await send('/api/mint', { ...order, ...rest })
    expect(await send('/api/verify', { text: url })).toStrictEqual({ valid: true, key: '1 of 1' })
    expect(await send('/api/verify', { text: 'x' })).toMatchObject({ valid: false, error: { code: 'malformed_token' } })
    const refused = [
      { command: '' },
      { redirectTo: 'javascript:1' },
      { expiresIn: 'x' },
      { content: '{', contentIsJson: true },
    ]
    for (const wrong of refused) {
      expect(await send('/api/mint', { ...order, ...rest, ...wrong })).toHaveProperty('error.fix')
    }
    expect(await send('/api/mint', [])).toHaveProperty('error.code', 'invalid_option')
  })
})

describe('listen, with its inspector', () => {
  test('says which port is free where the one asked for the page is taken, and leaves nothing running', async () => {
    const { stderr, exit } = await run(['listen', '--port', '0', '--inspector-port', base.port], { env })
    expect(stderr).toMatch(/^error: port \d+ is taken\n {2}fix: Use --inspector-port \d+, which is free\.\n$/)
    expect(exit).toBe(2)
  })

  test('does without it when asked to', async () => {
    const other = start(['listen', '--port', '0', '--no-inspector'], { env })
    await other.waitForStderr(/Mint for it/)
    other.kill('SIGINT')
    expect((await other.ended).stderr).not.toContain('Inspect')
  })

  test('ends at once on Ctrl-C although a page is open', async () => {
    const other = start(['listen', '--port', '0', '--inspector-port', '0'], { env })
    const said = await other.waitForStderr(/Inspect what arrives at \S+\n/)
    const page = new URL((/http:\S+#\S+/.exec(said) as RegExpExecArray)[0])
    const headers = { 'hookurl-inspector': page.hash.slice(1) }
    const events = await fetch(new URL('/api/events', page), { headers })
    other.kill('SIGINT')
    expect(await events.text()).toMatch(/^\{"kind":"hello"/)
    expect((await other.ended).exit).toBe(130)
  })
})

describe('what is kept', () => {
  const entry = (id: number, base64 = ''): Detail => ({
    id,
    time: '',
    method: 'POST',
    target: '/',
    status: 200,
    verdict: 'valid',
    ran: true,
    bytes: base64.length,
    durationMs: 1,
    url: '/',
    headers: [],
    body: { base64, length: base64.length, isWhole: true },
    answer: { headers: [], body: { base64: '', length: 0, isWhole: true } },
  })

  test('is the last 500', () => {
    const store = createStore()
    for (let count = 0; count < 510; count++) store.add(entry)
    expect(store.list().map(({ id }) => id)).toStrictEqual(Array.from({ length: 500 }, (_, index) => index + 11))
    expect([store.find(10), store.find(11)?.id]).toStrictEqual([undefined, 11])
  })

  test('is without the bytes of the oldest where there are too many, never without those of the newest', () => {
    const store = createStore({ kept: 500, characters: 100 })
    for (let count = 0; count < 3; count++) store.add((id) => entry(id, 'x'.repeat(40)))
    expect([1, 2, 3].map((id) => store.find(id)?.body.isWhole)).toStrictEqual([false, true, true])
    store.add((id) => entry(id, 'x'.repeat(400)))
    expect([2, 3, 4].map((id) => store.find(id)?.body.isWhole)).toStrictEqual([false, false, true])
    expect(store.list()).toHaveLength(4)
  })
})
