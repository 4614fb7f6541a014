import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { join } from 'node:path'
import { type Readable, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { createMinter } from '@hookurl/core'
import { afterAll, describe, expect, test } from 'vitest'
import { parseJsonLines } from '../support/parse-json-lines.ts'
import { makeHome, otherKeys, type ProgramResult, run, testKeys } from '../support/run.ts'
import { runInProcess } from '../support/run-in-process.ts'

const program = fileURLToPath(new URL('../../bin/hookurl.js', import.meta.url))
const home = makeHome()
const env = { HOME: home.path, HOOKURL_KEYS: testKeys }
afterAll(home.remove)

const expiresAt = new Date('2130-01-01T00:00:00Z')
const minter = createMinter({ keys: testKeys, baseUrl: 'https://bot.example.com/hooks', expiresIn: '30d' })
const url = minter.mintSync({
  command: '/onWebhook',
  userId: 42,
  content: 'Did you see the cat?',
  redirectTo: 'https://cataas.com/cat',
  expiresAt,
})
const altered = url.replace(/.$/, url.endsWith('A') ? 'E' : 'A')
const otherUrl = createMinter({ keys: otherKeys, baseUrl: 'https://a.example', expiresIn: '1d' }).mintSync({
  command: 'a',
})
const numbers = minter.mintSync({ command: '/numbers', content: { order: 7 }, expiresAt })
const singleUse = minter.mintSync({ command: '/once', maxUses: 1, expiresAt })
const notYetValid = minter.mintSync({ command: '/early', notBefore: new Date('2129-01-01T00:00:00Z'), expiresAt })
const claims = `  command   /onWebhook
  user      42
  content   "Did you see the cat?"
  redirect  https://cataas.com/cat
  methods   POST
`

const safeLink = (inner: string): string =>
  `https://nam02.safelinks.protection.outlook.com/?url=${encodeURIComponent(inner)}&data=05%7C02`

function verify(args: readonly string[], stdin?: string): Promise<ProgramResult> {
  return runInProcess(['verify', ...args], { env, stdin })
}

describe('verify', () => {
  test('prints valid, with the hook and the time left', async () => {
    const { stdout, stderr, exit } = await verify(['--at', '2129-12-30', url])
    expect(stdout).toBe(`valid\n${claims}  expires   2130-01-01 00:00:00 UTC, in 2 days\n  key       1 of 1\n`)
    expect(stderr).toBe('')
    expect(exit).toBe(0)
  })

  test('prints code, reason, fix and claims of an expired URL, whose signature is valid', async () => {
    const { stdout, exit } = await verify(['--at', '2130-01-04', url])
    expect(stdout).toBe(
      `expired: the URL has expired\nfix: Mint a new URL.\n${claims}  expires   2130-01-01 00:00:00 UTC, 3 days ago\n  key       1 of 1\n`,
    )
    expect(exit).toBe(4)
  })

  test.each([
    ['a URL without a token', 'https://bot.example.com/', 3, 'no_token'],
    ['a word', 'hello', 3, 'malformed_token'],
    ['a token of another keyring', otherUrl, 3, 'invalid_signature'],
    ['a token with one altered character', altered, 3, 'invalid_signature'],
    ['two tokens', `${url}/${otherUrl.split('/').at(-1)}`, 3, 'ambiguous_token'],
    ['a URL that is not valid yet', notYetValid, 4, 'not_yet_valid'],
    ['another command', [url, '--command', '/other', '--command', '/more'], 5, 'wrong_command'],
    ['another purpose', [url, '--purpose', 'billing'], 3, 'invalid_signature'],
  ])('rejects %s with its code and exit', async (_name, given, exit, code) => {
    const result = await verify([given].flat())
    expect(result.stdout).toMatch(new RegExp(`^${code}: .+\\nfix: .+\\n`))
    expect(result.stdout.includes('command ')).toBe(exit > 3)
    expect(result.exit).toBe(exit)
  })

  test('accepts one of several commands', async () => {
    expect((await verify([url, '--command', '/a', '--command', '/onWebhook'])).exit).toBe(0)
  })

  test('accepts a single-use URL, and notes that uses are not checked here', async () => {
    const { stdout, stderr, exit } = await verify([singleUse])
    expect(stdout).toMatch(/^valid\n/)
    expect(stderr).toContain('Not checked here, but by the receiver: uses.')
    expect(exit).toBe(0)
  })

  test('decrypts an encrypted token', async () => {
    const encrypted = await minter.mint({ command: '/onWebhook', content: 'secret', encrypt: true })
    expect((await verify([encrypted])).stdout).toContain('"secret"')
  })
})

describe('verify, of a wrapped URL,', () => {
  test('verifies the URL inside, and prints who wrapped it', async () => {
    const { stdout, exit } = await verify([safeLink(url)])
    expect(stdout).toMatch(/^valid\n {2}wrapped by {2}Outlook Safe Links\n {2}command {5}\/onWebhook\n/)
    expect(exit).toBe(0)
  })

  test('prints who wrapped a URL that is rejected', async () => {
    const { stdout, exit } = await verify([safeLink(otherUrl)])
    expect(stdout).toMatch(/^invalid_signature: .+\nfix: .+\n {2}wrapped by {2}Outlook Safe Links\n$/)
    expect(exit).toBe(3)
  })

  test('prints who wrapped it at the end of its line', async () => {
    const { stdout } = await verify(['-'], `${url}\n${safeLink(url)}`)
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.endsWith('  wrapped by Outlook Safe Links')),
    ).toStrictEqual([false, true])
  })

  test('with --json prints who wrapped it as a list', async () => {
    const { stdout } = await verify(['--json', safeLink(url)])
    expect(JSON.parse(stdout)).toMatchObject({ valid: true, wrappedBy: ['Outlook Safe Links'] })
  })
})

