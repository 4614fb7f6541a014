import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { createMinter } from '@hookurl/core'
import type {
  BodyPart,
  MintRequest,
  RequestDetail,
  RequestSummary,
  StreamMessage,
} from '@hookurl/presentation/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createMintRequest } from './support/inspector.ts'
import { makeHome, type RunningProgram, run, start, testKeys } from './support/run.ts'

const home = makeHome()
const env = { HOME: home.path, HOOKURL_KEYS: testKeys }
let program: RunningProgram
let receiver: string
let inspector: URL
let secret: string

interface ApiCall {
  readonly path?: string
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

interface ApiResponse {
  readonly status: number
  readonly text: string
}

/** Sends a request to the inspector, also with headers that fetch does not allow. */
async function callInspector({ path = '/api/requests/1', method, headers, body }: ApiCall): Promise<ApiResponse> {
  const call = request(new URL(path, inspector), {
    method,
    headers: { 'hookurl-inspector': secret, ...headers },
    agent: false,
  })
  call.end(body)
  const [response] = await once(call, 'response')
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) text += chunk
  return { status: response.statusCode, text }
}

async function fetchBytes(id: number, part: BodyPart): Promise<Buffer> {
  const headers = { 'hookurl-inspector': secret }
  const response = await fetch(new URL(`/api/requests/${id}/${part}`, inspector), { headers })
  expect(response.headers.get('content-type')).toBe('application/octet-stream')
  return Buffer.from(await response.arrayBuffer())
}

async function postJson(path: string, body: object): Promise<Record<string, unknown>> {
  const { text } = await callInspector({ path, method: 'POST', body: JSON.stringify(body) })
  return JSON.parse(text)
}

/** Waits for a request with these fields and returns the newest one. */
async function findRequest(fields: Partial<RequestSummary>): Promise<RequestDetail> {
  for (;;) {
    const newest = (await listRequests()).findLast((summary) => hasFields(summary, fields))
    if (newest !== undefined) return JSON.parse((await callInspector({ path: `/api/requests/${newest.id}` })).text)
  }
}

function hasFields(summary: RequestSummary, fields: Partial<RequestSummary>): boolean {
  return Object.entries(fields).every(([name, value]) => summary[name as keyof RequestSummary] === value)
}

async function listRequests(): Promise<readonly RequestSummary[]> {
  const response = await fetch(new URL('/api/events', inspector), { headers: { 'hookurl-inspector': secret } })
  let text = ''
  for await (const chunk of (response.body as ReadableStream).pipeThrough(new TextDecoderStream())) {
    text += chunk
    if (text.includes('\n')) break
  }
  const message: StreamMessage = JSON.parse(text.slice(0, text.indexOf('\n')))
  return message.type === 'start' ? message.requests : []
}

function mintUrl(command: string): string {
  return createMinter({ keys: testKeys, baseUrl: receiver, expiresIn: '1d' }).mintSync({ command })
}

