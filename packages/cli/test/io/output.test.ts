import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createMinter, generateKey } from '@hookurl/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { killListen, startListen, mintUrl } from '../support/start-listen.ts'
import { makeHome, otherKeys, run, testKeys } from '../support/run.ts'

const home = makeHome()
const env = { HOME: home.path, HOOKURL_KEYS: testKeys }
const server = createServer((_request, response) => void response.end('{"ok":true}\n'))
let base = ''

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.close()
  home.remove()
})

const minter = createMinter({ keys: testKeys, baseUrl: 'https://bot.example.com/hooks', expiresIn: '1d' })
const url = minter.mintSync({ command: '/a', content: '\u001b[31mred' })

interface Call {
  readonly args: () => string[]
  readonly stdout: RegExp
  /** A script is one with --json too. */
  readonly isScript?: true
  readonly env?: Record<string, string>
}

let files = 0
function makeKeyring(...keys: readonly string[]): string {
  const file = join(home.path, `keyring-${files++}`)
  writeFileSync(file, `${keys.join('\n')}\n`)
  return file
}

const fingerprints = /^(?: {2}[0-9a-f]{12} {2}\S.*\n)+$/

/** A way to call each command, and what it prints. `listen` is called below. */
const calls: Readonly<Record<string, Call>> = {
  mint: { args: () => ['mint', '--command', '/a'], stdout: /^http:\/\/localhost:8787\/hooks\/[\w.-]+\n$/ },
  inspect: { args: () => ['inspect', url], stdout: /^A hook token .*\n$/s },
  verify: { args: () => ['verify', url], stdout: /^valid\n.*\n$/s },
  send: { args: () => ['send', base], stdout: /^\{"ok":true\}\n$/ },
  'keys new': { args: () => ['keys', 'new'], stdout: /^HOOKURL_KEYS=hks_[\w-]{43}\n$/ },
  'keys list': { args: () => ['keys', 'list'], stdout: /^ {2}[0-9a-f]{12} {2}mints and verifies\n$/ },
  'keys add': { args: () => ['keys', 'add', '--file', makeKeyring(testKeys)], stdout: fingerprints },
  'keys promote': { args: () => ['keys', 'promote', '--file', makeKeyring(testKeys, otherKeys)], stdout: fingerprints },
  'keys retire': { args: () => ['keys', 'retire', '--file', makeKeyring(testKeys, otherKeys)], stdout: fingerprints },
  doctor: { args: () => ['doctor'], stdout: /^ok {2,}Node\.js/, env: { HOOKURL_KEYS: generateKey() } },
  completion: { args: () => ['completion', 'bash'], stdout: /^# bash completion/, isScript: true },
  'keys jwk': { args: () => ['keys', 'jwk'], stdout: /^\{"kty":"oct".*\}\n$/ },
}

async function listCommands(words: readonly string[]): Promise<string[]> {
  const { stdout } = await run([...words, '--help'], { env })
  const list = stdout.split('\n\n').find((paragraph) => paragraph.startsWith('Commands:\n')) ?? ''
  return [...list.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => [...words, name].join(' '))
}

describe('what is piped', () => {
  test('every command is called here', async () => {
    const [commands, ofKeys] = await Promise.all([listCommands([]), listCommands(['keys'])])
    const listed = [...commands, ...ofKeys].filter((name) => !['keys', 'help', 'keys help', 'listen'].includes(name))
    expect(listed.sort()).toStrictEqual(Object.keys(calls).sort())
  })

  test.each(Object.keys(calls))('%s prints only the answer on stdout, without escape codes', async (name) => {
    const { args, stdout, isScript, env: own } = calls[name] as Call
    const [plain, json] = await Promise.all([
      run(args(), { env: { ...env, ...own, FORCE_COLOR: '1', TERM: 'xterm-256color' } }),
      run([...args(), '--json'], { env: { ...env, ...own } }),
    ])
    expect(plain.stdout).toMatch(stdout)
    expect(plain.stdout + plain.stderr + json.stdout + json.stderr).not.toContain('\u001b')
    const lines = isScript === true ? [] : json.stdout.trimEnd().split('\n')
    for (const line of lines) expect(JSON.parse(line)).toBeTypeOf('object')
    expect([plain.exit, json.exit]).toStrictEqual([0, 0])
  })

  test('says where the keys are from on stderr, not on stdout', async () => {
    for (const name of ['mint', 'keys jwk']) {
      const { args, stdout } = calls[name] as Call
      const ended = await run(args(), { env: { HOME: home.path } })
      expect(ended.stdout).toMatch(stdout)
      expect(ended.stderr).toContain('development key')
    }
  })

  test('listen prints nothing on stdout but what --once and --json ask for', async () => {
    const color = { ...env, FORCE_COLOR: '1', TERM: 'xterm-256color' }
    for (const [args, stdout] of [
      [['--once'], /^\{"a":"\\u001b\[31m"\}\n$/],
      [['--once', '--json'], /^\{"time":.*\}\n$/],
    ] as const) {
      const { program, base } = await startListen([...args], color)
      await fetch(mintUrl(base), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"a":"\\u001b[31m"}',
      })
      const ended = await program.ended
      expect(ended.stdout).toMatch(stdout)
      expect(ended.stdout + ended.stderr).not.toContain('\u001b')
    }
  })
})

