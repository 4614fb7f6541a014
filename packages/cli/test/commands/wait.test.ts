import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inspect } from '@hookurl/core'
import { Webhook } from 'standardwebhooks'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { makeHome, type ProgramResult, type RunningProgram, run, start, testKeys } from '../support/run.ts'
import { runInProcess, startInProcess } from '../support/run-in-process.ts'

const program = fileURLToPath(new URL('../../bin/hookurl.js', import.meta.url))
const terminal = fileURLToPath(new URL('../support/terminal.py', import.meta.url))
const home = makeHome()
const env = { HOME: home.path, HOOKURL_KEYS: testKeys }
const base = ['wait', '--command', '/onResult', '--port', '0']
afterAll(home.remove)

const json = 'application/json'
const postJson = `curl -sS -H 'content-type: application/json' -d`

/** Runs the built program to its end. */
function wait(...args: readonly string[]): Promise<ProgramResult> {
  return run([...base, ...args], { env })
}

let running: RunningProgram | undefined
afterEach(() => {
  // It has ended, unless the test has failed.
  running?.kill('SIGINT')
  running = undefined
})

/** Starts the program in this process. */
function startWait(args: readonly string[] = [], moreEnv: Record<string, string> = {}): RunningProgram {
  running = startInProcess([...base, ...args], { env: { ...env, ...moreEnv } })
  return running
}

async function getUrl(waiting: RunningProgram): Promise<string> {
  const stderr = await waiting.waitForStderr(/Waiting on|"listening"/)
  return (/http:\/\/localhost:\d+\/waits\/[\w.-]+/.exec(stderr) as RegExpExecArray)[0]
}

