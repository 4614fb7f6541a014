import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { killListen, type StartedListen, startListen, mintUrl } from '../support/start-listen.ts'
import { makeHome, run } from '../support/run.ts'

const home = makeHome()
const env = { HOME: home.path }
afterAll(home.remove)
const at = (name: string): string => join(home.path, name)

let listening: StartedListen | undefined
afterEach(async () => {
  await killListen(listening)
  listening = undefined
})

/** Listens with a program in a file of its own, which needs no quotes of the shell's. */
async function execNode(
  code: string,
  args: readonly string[] = [],
  more: Record<string, string> = {},
): Promise<string> {
  const file = at(`program-${Math.random().toString(36).slice(2)}.mjs`)
  writeFileSync(file, code)
  return exec(`exec "${process.execPath}" "${file}"`, args, more)
}

async function exec(command: string, args: readonly string[] = [], more: Record<string, string> = {}): Promise<string> {
  listening = await startListen(['--exec', command, ...args], { ...env, ...more })
  return listening.base
}

const post = (url: string, body: BodyInit = '{"order":7}', type = 'application/json'): Promise<Response> =>
  fetch(url, { method: 'POST', headers: { 'content-type': type }, body })

const hostile = `'"; touch ${at('pwned')} #\n$(touch ${at('pwned')}) \`touch ${at('pwned')}\` && %PATH% \\ \u001b[31m`