beforeAll(async () => {
  const args = ['listen', '--host', '0.0.0.0', '--port', '0', '--inspector-port', '0', '--max-body-size', '100000']
  program = start(args, { env })
  const stderr = await program.waitForStderr(/other machines/)
  receiver = `http://127.0.0.1:${/0\.0\.0\.0:(\d+)/.exec(stderr)?.[1]}`
  inspector = new URL((/http:\/\/127\.0\.0\.1:\d+\/#\S+/.exec(stderr) as RegExpExecArray)[0])
  secret = inspector.hash.slice(1)
  const headers = { 'content-type': 'text/plain' }
  await fetch(mintUrl('/first'), { method: 'POST', body: 'secret words', headers })
  await findRequest({ command: '/first' })
})
afterAll(async () => {
  program.kill('SIGINT')
  await program.ended
  home.remove()
})

describe('the inspector API', () => {
  test('returns a request to a client with the secret', async () => {
    const { status, text } = await callInspector({})
    expect(status).toBe(200)
    const expected = { command: '/first', about: 'secret words', outcome: 'handled', status: 200 }
    expect(JSON.parse(text)).toMatchObject(expected)
  })

  test('never returns a key', async () => {
    expect((await callInspector({})).text).not.toContain(testKeys)
  })

  const untrustedHeaders: readonly (readonly [string, Record<string, string>, number])[] = [
    ['another Host, as in DNS rebinding', { host: 'rebound.example' }, 421],
    ['another port in Host', { host: '127.0.0.1:1' }, 421],
    ['another Origin', { origin: 'https://elsewhere.example' }, 403],
    ['the Origin of the receiver', { origin: 'http://127.0.0.1:8787' }, 403],
    ['an opaque Origin', { origin: 'null' }, 403],
    ['Sec-Fetch-Site: cross-site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, 403],
    ['Sec-Fetch-Site: same-site, as from the receiver', { 'sec-fetch-site': 'same-site' }, 403],
    ['no secret', { 'hookurl-inspector': '' }, 401],
    ['a wrong secret', { 'hookurl-inspector': 'A'.repeat(32) }, 401],
  ]
  for (const [name, headers, status] of untrustedHeaders) {
    test(`rejects a request with ${name} with ${status}`, async () => {
      const bodyPaths = ['body', 'response-body', 'payload'].map((part) => `/api/requests/1/${part}`)
      const getPaths = ['/api/requests/1', ...bodyPaths, '/api/events']
      const postNames = ['requests/1/replay', 'send', 'search', 'export', 'clear', 'verify', 'mint']
      const postPaths = postNames.map((name) => `/api/${name}`)
      const calls = [
        ...getPaths.map((path) => callInspector({ path, headers })),
        ...postPaths.map((path) => callInspector({ path, headers, method: 'POST', body: '{}' })),
      ]
      for (const response of await Promise.all(calls)) {
        expect(response.status).toBe(status)
        expect(response.text).not.toMatch(/secret words|first|hooks/)
      }
    })
  }

  test('rejects a CORS preflight request with 403', async () => {
    const { status } = await callInspector({ method: 'OPTIONS', headers: { origin: 'https://elsewhere.example' } })
    expect(status).toBe(403)
  })

  test('verifies a URL that it has minted', async () => {
    const { url } = await postJson('/api/mint', createMintRequest({ encrypt: true, baseUrl: receiver }))
    expect(await postJson('/api/verify', { input: url })).toStrictEqual({ valid: true, key: '1 of 1' })
  })

  test('returns the error code of an invalid URL', async () => {
    const expected = { valid: false, error: { code: 'malformed_token' } }
    expect(await postJson('/api/verify', { input: 'x' })).toMatchObject(expected)
  })

  const invalidFields: readonly Partial<MintRequest>[] = [
    { command: '' },
    { redirectTo: 'javascript:1' },
    { expiresIn: 'x' },
    { content: '{', contentIsJson: true },
  ]
  for (const fields of invalidFields) {
    test(`rejects a mint request with ${JSON.stringify(fields)} and suggests a fix`, async () => {
      expect(await postJson('/api/mint', createMintRequest(fields))).toHaveProperty('error.fix')
    })
  }

  test('rejects a mint request without fields', async () => {
    expect(await postJson('/api/mint', [])).toHaveProperty('error.code', 'invalid_option')
  })
})

describe('the inspector page', () => {
  test('has no CORS headers', async () => {
    const { headers } = await fetch(inspector)
    expect(headers.get('access-control-allow-origin')).toBeNull()
  })

  test('has a content security policy that allows neither framing nor foreign scripts', async () => {
    const { headers } = await fetch(inspector)
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self';")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toMatch(/unsafe|\*|data: 'self' http/)
  })

  for (const path of ['/', '/page.js', '/code-editor.js', '/shared.js', '/page.css', '/icon.svg']) {
    test(`serves ${path}`, async () => {
      expect((await callInspector({ path })).status).toBe(200)
    })
  }

  for (const path of ['/../package.json', '/%2e%2e/package.json', '/page.js/', '/__proto__', '/api/']) {
    test(`responds to ${path} with 404`, async () => {
      expect((await callInspector({ path })).status).toBe(404)
    })
  }

  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? [])
  const externalAddress = addresses.find(({ internal, family }) => !internal && family === 'IPv4')?.address
  test('is served on loopback only, even if the receiver listens on every address', async (context) => {
    if (externalAddress === undefined) return context.skip('this machine has no address but loopback')
    expect((await fetch(receiver.replace('127.0.0.1', externalAddress))).status).toBe(404)
    const socket = connect(Number(inspector.port), externalAddress)
    const [error] = await once(socket, 'error')
    expect(error.code).toBe('ECONNREFUSED')
  })
})

describe('a recorded request', () => {
  const allBytes = Uint8Array.from({ length: 256 }, (_, index) => index)
  const headers = { 'content-type': 'application/octet-stream', 'X-Twice': 'a' }
  const sendAllBytes = async (): Promise<RequestDetail> => {
    await fetch(mintUrl('/bytes'), { method: 'POST', body: allBytes, headers })
    return findRequest({ command: '/bytes' })
  }

  test('has the body byte for byte', async () => {
    const { id } = await sendAllBytes()
    expect((await fetchBytes(id, 'body')).equals(allBytes)).toBe(true)
  })

  test('has the body even if the request was rejected', async () => {
    await fetch(`${mintUrl('/bytes')}x`, { method: 'POST', body: '{"a":"\\/"}', headers })
    const rejected = await findRequest({ code: 'malformed_token' })
    expect(rejected).toMatchObject({ outcome: 'rejected', status: 400, body: { isComplete: true, length: 10 } })
  })

  test('is replayed with the same headers and body', async () => {
    const original = await sendAllBytes()
    const { status, id } = await postJson(`/api/requests/${original.id}/replay`, {})
    expect(status).toBe(200)
    const replayed = await findRequest({ id: id as number })
    const getHeaders = (detail: RequestDetail): unknown =>
      detail.headers.filter(([name]) => !/^(?:connection|content-length)$/i.test(name))
    expect(replayed.resentFrom).toBe(original.id)
    expect(replayed.deliveryKey).toBe(original.deliveryKey)
    expect((await fetchBytes(replayed.id, 'body')).equals(allBytes)).toBe(true)
    expect(getHeaders(replayed)).toStrictEqual(getHeaders(original))
  })

  test('is not replayed if its body is incomplete', async () => {
    await fetch(mintUrl('/large'), { method: 'POST', body: 'x'.repeat(300_000) })
    const large = await findRequest({ code: 'body_too_large' })
    expect(large.body).toMatchObject({ isComplete: false, length: 300_000 })
    const result = await postJson(`/api/requests/${large.id}/replay`, {})
    expect(result).toHaveProperty('error.code', 'incomplete_body')
  })
})

describe('a request that the page sends', () => {
  const send = (fields: object): Promise<Record<string, unknown>> => postJson('/api/send', fields)
  const toPath = (url: string): string => url.slice(receiver.length)
  const json = [['Content-Type', 'application/json']]

  test('has the given method, headers and body', async () => {
    const body = Buffer.from('{"changed":true}').toString('base64')
    const url = toPath(mintUrl('/sent'))
    const { id, status } = await send({ method: 'POST', url, headers: [...json, ['X-New', 'ä']], body })
    expect(status).toBe(200)
    const sent = await findRequest({ id: id as number })
    expect(sent).toMatchObject({ method: 'POST', command: '/sent', url })
    expect(sent.headers).toContainEqual(['X-New', 'ä'])
    expect((await fetchBytes(sent.id, 'body')).toString()).toBe('{"changed":true}')
  })

  test('has the body of the request it comes from, if none is given', async () => {
    const { id } = await send({ method: 'POST', url: toPath(mintUrl('/sent')), headers: json, from: 1 })
    const sent = await findRequest({ id: id as number })
    expect(sent.resentFrom).toBe(1)
    expect((await fetchBytes(sent.id, 'body')).toString()).toBe('secret words')
  })

  test('can be larger than other requests of the page', async () => {
    const body = Buffer.alloc(500_000, 'x').toString('base64')
    const { status, error } = await send({ method: 'POST', url: toPath(mintUrl('/sent')), headers: [], body })
    expect({ status, error }).toEqual({ status: 413, error: undefined })
  })

  const other = 'http://127.0.0.1:9'
  test.each([
    ['an absolute URL', { method: 'POST', url: `${other}/a`, headers: [] }],
    ['a URL of another host', { method: 'POST', url: `@127.0.0.1:9/a`, headers: [] }],
    ['a line break in the URL', { method: 'POST', url: '/a\r\nX: 1', headers: [] }],
    ['a line break in a header', { method: 'POST', url: '/a', headers: [['x', 'a\r\nb: c']] }],
    ['a method that is none', { method: 'PO ST', url: '/a', headers: [] }],
    ['headers that are no pairs', { method: 'POST', url: '/a', headers: [['x']] }],
    ['no headers', { method: 'POST', url: '/a' }],
    ['no URL', { method: 'POST', headers: [] }],
    ['nothing', {}],
  ])('is not sent with %s', async (_, fields) => {
    expect(await send(fields)).toHaveProperty('error.message')
  })
})

describe('the requests of a run', () => {
  test('are searched for a value in a body and in a header', async () => {
    await fetch(mintUrl('/search'), { method: 'POST', body: 'Needle 1', headers: { 'x-find': 'Needle 2' } })
    const { id } = await findRequest({ command: '/search' })
    expect(await postJson('/api/search', { filter: '"needle 1"' })).toEqual({ ids: [id] })
    expect(await postJson('/api/search', { filter: 'header:x-find="needle 2"' })).toEqual({ ids: [id] })
    expect(await postJson('/api/search', { filter: 'header:x-find="needle 1"' })).toEqual({ ids: [] })
    expect(await postJson('/api/search', { filter: '"needle 2"' })).toEqual({ ids: [id] })
  })

  test('are exported, or those with certain IDs', async () => {
    const har = await postJson('/api/export', { format: 'har', ids: [1] })
    expect(har).toHaveProperty('log.entries.length', 1)
    const { text } = await callInspector({ path: '/api/export', method: 'POST', body: '{"format":"ndjson"}' })
    expect(text.trimEnd().split('\n').length).toBe((await listRequests()).length)
  })

  test('are not exported in an unknown format', async () => {
    const { status } = await callInspector({ path: '/api/export', method: 'POST', body: '{"format":"exe"}' })
    expect(status).toBe(404)
  })

  test('are cleared', async () => {
    await postJson('/api/clear', {})
    expect(await listRequests()).toEqual([])
  })
})

describe('hookurl listen', () => {
  test('keeps the secret of the inspector with --inspector-secret-file', async () => {
    const args = [
      'listen',
      '--port',
      '0',
      '--inspector-port',
      '0',
      '--inspector-secret-file',
      join(home.path, 'secret'),
    ]
    const secrets: string[] = []
    for (let count = 0; count < 2; count++) {
      const other = start(args, { env })
      const stderr = await other.waitForStderr(/Inspector: \S+\n/)
      secrets.push(/#(\S+)/.exec(stderr)?.[1] ?? '')
      other.kill('SIGINT')
      await other.ended
    }
    expect(secrets[0]).toMatch(/^[\w-]{32}$/)
    expect(secrets[1]).toBe(secrets[0])
  })

  test('suggests a free port if the inspector port is taken, and exits', async () => {
    const { stderr, exit } = await run(['listen', '--port', '0', '--inspector-port', inspector.port], { env })
    expect(stderr).toMatch(/^error: port \d+ is already in use\n {2}fix: Use --inspector-port \d+, which is free\.\n$/)
    expect(exit).toBe(2)
  })

  test('starts no inspector with --no-inspector', async () => {
    const other = start(['listen', '--port', '0', '--no-inspector'], { env })
    await other.waitForStderr(/To mint URLs for this receiver/)
    other.kill('SIGINT')
    expect((await other.ended).stderr).not.toContain('Inspector')
  })

  test('exits at once on SIGINT even if an inspector page is open', async () => {
    const other = start(['listen', '--port', '0', '--inspector-port', '0'], { env })
    const stderr = await other.waitForStderr(/Inspector: \S+\n/)
    const page = new URL((/http:\S+#\S+/.exec(stderr) as RegExpExecArray)[0])
    const events = await fetch(new URL('/api/events', page), { headers: { 'hookurl-inspector': page.hash.slice(1) } })
    other.kill('SIGINT')
    expect(await events.text()).toMatch(/^\{"type":"start"/)
    expect((await other.ended).exit).toBe(130)
  })
})