function post(url: string, body: string | Uint8Array<ArrayBuffer> | FormData, contentType?: string): Promise<Response> {
  return fetch(url, { method: 'POST', body, headers: contentType === undefined ? {} : { 'content-type': contentType } })
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

describe('the payload on stdout', () => {
  async function receive(args: readonly string[], send: (url: string) => Promise<unknown>): Promise<ProgramResult> {
    const waiting = startWait(args)
    await send(await getUrl(waiting))
    return waiting.ended
  }

  test('is JSON with its numbers as received', async () => {
    const { stdout, exit } = await receive([], (url) => post(url, '{"n":12345678901234567890,\n"f":1.0}', json))
    expect(stdout).toBe('{"n":12345678901234567890,"f":1.0}\n')
    expect(exit).toBe(0)
  })

  test('is JSON if a JSON string was sent', async () => {
    expect((await receive([], (url) => post(url, '"done"', json))).stdout).toBe('"done"\n')
  })

  test('is the fields of a form as JSON', async () => {
    const type = 'application/x-www-form-urlencoded'
    expect((await receive([], (url) => post(url, 'status=done&n=1', type))).stdout).toBe('{"status":"done","n":"1"}\n')
  })

  test('contains the files of a form in base64', async () => {
    const form = new FormData()
    form.set('report', new File(['hi'], 'a.txt', { type: 'text/plain' }))
    const file = { name: 'a.txt', type: 'text/plain', size: 2, base64: 'aGk=' }
    expect(JSON.parse((await receive([], (url) => post(url, form))).stdout)).toStrictEqual({ report: file })
  })

  test('is text as it was received', async () => {
    expect((await receive([], (url) => post(url, 'two\nlines', 'text/plain'))).stdout).toBe('two\nlines')
  })

  test('is binary data as it was received', async () => {
    const waiting = spawn(process.execPath, [program, ...base], { env: { PATH: process.env.PATH, ...env } })
    const chunks: Buffer[] = []
    let stderr = ''
    waiting.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    waiting.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    await vi.waitFor(() => expect(stderr).toContain('Waiting on'), { timeout: 10_000 })
    await post(stderr.split('\n')[0] as string, new Uint8Array([0, 255, 10, 254]), 'application/octet-stream')
    await vi.waitFor(() => expect(waiting.exitCode).toBe(0), { timeout: 10_000 })
    expect([...Buffer.concat(chunks)]).toStrictEqual([0, 255, 10, 254])
  })

  test('is the query parameters of a request without a body', async () => {
    const { stdout } = await receive(['--allow-get'], (url) => fetch(`${url}?status=done`))
    expect(stdout).toBe('{"status":"done"}\n')
  })

  test('with --json, is a member of an object, with the query and the headers', async () => {
    const { stdout } = await receive(['--json'], (url) => {
      const headers = { 'content-type': json, 'x-event': 'done', authorization: 'Bearer secret', referer: url }
      return fetch(`${url}?job=7`, { method: 'POST', body: '{"n":1.0}', headers })
    })
    expect(stdout).toContain('"payload":{"n":1.0}')
    const { headers, ...fields } = JSON.parse(stdout)
    expect(fields).toStrictEqual({
      command: '/onResult',
      id: expect.stringMatching(/^[\w-]{22}$/),
      payload: { n: 1 },
      query: { job: '7' },
      receivedAt: expect.stringMatching(/^20\d\d-.*Z$/),
    })
    expect(headers).toMatchObject({ 'x-event': 'done', referer: expect.stringMatching(/\[hook [0-9a-f]{6}\]$/) })
    expect(headers).not.toHaveProperty('authorization')
  })
})

describe('the URL', () => {
  test('is the first line on stderr, and is valid for one use of the command, for an hour', async () => {
    const waiting = startWait(['--user-id', '42', '--content', 'cat'])
    const url = await getUrl(waiting)
    const stderr = await waiting.waitForStderr(/Waiting on/)
    expect(stderr.split('\n')[0]).toBe(url)
    const { claims } = inspect(url)
    expect(claims).toMatchObject({ cmd: '/onResult', sub: '42', cnt: 'cat', use: 1 })
    expect(Number(claims?.exp) - Date.now() / 1000).toBeGreaterThan(3590)
    await post(url, '{}', json)
    await waiting.ended
  })

  test('comes with a note if --content is JSON, which is signed as a string', async () => {
    const waiting = startWait(['--content', '{"order":7}'])
    await waiting.waitForStderr(/--content is signed as a string; --json-content signs JSON\.\n/)
    await post(await getUrl(waiting), '{}', json)
    await waiting.ended
  })

  test('begins with the base URL of --base-url or HOOKURL_BASE_URL', async () => {
    const waiting = startWait([], { HOOKURL_BASE_URL: 'https://tunnel.example.com/w' })
    const stderr = await waiting.waitForStderr(/Waiting on/)
    expect(stderr).toMatch(/^https:\/\/tunnel\.example\.com\/w\/eyJ/)
    expect(stderr).not.toContain('Only this machine')
    const token = stderr.split('\n')[0]?.split('/').at(-1)
    const address = /Waiting on (\S+)/.exec(stderr)?.[1]
    expect((await post(`${address}/any/path/${token}`, '{}', json)).status).toBe(200)
    await waiting.ended
  })

  test('is in the file of --url-file instead, which only its owner can read', async () => {
    const file = join(home.path, 'url.txt')
    const waiting = startWait(['--url-file', file])
    expect(await waiting.waitForStderr(/Waiting on/)).not.toContain('eyJ')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    await post(readFileSync(file, 'utf8').trim(), '{}', json)
    expect((await waiting.ended).exit).toBe(0)
  })

  test('with --json, is in the first object on stderr', async () => {
    const waiting = startWait(['--json'])
    const first = JSON.parse((await waiting.waitForStderr(/\n/)).split('\n')[0] as string)
    expect(Object.keys(first)).toStrictEqual(['listening', 'url', 'expiresAt'])
    await post(first.url, '{}', json)
    await waiting.ended
  })

  test('is accepted only with a signature by the printed secret if it was minted with --require-signature', async () => {
    const waiting = startWait(['--require-signature'])
    const url = await getUrl(waiting)
    const stderr = await waiting.waitForStderr(/Signing secret: whsec_\S+\n/)
    const secret = /Signing secret: (\S+)/.exec(stderr)?.[1] as string
    expect((await post(url, '{"n":1}', json)).status).toBe(403)
    const time = new Date()
    const headers = {
      'content-type': json,
      'webhook-id': 'msg_1',
      'webhook-timestamp': `${Math.floor(time.getTime() / 1000)}`,
      'webhook-signature': new Webhook(secret).sign('msg_1', time, '{"n":1}'),
    }
    expect((await fetch(url, { method: 'POST', headers, body: '{"n":1}' })).status).toBe(200)
    expect((await waiting.ended).stdout).toBe('{"n":1}\n')
  })

  test('is still awaited after requests that are rejected, which are logged', async () => {
    const waiting = startWait()
    const url = await getUrl(waiting)
    expect((await post(`${url}x`, '{}', json)).status).toBe(400)
    expect((await post(url, '{', json)).status).toBe(400)
    expect((await fetch(url)).status).toBe(405)
    expect((await post(url, '{"n":1}', json)).status).toBe(200)
    const { stdout, stderr } = await waiting.ended
    expect(stdout).toBe('{"n":1}\n')
    for (const code of ['malformed_token', 'malformed_body', 'method_not_allowed']) expect(stderr).toContain(code)
    expect(stderr.match(/\/eyJ/g)).toHaveLength(1)
  })
})

describe('a program', () => {
  test('gets the URL, and its output goes to stderr', async () => {
    const { stdout, stderr, exit } = await wait('--', 'sh', '-c', `echo out; ${postJson} '{"n":1}' "$HOOKURL_URL"`)
    expect(stdout).toBe('{"n":1}\n')
    expect(stderr).toContain('out\n')
    expect(stderr).toContain('{"ok":true}')
    expect(stderr).not.toContain('eyJ')
    expect(exit).toBe(0)
  })

  test('gets no other variable of hookurl', async () => {
    const secrets = { HOOKURL_KEYS_FILE: 'k', HOOKURL_SERVICE_SECRET: 's', hookurl_base_url: 'x', OTHER: 'kept' }
    const script = `env | grep -i -e ^hookurl -e ^OTHER; ${postJson} 1 "$HOOKURL_URL"`
    const { stderr } = await run([...base, '--', 'sh', '-c', script], { env: { ...env, ...secrets } })
    const variables = stderr.split('\n').filter((line) => /^\w+=/.test(line))
    expect(variables.map((line) => line.split('=')[0]).sort()).toStrictEqual(['HOOKURL_URL', 'OTHER'])
    expect(stderr).not.toContain(testKeys)
  })

  test('gets the signing secret, in the given encoding, with --require-signature', async () => {
    const script = 'echo "secret $HOOKURL_SIGNING_SECRET"; exit 1'
    const { stderr } = await wait('--require-signature', '--encoding', 'plain', '--', 'sh', '-c', script)
    expect(stderr).toMatch(/^secret [\w-]{43}$/m)
  })

  test('gets its own options, also those that hookurl has', async () => {
    const script = `test "$1 $2" = '--json --command' && ${postJson} '{"n":1}' "$HOOKURL_URL"`
    const { stdout } = await wait('--', 'sh', '-c', script, 'sh', '--json', '--command')
    expect(stdout).toBe('{"n":1}\n')
  })

  test('reads stdin', async () => {
    const script = `curl -sS -H 'content-type: text/plain' --data-binary @- "$HOOKURL_URL"`
    const { stdout } = await run([...base, '--', 'sh', '-c', script], { env, stdin: 'from stdin' })
    expect(stdout).toBe('from stdin')
  })

  test('may end with exit code 0 before the URL is called', async () => {
    const { stdout, exit } = await wait('--', 'sh', '-c', `(sleep 0.3; ${postJson} '{"n":1}' "$HOOKURL_URL") &`)
    expect(stdout).toBe('{"n":1}\n')
    expect(exit).toBe(0)
  })

  test('gets a duplicate and a rejection if it calls the URL again', async () => {
    const call = (body: string): string => `${postJson} '${body}' "$HOOKURL_URL"`
    const script = [call('{"n":1}'), call('{"n":1}'), call('{"n":2}')].join('; echo; ')
    const { stdout, stderr, exit } = await wait('--', 'sh', '-c', script)
    expect(stdout).toBe('{"n":1}\n')
    expect(stderr).toContain('{"ok":true,"duplicate":true}')
    expect(stderr).toContain('"code":"already_used"')
    expect(exit).toBe(0)
  })

  test.each([
    ['exits with 3', ['sh', '-c', 'exit 3'], 3, 'ended with exit code 3 before the URL was called'],
    ['is killed', ['sh', '-c', 'kill -9 $$'], 137, 'was killed by SIGKILL before the URL was called'],
    ['is not found', ['./nothing'], 127, 'the program "./nothing" cannot be started (ENOENT)'],
    ['is not executable', ['/etc/passwd'], 126, 'the program "/etc/passwd" cannot be started (EACCES)'],
  ])('that %s before the call ends the wait with its exit code', async (_what, words, code, message) => {
    const { stdout, stderr, exit } = await wait('--', ...words)
    expect(stderr).toContain(message)
    expect(stdout).toBe('')
    expect(exit).toBe(code)
  })

  test('that fails is an error object with --json', async () => {
    const { stderr } = await wait('--json', '--', 'false')
    expect(JSON.parse(stderr.trim().split('\n').at(-1) as string).error).toMatchObject({
      code: 'program_failed',
      message: 'the program ended with exit code 1 before the URL was called',
    })
  })

  test('that fails after the call is reported, and the exit code is 0', async () => {
    const { stdout, stderr, exit } = await wait('--', 'sh', '-c', `${postJson} '{"n":1}' "$HOOKURL_URL"; exit 3`)
    expect(stdout).toBe('{"n":1}\n')
    expect(stderr).toContain('The program ended with exit code 3, after the URL was called.')
    expect(exit).toBe(0)
  })
})

describe('the end of the lifetime', () => {
  test('is exit code 4', async () => {
    const { stdout, stderr, exit } = await runInProcess([...base, '--expires-in', '1s'], { env })
    expect(stderr).toContain('error: the wait expired before its URL was called (expired)')
    expect(stdout).toBe('')
    expect(exit).toBe(4)
  })

  test('stops the program and the programs that it has started', async () => {
    const { stderr, exit } = await wait('--expires-in', '2s', '--', 'sh', '-c', 'sleep 60 & echo pid=$!; wait')
    expect(exit).toBe(4)
    expect(isRunning(Number(/pid=(\d+)/.exec(stderr)?.[1]))).toBe(false)
  })

  test('stops a program that is still running after the call, with exit code 0', async () => {
    const script = `${postJson} '{"n":1}' "$HOOKURL_URL"; sleep 60`
    const { stdout, stderr, exit } = await wait('--expires-in', '2s', '--', 'sh', '-c', script)
    expect(stdout).toBe('{"n":1}\n')
    expect(stderr).toContain('The URL has expired, and the program is still running: it is stopped.')
    expect(exit).toBe(0)
  })
})

describe('a signal', () => {
  // A shell lets its background jobs ignore SIGINT.
  const script = "trap 'exit 9' INT; sleep 60 & echo pid=$!; wait"

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s stops the program and the programs that it has started, with exit code %i', async (signal, code) => {
    const waiting = start([...base, '--', 'sh', '-c', script], { env })
    const pid = Number(/pid=(\d+)/.exec(await waiting.waitForStderr(/pid=\d+\n/))?.[1])
    expect(isRunning(pid)).toBe(true)
    waiting.kill(signal)
    const { stdout, exit } = await waiting.ended
    expect(exit).toBe(code)
    expect(stdout).toBe('')
    expect(isRunning(pid)).toBe(false)
  })

  test('makes the URL unusable', async () => {
    const waiting = start(base, { env })
    const url = await getUrl(waiting)
    waiting.kill('SIGINT')
    expect((await waiting.ended).exit).toBe(130)
    await expect(post(url, '{}', json)).rejects.toThrow()
  })

  test('twice kills a program that ignores it', async () => {
    const waiting = start([...base, '--', 'sh', '-c', "trap '' INT TERM; echo pid=$$; while :; do sleep 1; done"], {
      env,
    })
    const pid = Number(/pid=(\d+)/.exec(await waiting.waitForStderr(/pid=\d+\n/))?.[1])
    waiting.kill('SIGINT')
    setTimeout(() => waiting.kill('SIGINT'), 200)
    expect((await waiting.ended).exit).toBe(130)
    await vi.waitFor(() => expect(isRunning(pid)).toBe(false))
  })

  test('is sent by Ctrl-C on a terminal', async (context) => {
    if (spawnSync('python3', ['--version']).status !== 0) return context.skip('python3 is not installed')
    const args = [terminal, '80', process.execPath, program, ...base, '--', 'sh', '-c', 'echo pid=$$; exec sleep 60']
    const child = spawn('python3', args, { env: { PATH: process.env.PATH, ...env } })
    let shown = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (shown += text))
    await vi.waitFor(() => expect(shown).toMatch(/pid=\d+/), { timeout: 15_000 })
    child.stdin.write('\u0003')
    await vi.waitFor(() => expect(child.exitCode).toBe(130), { timeout: 10_000 })
    expect(isRunning(Number(/pid=(\d+)/.exec(shown)?.[1]))).toBe(false)
  })
})

