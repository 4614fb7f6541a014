import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createMinter } from '@hookurl/core'
import { createVerifier } from '@hookurl/verify'
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { getWidth } from '../../src/io/columns.ts'
import { makeHome, testKeys } from '../support/run.ts'

const hasPython = spawnSync('python3', ['--version']).status === 0
const program = fileURLToPath(new URL('../../bin/hookurl.js', import.meta.url))
const terminal = fileURLToPath(new URL('../support/terminal.py', import.meta.url))
const home = makeHome()
afterAll(home.remove)

interface TerminalListen {
  readonly child: ChildProcess
  readonly base: string
  shown(): string
  type(keys: string): void
}

let running: TerminalListen | undefined
beforeEach((context) => {
  if (!hasPython) context.skip('python3, which provides a terminal, is not installed')
})
afterEach(async () => {
  if (running?.child.exitCode === null) {
    running.type('q')
    await once(running.child, 'close')
  }
  running = undefined
})

async function listenOnTerminal(
  columns: number,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<TerminalListen> {
  const child = spawn(
    'python3',
    [terminal, `${columns}`, process.execPath, program, 'listen', '--port', '0', ...args],
    {
      env: { PATH: process.env.PATH, HOME: home.path, TERM: 'xterm-256color', HOOKURL_KEYS: testKeys, ...env },
    },
  )
  let shown = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (shown += text))
  await vi.waitFor(() => expect(shown).toMatch(/Keys: .*quit/), { timeout: 15_000 })
  const base = /http:\/\/127\.0\.0\.1:\d+/.exec(shown)?.[0] as string
  running = { child, base, shown: () => shown, type: (keys) => void child.stdin.write(keys) }
  return running
}

async function post(url: string, { method = 'POST', headers = {}, body = '' } = {}): Promise<void> {
  const outgoing = request(url, { method, headers, agent: false })
  outgoing.end(body)
  const [response] = await once(outgoing, 'response')
  response.resume()
  await once(response, 'close')
}

const json = { 'content-type': 'application/json' }
const events = [
  'invoice.paid',
  'ping',
  '部署が完了しました',
  'déjà vu',
  '🚀 launch',
  '👨‍👩‍👧‍👦 family',
  'e\u0301clair',
  'a\u001b[31mred',
  '\u202Ertl',
]

/** Forty hooks that differ in command, user, method, payload and size. */
function makeHooks(base: string): (readonly [url: string, sent: Parameters<typeof post>[1]])[] {
  const minter = createMinter({ keys: testKeys, baseUrl: base, expiresIn: '1d' })
  const commands = ['/a', '/onWebhook', '/データ/受信', '/very/long/command/name/that/does/not/end/soon/or/ever']
  return Array.from({ length: 40 }, (_each, index) => {
    const command = commands[index % commands.length] as string
    const userId = index % 3 === 0 ? undefined : index % 3 === 1 ? `${index}` : `利用者-${'x'.repeat(index)}`
    const url = minter.mintSync({ command, userId })
    const type = events[index % events.length] as string
    const body = JSON.stringify({ type, text: '長い文章'.repeat(index), n: index })
    if (index % 10 === 7) return [url.slice(0, -5), { headers: json, body }]
    if (index % 10 === 8) return [`${base}/${'not-found/'.repeat(index)}`, { method: 'GET' }]
    if (index % 10 === 9)
      return [url, { method: 'GET', headers: { 'sec-fetch-mode': 'navigate', accept: 'text/html' } }]
    return [url, { headers: json, body }]
  })
}

