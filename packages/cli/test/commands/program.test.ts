import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createMinter } from '@hookurl/core'
import { afterAll, describe, expect, test } from 'vitest'
import { makeHome, otherKeys, run, testKeys } from '../support/run.ts'
import { runInProcess } from '../support/run-in-process.ts'
import { spawnListen } from '../support/start-listen.ts'

const home = makeHome()
const env = { HOME: home.path, HOOKURL_KEYS: testKeys }
afterAll(home.remove)

const minter = createMinter({ keys: testKeys, baseUrl: 'https://bot.example.com', expiresIn: '1d' })
const url = minter.mintSync({ command: 'a' })
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))

describe('help', () => {
  test.each([[[]], [['-h']], [['mint', '--help']], [['help', 'verify']], [['keys', 'jwk', '-h']], [['listen', '-h']]])(
    '%j prints examples first, and the exit codes, on stdout',
    async (args) => {
      const { stdout, stderr, exit } = await runInProcess(args, { env })
      expect(stdout).toMatch(/^Examples:\n {2}hookurl /)
      expect(stdout).toContain('6 key missing or invalid')
      expect(stderr).toBe('')
      expect(exit).toBe(0)
    },
  )
})

const everyCommand = [
  [],
  ['mint'],
  ['inspect'],
  ['verify'],
  ['send'],
  ['listen'],
  ['wait'],
  ['keys'],
  ...['new', 'list', 'add', 'promote', 'retire', 'jwk'].map((name) => ['keys', name]),
  ['doctor'],
  ['completion'],
]

test.each(everyCommand.map((words) => [words]))('the help of %j fits 80 columns', async (words) => {
  const { stdout } = await runInProcess([...words, '--help'], { env })
  expect(stdout.split('\n').filter((line) => [...line].length > 80)).toStrictEqual([])
})

test('the help of mint groups its options', async () => {
  const { stdout } = await runInProcess(['mint', '--help'], { env })
  const groups = [...stdout.matchAll(/^([A-Z][\w ]*):$/gm)].map(([, name]) => name)
  expect(groups).toStrictEqual([
    'Examples',
    'Hook',
    'Validity and use',
    'URL',
    'Output',
    'Bulk minting',
    'Keys',
    'Common',
    'Columns',
    'Exit codes',
  ])
})

describe('what sets a setting is named in its error', () => {
  test.each([
    [['mint', '--command', 'a'], { HOOKURL_BASE_URL: 'x' }, 'error: HOOKURL_BASE_URL must be an absolute URL'],
    [['mint', '--command', 'a', '--base-url', 'x'], {}, 'error: --base-url must be an absolute URL'],
    [['doctor'], { HOOKURL_BASE_URL: 'x' }, 'HOOKURL_BASE_URL must be an absolute URL'],
    [['mint', '--command', 'a'], { HOOKURL_PURPOSE: 'x'.repeat(65) }, 'error: HOOKURL_PURPOSE must be'],
    [['mint', '--command', 'a', '--purpose', 'x'.repeat(65)], {}, 'error: --purpose must be'],
    [['mint', '--command', 'a', '--expires-at', '999999999999'], {}, 'error: --expires-at must be a time'],
    [['mint', '--command', 'a', '--expires-in', '9999999d'], {}, 'error: --expires-in must be a time'],
    [['mint', '--command', 'a', '--not-before', '999999999999'], {}, 'error: --not-before must be a time'],
    [['mint', '--command', 'a', '--max-uses', '0'], {}, 'error: --max-uses must be an integer'],
    [['mint', '--command', 'a', '--id', 'a/b'], {}, 'error: --id must be'],
  ])('%j with %j', async (args, variables: Record<string, string>, message) => {
    const { stdout, stderr } = await runInProcess(args, { env: { ...env, ...variables } })
    expect(stdout + stderr).toContain(message)
    expect(stdout + stderr).not.toContain('----')
  })
})

