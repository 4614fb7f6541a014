import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { makeHome } from '../support/run.ts'
import { runInProcess } from '../support/run-in-process.ts'
import {
  killListen,
  mintUrl,
  type StartedListen,
  spawnListen,
  startListen,
  stopListen,
} from '../support/start-listen.ts'

const home = makeHome()
const env = { HOME: home.path }
afterAll(home.remove)

function inHome(name: string): string {
  return join(home.path, name)
}

function post(url: string, body: BodyInit = '{"order":7}', contentType = 'application/json'): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { 'content-type': contentType }, body })
}

/** Writes a Node program to a file, and returns the shell command that runs it. */
function makeNodeCommand(code: string): string {
  const file = inHome(`program-${Math.random().toString(36).slice(2)}.mjs`)
  writeFileSync(file, code)
  return `exec "${process.execPath}" "${file}"`
}

const shellInjection = `'"; touch ${inHome('pwned')} #\n$(touch ${inHome('pwned')}) \`touch ${inHome('pwned')}\` && %PATH% \\ \u001b[31m`

describe('listen --exec', () => {
  let listen: StartedListen | undefined
  afterEach(async () => {
    if (listen !== undefined) await stopListen(listen)
    listen = undefined
  })

  async function startExec(
    command: string,
    args: readonly string[] = [],
    moreEnv: Record<string, string> = {},
  ): Promise<StartedListen> {
    listen = await startListen(['--no-inspector', '--exec', command, ...args], { ...env, ...moreEnv })
    return listen
  }

  test('passes the hook to the program as JSON on stdin, without the token', async () => {
    const { base } = await startExec('cat')
    const url = mintUrl(base, { redirectTo: 'https://cataas.com/cat' })
    const input = await (await post(`${url}?a=1`)).json()
    expect(input).toMatchObject({
      command: '/onWebhook',
      userId: '42',
      content: 'Did you see the cat?',
      redirectTo: 'https://cataas.com/cat',
      allowGet: false,
      payload: { order: 7 },
      query: { a: '1' },
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    })
    expect(JSON.stringify(input)).not.toContain(url.slice(url.lastIndexOf('.')))
  })

  test('a shell runs nothing of content, payload or query with quotes, $(), backticks and line breaks', async () => {
    const { base } = await startExec('cat')
    const url = `${mintUrl(base, { content: shellInjection })}?a=${encodeURIComponent(shellInjection)}`
    const input = await (await post(url, shellInjection, 'text/plain')).json()
    expect(input).toMatchObject({ content: shellInjection, payload: shellInjection, query: { a: shellInjection } })
    expect(existsSync(inHome('pwned'))).toBe(false)
  })

  test('a payload of bytes is base64', async () => {
    const { base } = await startExec('cat')
    const input = await (await post(mintUrl(base), new Uint8Array([0, 255]), 'image/png')).json()
    expect(input.payload).toStrictEqual({ base64: 'AP8=' })
  })

  test('a file of a form has its name, type and base64', async () => {
    const { base } = await startExec('cat')
    const form = new FormData()
    form.append('file', new File(['miau'], 'cat.txt', { type: 'text/plain' }))
    form.append('name', 'Kitty')
    const response = await fetch(mintUrl(base), { method: 'POST', body: form })
    const file = { name: 'cat.txt', type: 'text/plain', size: 4, base64: 'bWlhdQ==' }
    expect((await response.json()).payload).toStrictEqual({ file, name: 'Kitty' })
  })

  test.each([
    ['JSON', 'printf \'{"a": 1.0}\'', 200, '{"a": 1.0}', 'application/json'],
    ['text', 'echo hello', 200, 'hello\n', 'text/plain; charset=utf-8'],
    ['markup', "echo '<script>alert(1)</script>'", 200, '<script>alert(1)</script>\n', 'text/plain; charset=utf-8'],
    ['nothing', 'true', 200, '{"ok":true}', 'application/json'],
    ['text and fails', 'echo no; exit 3', 500, 'no\n', 'text/plain; charset=utf-8'],
    ['nothing and fails', 'exit 3', 500, '{"title":"the program failed","status":500}', 'application/problem+json'],
    ['nothing and is killed', 'kill -9 $$', 500, expect.stringContaining('failed'), 'application/problem+json'],
    ['nothing: not found', 'no-such-program', 500, expect.stringContaining('failed'), 'application/problem+json'],
  ])('the program prints %s', async (_name, command, status, body, contentType) => {
    const { base } = await startExec(command)
    const response = await post(mintUrl(base))
    expect(response.status).toBe(status)
    expect(await response.text()).toStrictEqual(body)
    expect(response.headers.get('content-type')).toBe(contentType)
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  })

  test("prints the program's exit code and its stderr without escape sequences", async () => {
    const { program, base } = await startExec(
      makeNodeCommand(`console.error('\\u001b[31mno cat'); process.exitCode = 3`),
    )
    expect((await post(mintUrl(base))).status).toBe(500)
    const stderr = await program.waitForStderr(/POST 500/)
    expect(stderr).toContain('exec: \\u001b[31mno cat\n')
    expect(stderr).toContain('exec: ended with exit code 3\n')
  })

  test('kills a program that prints more than 16 MiB', async () => {
    const { program, base } = await startExec('yes')
    expect((await post(mintUrl(base))).status).toBe(500)
    expect(await program.waitForStderr(/POST 500/)).toContain('printed more than 16777216 bytes')
  })

  test('removes HOOKURL_* variables from the environment of the program, and nothing else', async () => {
    const moreEnv = { HOOKURL_PURPOSE: '', HOOKURL_BASE_URL: 'https://a.example', hookurl_other: '1', OTHER: '1' }
    const { base } = await startExec(makeNodeCommand('console.log(JSON.stringify(process.env))'), [], moreEnv)
    const names = Object.keys(await (await post(mintUrl(base))).json())
    expect(names.filter((name) => /hookurl/i.test(name))).toStrictEqual([])
    expect(names).toEqual(expect.arrayContaining(['OTHER', 'HOME', 'PATH']))
  })

  test('kills the program and everything that it started after --exec-timeout', async () => {
    const pids = inHome('pids')
    const command = `sleep 60 & echo $! > ${pids}; echo $$ >> ${pids}; sleep 60`
    const { program, base } = await startExec(command, ['--exec-timeout', '0.5s'])
    const response = await post(mintUrl(base))
    expect(response.status).toBe(504)
    expect((await response.json()).title).toBe('the program did not finish in time')
    expect(await program.waitForStderr(/POST 504/)).toContain('raise --exec-timeout to allow more')
    for (const pid of readFileSync(pids, 'utf8').trim().split('\n')) await expectGone(Number(pid))
  })

  test('responds in time although a process that left the group keeps running', async () => {
    const pid = inHome('detached')
    const command = makeNodeCommand(`import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
writeFileSync(${JSON.stringify(pid)}, String(spawn('sleep', ['60'], { detached: true, stdio: 'inherit' }).pid))`)
    const { base } = await startExec(command, ['--exec-timeout', '0.5s'])
    expect((await post(mintUrl(base))).status).toBe(504)
    process.kill(Number(readFileSync(pid, 'utf8')))
  })

  test('runs at most --concurrency programs at once, and all of them in the end', async () => {
    const folder = inHome('runs')
    mkdirSync(folder)
    const command = makeNodeCommand(`import { readdirSync, rmSync, writeFileSync } from 'node:fs'
const own = ${JSON.stringify(folder)} + '/' + process.pid
writeFileSync(own, '')
await new Promise((resolve) => setTimeout(resolve, 100))
console.log(readdirSync(${JSON.stringify(folder)}).length)
rmSync(own)`)
    const { base } = await startExec(command, ['--concurrency', '2'])
    const responses = await Promise.all(Array.from({ length: 6 }, () => post(mintUrl(base))))
    const counts = await Promise.all(responses.map((response) => response.json()))
    expect(counts).toHaveLength(6)
    expect(Math.max(...counts)).toBeLessThanOrEqual(2)
  })
})