const program = fileURLToPath(new URL('../../bin/hookurl.js', import.meta.url))
const hasScript = spawnSync('script', ['--version']).stdout?.includes('util-linux') === true

/** What the program prints on a terminal. */
async function onTerminal(args: readonly string[], more: Record<string, string>): Promise<string> {
  const line = [process.execPath, program, ...args].map((word) => `'${word}'`).join(' ')
  const child = spawn('script', ['-qec', line, '/dev/null'], {
    env: { PATH: process.env.PATH, TERM: 'xterm-256color', ...env, ...more },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text))
  await once(child, 'close')
  return printed
}

describe('on a terminal', () => {
  const cases = (): [string, string[]][] => [
    ['verify', ['verify', url]],
    ['send', ['send', base]],
    ['an error', ['mnit']],
  ]

  test('colours the verdict, and nothing with NO_COLOR, TERM=dumb or --no-color', async (context) => {
    if (!hasScript) context.skip('script of util-linux, which makes a terminal, is not installed')
    for (const [name, args] of cases()) {
      expect([name, await onTerminal(args, {})]).toStrictEqual([name, expect.stringContaining('\u001b[3')])
      for (const more of [{ NO_COLOR: '1' }, { TERM: 'dumb' }] as Record<string, string>[]) {
        expect([name, await onTerminal(args, more)]).toStrictEqual([name, expect.not.stringContaining('\u001b')])
      }
      expect(await onTerminal([...args, '--no-color'], {})).not.toContain('\u001b')
    }
  })

  test('shows escape codes in an answer as text', async (context) => {
    if (!hasScript) context.skip('script of util-linux, which makes a terminal, is not installed')
    const hostile = createServer((_request, response) => void response.end('\u001b[2Jgone\nlast')).listen(
      0,
      '127.0.0.1',
    )
    await once(hostile, 'listening')
    const printed = await onTerminal(
      ['send', '--no-color', `http://127.0.0.1:${(hostile.address() as AddressInfo).port}`],
      {},
    )
    hostile.close()
    expect(printed).toContain('\\u001b[2Jgone\r\nlast\r\n')
    expect(printed).not.toContain('\u001b')
  })
})

describe('exit codes', () => {
  const broken = `crypto.getRandomValues = () => { throw new Error('it broke') }`
  const wayTo: Readonly<Record<number, () => Promise<number | null>>> = {
    0: async () => (await run(['verify', url], { env })).exit,
    1: async () => {
      const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(broken)}`
      return (await run(['keys', 'new'], { env: { ...env, NODE_OPTIONS } })).exit
    },
    2: async () => (await run(['verify', '--at', 'noon', url], { env })).exit,
    3: async () => (await run(['verify', url], { env: { ...env, HOOKURL_KEYS: otherKeys } })).exit,
    4: async () => (await run(['verify', '--at', '+9d', url], { env })).exit,
    5: async () => (await run(['verify', '--command', '/b', url], { env })).exit,
    6: async () => (await run(['verify', url], { env: { ...env, HOOKURL_KEYS: 'x' } })).exit,
    7: async () => (await run(['send', '--timeout', '1s', 'http://127.0.0.1:1'], { env })).exit,
    130: async () => {
      const listening = await startListen([], env)
      listening.program.kill('SIGINT')
      const { exit } = await listening.program.ended
      await killListen(listening)
      return exit
    },
  }

  test('each one that the help names is one that the program ends with', async () => {
    const { stdout } = await run(['--help'], { env })
    const named = [...(stdout.split('Exit codes:\n')[1] ?? '').matchAll(/(?<=^| {2})(\d+) /gm)].map(([, code]) =>
      Number(code),
    )
    expect(named).toStrictEqual(Object.keys(wayTo).map(Number))
    const ended = await Promise.all(Object.values(wayTo).map((way) => way()))
    expect(ended).toStrictEqual(named)
  })
})