describe('verify --json', () => {
  const hook = {
    command: '/onWebhook',
    userId: '42',
    content: 'Did you see the cat?',
    redirectTo: 'https://cataas.com/cat',
    allowGet: false,
    expiresAt: '2130-01-01T00:00:00.000Z',
    key: { index: 0 },
  }

  test('prints a valid URL as one object', async () => {
    const { stdout, exit } = await verify(['--json', url])
    expect(JSON.parse(stdout)).toStrictEqual({ valid: true, hook })
    expect(exit).toBe(0)
  })

  test('prints a rejected URL as one object, with the hook of a valid signature', async () => {
    const { stdout, exit } = await verify(['--json', '--at', '2130-01-01', url])
    const error = { code: 'expired', message: 'the URL has expired', fix: 'Mint a new URL.' }
    expect(JSON.parse(stdout)).toStrictEqual({ valid: false, error, hook })
    expect(exit).toBe(4)
  })

  test('prints one object per line of stdin, with the number of the line', async () => {
    const { stdout } = await verify(['-', '--json'], `${url}\n\n  ${notYetValid}  \r\n${altered}\n${singleUse}`)
    expect(parseJsonLines(stdout).map(({ line }) => line)).toStrictEqual([1, 3, 4, 5])
  })
})

describe('verify -', () => {
  test('prints one line per line of stdin, with the number of the line', async () => {
    const { stdout } = await verify(['-'], `${url}\n\n  ${notYetValid}  \r\n${altered}\n${singleUse}`)
    expect(listResults(stdout)).toStrictEqual(['1: valid', '3: not_yet_valid', '4: invalid_signature', '5: valid'])
  })

  test('keeps the order of many lines', async () => {
    const given = Array.from({ length: 2000 }, (_each, index) => [url, altered, '', numbers][index % 4])
    const { stdout } = await verify(['-'], given.join('\n'))
    const expected = given.flatMap((each, index) =>
      each === '' ? [] : [`${index + 1}: ${each === altered ? 'invalid_signature' : 'valid'}`],
    )
    expect(listResults(stdout)).toStrictEqual(expected)
  })

  test('prints a summary of the claims if the signature is valid', async () => {
    const { stdout } = await verify(['-'], `${url}\n${notYetValid}`)
    const [first, second] = stdout.split('\n')
    expect(first).toContain(
      'valid  /onWebhook  user 42  content "Did you see the cat?"  redirect https://cataas.com/cat',
    )
    expect(second).toContain('/early')
  })

  test('rejects a line that is longer than 1 MiB, and verifies the next one', async () => {
    const { stdout, exit } = await verify(['-'], `${'x'.repeat(1_100_000)}\n${url}\n`)
    expect(stdout).toMatch(
      /^1: malformed_token: the line is longer than 1 MiB {2}fix: Write one URL per line\.\n2: valid {2}/,
    )
    expect(exit).toBe(3)
  })

  // The built program, whose heap can be limited.
  test('does not keep a line that is too long in memory', async () => {
    const stdin = Buffer.alloc(200_000_000, 'x')
    const { stdout, exit } = await run(['verify', '-'], {
      env: { ...env, NODE_OPTIONS: '--max-old-space-size=24' },
      stdin,
    })
    expect(listResults(stdout)).toStrictEqual(['1: malformed_token'])
    expect(exit).toBe(3)
  })

  test('prints results while more lines are arriving', async () => {
    const child = spawn(process.execPath, [program, 'verify', '-'], { env: { PATH: process.env.PATH, ...env } })
    child.stdin.write(`${url}\n${altered}\n${url}`)
    let stdout = ''
    for await (const chunk of child.stdout.setEncoding('utf8')) {
      stdout += chunk
      if (stdout.endsWith('\n')) child.stdin.end()
    }
    expect(listResults(stdout)).toStrictEqual(['1: valid', '2: invalid_signature', '3: valid'])
  })

  test('waits for a slow reader before it verifies more lines', async () => {
    const chunk = 65_536
    let peak = 0
    let total = 0
    const stdout = new Writable({
      write(bytes: Buffer, _encoding, done) {
        total += bytes.length
        peak = Math.max(peak, stdout.writableLength)
        setImmediate(done)
      },
    })
    await runInProcess(['verify', '-'], { env, stdin: `${url}\n`.repeat(5000), stdout })
    expect(total).toBeGreaterThan(5 * chunk)
    expect(peak).toBeLessThan(chunk)
  })

  test('exits with the code of the first rejected URL', async () => {
    expect((await verify(['-'], `${url}\n${notYetValid}\n${altered}`)).exit).toBe(4)
  })

  test('verifies what mint prints; without an argument it reads stdin', async () => {
    const minted = await runInProcess(['mint', '--command', '/onWebhook'], { env })
    const { stdout, exit } = await verify([], minted.stdout)
    expect(stdout).toBe('1: valid  /onWebhook  expires in 30 days\n')
    expect(exit).toBe(0)
  })

  test('rejects an empty stdin, such as that of a mint that failed', async () => {
    const { exit, stderr } = await verify(['-'], '\n')
    expect(stderr).toContain('stdin is empty')
    expect(exit).toBe(3)
  })

  test('rejects a stdin that cannot be read', async () => {
    const child = spawn(process.execPath, [program, 'verify', '-'], {
      env: { PATH: process.env.PATH, ...env },
      stdio: [openSync(join(home.path, 'write-only'), 'w'), 'ignore', 'pipe'],
    })
    const [stderr, [exit]] = await Promise.all([text(child.stderr as Readable), once(child, 'close')])
    expect(stderr).toBe('error: stdin cannot be read (EBADF)\n  fix: Redirect a file or pipe a command to stdin.\n')
    expect(exit).toBe(2)
  })
})