const colors = /\u001b\[\d+m/g

function listLogLines(shown: string): string[] {
  return shown.split('\r\n').filter((line) => /^(?:\u001b\[2m)?\d\d:\d\d:\d\d/.test(line))
}

describe.each([40, 80, 120])('on a terminal of %i columns', (columns) => {
  test('forty hooks take forty lines, none of which wraps', async () => {
    const { base, shown } = await listenOnTerminal(columns, ['--no-inspector'])
    for (const [url, sent] of makeHooks(base)) await post(url, sent)
    await vi.waitFor(() => expect(listLogLines(shown())).toHaveLength(40), { timeout: 10_000 })
    const lines = listLogLines(shown()).map((line) => line.replaceAll(colors, ''))
    expect(lines.filter((line) => getWidth(line) > columns)).toStrictEqual([])
    // No control character reaches the terminal.
    expect(lines.join('')).not.toMatch(/[\p{Cc}\u202E]/u)
    for (const line of lines) expect(line).toMatch(/^\d\d:\d\d:\d\d {2}(?:POST|GET) \d{3}/)
  })
})

describe('colors', () => {
  const show = async (env: Record<string, string>, args: readonly string[] = []): Promise<string> => {
    const { base, shown } = await listenOnTerminal(80, ['--no-inspector', ...args], env)
    await post(`${base}/x`)
    await vi.waitFor(() => expect(shown()).toContain('no token found'))
    return shown()
  }

  test('show the class of the status', async () => {
    expect(await show({})).toContain('\u001b[33mPOST 404\u001b[39m')
  })

  test.each([
    ['NO_COLOR', { NO_COLOR: '1' }],
    ['FORCE_COLOR=0', { FORCE_COLOR: '0' }],
    ['NO_COLOR before FORCE_COLOR', { NO_COLOR: '1', FORCE_COLOR: '1' }],
    ['TERM=dumb', { TERM: 'dumb' }],
  ])('are off with %s', async (_name, env) => {
    expect(await show(env as Record<string, string>)).not.toContain('\u001b')
  })

  test('are on for TERM=dumb with FORCE_COLOR', async () => {
    expect(await show({ TERM: 'dumb', FORCE_COLOR: '1' })).toContain('\u001b[33m')
  })
})

describe('the keys of listen', () => {
  test('q quits with exit code 0', async () => {
    const { child, type } = await listenOnTerminal(80, ['--no-inspector'])
    type('q')
    const [exit] = await once(child, 'close')
    expect(exit).toBe(0)
  })

  test('Ctrl-C still quits with exit code 130', async () => {
    const { child, type } = await listenOnTerminal(80, ['--no-inspector'])
    type('\u0003')
    const [exit] = await once(child, 'close')
    expect(exit).toBe(130)
  })

  test('c copies a new test URL for this receiver', async () => {
    const { base, shown, type } = await listenOnTerminal(80, ['--no-inspector'])
    type('c')
    await vi.waitFor(() => expect(shown()).toContain('\u001b]52;c;'))
    const copied = Buffer.from(/\]52;c;([\w+/=]+)/.exec(shown())?.[1] ?? '', 'base64').toString()
    expect(new URL(copied).port).toBe(new URL(base).port)
    expect(createVerifier({ keys: testKeys }).verifySync(copied).command).toBe('/test')
  })

  test('r replays the last hook', async () => {
    const { base, shown, type } = await listenOnTerminal(80, ['--no-inspector'])
    type('r')
    await vi.waitFor(() => expect(shown()).toContain('There is no hook to replay yet.'))
    const minter = createMinter({ keys: testKeys, baseUrl: base, expiresIn: '1d' })
    await post(minter.mintSync({ command: '/again' }), { headers: json, body: '{"n":7}' })
    type('r')
    await vi.waitFor(() => expect(listLogLines(shown())).toHaveLength(2))
    for (const line of listLogLines(shown())) expect(line.replaceAll(colors, '')).toContain('POST 200  /again  n: 7')
  })

  test('o opens the inspector in the browser of the system', async () => {
    const opener = join(home.path, 'xdg-open')
    writeFileSync(opener, `#!/bin/sh\necho "$1" > ${join(home.path, 'opened')}\n`, { mode: 0o755 })
    const { shown, type } = await listenOnTerminal(120, ['--inspector-port', '0'], {
      PATH: `${home.path}:${process.env.PATH}`,
    })
    type('o')
    const address = /Inspector: (\S+)/.exec(shown())?.[1]
    await vi.waitFor(() => expect(readFileSync(join(home.path, 'opened'), 'utf8')).toBe(`${address}\n`))
  })
})