describe('a flag without the flag that it depends on is rejected', () => {
  test.each([
    [['listen', '--exec-timeout', '5s'], '--exec-timeout requires --exec'],
    [['listen', '--concurrency', '2'], '--concurrency requires --exec'],
    [['listen', '--forward-timeout', '5s'], '--forward-timeout requires --forward'],
    [['listen', '--exec', 'true', '--forward-timeout', '5s'], '--forward-timeout requires --forward'],
  ])('%j', async (args, message) => {
    const { stderr, exit } = await runInProcess(args, { env })
    expect(stderr).toContain(`error: ${message}`)
    expect(exit).toBe(2)
  })
})

describe('a command that Git Bash has converted to a path', () => {
  test.each([
    ['C:/Program Files/Git/onWebhook', true],
    ['D:\\tools\\msys64\\onWebhook', true],
    ['/onWebhook', false],
    ['onWebhook', false],
    ['C:/hooks/onWebhook', false],
  ])('%s', async (command, isConverted) => {
    for (const args of [['--command', command], [`--command=${command}`]]) {
      const { stderr, exit } = await runInProcess(['mint', ...args], { env })
      expect(stderr.includes('MSYS_NO_PATHCONV=1')).toBe(isConverted)
      expect(exit).toBe(0)
    }
  })
})

test('--version prints the version of the package', async () => {
  expect((await run(['--version'], { env })).stdout).toBe(`${version}\n`)
})

describe('a usage error', () => {
  test.each([
    ['a mistyped command', ['mnit'], "unknown command 'mnit'", 'Did you mean mint?'],
    ['a mistyped option', ['mint', '--comand', 'a'], "unknown option '--comand'", 'Did you mean --command?'],
    ['a mistyped common option', ['mint', '--jsn'], "unknown option '--jsn'", 'Did you mean --json?'],
    ['a missing command', ['--no-color'], 'a command is missing', 'See `hookurl --help`.'],
    ['a missing value', ['mint', '--command'], 'argument missing', 'See `hookurl mint --help`.'],
    ['an invalid timestamp', ['verify', '--at', 'noon', url], '--at is not a timestamp', 'Write 2030-01-01'],
  ])('such as %s is exit code 2 with a suggestion', async (_name, args, message, fix) => {
    const { stdout, stderr, exit } = await runInProcess(args, { env })
    expect(stderr).toContain(`error: `)
    expect(stderr).toContain(message)
    expect(stderr).toContain(`fix: ${fix}`)
    expect(stdout).toBe('')
    expect(exit).toBe(2)
  })

  test.each([[['keys', 'rotate']], [['keys', 'rotation']], [['rotate']]])('for %j names the steps', async (args) => {
    const { stderr, exit } = await runInProcess(args, { env })
    expect(stderr).toContain(`error: unknown command '${args.at(-1)}'\n`)
    expect(stderr).toContain('run `hookurl keys add`, then `hookurl keys promote`, then `hookurl keys retire`.')
    expect(stderr).not.toContain('Did you mean')
    expect(exit).toBe(2)
  })

  test.each([
    ['a token', url],
    ['a key', testKeys],
    ['an escape sequence', '--\u001b[31m'],
  ])('does not print %s that was given in place of something else', async (_name, arg) => {
    const { stderr, exit } = await runInProcess([arg], { env })
    expect(stderr).not.toMatch(/eyJ|hks_A|\u001b/)
    expect(exit).toBe(2)
  })

  test('prints a redacted token', async () => {
    expect((await runInProcess([url], { env })).stderr).toMatch(/\[hook [0-9a-f]{6}\]/)
  })
})

