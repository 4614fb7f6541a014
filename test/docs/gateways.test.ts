// Runs the configurations of docs/gateways.md: nginx, Caddy and HAProxy in front of the Python application of the page.
import { spawn } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { createMinter, deriveJwk, generateKey, type MintOptions } from '@hookurl/core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { findFreePort } from '../../examples/support/free-port.ts'
import type { Program } from '../../examples/support/program.ts'
import { root } from '../../tools/setup/io.js'
import { explainAbsence, findProgram } from '../../tools/setup/programs.js'
import { readSnippets, runInShell, testKey } from '../../tools/snippets.ts'
import {
  type Application,
  type AppRequest,
  makeFolder,
  type ProxyProgram,
  readConfiguration,
  startApplication,
  startGate,
  startProxy,
} from './gateway-programs.ts'

// Several programs start for each proxy, also on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 })

const hook = { command: '/onPayment', userId: 42, content: { order: 7 } }
const options = { keys: testKey, baseUrl: 'https://shop.example.com/hooks', expiresIn: '1h' } as const
const browserHeaders = { accept: 'text/html', 'sec-fetch-mode': 'navigate' }
// Long enough for any machine: the test of the time limit sets its own.
const slowTimeout = ['--timeout', '20s']

interface PathOptions extends Partial<MintOptions> {
  readonly keys?: string
  readonly purpose?: string
  readonly tokenFormat?: 'full' | 'short'
  /** The time at mint, in epoch milliseconds. */
  readonly mintedAt?: number
}

function mintPath({ keys = testKey, purpose, tokenFormat, mintedAt, ...fields }: PathOptions = {}): string {
  const now = mintedAt === undefined ? Date.now : () => mintedAt
  const minter = createMinter({ ...options, keys, purpose, tokenFormat, now, maxUrlLength: 8192 })
  return new URL(minter.mintSync({ ...hook, ...fields })).pathname
}

interface SentRequest {
  readonly method?: string
  readonly headers?: readonly (readonly [name: string, value: string])[]
  readonly body?: string
}

interface RawResponse {
  readonly status: number
  readonly head: string
  readonly body: string
}

/** Sends a request whose target and headers no client library can change. */
async function sendRaw(
  { port }: { readonly port: number },
  target: string,
  { method = 'POST', headers = [], body = '' }: SentRequest = {},
): Promise<RawResponse> {
  const socket = connect(port, '127.0.0.1')
  let received = ''
  socket.setEncoding('utf8').on('data', (chunk: string) => (received += chunk))
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  const length = method === 'POST' ? `content-length: ${Buffer.byteLength(body)}\r\n` : ''
  socket.write(`${method} ${target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n${length}${lines}\r\n${body}`)
  await once(socket, 'close')
  const [head = '', ...rest] = received.split('\r\n\r\n')
  return { status: Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1]), head, body: rest.join('\r\n\r\n') }
}

let marker = 0

/** Returns what the application has received since the last call. Sends a valid request, which arrives last. */
async function takeRequests(proxy: ProxyProgram, { requests }: Application): Promise<AppRequest[]> {
  const body = `marker-${++marker}`
  expect((await sendRaw(proxy, mintPath(), { body })).status).toBe(200)
  await expect.poll(() => requests.at(-1)?.body, { timeout: 30_000 }).toBe(body)
  const start = requests.findLastIndex((each, at) => at < requests.length - 1 && each.body.startsWith('marker-'))
  return requests.slice(start + 1, -1)
}

function decodeHeader({ headers }: AppRequest, name: string): unknown {
  return JSON.parse(Buffer.from(headers[name] ?? '', 'base64url').toString())
}

