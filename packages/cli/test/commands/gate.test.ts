import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { createMinter, deriveJwk, type MintOptions } from '@hookurl/core'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { makeHome, type RunningProgram, start, testKeys } from '../support/run.ts'
import { runInProcess, startInProcess } from '../support/run-in-process.ts'

const home = makeHome()
afterAll(home.remove)
const env = { HOME: home.path, HOOKURL_KEYS: testKeys }

const baseUrl = 'https://shop.example.com/hooks'
const minter = createMinter({ keys: testKeys, baseUrl, expiresIn: '1h' })
const navigation = { accept: 'text/html', 'sec-fetch-mode': 'navigate' }
let nextFolder = 0

function mintPath(options: Partial<MintOptions> = {}): string {
  return new URL(minter.mintSync({ command: '/onPayment', userId: 42, ...options })).pathname
}

let gate: RunningProgram | undefined
let origin = ''
afterEach(async () => {
  gate?.kill('SIGINT')
  await gate?.ended
  gate = undefined
})

/** Starts a gate with a use store. Its time limit suits any machine. */
async function startGate(
  proxy: 'nginx' | 'caddy',
  args: readonly string[] = ['--command', '/onPayment'],
): Promise<void> {
  const usesDir = join(home.path, `uses-${nextFolder++}`)
  const flags = ['--proxy', proxy, '--port', '0', '--timeout', '20s', '--uses-dir', usesDir]
  gate = startInProcess(['gate', ...flags, ...args], { env })
  const stderr = await gate.waitForStderr(/Listening on \S+\. |"listening":/)
  origin = /http:\/\/127\.0\.0\.1:\d+/.exec(stderr)?.[0] ?? ''
}