describe('stdout', () => {
  /** Runs the program in a shell, with this after its command line. */
  function runInShell(redirection: string): Promise<ProgramResult> {
    const words = [
      process.execPath,
      program,
      ...base,
      '--',
      'sh',
      '-c',
      `${postJson} '{"status":"done"}' "$HOOKURL_URL"`,
    ]
    const line = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')
    const child = spawn('bash', ['-c', `${line} ${redirection}`], { env: { PATH: process.env.PATH, ...env } })
    let [stdout, stderr] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    return new Promise((resolve) => {
      child.on('close', (exit, signal) => resolve({ exit, signal, stdout, stderr }))
    })
  }

  test('feeds a pipeline', async () => {
    const { stdout, exit } = await runInShell(`| sed 's/.*"status":"\\([a-z]*\\)".*/\\1/'; exit \${PIPESTATUS[0]}`)
    expect(stdout).toBe('done\n')
    expect(exit).toBe(0)
  })

  test('that its reader has closed ends the command silently, and the caller gets no response', async () => {
    const { stderr, exit } = await runInShell(`| true; exit \${PIPESTATUS[0]}`)
    expect(stderr).not.toMatch(/error:|"ok":true/)
    expect(exit).toBe(0)
  })

  test('on a full disk is exit code 7, and the caller gets no response', async (context) => {
    if (!existsSync('/dev/full')) return context.skip('this system has no /dev/full')
    const { stderr, exit } = await runInShell('> /dev/full')
    expect(stderr).toContain('error: stdout cannot be written (ENOSPC)')
    expect(stderr).not.toContain('"ok":true')
    expect(exit).toBe(7)
  })
})

describe('a usage error', () => {
  test.each([
    [['--expires-in', 'never'], '--expires-in must be a duration'],
    [['--encoding', 'plain'], '--encoding requires --require-signature'],
    [['--url-file', 'u', '--', 'true'], '--url-file cannot be combined with a program'],
    [['--allow-get', '--require-signature'], '--allow-get'],
    [['--base-url', 'http://public.example.com'], '--base-url'],
    [['--port', '70000'], '--port must be at most 65535'],
  ])('%j is exit code 2', async (args, message) => {
    const { stderr, exit } = await runInProcess([...base, ...args], { env })
    expect(stderr).toContain(message)
    expect(exit).toBe(2)
  })

  test('is a missing command', async () => {
    expect((await runInProcess(['wait'], { env })).stderr).toContain('--command is missing')
  })

  test('is a port in use; a free one is suggested', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await vi.waitFor(() => expect(server.listening).toBe(true))
    const { port } = server.address() as AddressInfo
    const { stderr, exit } = await runInProcess(['wait', '--command', 'a', '--port', `${port}`], { env })
    expect(stderr).toMatch(new RegExp(`port ${port} is already in use\\n.*Use --port \\d+, which is free`))
    expect(exit).toBe(2)
    server.close()
  })
})