/** URLs that are rejected, with their status. */
const rejectedUrls: readonly (readonly [name: string, path: string, status: number])[] = [
  ['signed with another key', mintPath({ keys: generateKey() }), 403],
  ['for another purpose', mintPath({ purpose: 'billing' }), 403],
  ['truncated', mintPath().slice(0, -1), 400],
  ['altered', mintPath().replace(/.(?=.{50}$)/, (letter) => (letter === 'A' ? 'B' : 'A')), 403],
  ['expired', mintPath({ mintedAt: Date.now() - 2 * 3_600_000 }), 410],
  ['for another command', mintPath({ command: '/refund' }), 403],
  ['bound to a state', mintPath({ state: 1 }), 503],
  ['bound to a signed-in user', mintPath({ requireUser: true }), 503],
  ['without a token', '/hooks/', 404],
  ['with two tokens', `${mintPath()}${mintPath({ userId: 43 }).slice('/hooks'.length)}`, 400],
  ['with a second token in the query', `${mintPath()}?t=${mintPath({ userId: 43 }).slice('/hooks/'.length)}`, 400],
]

const python = findProgram('python3')

for (const name of ['nginx', 'caddy'] as const) {
  const program = findProgram(name)
  const absence =
    program === undefined ? explainAbsence(name) : python === undefined ? explainAbsence('python3') : undefined

  describe.skipIf(absence !== undefined)(absence ?? `${name} with a gate`, () => {
    const folder = makeFolder('gate')
    let application: Application
    let gate: Program
    let proxy: ProxyProgram

    beforeAll(async () => {
      application = await startApplication(python as string, 'hook')
      gate = await startGate(
        ['--proxy', name, '--command', '/onPayment', '--uses-dir', join(folder.path, 'uses'), ...slowTimeout],
        folder.path,
      )
      proxy = await startProxyFor(gate)
    })
    afterAll(async () => {
      for (const each of [proxy, gate, application]) await each?.stop()
      folder.remove()
    })

    function startProxyFor({ origin }: Pick<Program, 'origin'>, configuration?: string): Promise<ProxyProgram> {
      const ports = { gatePort: Number(new URL(origin).port), applicationPort: application.port }
      return startProxy(name, program as string, { ...ports, ...(configuration !== undefined && { configuration }) })
    }

    test('a valid request reaches the application with its hook, its body and its query, and without the token', async () => {
      const path = mintPath({ content: { order: 7, text: 'naïve 🐈' } })
      const response = await sendRaw(proxy, `${path}?a=1`, { body: '{"paid":true}' })
      expect(response.status).toBe(200)
      expect(response.body).toContain('done')
      expect(response.head).toMatch(/^referrer-policy: no-referrer$/im)
      const [received] = await takeRequests(proxy, application)
      expect(received).toMatchObject({ method: 'POST', target: '/hook?a=1', body: '{"paid":true}' })
      expect(decodeHeader(received as AppRequest, 'HTTP_HOOKURL_HOOK')).toMatchObject({
        command: '/onPayment',
        userId: '42',
        content: { order: 7, text: 'naïve 🐈' },
        allowGet: false,
      })
      expect(application.lines).toContain(`/onPayment 42 {'order': 7, 'text': 'naïve 🐈'} b'{"paid":true}'`)
    })

    test.each(rejectedUrls)('a URL %s does not reach the application', async (_name, path, status) => {
      expect((await sendRaw(proxy, path)).status).toBe(status)
      expect(await takeRequests(proxy, application)).toEqual([])
    })

    test('a rejected API client gets a problem document with the code', async () => {
      const { body } = await sendRaw(proxy, mintPath({ command: '/refund' }))
      expect(body).toContain('"code":"wrong_command"')
    })

    test('a rejected browser gets a page', async () => {
      const headers = Object.entries(browserHeaders)
      const response = await sendRaw(proxy, mintPath({ command: '/refund' }), { method: 'GET', headers })
      expect(response.status).toBe(403)
      expect(response.body).toContain('<h1>')
    })

    test('a browser that opens the URL gets the confirm page with 200, and its button reaches the application', async () => {
      const path = mintPath()
      const page = await sendRaw(proxy, path, { method: 'GET', headers: Object.entries(browserHeaders) })
      expect(page.status).toBe(200)
      expect(page.body).toContain('<form method="post">')
      expect(page.head).toMatch(/^content-security-policy: default-src 'none'/im)
      expect(await takeRequests(proxy, application)).toEqual([])
      const form = [...Object.entries(browserHeaders), ['content-type', 'application/x-www-form-urlencoded']] as const
      expect((await sendRaw(proxy, path, { headers: form as SentRequest['headers'] & object })).status).toBe(200)
      expect(await takeRequests(proxy, application)).toHaveLength(1)
    })

    test.each([
      ['GET', 405],
      ['HEAD', 200],
      ['OPTIONS', 204],
      ['PUT', 405],
      ['DELETE', 405],
    ])('%s does not reach the application', async (method, status) => {
      expect((await sendRaw(proxy, mintPath(), { method })).status).toBe(status)
      expect(await takeRequests(proxy, application)).toEqual([])
    })

    test('GET reaches the application if the URL was minted with allowGet', async () => {
      expect((await sendRaw(proxy, mintPath({ allowGet: true }), { method: 'GET' })).status).toBe(200)
      expect(await takeRequests(proxy, application)).toMatchObject([{ method: 'GET' }])
    })

    test('a used-up URL does not reach the application again', async () => {
      const path = mintPath({ maxUses: 1 })
      expect((await sendRaw(proxy, path, { body: 'a' })).status).toBe(200)
      const second = await sendRaw(proxy, path, { body: 'b' })
      expect(second.status).toBe(410)
      expect(second.body).toContain('"code":"already_used"')
      expect(await takeRequests(proxy, application)).toMatchObject([{ body: 'a' }])
    })

    test('a retry of the same delivery is a duplicate, and does not reach the application again', async () => {
      const path = mintPath({ maxUses: 3 })
      const headers = [['webhook-id', 'delivery-1']] as const
      expect((await sendRaw(proxy, path, { headers })).status).toBe(200)
      // The delivery is recorded after the request was passed on.
      await expect.poll(async () => (await sendRaw(proxy, path, { headers })).status, { timeout: 30_000 }).toBe(200)
      expect((await sendRaw(proxy, path, { headers })).body).toContain('{"ok":true,"duplicate":true}')
      expect(await takeRequests(proxy, application)).toHaveLength(1)
    })

    test('of 200 parallel requests to a URL that works once, exactly one reaches the application', async () => {
      const sendAll = async (): Promise<number> => {
        const path = mintPath({ maxUses: 1 })
        const responses = await Promise.all(Array.from({ length: 200 }, () => sendRaw(proxy, path)))
        const statuses = responses.map(({ status }) => status)
        expect(statuses.every((status) => [200, 410, 503].includes(status))).toBe(true)
        const passed = statuses.filter((status) => status === 200).length
        expect(await takeRequests(proxy, application)).toHaveLength(passed)
        expect(passed).toBeLessThanOrEqual(1)
        return passed
      }
      // On a machine that is too busy, the store may take too long to commit the use, which is then lost.
      await expect.poll(sendAll, { timeout: 100_000 }).toBe(1)
    })

    test.each([
      ['hookurl-hook'],
      ['Hookurl-Hook'],
      ['HOOKURL-HOOK'],
      ['hookurl_hook'],
      ['Hookurl_Hook'],
      ['hookurl.hook'],
    ])("the application receives the verified hook, whatever a client's %s contains", async (header) => {
      const forged = Buffer.from('{"command":"/onPayment","userId":"1"}').toString('base64url')
      const headers = [
        [header, forged],
        [header, forged],
      ] as const
      expect((await sendRaw(proxy, mintPath(), { headers })).status).toBe(200)
      const [received] = await takeRequests(proxy, application)
      expect(decodeHeader(received as AppRequest, 'HTTP_HOOKURL_HOOK')).toMatchObject({ userId: '42' })
      expect(JSON.stringify(received)).not.toContain(forged)
      expect((await sendRaw(proxy, '/hooks/', { headers })).status).toBe(404)
      expect(await takeRequests(proxy, application)).toEqual([])
    })

    test.each([['X-Original-URI'], ['X-Forwarded-Uri'], ['X_Original_URI'], ['X-Original-Url'], ['X-Rewrite-Url']])(
      "a valid URL in a client's %s does not help an invalid one",
      async (header) => {
        const headers = [
          [header, mintPath()],
          [header, mintPath()],
        ] as const
        expect((await sendRaw(proxy, '/hooks/', { headers })).status).toBe(404)
        expect(await takeRequests(proxy, application)).toEqual([])
      },
    )

    test.each([
      ['X-Original-Method', 'POST'],
      ['X-Forwarded-Method', 'POST'],
      ['X-HTTP-Method-Override', 'POST'],
      ['Connection', 'X-Original-Method, X-Forwarded-Method, X-Original-URI, X-Forwarded-Uri'],
      ['hookurl-result', 'handled'],
      ['hookurl-status', '204'],
    ])('a GET does not pass for a POST with %s: %s', async (name, value) => {
      expect((await sendRaw(proxy, mintPath(), { method: 'GET', headers: [[name, value]] })).status).toBe(405)
      expect(await takeRequests(proxy, application)).toEqual([])
    })

    test('a client that lists the header in Connection does not run the application without the hook', async () => {
      const printed = application.lines.length
      const response = await sendRaw(proxy, mintPath(), { headers: [['Connection', 'hookurl-hook, x-forwarded-uri']] })
      const received = await takeRequests(proxy, application)
      for (const { headers } of received) {
        if (response.status === 200) expect(headers.HTTP_HOOKURL_HOOK).toMatch(/^eyJ/)
      }
      const handled = response.status === 200 ? received.length : 0
      await expect.poll(() => application.lines.length).toBe(printed + handled + 1)
    })

    test('whatever the encoding of a URL, the application receives the verified hook, or nothing', async () => {
      const path = mintPath()
      const token = path.slice('/hooks/'.length)
      const other = mintPath({ command: '/refund', userId: 43 }).slice('/hooks/'.length)
      const targets = [
        `/hooks//${token}`,
        `//hooks/${token}`,
        `/./hooks/${token}`,
        `/a/../hooks/${token}`,
        `/a/%2e%2e/hooks/${token}`,
        `/hooks/%2e%2e/${token}`,
        `/hooks/..%2f${token}`,
        `/hooks/${token}/..`,
        `/hooks/${token}/%2e%2e`,
        `/hooks/${token}/../${other}`,
        `/hooks/${token}%2f..%2f${other}`,
        `/hooks/${other}/../${token}`,
        `/hooks/${token};${other}`,
        `/hooks/${token}%3b${other}`,
        `/hooks/${token};jsessionid=1`,
        `/hooks/${token}%3f${other}`,
        `/hooks/${token}%23${other}`,
        `/hooks/${token}#${other}`,
        `/hooks/${token}%00`,
        `/hooks/${token.replaceAll('.', '%2e')}`,
        `/hooks/%65${token.slice(1)}`,
        `/hooks/?t=${token}`,
        `/hooks/${other}?t=${token}`,
        `/hooks/?t=${token}&t=${other}`,
        `/HOOKS/${token}`,
        `/hooks\\${token}`,
        `http://other.example/hooks/${token}`,
        `http://other.example/hooks/${other}`,
        `/hook/../hooks/${other}`,
        `/hook`,
        `/hook?t=${token}`,
        `/other/${token}`,
      ]
      const statuses: Record<string, number> = {}
      for (const target of targets) {
        const { status } = await sendRaw(proxy, target)
        const received = await takeRequests(proxy, application)
        statuses[target.replaceAll(token, 'TOKEN').replaceAll(other, 'OTHER')] = status
        expect(received.length, target).toBe(status === 200 ? 1 : 0)
        for (const each of received) {
          expect(each.target, target).toMatch(/^\/hook\?/)
          expect(decodeHeader(each, 'HTTP_HOOKURL_HOOK'), target).toMatchObject({ command: '/onPayment', userId: '42' })
        }
      }
      expect(statuses['/hooks//TOKEN']).toBe(200)
      expect(statuses['/hooks/TOKEN/../OTHER']).toBe(400)
      expect(statuses['http://other.example/hooks/TOKEN']).toBe(200)
      expect(statuses['/hook']).not.toBe(200)
    })

    test('a token in the query stays there, unless the configuration removes the query', async () => {
      const target = `/hooks/?t=${mintPath().slice('/hooks/'.length)}&a=1`
      const configuration = readConfiguration(name === 'nginx' ? 'nginx' : 'caddyfile').replace(
        / \/hook$| \/hook(?= )/m,
        '$&?',
      )
      const withoutQuery = await startProxyFor(gate, configuration)
      onTestFinished(withoutQuery.stop)
      expect((await sendRaw(withoutQuery, target)).status).toBe(200)
      expect(await takeRequests(proxy, application)).toMatchObject([{ target: '/hook?' }])
      expect((await sendRaw(proxy, target)).status).toBe(200)
      expect(await takeRequests(proxy, application)).toMatchObject([{ target: target.replace('/hooks/', '/hook') }])
    })

    test.each([200, 404, 500])('a response of the application with %i sends no referrer', async (status) => {
      const upstream = createServer((_request, response) => void response.writeHead(status).end())
      await once(upstream.listen(0, '127.0.0.1'), 'listening')
      onTestFinished(() => void upstream.close())
      const { port: applicationPort } = upstream.address() as AddressInfo
      const gatePort = Number(new URL(gate.origin).port)
      const other = await startProxy(name, program as string, { gatePort, applicationPort })
      onTestFinished(other.stop)
      const response = await sendRaw(other, mintPath())
      expect(response.status).toBe(status)
      expect(response.head).toMatch(/^referrer-policy: no-referrer$/im)
    })

    test('a hook that is too long for a header is rejected with 403', async () => {
      expect((await sendRaw(proxy, mintPath({ content: 'x'.repeat(2900) }))).status).toBe(200)
      await takeRequests(proxy, application)
      expect((await sendRaw(proxy, mintPath({ content: 'x'.repeat(3200) }))).status).toBe(403)
      expect(await takeRequests(proxy, application)).toEqual([])
      await expect.poll(() => gate.output()).toMatch(/the hook is too long for a header: \d{4} characters/)
    })

    test('the log of the gate contains no token', async () => {
      const path = mintPath()
      await sendRaw(proxy, path)
      await sendRaw(proxy, path.slice(0, -2))
      await takeRequests(proxy, application)
      expect(gate.output()).toMatch(/POST 204 {2}\/onPayment {2}user 42/)
      expect(gate.output()).not.toMatch(/[\w-]{40}/)
    })

    test('nothing passes if the gate is not running', async () => {
      const before = application.requests.length
      const withoutGate = await startProxyFor({ origin: `http://127.0.0.1:${await findFreePort()}` })
      onTestFinished(withoutGate.stop)
      expect((await sendRaw(withoutGate, mintPath())).status).toBeGreaterThanOrEqual(500)
      await takeRequests(proxy, application)
      expect(application.requests.length).toBe(before + 1)
    })

    test('without a store, a URL that works once is rejected with 503', async () => {
      const other = await startGate(['--proxy', name, '--command', '/onPayment'], folder.path)
      onTestFinished(other.stop)
      const withoutStore = await startProxyFor(other)
      onTestFinished(withoutStore.stop)
      const { status, body } = await sendRaw(withoutStore, mintPath({ maxUses: 1 }))
      expect(status).toBe(503)
      expect(body).toContain('"code":"not_configured"')
      expect(await takeRequests(proxy, application)).toEqual([])
    })

    test('while the store does not respond, nothing passes, and afterwards the URL passes once', async () => {
      const store = join(folder.path, 'locked')
      const args = ['--proxy', name, '--command', '/onPayment', '--uses-dir', store, '--timeout', '2s']
      const other = await startGate(args, folder.path)
      onTestFinished(other.stop)
      const withSlowStore = await startProxyFor(other)
      onTestFinished(withSlowStore.stop)
      const path = mintPath({ maxUses: 1 })
      const unlock = await lockStore(store)
      const { status, body } = await sendRaw(withSlowStore, path)
      expect([status, body]).toEqual([503, expect.stringContaining('"code":"store_unavailable"')])
      expect(await takeRequests(proxy, application)).toEqual([])
      await unlock()
      await expect.poll(async () => (await sendRaw(withSlowStore, path)).status, { timeout: 60_000 }).toBe(200)
      expect((await sendRaw(withSlowStore, path)).status).toBe(410)
      expect(await takeRequests(proxy, application)).toHaveLength(1)
    })

    test('a proxy that asks like another one passes nothing', async () => {
      const otherName = name === 'nginx' ? 'caddy' : 'nginx'
      const other = await startGate(['--proxy', otherName, '--command', '/onPayment'], folder.path)
      onTestFinished(other.stop)
      const misconfigured = await startProxyFor(other)
      onTestFinished(misconfigured.stop)
      expect((await sendRaw(misconfigured, mintPath())).status).toBe(500)
      await expect.poll(() => other.output()).toContain(`${otherName} is not set up for this gate, so nothing passes`)
      expect(await takeRequests(proxy, application)).toEqual([])
    })
  })
}