interface GateResponse {
  readonly status: number | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

type HeaderValues = Readonly<Record<string, string | string[]>>

// fetch merges repeated headers.
async function ask(headers: HeaderValues, path = '/'): Promise<GateResponse> {
  const outgoing = request(origin + path, { headers, agent: false })
  outgoing.end()
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  return { status: response.statusCode, headers: response.headers, body: await text(response) }
}

function nginxHeaders(target: string, method = 'POST'): Record<string, string> {
  return { 'x-original-uri': target, 'x-original-method': method }
}

function caddyHeaders(target: string, method = 'POST'): Record<string, string> {
  return { 'x-forwarded-uri': target, 'x-forwarded-method': method }
}

function decodeHook({ headers }: GateResponse): unknown {
  return JSON.parse(Buffer.from(String(headers['hookurl-hook']), 'base64url').toString())
}

/** Signs claims as they are written. */
async function signClaims(claims: string): Promise<string> {
  const { k } = await deriveJwk(testKeys)
  const input = `eyJhbGciOiJIUzI1NiJ9.${Buffer.from(claims).toString('base64url')}`
  return `/hooks/${input}.${createHmac('sha256', Buffer.from(k, 'base64url')).update(input).digest('base64url')}`
}

describe('gate', () => {
  test.each(['nginx', 'caddy'] as const)('responds to %s with 204 and the hook', async (proxy) => {
    await startGate(proxy)
    const response = await ask({ ...nginxHeaders(mintPath()), ...caddyHeaders(mintPath()) })
    expect(response.status).toBe(204)
    expect(decodeHook(response)).toMatchObject({ command: '/onPayment', userId: '42', allowGet: false })
  })

  test('sends numbers in the content as they were signed', async () => {
    await startGate('nginx')
    const target = await signClaims(
      '{"cmd":"/onPayment","cnt":{"id":12345678901234567890,"price":1.0},"exp":4000000000}',
    )
    const { headers } = await ask(nginxHeaders(target))
    const hook = Buffer.from(String(headers['hookurl-hook']), 'base64url').toString()
    expect(hook).toContain('"content":{"id":12345678901234567890,"price":1.0}')
  })

  test("accepts any command with '*'", async () => {
    await startGate('nginx', ['--command', '*'])
    expect((await ask(nginxHeaders(mintPath({ command: '/a' })))).status).toBe(204)
    expect((await ask(nginxHeaders(mintPath({ command: '/b' })))).status).toBe(204)
  })

  test('accepts each command that is listed, and no other', async () => {
    await startGate('nginx', ['--command', '/a', '--command', '/b'])
    const responses = await Promise.all(['/a', '/b', '/c'].map((command) => ask(nginxHeaders(mintPath({ command })))))
    expect(responses.map(({ status }) => status)).toEqual([204, 204, 403])
  })

  test.each([
    ['expired', '', 410],
    ['wrong_command', mintPath({ command: '/refund' }), 403],
    ['no_token', '/hooks/', 404],
    ['not_configured', mintPath({ state: 1 }), 503],
  ])('rejects for nginx with 403, and names the code %s and its status', async (code, path, status) => {
    await startGate('nginx')
    const target = code === 'expired' ? await signClaims('{"cmd":"/onPayment","exp":1}') : path
    const headers = { 'hookurl-result': code, 'hookurl-status': String(status) }
    expect(await ask(nginxHeaders(target))).toMatchObject({ status: 403, headers, body: '' })
  })

  test.each([
    ['wrong_command', mintPath({ command: '/refund' }), 403],
    ['no_token', '/hooks/', 404],
    ['not_configured', mintPath({ requireUser: true }), 503],
  ])('rejects for Caddy with the status and the problem document of %s', async (code, path, status) => {
    await startGate('caddy')
    const response = await ask(caddyHeaders(path))
    expect(response).toMatchObject({ status, headers: { 'hookurl-result': code, 'hookurl-status': String(status) } })
    expect(JSON.parse(response.body)).toMatchObject({ code, status })
  })

  test('never responds to Caddy with 2xx, unless the request may pass', async () => {
    await startGate('caddy')
    const page = await ask({ ...caddyHeaders(mintPath(), 'GET'), ...navigation })
    expect(page).toMatchObject({ status: 403, headers: { 'hookurl-result': 'confirm_page', 'hookurl-status': '200' } })
    expect(page.body).toContain('<form method="post">')
    for (const method of ['HEAD', 'OPTIONS']) {
      expect((await ask(caddyHeaders(mintPath(), method))).status).toBe(403)
    }
    const preview = { ...caddyHeaders(mintPath({ allowGet: true }), 'GET'), 'user-agent': 'TelegramBot' }
    expect((await ask(preview)).status).toBe(403)
  })

  test.each([
    ['confirm_page', 'GET', navigation, 200],
    ['method_not_allowed', 'GET', {}, 405],
    ['head', 'HEAD', {}, 200],
  ] as const)('creates the response for nginx: %s', async (result, method, headers, status) => {
    await startGate('nginx')
    const original = { ...nginxHeaders(mintPath(), method), ...headers }
    expect((await ask(original)).headers['hookurl-result']).toBe(result)
    expect((await ask({ ...original, 'hookurl-result': result }, '/response')).status).toBe(status)
  })

  test.each([
    ['already_used', 410],
    ['duplicate', 200],
    ['in_progress', 503],
    ['store_unavailable', 503],
    ['denied', 503],
    ['reserved', 503],
    ['handled', 503],
    ['', 503],
  ])('the response to a URL that works once, with the result "%s", uses nothing', async (result, status) => {
    await startGate('nginx')
    const original = nginxHeaders(mintPath({ maxUses: 1 }))
    for (let time = 0; time < 2; time++) {
      const response = await ask({ ...original, 'hookurl-result': result }, '/response')
      expect(response.status).toBe(status)
      expect(response.headers['hookurl-hook']).toBeUndefined()
    }
    expect((await ask(original)).status).toBe(204)
    expect((await ask(original)).headers['hookurl-result']).toBe('already_used')
  })

  test('the response to a valid URL is 503, and contains no hook', async () => {
    await startGate('nginx')
    const response = await ask(nginxHeaders(mintPath()), '/response')
    expect(response).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
    expect(response.headers['hookurl-hook']).toBeUndefined()
  })

  test('a URL that requires signed requests passes only with a scheme that sends the secret', async () => {
    await startGate('nginx')
    const url = minter.mintSync({ command: '/onPayment', requireSignature: true })
    const original = nginxHeaders(new URL(url).pathname)
    const secret = minter.signingSecretSync(url, { encoding: 'plain' })
    expect((await ask({ ...original, 'x-gitlab-token': secret })).status).toBe(204)
    const unverifiable: readonly HeaderValues[] = [
      { 'x-gitlab-token': `${secret}A` },
      { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` },
      {},
    ]
    for (const headers of unverifiable) {
      const response = await ask({ ...original, ...headers })
      expect(response).toMatchObject({ status: 403, headers: { 'hookurl-result': 'not_configured' } })
    }
  })

  test.each([
    ['no target', { 'x-original-method': 'POST' }, 'no header X-Original-URI'],
    ['no method', { 'x-original-uri': mintPath() }, 'no header X-Original-Method'],
    ['two targets', { ...nginxHeaders('/'), 'x-original-uri': [mintPath(), mintPath()] }, '2 headers X-Original-URI'],
    ['two methods', { ...nginxHeaders('/'), 'x-original-method': ['POST', 'GET'] }, '2 headers X-Original-Method'],
    ['an empty target', nginxHeaders(''), 'X-Original-URI is not a path'],
    ['a URL as target', nginxHeaders(`https://shop.example.com${mintPath()}`), 'X-Original-URI is not a path'],
    ['an invalid method', nginxHeaders(mintPath(), 'P OST'), 'X-Original-Method is not a method'],
    ["another proxy's headers", caddyHeaders(mintPath()), 'no header X-Original-URI'],
  ] as const)('a request with %s does not pass, and the log has the reason', async (_name, headers, reason) => {
    await startGate('nginx')
    expect((await ask(headers as HeaderValues)).status).toBe(500)
    expect(await gate?.waitForStderr(/nothing passes/)).toContain(reason)
  })

  test('a second target does not get lost among many headers', async () => {
    await startGate('nginx')
    const others = Array.from({ length: 2500 }, () => ['a', '']).flat()
    const { port } = new URL(origin)
    const target = ['host', 'a', 'x-original-uri', mintPath(), 'x-original-method', 'POST']
    const outgoing = request({ port, headers: [...target, ...others, 'x-original-uri', '/hooks/'], agent: false })
    outgoing.end()
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
    response.resume()
    expect(response.statusCode).toBe(500)
    expect(await gate?.waitForStderr(/nothing passes/)).toContain('2 headers X-Original-URI')
  })

  test.each(['/hookurl-gate', mintPath(), '/response/', '//'])('a request to %s does not pass', async (path) => {
    await startGate('nginx')
    expect((await ask(nginxHeaders(mintPath()), path)).status).toBe(500)
    expect(await gate?.waitForStderr(/nothing passes/)).toContain('the path is not /')
  })

  test('ignores the query that Caddy keeps', async () => {
    await startGate('caddy')
    expect((await ask(caddyHeaders(mintPath()), '/?a=1')).status).toBe(204)
  })

  test('logs each request with the status for the client, and no token', async () => {
    await startGate('nginx')
    const path = mintPath()
    await ask(nginxHeaders(path))
    await ask(nginxHeaders(path.slice(0, -1)))
    const stderr = await gate?.waitForStderr(/malformed_token/)
    expect(stderr).toMatch(/^\d\d:\d\d:\d\d {2}POST 204 {2}\/onPayment {2}user 42 {2}[\d.]+ ms$/m)
    expect(stderr).toMatch(/POST 400 {2}the token is cut off: its signature has 42 characters instead of 43/)
    expect(stderr).not.toContain(path.slice(-40))
  })

  test('without --uses-dir, the log of a URL with maxUses names the flag, once', async () => {
    gate = startInProcess(['gate', '--proxy', 'nginx', '--command', '/onPayment', '--port', '0', '--timeout', '20s'], {
      env,
    })
    origin = /http:\/\/127\.0\.0\.1:\d+/.exec(await gate.waitForStderr(/Listening on \S+\. /))?.[0] ?? ''
    await ask(nginxHeaders(mintPath({ maxUses: 1 })))
    gate.kill('SIGINT')
    const { stderr } = await gate.ended
    expect(stderr).toContain('the uses of the URL are limited, but --uses-dir is not set (not_configured)')
    expect(stderr.match(/the uses of the URL are limited/g)).toHaveLength(1)
    expect(stderr).not.toContain('option uses')
  })

  test('--json prints one object per request', async () => {
    await startGate('nginx', ['--command', '/onPayment', '--json'])
    await ask(nginxHeaders(mintPath({ content: { order: 7 } })))
    await ask(nginxHeaders(mintPath({ command: '/refund' })))
    gate?.kill('SIGINT')
    const result = await gate?.ended
    const lines = result?.stdout.trimEnd().split('\n') ?? []
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { method: 'POST', status: 204, outcome: 'handled', hook: { command: '/onPayment', content: { order: 7 } } },
      { method: 'POST', status: 403, outcome: 'rejected', code: 'wrong_command' },
    ])
  })

  test.each([
    [['--command', '/a'], "required option '--proxy <name>' not specified"],
    [['--proxy', 'nginx'], "required option '--command <name>' not specified"],
    [['--proxy', 'apache', '--command', '/a'], "--proxy has no choice 'apache'"],
    [['--proxy', 'nginx', '--command', '*', '--command', '/a'], "'*' cannot be combined with other commands"],
    [['--proxy', 'nginx', '--command', '/a', '--port', '99999'], '--port must be at most 65535'],
    [['--proxy', 'nginx', '--command', '/a', '--timeout', '2d'], '--timeout must be longer than zero'],
  ])('%j is rejected: %s', async (args, message) => {
    const { exit, stderr } = await runInProcess(['gate', ...args], { env })
    expect(exit).toBe(2)
    expect(stderr).toContain(message)
  })

  test('SIGTERM ends the process with 143 once every request has its response', async () => {
    const program = start(['gate', '--proxy', 'nginx', '--command', '/onPayment', '--port', '0'], { env })
    const stderr = await program.waitForStderr(/Listening on \S+\. /)
    origin = /http:\/\/127\.0\.0\.1:\d+/.exec(stderr)?.[0] ?? ''
    expect((await ask(nginxHeaders(mintPath()))).status).toBe(204)
    program.kill('SIGTERM')
    expect(await program.ended).toMatchObject({ exit: 143, stderr: expect.stringContaining('POST 204') })
  })
})