describe('with --json', () => {
  test.each([
    [2, ['mnit', '--json'], {}, 'invalid_option'],
    [2, ['--json', 'mint'], {}, 'invalid_option'],
    [2, ['mint', '--json', '--command', 'a', '--max-url-length', '9'], {}, 'url_too_long'],
    [3, ['verify', '--json', '-'], {}, 'no_token'],
    [6, ['verify', '--json', 'x'], { HOOKURL_KEYS: 'x' }, 'invalid_key'],
  ])('an error of exit code %i is one object on stderr: %j', async (exitCode, args, moreEnv, code) => {
    const { stdout, stderr, exit } = await runInProcess(args, { env: { ...env, ...moreEnv } })
    const error = { code, message: expect.any(String), fix: expect.any(String) }
    expect(JSON.parse(stderr)).toStrictEqual({ error })
    expect(stdout).toBe('')
    expect(exit).toBe(exitCode)
  })

  test('an error contains the notes, so that stderr is one object', async () => {
    const emptyHome = makeHome()
    const args = ['mint', '--json', '--command', 'a', '--expires-in', 'x']
    const { stderr } = await runInProcess(args, { env: { HOME: emptyHome.path } })
    emptyHome.remove()
    expect(JSON.parse(stderr).error.notes).toStrictEqual([expect.stringMatching(/development key/)])
  })
})

