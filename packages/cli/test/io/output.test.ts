import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createMinter, generateKey } from '@hookurl/core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { makeHome, otherKeys, run, testKeys } from '../support/run.ts'
import { runInProcess } from '../support/run-in-process.ts'
import { mintUrl, spawnListen } from '../support/start-listen.ts'

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
const signedUrl = minter.mintSync({ command: '/a', requireSignature: true })

interface Example {
  readonly args: () => string[]
  readonly stdout: RegExp
  /** Whether it prints a script, also with --json. */
  readonly isScript?: true
  readonly env?: Record<string, string>
  readonly stdin?: string
}

let keyringCount = 0
function makeKeyring(...keys: readonly string[]): string {
  const file = join(home.path, `keyring-${keyringCount++}`)
  writeFileSync(file, `${keys.join('\n')}\n`)
  return file
}

const fingerprints = /^(?: {2}[0-9a-f]{12} {2}\S.*\n)+$/

/** An example of each command, and what it prints. `listen` and `gate` have their own tests. */
const examples: Readonly<Record<string, Example>> = {
  mint: { args: () => ['mint', '--command', '/a'], stdout: /^http:\/\/localhost:8787\/hooks\/[\w.-]+\n$/ },
  inspect: { args: () => ['inspect', url], stdout: /^Hook token .*\n$/s },
  verify: { args: () => ['verify', url], stdout: /^valid\n.*\n$/s },
  secret: { args: () => ['secret', signedUrl], stdout: /^whsec_[\w+/]{43}=\n$/ },
  send: { args: () => ['send', base], stdout: /^\{"ok":true\}\n$/ },
  wait: {
    args: () => [
      'wait',
      '--command',
      '/a',
      '--port',
      '0',
      '--',
      'sh',
      '-c',
      'curl -so /dev/null -d status=done $HOOKURL_URL',
    ],
    stdout: /^\{"status":"done"\}\n$/,
  },
  mcp: {
    args: () => ['mcp'],
    stdin: '{"jsonrpc":"2.0","id":1,"method":"ping"}\n',
    stdout: /^\{"jsonrpc":"2\.0","id":1,"result":\{\}\}\n$/,
  },
  'keys new': { args: () => ['keys', 'new'], stdout: /^HOOKURL_KEYS=hks_[\w-]{43}\n$/ },
  'keys list': { args: () => ['keys', 'list'], stdout: /^ {2}[0-9a-f]{12} {2}mints and verifies\n$/ },
  'keys add': { args: () => ['keys', 'add', '--keys-file', makeKeyring(testKeys)], stdout: fingerprints },
  'keys promote': {
    args: () => ['keys', 'promote', '--keys-file', makeKeyring(testKeys, otherKeys)],
    stdout: fingerprints,
  },
  'keys retire': {
    args: () => ['keys', 'retire', '--now', '--keys-file', makeKeyring(testKeys, otherKeys)],
    stdout: fingerprints,
  },
  doctor: { args: () => ['doctor'], stdout: /^ok {2,}Node\.js/, env: { HOOKURL_KEYS: generateKey() } },
  completion: { args: () => ['completion', 'bash'], stdout: /^# bash completion/, isScript: true },
  'uses schema': {
    args: () => ['uses', 'schema', '--dialect', 'postgres'],
    stdout: /^CREATE TABLE .*;\n$/s,
  },
  'uses sweep': { args: () => ['uses', 'sweep', '--dialect', 'mysql'], stdout: /^DELETE FROM .*;\n$/ },
  'keys jwk': { args: () => ['keys', 'jwk'], stdout: /^\{"kty":"oct".*\}\n$/ },
}

async function listCommands(words: readonly string[]): Promise<string[]> {
  const { stdout } = await runInProcess([...words, '--help'], { env })
  const list = stdout.split('\n\n').find((paragraph) => paragraph.startsWith('Commands:\n')) ?? ''
  return [...list.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => [...words, name].join(' '))
}

test('every command has an example here', async () => {
  const commands = [...(await listCommands([])), ...(await listCommands(['keys'])), ...(await listCommands(['uses']))]
  const expected = commands.filter(
    (name) => !['keys', 'uses', 'help', 'keys help', 'uses help', 'listen', 'gate'].includes(name),
  )
  expect(expected.sort()).toStrictEqual(Object.keys(examples).sort())
})

describe('in a pipe', () => {
  // The built program, so that every command of the bundle has run once.
  test.each(Object.entries(examples))('%s prints only its result on stdout', async (_name, example) => {
    const colorEnv = { FORCE_COLOR: '1', TERM: 'xterm-256color' }
    const { stdout, stderr, exit } = await run(example.args(), {
      env: { ...env, ...example.env, ...colorEnv },
      stdin: example.stdin,
    })
    expect(stdout).toMatch(example.stdout)
    expect(stdout + stderr).not.toContain('\u001b')
    expect(exit).toBe(0)
  })

  test.each(Object.entries(examples))('%s --json prints JSON on stdout', async (_name, example) => {
    const options = { env: { ...env, ...example.env }, stdin: example.stdin }
    const { stdout, stderr, exit } = await runInProcess([...example.args(), '--json'], options)
    const lines = example.isScript === true ? [] : stdout.trimEnd().split('\n')
    for (const line of lines) expect(JSON.parse(line)).toBeTypeOf('object')
    expect(stdout + stderr).not.toContain('\u001b')
    expect(exit).toBe(0)
  })

  test.each(['mint', 'keys jwk'])('%s prints on stderr which keys it uses, not on stdout', async (name) => {
    const { args, stdout } = examples[name] as Example
    const result = await runInProcess(args(), { env: { HOME: home.path } })
    expect(result.stdout).toMatch(stdout)
    expect(result.stderr).toContain('development key')
  })

  test.each([
    [['--once'], /^\{"a":"\\u001b\[31m"\}\n$/],
    [['--once', '--json'], /^\{"time":.*\}\n$/],
  ])('listen %j prints only the hook on stdout, and exits', async (args, stdout) => {
    const colorEnv = { FORCE_COLOR: '1', TERM: 'xterm-256color' }
    const listen = await spawnListen(args, { ...env, ...colorEnv })
    await fetch(mintUrl(listen.base), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"a":"\\u001b[31m"}',
    })
    const result = await listen.program.ended
    expect(result.stdout).toMatch(stdout)
    expect(result.stdout + result.stderr).not.toContain('\u001b')
    expect(result.exit).toBe(0)
  })
})

