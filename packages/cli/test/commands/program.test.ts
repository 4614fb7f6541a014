import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createMinter } from '@hookurl/core'
import { afterAll, describe, expect, test } from 'vitest'
import { makeHome, run, testKeys } from '../support/run.ts'

const home = makeHome()
const env = { HOME: home.path, HOOKURL_KEYS: testKeys }
afterAll(home.remove)

const url = createMinter({ keys: testKeys, baseUrl: 'https://bot.example.com', expiresIn: '1d' }).mintSync({
  command: 'a',
})
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))

// Run before the program: what it needs to make a key is broken then.
const breakIt = `crypto.getRandomValues = () => { throw new Error('it broke') }`

describe('the program', () => {
  test.each([[[]], [['-h']], [['mint', '--help']], [['help', 'verify']], [['keys', 'jwk', '-h']], [['listen', '-h']]])(
    'shows help for %j on stdout: examples first, exit codes too',
    async (args) => {
      const { stdout, stderr, exit } = await run(args, { env })
      expect(stdout).toMatch(/^Examples:\n {2}hookurl /)
      expect(stdout).toContain('6 key missing or invalid')
      expect(stderr).toBe('')
      expect(exit).toBe(0)
    },
  )

  test('shows its version', async () => {
    expect((await run(['--version'], { env })).stdout).toBe(`${version}\n`)
  })

  test.each([
    ['a mistyped command', ['mnit'], "unknown command 'mnit'", 'Did you mean mint?'],
    ['a mistyped flag', ['mint', '--comand', 'a'], "unknown option '--comand'", 'Did you mean --command?'],
    ['a mistyped flag of all', ['mint', '--jsn'], "unknown option '--jsn'", 'Did you mean --json?'],
    ['a command that is missing', ['--no-color'], 'a command is missing', 'See `hookurl --help`.'],
    ['a value that is missing', ['mint', '--command'], 'argument missing', 'See `hookurl mint --help`.'],
    ['a moment that is none', ['verify', '--at', 'noon', url], '--at is not a moment', 'Write 2030-01-01'],
  ])('meets %s with exit 2 and a suggestion', async (_name, args, message, fix) => {
    const { stdout, stderr, exit } = await run(args, { env })
    expect(stderr).toContain(`error: `)
    expect(stderr).toContain(message)
    expect(stderr).toContain(`fix: ${fix}`)
    expect(stdout).toBe('')
    expect(exit).toBe(2)
  })

  test.each([
    [2, ['mnit', '--json'], {}, 'invalid_option'],
    [2, ['--json', 'mint'], {}, 'invalid_option'],
    [2, ['mint', '--json', '--command', 'a', '--max-url-length', '9'], {}, 'url_too_long'],
    [3, ['verify', '--json', '-'], {}, 'no_token'],
    [6, ['verify', '--json', 'x'], { HOOKURL_KEYS: 'x' }, 'invalid_key'],
  ])('with --json says an error of exit %i as one object on stderr', async (code, args, more, name) => {
    const { stdout, stderr, exit } = await run(args, { env: { ...env, ...more } })
    const error = { code: name, message: expect.any(String), fix: expect.any(String) }
    expect(JSON.parse(stderr)).toStrictEqual({ error })
    expect(stdout).toBe('')
    expect(exit).toBe(code)
  })

  test('with --json keeps the notes in the error, so that stderr is one object', async () => {
    const own = makeHome()
    const { stderr } = await run(['mint', '--json', '--command', 'a', '--expires-in', 'x'], { env: { HOME: own.path } })
    own.remove()
    expect(JSON.parse(stderr).error.notes).toStrictEqual([expect.stringContaining('Made a development key')])
  })

  test('shows neither tokens, keys nor escape sequences that were given as something else', async () => {
    const given = [url, testKeys, '--\u001b[31m']
    const ended = await Promise.all(given.map((arg) => run([arg], { env })))
    for (const { stderr, exit } of ended) {
      expect(stderr).not.toMatch(/eyJ|hks_A|\u001b/)
      expect(exit).toBe(2)
    }
    expect(ended[0]?.stderr).toMatch(/\[hook [0-9a-f]{6}\]/)
  })

  test('exits with 1 for what nobody expected, and shows a stack only to who asks for it', async () => {
    const hostile = { HOME: home.path, NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(breakIt)}` }
    const [quiet, debug] = await Promise.all([
      run(['keys', 'new'], { env: hostile }),
      run(['keys', 'new'], { env: { ...hostile, HOOKURL_DEBUG: '1' } }),
    ])
    expect(quiet.stderr).toBe('error: it broke\n  fix: Run it again with HOOKURL_DEBUG=1 to see where it happened.\n')
    expect(debug.stderr).toMatch(/\n {4}at /)
    expect([quiet.exit, debug.exit]).toStrictEqual([1, 1])
  })

  test('falls silent when its reader has gone', async () => {
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

  test('colours nothing that is not a terminal', async () => {
    const { stdout, stderr } = await run(['verify', url, 'x'], { env: { ...env, FORCE_COLOR: '1' } })
    expect(stdout + stderr).not.toContain('\u001b')
  })
})