describe('listen --exec', () => {
  test('gives the hook to the program as JSON on stdin', async () => {
    const base = await exec('cat')
    const given = await (await post(`${mintUrl(base, { redirectTo: 'https://cataas.com/cat' })}?a=1`)).json()
    expect(given).toMatchObject({
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
    expect(JSON.stringify(given)).not.toContain('eyJ')
  })

  test('runs nothing of content, payload, query or headers with quotes, $(), backticks and line breaks', async () => {
    const base = await exec('cat')
    const url = `${mintUrl(base, { content: hostile })}?a=${encodeURIComponent(hostile)}`
    const given = await (await post(url, hostile, 'text/plain')).json()
    expect([given.content, given.payload, given.query.a]).toStrictEqual([hostile, hostile, hostile])
    expect(existsSync(at('pwned'))).toBe(false)
  })

  test('gives bytes and files in base64', async () => {
    const base = await exec('cat')
    const bytes = await (await post(mintUrl(base), new Uint8Array([0, 255]), 'image/png')).json()
    expect(bytes.payload).toStrictEqual({ base64: 'AP8=' })
    const form = new FormData()
    form.append('file', new File(['miau'], 'cat.txt', { type: 'text/plain' }))
    form.append('name', 'Kitty')
    const sent = await fetch(mintUrl(base), { method: 'POST', body: form })
    const file = { name: 'cat.txt', type: 'text/plain', base64: 'bWlhdQ==' }
    expect((await sent.json()).payload).toStrictEqual({ file, name: 'Kitty' })
  })

  test.each([
    ['JSON', 'printf \'{"a": 1.0}\'', 200, '{"a": 1.0}', 'application/json'],
    ['text', 'echo hello', 200, 'hello\n', 'text/plain; charset=utf-8'],
    ['markup', "echo '<script>alert(1)</script>'", 200, '<script>alert(1)</script>\n', 'text/plain; charset=utf-8'],
    ['nothing', 'true', 200, '{"ok":true}', 'application/json'],
    ['text and a failure', 'echo no; exit 3', 500, 'no\n', 'text/plain; charset=utf-8'],
    ['nothing and a failure', 'exit 3', 500, '{"title":"the program failed","status":500}', 'application/problem+json'],
    ['nothing, killed by a signal', 'kill -9 $$', 500, expect.stringContaining('failed'), 'application/problem+json'],
    ['nothing, not being there', 'no-such-program', 500, expect.stringContaining('failed'), 'application/problem+json'],
  ])('answers with what the program prints: %s', async (_name, command, status, body, type) => {
    const answer = await post(mintUrl(await exec(command)))
    expect([answer.status, await answer.text(), answer.headers.get('content-type')]).toStrictEqual([status, body, type])
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  })

  test('says how the program failed, and what it says on stderr, without escape codes', async () => {
    const base = await execNode(`console.error('\\u001b[31mno cat'); process.exitCode = 3`)
    expect((await post(mintUrl(base))).status).toBe(500)
    const said = await listening?.program.waitForStderr(/POST 500/)
    expect(said).toContain('exec: \\u001b[31mno cat\n')
    expect(said).toContain('exec: ended with exit 3\n')
  })

  test('ends a program that prints without end', async () => {
    const base = await exec('yes')
    expect((await post(mintUrl(base))).status).toBe(500)
    expect(await listening?.program.waitForStderr(/POST 500/)).toContain('printed more than 16777216 bytes')
  })

  test('answers 500, and goes on, where the system starts no program', async () => {
    const hide = `import processes from 'node:child_process'
import { syncBuiltinESMExports } from 'node:module'
const { spawn } = processes
processes.spawn = () => spawn('/no/such/shell')
syncBuiltinESMExports()`
    const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(hide)}`
    const base = await exec('cat', [], { NODE_OPTIONS })
    expect((await post(mintUrl(base))).status).toBe(500)
    expect((await post(mintUrl(base))).status).toBe(500)
    expect(await listening?.program.waitForStderr(/ENOENT/)).toContain('spawn /no/such/shell')
  })

  test('keeps every HOOKURL_ variable from the program, and nothing else', async () => {
    const more = { HOOKURL_PURPOSE: '', HOOKURL_BASE_URL: 'https://a.example', hookurl_other: '1', OTHER: '1' }
    const base = await execNode('console.log(JSON.stringify(Object.keys(process.env)))', [], more)
    const names: string[] = await (await post(mintUrl(base))).json()
    expect(names.filter((name) => /hookurl/i.test(name))).toStrictEqual([])
    expect(names).toEqual(expect.arrayContaining(['OTHER', 'HOME', 'PATH']))
  })

  test('kills the program and all it has started when the time is over', async () => {
    const pids = at('pids')
    const base = await exec(`sleep 60 & echo $! > ${pids}; echo $$ >> ${pids}; sleep 60`, ['--exec-timeout', '0.5s'])
    const answer = await post(mintUrl(base))
    expect([answer.status, (await answer.json()).title]).toStrictEqual([504, 'the program did not end in time'])
    expect(await listening?.program.waitForStderr(/POST 504/)).toContain('--exec-timeout gives it longer')
    for (const pid of readFileSync(pids, 'utf8').trim().split('\n')) await expectGone(Number(pid))
  })

  test('answers in time also where a program that left its group goes on', async () => {
    const pid = at('left')
    const code = `import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
writeFileSync(${JSON.stringify(pid)}, String(spawn('sleep', ['60'], { detached: true, stdio: 'inherit' }).pid))`
    const base = await execNode(code, ['--exec-timeout', '0.5s'])
    expect((await post(mintUrl(base))).status).toBe(504)
    process.kill(Number(readFileSync(pid, 'utf8')))
  })

  test('runs no more programs at once than --concurrency says, and all in the end', async () => {
    const folder = at('runs')
    mkdirSync(folder)
    const code = `import { readdirSync, rmSync, writeFileSync } from 'node:fs'
const own = ${JSON.stringify(folder)} + '/' + process.pid
writeFileSync(own, '')
await new Promise((resolve) => setTimeout(resolve, 100))
console.log(readdirSync(${JSON.stringify(folder)}).length)
rmSync(own)`
    const base = await execNode(code, ['--concurrency', '2'])
    const answers = await Promise.all(Array.from({ length: 6 }, () => post(mintUrl(base))))
    const counts = await Promise.all(answers.map((answer) => answer.json()))
    expect(Math.max(...counts)).toBeLessThanOrEqual(2)
    expect(counts).toHaveLength(6)
  })

  test('lets a program that runs finish when Ctrl-C is pressed', async () => {
    const begun = at('begun')
    const base = await exec(`touch ${begun}; sleep 0.3; echo done`)
    const answer = post(mintUrl(base))
    await waitFor(() => existsSync(begun))
    listening?.program.kill('SIGINT')
    expect(await (await answer).text()).toBe('done\n')
    expect((await listening?.program.ended)?.exit).toBe(130)
  })

  test('takes its programs with it when Ctrl-C is pressed twice', async () => {
    const pid = at('twice')
    const base = await exec(`echo $$ > ${pid}; sleep 60`)
    const answer = post(mintUrl(base)).catch(() => 'cut')
    await waitFor(() => existsSync(pid) && readFileSync(pid, 'utf8') !== '')
    listening?.program.kill('SIGINT')
    await new Promise((resolve) => setTimeout(resolve, 100))
    listening?.program.kill('SIGINT')
    expect((await listening?.program.ended)?.exit).toBe(130)
    expect(await answer).toBe('cut')
    await expectGone(Number(readFileSync(pid, 'utf8')))
  })

  test.each([
    [['--exec', 'cat', '--concurrency', '0'], '--concurrency must be at least 1'],
    [['--exec', 'cat', '--exec-timeout', 'soon'], '--exec-timeout'],
  ])('refuses %j with exit 2', async (args, message) => {
    const { stderr, exit } = await run(['listen', '--port', '0', ...args], { env })
    expect(stderr).toContain(message)
    expect(exit).toBe(2)
  })
})

describe('listen counts uses', () => {
  test('in memory, as long as it runs', async () => {
    listening = await startListen([], env)
    const url = mintUrl(listening.base, { maxUses: 1 })
    expect((await post(url, '1')).status).toBe(200)
    expect((await post(url, '2')).status).toBe(410)
  })

  test('in a folder with --uses-dir, also over a restart', async () => {
    const args = ['--uses-dir', at('uses')]
    listening = await startListen(args, env)
    const url = mintUrl('http://localhost', { maxUses: 2 })
    const path = new URL(url).pathname
    expect((await post(listening.base + path, '1')).status).toBe(200)
    listening.program.kill('SIGTERM')
    expect((await listening.program.ended).exit).toBe(143)
    listening = await startListen(args, env)
    expect((await post(listening.base + path, '2')).status).toBe(200)
    expect((await post(listening.base + path, '3')).status).toBe(410)
  })

  test('says why a folder cannot be used', async () => {
    writeFileSync(at('file'), '')
    const { stderr, exit } = await run(['listen', '--port', '0', '--uses-dir', join(at('file'), 'x')], { env })
    expect(stderr).toContain('--uses-dir: the folder cannot be used')
    expect(exit).toBe(2)
  })

  test('says what to install where lmdb is missing', async () => {
    const hide = `import Module from 'node:module'
const resolve = Module._resolveFilename
Module._resolveFilename = (name, ...rest) => {
  if (name === 'lmdb') throw Object.assign(new Error('missing'), { code: 'MODULE_NOT_FOUND' })
  return resolve.call(Module, name, ...rest)
}`
    const options = { env: { ...env, NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(hide)}` } }
    const { stderr, exit } = await run(['listen', '--port', '0', '--uses-dir', at('uses')], options)
    expect(stderr).toContain('npm install lmdb@3')
    expect(exit).toBe(2)
  })

  test('and ends where the port is taken, with the folder open', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const { exit } = await run(['listen', '--port', String(port), '--uses-dir', at('other')], { env })
    server.close()
    expect(exit).toBe(2)
  })
})

async function waitFor(isTrue: () => boolean): Promise<void> {
  for (const last = Date.now() + 5000; !isTrue() && Date.now() < last; ) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  expect(isTrue()).toBe(true)
}

// One that was killed may still be listed until its parent has looked.
function expectGone(pid: number): Promise<void> {
  return waitFor(() => {
    try {
      process.kill(pid, 0)
      return readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
    } catch {
      return true
    }
  })
}