const nginx = findProgram('nginx')

describe.skipIf(nginx === undefined)(nginx === undefined ? explainAbsence('nginx') : 'nginx auth_request', () => {
  /** Passes a request on with this configuration of `location`s, and returns how often nginx has asked. */
  async function countQuestions(location: string): Promise<{ readonly asked: number; readonly status: number }> {
    let asked = 0
    const upstream = createServer((request, response) => {
      if (request.url === '/gate') asked++
      response.end()
    })
    await once(upstream.listen(0, '127.0.0.1'), 'listening')
    onTestFinished(() => void upstream.close())
    const { port } = upstream.address() as AddressInfo
    const gate = 'location = /gate { internal; auth_request off; proxy_pass http://127.0.0.1:3000/gate; }'
    const configuration = `server { listen 8080; ${location} ${gate} }`
    const ports = { gatePort: port, applicationPort: port }
    const proxy = await startProxy('nginx', nginx as string, { ...ports, configuration })
    onTestFinished(proxy.stop)
    const { status } = await sendRaw(proxy, '/hooks/x', { method: 'GET' })
    return { asked, status }
  }

  const redirecting =
    'location /hooks/ { try_files /missing /app; } location /app { proxy_pass http://127.0.0.1:3000; }'

  test('asks twice if it is in the server block, and the request is redirected internally', async () => {
    expect(await countQuestions(`auth_request /gate; ${redirecting}`)).toEqual({ asked: 2, status: 200 })
  })

  test('asks once if it is in the location that passes the request on', async () => {
    const location = redirecting.replace('{ proxy_pass', '{ auth_request /gate; proxy_pass')
    expect(await countQuestions(location)).toEqual({ asked: 1, status: 200 })
  })
})