describe('the summary of verify -', () => {
  test.each([
    ['one valid URL', [url], '1 URL: 1 valid, 0 rejected'],
    ['valid URLs and empty lines', [url, '', singleUse, ''], '2 URLs: 2 valid, 0 rejected'],
    ['one rejected URL', [altered], '1 URL: 0 valid, 1 rejected (invalid_signature: 1)'],
    [
      'several codes, in the order in which they occur first',
      [notYetValid, url, altered, notYetValid, 'https://bot.example.com/'],
      '5 URLs: 1 valid, 4 rejected (not_yet_valid: 2, invalid_signature: 1, no_token: 1)',
    ],
    [
      'more than a thousand URLs',
      [...Array(1001).fill(url), ...Array(1200).fill('x')],
      '2,201 URLs: 1,001 valid, 1,200 rejected (malformed_token: 1,200)',
    ],
  ])('counts %s', async (_name, lines, summary) => {
    expect((await verify(['-'], lines.join('\n'))).stderr).toBe(`${summary}\n`)
  })

  test('is a note with --json', async () => {
    const { stderr } = await verify(['-', '--json'], `${url}\n${altered}`)
    expect(JSON.parse(stderr)).toStrictEqual({ note: '2 URLs: 1 valid, 1 rejected (invalid_signature: 1)' })
  })

  test('is not printed for a URL on the command line', async () => {
    expect((await verify([url])).stderr).toBe('')
  })
})

/** Returns the number and the result of each line: `3: expired`. */
function listResults(stdout: string): string[] {
  const lines = stdout.trimEnd().split('\n')
  return lines.map((line) => /^\d+: [a-z_]+/.exec(line)?.[0] ?? line)
}