test.each([
  [['--exec', 'cat', '--concurrency', '0'], '--concurrency must be at least 1'],
  [['--exec', 'cat', '--exec-timeout', 'soon'], '--exec-timeout'],
])('listen rejects %j with exit code 2', async (args, message) => {
  const { stderr, exit } = await runInProcess(['listen', '--port', '0', ...args], { env })
  expect(stderr).toContain(message)
  expect(exit).toBe(2)
})

// Signals, and what Node's own modules return, belong to a process.
describe('the process of listen --exec', () => {
  let listen: StartedListen | undefined
  afterEach(() => killListen(listen))

  test('responds with 500 and keeps running where the system cannot start a program', async () => {
    const preload = `import processes from 'node:child_process'
import { syncBuiltinESMExports } from 'node:module'
const { spawn } = processes
processes.spawn = () => spawn('/no/such/shell')
syncBuiltinESMExports()`
    const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(preload)}`
    listen = await spawnListen(['--exec', 'cat'], { ...env, NODE_OPTIONS })
    expect((await post(mintUrl(listen.base))).status).toBe(500)
    expect((await post(mintUrl(listen.base))).status).toBe(500)
    expect(await listen.program.waitForStderr(/ENOENT/)).toContain('spawn /no/such/shell')
  })

  test('lets a running program finish after Ctrl-C', async () => {
    const started = inHome('started')
    listen = await spawnListen(['--exec', `touch ${started}; sleep 0.3; echo done`], env)
    const response = post(mintUrl(listen.base))
    await waitUntil(() => existsSync(started))
    listen.program.kill('SIGINT')
    expect(await (await response).text()).toBe('done\n')
    expect((await listen.program.ended).exit).toBe(130)
  })

  test('kills running programs after a second Ctrl-C', async () => {
    const pid = inHome('pid')
    listen = await spawnListen(['--exec', `echo $$ > ${pid}; sleep 60`], env)
    const response = post(mintUrl(listen.base)).catch(() => 'disconnected')
    await waitUntil(() => existsSync(pid) && readFileSync(pid, 'utf8') !== '')
    listen.program.kill('SIGINT')
    await new Promise((resolve) => setTimeout(resolve, 100))
    listen.program.kill('SIGINT')
    expect((await listen.program.ended).exit).toBe(130)
    expect(await response).toBe('disconnected')
    await expectGone(Number(readFileSync(pid, 'utf8')))
  })
})

async function waitUntil(condition: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 5000; !condition() && Date.now() < deadline; ) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  expect(condition()).toBe(true)
}

// A killed process is listed as a zombie until its parent has waited for it.
function expectGone(pid: number): Promise<void> {
  return waitUntil(() => {
    try {
      process.kill(pid, 0)
      return readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
    } catch {
      return true
    }
  })
}