const haproxy = findProgram('haproxy')
const haproxyAbsence =
  haproxy === undefined ? explainAbsence('haproxy') : python === undefined ? explainAbsence('python3') : undefined

describe.skipIf(haproxyAbsence !== undefined)(haproxyAbsence ?? 'HAProxy alone', () => {
  let application: Application
  let proxy: ProxyProgram

  beforeAll(async () => {
    application = await startApplication(python as string, 'claims')
    proxy = await startWithPurpose('')
  })
  afterAll(async () => {
    for (const each of [proxy, application]) await each?.stop()
  })

  /** Starts HAProxy with the key that the command of the page prints. */
  async function startWithPurpose(purpose: string): Promise<ProxyProgram> {
    const printKey = readSnippets('docs/gateways.md').find(({ name }) => name === 'gateways-haproxy-key')
    if (printKey === undefined) throw new Error('the page does not print the key')
    const code = printKey.code.replace('keys jwk', `keys jwk --purpose "${purpose}"`)
    const { stdout } = await runInShell({ ...printKey, code })
    expect(stdout).toMatch(/^(?:%[0-9a-f]{2}){32}$/)
    const ports = { gatePort: 0, applicationPort: application.port }
    return startProxy('haproxy', haproxy as string, { ...ports, env: { HOOKURL_KEY: stdout } })
  }

  test('a valid request reaches the application with its claims, its body and its query, and without the token', async () => {
    const fields = {
      userId: 'a"b\\',
      content: { text: 'naïve 🐈', exp: 1, use: 2, sig: [3] },
      id: 'order-7',
      issuedAt: true,
    }
    const path = mintPath({ ...fields, redirectTo: 'https://shop.example.com/thanks?a=1' })
    const { status, head } = await sendRaw(proxy, `${path}?a=1`, { body: '{"paid":true}' })
    expect(status).toBe(200)
    expect(head).toMatch(/^referrer-policy: no-referrer$/im)
    const [received] = await takeRequests(proxy, application)
    expect(received).toMatchObject({ method: 'POST', target: '/hook?a=1', body: '{"paid":true}' })
    const claims = decodeHeader(received as AppRequest, 'HTTP_HOOKURL_CLAIMS')
    expect(claims).toMatchObject({ cmd: '/onPayment', sub: 'a"b\\', cnt: fields.content, jti: 'order-7' })
    expect(application.lines.join()).toContain('/onPayment a"b\\ {')
  })

  test.each([
    ...rejectedUrls.filter(([name]) => !name.startsWith('bound')),
    ['bound to a state', mintPath({ state: 1 }), 403],
    ['bound to a signed-in user', mintPath({ requireUser: true }), 403],
    ['that works once', mintPath({ maxUses: 1 }), 403],
    ['that requires signed requests', mintPath({ requireSignature: true }), 403],
    ['that is not valid yet', mintPath({ notBefore: new Date(Date.now() + 60_000) }), 403],
    ['that never expires', mintPath({ expiresIn: 'never' }), 403],
    ['with an encrypted token', mintPath({ encrypt: true }), 400],
    ['with a short token', mintPath({ tokenFormat: 'short' }), 400],
    ['of a key with an id', mintPath({ keys: `k1:${testKey}` }), 400],
  ] as const)('a URL %s does not reach the application', async (name, path, status) => {
    const expected = name === 'without a token' ? 400 : status
    expect((await sendRaw(proxy, path)).status).toBe(expected)
    expect(await takeRequests(proxy, application)).toEqual([])
  })

  test.each([
    ['use', { cmd: '/onPayment', cnt: 1, use: 1, exp: 4_000_000_000, jti: 'a' }, 403],
    ['sta', { cmd: '/onPayment', cnt: { a: 1 }, sta: 'AAAAAAAAAAAA', exp: 4_000_000_000 }, 403],
    ['sig', { cmd: '/onPayment', cnt: 1, sig: 1, exp: 4_000_000_000 }, 403],
    ['usr', { cmd: '/onPayment', sub: '1', cnt: 1, usr: 1, exp: 4_000_000_000 }, 403],
    ['nbf', { cmd: '/onPayment', cnt: 1, nbf: 3_000_000_000, exp: 4_000_000_000 }, 403],
    ['an unknown claim', { cmd: '/onPayment', exp: 4_000_000_000, new: 1 }, 403],
    ['an exp only in the content', { cmd: '/onPayment', cnt: { exp: 4_000_000_000 } }, 403],
    ['an exp as text', { cmd: '/onPayment', exp: '4000000000' }, 403],
    ['a command only in the content', { cnt: '"cmd":"/onPayment"', exp: 4_000_000_000 }, 403],
    [
      'another command and content that looks like claims',
      { cmd: '/a', cnt: '{"cmd":"/onPayment"', exp: 4_000_000_000 },
      403,
    ],
    ['no more than it needs', { cmd: '/onPayment', exp: 4_000_000_000 }, 200],
  ])('a signed token with %s: its status is the documented one', async (_name, claims, status) => {
    expect((await sendRaw(proxy, await signClaims(claims))).status).toBe(status)
    expect(await takeRequests(proxy, application)).toHaveLength(status === 200 ? 1 : 0)
  })

  test.each(['GET', 'HEAD', 'PUT', 'OPTIONS'])('%s is rejected with 405', async (method) => {
    expect((await sendRaw(proxy, mintPath({ allowGet: true }), { method })).status).toBe(405)
    expect(await takeRequests(proxy, application)).toEqual([])
  })

  test('every change of the signature is rejected', async () => {
    const path = mintPath()
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    for (const letter of alphabet) {
      if (path.endsWith(letter)) continue
      expect((await sendRaw(proxy, path.slice(0, -1) + letter)).status, letter).toBeGreaterThanOrEqual(400)
    }
    expect((await sendRaw(proxy, path.replace(/[^.]+$/, ''))).status).toBe(400)
    expect(await takeRequests(proxy, application)).toEqual([])
  })

  test('whatever the encoding of a URL, the application receives the verified claims, or nothing', async () => {
    const path = mintPath()
    const token = path.slice('/hooks/'.length)
    const other = mintPath({ command: '/refund' }).slice('/hooks/'.length)
    const targets = [
      `/hooks//${token}`,
      `//hooks/${token}`,
      `/a/../hooks/${token}`,
      `/hooks/%2e%2e/${token}`,
      `/hooks/${token}/..`,
      `/hooks/${token}/../${other}`,
      `/hooks/${other}/${token}`,
      `/hooks/${token};${other}`,
      `/hooks/${token.replaceAll('.', '%2e')}`,
      `/hooks/?t=${token}`,
      `/HOOKS/${token}`,
      `http://other.example/hooks/${other}`,
      '/hook',
      `/hook?t=${token}`,
      `${path}?t=${other}`,
      `${path}?a=1&t=${token}`,
    ]
    for (const target of targets) {
      expect((await sendRaw(proxy, target)).status, target).toBeGreaterThanOrEqual(400)
    }
    expect(await takeRequests(proxy, application)).toEqual([])
    expect((await sendRaw(proxy, `http://localhost${path}`)).status).toBe(200)
    for (const received of await takeRequests(proxy, application)) {
      expect(decodeHeader(received, 'HTTP_HOOKURL_CLAIMS')).toMatchObject({ cmd: '/onPayment', sub: '42' })
    }
  })

  test.each(['hookurl-claims', 'Hookurl_Claims', 'hookurl.claims'])(
    "the application receives the verified claims, whatever a client's %s contains",
    async (header) => {
      const forged = Buffer.from('{"cmd":"/onPayment","sub":"1"}').toString('base64url')
      const headers = [
        [header, forged],
        [header, forged],
      ] as const
      expect((await sendRaw(proxy, mintPath(), { headers })).status).toBe(200)
      const [received] = await takeRequests(proxy, application)
      expect(decodeHeader(received as AppRequest, 'HTTP_HOOKURL_CLAIMS')).toMatchObject({ sub: '42' })
      expect(JSON.stringify(received)).not.toContain(forged)
    },
  )

  test('a key may contain any byte, also NUL', async () => {
    const purpose = await findPurpose((secret) => secret.includes(0))
    const other = await startWithPurpose(purpose)
    onTestFinished(other.stop)
    expect((await sendRaw(other, mintPath({ purpose }))).status).toBe(200)
    expect((await sendRaw(other, mintPath())).status).toBe(403)
  })
})

