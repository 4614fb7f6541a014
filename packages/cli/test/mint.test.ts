import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findToken, inspect } from '@hookurl/core'
import { createVerifier } from '@hookurl/verify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeHome, run, testKeys } from './support/run.ts'

const home = makeHome()
const env = { HOME: home.path, HOOKURL_KEYS: testKeys }
const verifier = createVerifier({ keys: testKeys })
afterAll(home.remove)

async function mint(args: readonly string[], stdin?: string | Uint8Array): Promise<string> {
  const { stdout, exit, stderr } = await run(['mint', '--command', '/onWebhook', ...args], {
    env,
    stdin,
    cwd: home.path,
  })
  expect(exit, stderr).toBe(0)
  return stdout
}

describe('mint', () => {
  beforeAll(() => {
    mkdirSync(home.path, { recursive: true })
    writeFileSync(join(home.path, 'content.txt'), 'from a file\n')
    writeFileSync(join(home.path, 'content.json'), '{"order":7}\n')
  })

  test('prints the URL, alone, on one line', async () => {
    expect(await mint([])).toMatch(/^http:\/\/localhost:8787\/hooks\/[\w-]+\.[\w-]+\.[\w-]{43}\n$/)
  })

  test('lets a URL live for 30 days unless told', async () => {
    const hook = verifier.verifySync((await mint(['--issued-at'])).trim())
    expect((hook.expiresAt as Date).getTime() - (hook.issuedAt as Date).getTime()).toBe(30 * 86_400_000)
  })

  test('signs every option of the table', async () => {
    const given = ['--user-id', '42', '--content', 'Did you see the cat?', '--redirect-to', 'https://cataas.com/cat']
    const more = ['--redirect-host', 'other.example', '--redirect-host', 'cataas.com', '--allow-get', '--max-uses', '3']
    const times = ['--expires-at', '2130-01-01T00:00:00Z', '--not-before', '2020-01-01', '--id', 'order-7']
    const place = ['--base-url', 'https://bot.example.com/h?a=1', '--token-in', 'query', '--token-format', 'short']
    const url = (await mint([...given, ...more, ...times, ...place])).trim()
    expect(url).toMatch(/^https:\/\/bot\.example\.com\/h\?a=1&t=[\w-]+\.[\w-]{43}$/)
    expect(verifier.verifySync(url, { ignore: ['uses'] })).toStrictEqual({
      command: '/onWebhook',
      userId: '42',
      content: 'Did you see the cat?',
      redirectTo: 'https://cataas.com/cat',
      allowGet: true,
      maxUses: 3,
      id: 'order-7',
      notBefore: new Date('2020-01-01T00:00:00Z'),
      expiresAt: new Date('2130-01-01T00:00:00Z'),
      key: { index: 0 },
    })
  })

  test.each([
    ['a text', ['--content', 'plain'], undefined, 'plain'],
    ['a file, without its last line break', ['--content', '@content.txt'], undefined, 'from a file'],
    ['stdin, without its last line break', ['--content', '-'], 'piped\r\n', 'piped'],
    ['JSON', ['--json-content', '[null,{"a":1}]'], undefined, [null, { a: 1 }]],
    ['a JSON file', ['--json-content', '@content.json'], undefined, { order: 7 }],
    ['JSON from stdin', ['--json-content', '-'], '"@text"', '@text'],
  ])('takes content from %s', async (_name, args, stdin, content) => {
    expect(verifier.verifySync((await mint(args, stdin)).trim()).content).toStrictEqual(content)
  })

  test('with --json says everything about the URL, in one object', async () => {
    const said = JSON.parse(await mint(['--json', '--expires-at', '2130-01-01', '--user-id', '42']))
    expect(said).toStrictEqual({
      url: said.url,
      token: findToken(said.url),
      claims: { cmd: '/onWebhook', sub: '42', exp: Date.UTC(2130, 0, 1) / 1000 },
      expiresAt: '2130-01-01T00:00:00.000Z',
      lengths: inspect(said.url).lengths,
    })
  })

  test('seals, and with --json tells the claims all the same', async () => {
    const said = JSON.parse(await mint(['--encrypt', '--content', 'secret', '--json']))
    expect(inspect(said.url).tokenFormat).toBe('encrypted')
    expect(said.claims).toMatchObject({ cmd: '/onWebhook', cnt: 'secret' })
  })

  test('says on stderr that a URL never expires, or has expired already', async () => {
    const never = await run(['mint', '--command', 'a', '--expires-in', 'never'], { env })
    expect(never.stderr).toContain('never expires')
    expect(verifier.verifySync(never.stdout.trim()).expiresAt).toBeUndefined()
    const past = await run(['mint', '--command', 'a', '--expires-at', '-1h'], { env })
    expect(past.stderr).toContain('has expired already')
    expect(past.exit).toBe(0)
  })

  test('says where a URL points to where nobody named a base URL', async () => {
    const silent = { ...env, HOOKURL_BASE_URL: 'https://bot.example.com/hooks' }
    const [unnamed, named] = await Promise.all([
      run(['mint', '--command', 'a'], { env }),
      run(['mint', '--command', 'a'], { env: silent }),
    ])
    expect(unnamed.stderr).toContain('http://localhost:8787/hooks')
    expect(named.stderr).toBe('')
    expect(named.stdout).toMatch(/^https:\/\/bot\.example\.com\/hooks\//)
  })

  test.each([
    ['no command', ['--user-id', '1'], '--command is missing'],
    ['a duration without sense', ['--command', 'a', '--expires-in', 'soon'], '--expires-in must be a duration'],
    ['no lifetime', ['--command', 'a', '--expires-in', '0'], '--expires-in must be longer than zero'],
    ['a day that is none', ['--command', 'a', '--expires-at', '2030-02-30'], '--expires-at is not a moment'],
    ['a time without its zone', ['--command', 'a', '--not-before', '2030-01-01T00:00'], '--not-before is not a moment'],
    ['two expiries', ['--command', 'a', '--expires-in', '1d', '--expires-at', '+2d'], 'cannot be used with'],
    ['two contents', ['--command', 'a', '--content', 'a', '--json-content', '1'], 'cannot be used with'],
    ['what is not JSON', ['--command', 'a', '--json-content', '{secret'], '--json-content is not JSON'],
    ['a file that is not there', ['--command', 'a', '--content', '@none.txt'], 'cannot be read (ENOENT)'],
    ['uses for ever', ['--command', 'a', '--max-uses', '1', '--expires-in', 'never'], 'uses need an expiry'],
    ['no uses', ['--command', 'a', '--max-uses', '0'], '--max-uses must be a whole number from 1 to 1000'],
    ['uses that are no number', ['--command', 'a', '--max-uses', '1e1'], '--max-uses must be a whole number'],
    ['a sealed token in short form', ['--command', 'a', '--encrypt', '--token-format', 'short'], 'exclude each other'],
    ['an unknown form', ['--command', 'a', '--token-format', 'long'], 'Allowed choices are full, short'],
    ['a base URL that is not http', ['--command', 'a', '--base-url', 'ftp://x.y/'], '--base-url must be http or https'],
    ['a URL that is too long', ['--command', 'a', '--max-url-length', '100'], '--max-url-length is 100'],
    [
      'a redirect that runs a script',
      ['--command', 'a', '--redirect-to', 'javascript:alert(1)'],
      '--redirect-to is not',
    ],
    [
      'a redirect elsewhere',
      ['--command', 'a', '--redirect-to', 'https://b.example/', '--redirect-host', 'a.example'],
      'not one of --redirect-host',
    ],
    ['an argument', ['--command', 'a', 'b'], 'too many arguments'],
  ])('refuses %s with exit 2 and says what to do', async (_name, args, message) => {
    const { exit, stdout, stderr } = await run(['mint', ...args], { env })
    expect(stderr).toContain(message)
    expect(stderr).toMatch(/\n {2}fix: \S.*\n$/)
    expect(stderr).not.toContain('secret')
    expect(stdout).toBe('')
    expect(exit).toBe(2)
  })

  test('refuses content that is not UTF-8', async () => {
    const { exit, stderr } = await run(['mint', '--command', 'a', '--content', '-'], {
      env,
      stdin: new Uint8Array([0xff]),
    })
    expect(stderr).toContain('not UTF-8')
    expect(exit).toBe(2)
  })

  test('refuses to read stdin for two things', async () => {
    const args = ['mint', '--command', 'a', '--content', '-', '--keys-file', '-']
    const { exit, stderr } = await run(args, { env, stdin: testKeys })
    expect(stderr).toContain('both read stdin')
    expect(exit).toBe(2)
  })
})