// Breaks the creation of keys before the program starts, which takes a process.
const preload = `crypto.getRandomValues = () => { throw new Error('it broke') }`
const brokenEnv = { HOME: home.path, NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(preload)}` }

describe('an unexpected error', () => {
  test('is exit code 1 without a stack trace', async () => {
    const { stderr, exit } = await run(['keys', 'new'], { env: brokenEnv })
    expect(stderr).toBe(
      'error: it broke\n  fix: Run the command again with HOOKURL_DEBUG=1 to see where the error occurred.\n',
    )
    expect(exit).toBe(1)
  })

  test('has a stack trace with HOOKURL_DEBUG', async () => {
    const { stderr, exit } = await run(['keys', 'new'], { env: { ...brokenEnv, HOOKURL_DEBUG: '1' } })
    expect(stderr).toMatch(/\n {4}at /)
    expect(exit).toBe(1)
  })
})

describe('the stack trace of HOOKURL_DEBUG', () => {
  const secret = testKeys.slice(4)
  const token = url.slice(url.lastIndexOf('/') + 1)
  const keyObject = `{ index: 0, secret: Buffer.from('${secret}', 'base64url') }`

  test.each([
    ['in the message', `new Error('${testKeys}')`],
    ['without its prefix', `new Error('the key is ${secret}')`],
    ['broken by a line break', `new Error('${testKeys.slice(0, 20)}\\n${testKeys.slice(20)}')`],
    ['in the cause', `new Error('it broke', { cause: new Error('${testKeys}') })`],
    ['in the cause of the cause', `new Error('it broke', { cause: new Error('a', { cause: '${testKeys}' }) })`],
    ['in one of several errors', `new AggregateError([new Error('${testKeys}')], 'it broke')`],
    ['in a member', `Object.assign(new Error('it broke'), { key: '${testKeys}' })`],
    ['in a member, as bytes', `Object.assign(new Error('it broke'), { key: ${keyObject} })`],
    ['in a cause that is no error', `new Error('it broke', { cause: ${keyObject} })`],
    ['in what is thrown, which is no error', `'${testKeys}'`],
    ['next to a token', `new Error('${testKeys} ${token}')`],
  ])('contains no key that is %s', async (_name, thrown) => {
    const code = `crypto.getRandomValues = () => { throw ${thrown} }`
    const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(code)}`
    const { stderr, exit } = await run(['keys', 'new'], { env: { HOME: home.path, NODE_OPTIONS, HOOKURL_DEBUG: '1' } })
    // Node itself prints where the program was loaded from, in the lines of the stack.
    const printed = stderr.replaceAll(/data:text\/javascript,\S*/g, '')
    expect(exit).toBe(1)
    expect(printed).not.toContain(secret)
    expect(printed).not.toContain(secret.slice(20))
    for (const segment of token.split('.')) expect(printed).not.toContain(segment)
    expect(printed).not.toContain(Buffer.from(secret, 'base64url').join(', ').slice(0, 30))
    expect(printed).not.toMatch(/(?:[0-9a-f]{2} ){8}/)
  })

  test('has the stack of each cause', async () => {
    const code = `crypto.getRandomValues = () => { throw new Error('outer', { cause: new RangeError('inner') }) }`
    const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(code)}`
    const { stderr } = await run(['keys', 'new'], { env: { HOME: home.path, NODE_OPTIONS, HOOKURL_DEBUG: '1' } })
    expect(stderr).toMatch(/^Error: outer\n {4}at [\s\S]*\nCaused by: RangeError: inner\n {4}at /)
  })

  test('of a key that cannot be parsed has no part of it', async () => {
    const options = { env: { HOME: home.path, HOOKURL_KEYS: `x${secret}`, HOOKURL_DEBUG: '1' } }
    const { stderr, exit } = await runInProcess(['verify', url], options)
    expect(stderr).toMatch(/\n {4}at /)
    expect(stderr).not.toContain(secret)
    expect(exit).toBe(6)
  })
})

test('ends quietly when its reader has closed the pipe', async () => {
  const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
  const line = `"$0" --conditions=@hookurl/source --import "$1" "$2" verify - | head -n 1`
  const child = spawn('/bin/sh', ['-c', line, process.execPath, import.meta.resolve('tsx'), main], {
    env: { PATH: process.env.PATH, ...env },
  })
  let stderr = ''
  let stdout = ''
  child.stderr.on('data', (chunk) => (stderr += chunk))
  child.stdout.on('data', (chunk) => (stdout += chunk))
  child.stdin.on('error', () => {})
  child.stdin.end(`${url}\n`.repeat(5000))
  await once(child, 'close')
  expect(stdout.split('\n')).toHaveLength(2)
  expect(stderr).toBe('')
})

async function getExitCode(args: readonly string[], moreEnv: Record<string, string> = {}): Promise<number | null> {
  return (await runInProcess(args, { env: { ...env, ...moreEnv } })).exit
}

/** A way to end with each exit code. An unexpected error and a signal take a process. */
const endings: Readonly<Record<number, () => Promise<number | null>>> = {
  0: () => getExitCode(['verify', url]),
  1: async () => (await run(['keys', 'new'], { env: brokenEnv })).exit,
  2: () => getExitCode(['verify', '--at', 'noon', url]),
  3: () => getExitCode(['verify', url], { HOOKURL_KEYS: otherKeys }),
  4: () => getExitCode(['verify', '--at', '+9d', url]),
  5: () => getExitCode(['verify', '--command', 'b', url]),
  6: () => getExitCode(['verify', url], { HOOKURL_KEYS: 'x' }),
  7: () => getExitCode(['send', '--timeout', '1s', 'http://127.0.0.1:1']),
  130: async () => {
    const { program } = await spawnListen([], env)
    program.kill('SIGINT')
    return (await program.ended).exit
  },
}

test('the help lists exactly these exit codes', async () => {
  const { stdout } = await runInProcess(['--help'], { env })
  const list = stdout.split('Exit codes:\n')[1] ?? ''
  const codes = [...list.matchAll(/(?<=^| {2})(\d+) /gm)].map(([, code]) => code)
  expect(codes).toStrictEqual(Object.keys(endings))
})

test.each(Object.keys(endings))('a program can end with exit code %s', async (code) => {
  expect(await endings[Number(code)]?.()).toBe(Number(code))
})

// `runInProcess` reads process.exitCode: this is what the process ends with.
test('the built program ends with the exit code of an error', async () => {
  expect((await run(['verify', url], { env: { ...env, HOOKURL_KEYS: otherKeys } })).exit).toBe(3)
})