/** Signs claims as they are. */
async function signClaims(claims: object): Promise<string> {
  const encode = (text: string): string => Buffer.from(text).toString('base64url')
  const input = `${encode('{"alg":"HS256"}')}.${encode(JSON.stringify(claims))}`
  return `/hooks/${input}.${createHmac('sha256', await deriveSecret(''))
    .update(input)
    .digest('base64url')}`
}

async function deriveSecret(purpose: string): Promise<Buffer> {
  return Buffer.from((await deriveJwk(testKey, purpose)).k, 'base64url')
}

async function findPurpose(isWanted: (secret: Buffer) => boolean): Promise<string> {
  for (let at = 0; ; at++) if (isWanted(await deriveSecret(`p${at}`))) return `p${at}`
}

/** Holds the write lock of an LMDB database in another process. */
async function lockStore(path: string): Promise<() => Promise<void>> {
  const code = `
    const { open } = require(${JSON.stringify(join(root, 'packages/verify/node_modules/lmdb'))})
    open({ path: ${JSON.stringify(path)}, noSubdir: false }).transactionSync(() => {
      process.send('locked')
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
    })`
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const unlock = async (): Promise<void> => {
    if (child.signalCode !== null) return
    const ended = once(child, 'close')
    child.kill('SIGKILL')
    await ended
  }
  onTestFinished(unlock)
  await once(child, 'message')
  return unlock
}