describe('on a terminal', () => {
  const colored: readonly (readonly [string, () => string[]])[] = [
    ['verify', () => ['verify', url]],
    ['send', () => ['send', base]],
    ['an error', () => ['mnit']],
  ]

  async function printOnTerminal(args: readonly string[], moreEnv: Record<string, string> = {}): Promise<string> {
    const options = { env: { ...env, TERM: 'xterm-256color', ...moreEnv }, isTerminal: true }
    const { stdout, stderr } = await runInProcess(args, options)
    return stdout + stderr
  }

  test.each(colored)('%s is colored', async (_name, args) => {
    expect(await printOnTerminal(args())).toContain('\u001b[3')
  })

  test.each(colored)('%s is not colored with NO_COLOR', async (_name, args) => {
    expect(await printOnTerminal(args(), { NO_COLOR: '1' })).not.toContain('\u001b')
  })

  test.each(colored)('%s is not colored with TERM=dumb', async (_name, args) => {
    expect(await printOnTerminal(args(), { TERM: 'dumb' })).not.toContain('\u001b')
  })

  test.each(colored)('%s is not colored with --no-color', async (_name, args) => {
    expect(await printOnTerminal([...args(), '--no-color'])).not.toContain('\u001b')
  })
})

const hasScript = spawnSync('script', ['--version']).stdout?.includes('util-linux') === true

// `script` of util-linux runs the built program on a real terminal.
describe('on a real terminal', () => {
  beforeEach((context) => {
    if (!hasScript) context.skip('script of util-linux, which provides a terminal, is not installed')
  })

  const program = fileURLToPath(new URL('../../bin/hookurl.js', import.meta.url))

  async function runOnTerminal(args: readonly string[]): Promise<string> {
    const line = [process.execPath, program, ...args].map((word) => `'${word}'`).join(' ')
    const child = spawn('script', ['-qec', line, '/dev/null'], {
      env: { PATH: process.env.PATH, TERM: 'xterm-256color', ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let printed = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text))
    await once(child, 'close')
    return printed
  }

  test('verify is colored', async () => {
    expect(await runOnTerminal(['verify', url])).toContain('\u001b[3')
  })

  test('an error is colored', async () => {
    expect(await runOnTerminal(['mnit'])).toContain('\u001b[3')
  })

  test('escape sequences of a response are printed as text', async () => {
    const escapes = createServer((_request, response) => void response.end('\u001b[2Jgone\nlast'))
    escapes.listen(0, '127.0.0.1')
    await once(escapes, 'listening')
    const { port } = escapes.address() as AddressInfo
    const printed = await runOnTerminal(['send', '--no-color', `http://127.0.0.1:${port}`])
    escapes.close()
    expect(printed).toContain('\\u001b[2Jgone\r\nlast\r\n')
    expect(printed).not.toContain('\u001b')
  })
})
