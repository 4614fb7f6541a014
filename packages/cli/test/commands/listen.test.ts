import { once } from 'node:events'
import { get } from 'node:http'
import { connect, createServer } from 'node:net'
import { createMinter } from '@hookurl/core'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { makeHome, type RunningProgram, run, start, testKeys } from '../support/run.ts'

const home = makeHome()
const env = { HOME: home.path, HOOKURL_KEYS: testKeys }
afterAll(home.remove)

let running: RunningProgram | undefined
afterEach(async () => {
  running?.kill('SIGKILL')
  await running?.ended
})

async function listen(args: readonly string[]): Promise<{ program: RunningProgram; base: string }> {
  const program = start(['listen', '--port', '0', ...args], { env })
  running = program
  const said = await program.waitForStderr(/Listening on \S+;/)
  return { program, base: (/http:\/\/127\.0\.0\.1:\d+/.exec(said) as RegExpExecArray)[0] }
}

function mint(baseUrl: string, options: { allowGet?: boolean; content?: string } = {}): string {
  const minter = createMinter({ keys: testKeys, baseUrl, expiresIn: '1d' })
  return minter.mintSync({ command: '/onWebhook', userId: 42, content: 'Did you see the cat?', ...options })
}

const post = (url: string, body: string, type = 'application/json'): Promise<Response> =>
  fetch(url, { method: 'POST', headers: { 'content-type': type }, body })

// As a browser that sends no Sec-Fetch headers; fetch sends them.
async function navigate(url: string): Promise<number | undefined> {
  const [response] = await once(get(url, { headers: { accept: 'text/html' } }), 'response')
  response.resume()
  return response.statusCode
}

describe('listen', () => {
  test('shows one line a request: command, user, content, payload, or why it was refused', async () => {
    const { program, base } = await listen([])
    const url = mint(`${base}/hooks`)
    const good = await post(url, '{"order_id":"A1\\u001b"}')
    expect([good.status, await good.json()]).toStrictEqual([200, { ok: true }])
    expect((await post(`${url}x`, '{}')).status).toBe(400)
    expect(await navigate(url)).toBe(200)
    expect((await fetch(url)).status).toBe(405)
    expect((await fetch(`${base}/favicon.ico`)).status).toBe(404)
    await program.says(/favicon/)
    program.kill('SIGINT')
    const { stdout, stderr, exit } = await program.ended
    const lines = stderr.trimEnd().split('\n').slice(-5)
    const hook = '/onWebhook  user 42  content "Did you see the cat?"  expires in 24 hours'
    expect(lines.map((line) => line.replace(/^\S+ {2}| {2}\S+ ms$/g, ''))).toStrictEqual([
      `POST 200  valid  ${hook}  payload {"order_id":"A1\\u001b"}`,
      expect.stringMatching(/^POST 400 {2}malformed {2}.* {2}\/hooks\/\[hook [0-9a-f]{6}\]$/),
      `GET 200  valid  not run: confirm page  ${hook}`,
      `GET 405  method_not_allowed  the URL does not act on this method  ${hook}`,
      'GET 404  no_token  /favicon.ico',
    ])
    expect(stdout).toBe('')
    expect(exit).toBe(130)
  })

  test('with --json gives one object a request on stdout', async () => {
    const { program, base } = await listen(['--json'])
    await post(`${mint(base)}?a=1`, 'b=2&b=3', 'application/x-www-form-urlencoded')
    await post(mint(base), '\u0001', 'application/octet-stream')
    await fetch(mint(base), { method: 'HEAD' })
    await post(`${base}/x`, '')
    program.kill('SIGTERM')
    const { stdout, stderr, exit } = await program.ended
    const [form, bytes, head, none] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(form).toMatchObject({
      method: 'POST',
      status: 200,
      verdict: 'valid',
      ran: true,
      hook: { command: '/onWebhook', userId: '42', content: 'Did you see the cat?', allowGet: false },
      payload: { b: ['2', '3'] },
      query: { a: '1' },
    })
    expect(bytes.payload).toStrictEqual({ base64: 'AQ==' })
    expect(head).toMatchObject({ method: 'HEAD', status: 200, verdict: 'valid', ran: false })
    expect(none).toMatchObject({ status: 404, verdict: 'no_token', ran: false, target: '/x' })
    expect(stdout).not.toContain('eyJ')
    for (const line of stderr.trimEnd().split('\n')) expect(JSON.parse(line)).toHaveProperty('note')
    expect(exit).toBe(143)
  })

  test('with --once ends after the first good hook, with its payload alone on stdout', async () => {
    const { program, base } = await listen(['--once'])
    await post(`${mint(base)}x`, '{}')
    await post(mint(base), '{"order_id":"A1"}')
    const { stdout, exit } = await program.ended
    expect(stdout).toBe('{"order_id":"A1"}\n')
    expect(exit).toBe(0)
  })

  test('refuses a body over --max-body-size', async () => {
    const { program, base } = await listen(['--max-body-size', '10'])
    expect((await post(mint(base), '{"order_id":"A1"}')).status).toBe(413)
    expect(await program.says(/body_too_large/)).toContain('POST 413')
  })

  test('ends at once on Ctrl-C although a browser holds a connection open', async () => {
    const { program, base } = await listen([])
    const socket = connect(Number(new URL(base).port), '127.0.0.1')
    await once(socket, 'connect')
    // It is cut off, which may look like an error from here.
    socket.on('error', () => {})
    program.kill('SIGINT')
    expect((await program.ended).exit).toBe(130)
    socket.destroy()
  })

  test('finishes what runs before it ends', async () => {
    const { program, base } = await listen([])
    const url = new URL(mint(base))
    const socket = connect(Number(url.port), '127.0.0.1')
    let answer = ''
    socket.setEncoding('utf8').on('data', (text: string) => (answer += text))
    const head = `POST ${url.pathname} HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\n`
    socket.write(`${head}ab`)
    await new Promise((resolve) => setTimeout(resolve, 200))
    program.kill('SIGINT')
    await new Promise((resolve) => setTimeout(resolve, 200))
    await expect(fetch(base)).rejects.toThrow('fetch failed')
    socket.write('cd')
    const { stderr, exit } = await program.ended
    expect(answer).toMatch(/^HTTP\/1\.1 200 /)
    expect(stderr).toContain('payload "abcd"')
    expect(exit).toBe(130)
  })

  test('says which port is free where the one asked for is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const { stderr, exit } = await run(['listen', '--port', String(port)], { env })
    server.close()
    expect(stderr).toMatch(new RegExp(`^error: port ${port} is taken\\n {2}fix: Use --port \\d+, which is free\\.\\n$`))
    expect(exit).toBe(2)
  })
})
