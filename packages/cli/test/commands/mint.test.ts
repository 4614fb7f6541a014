import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findToken, type Hook, inspect } from '@hookurl/core'
import { createVerifier } from '@hookurl/verify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeHome, type ProgramResult, run, testKeys } from '../support/run.ts'
import { runInProcess } from '../support/run-in-process.ts'

const home = makeHome()
const env = { HOME: home.path, HOOKURL_KEYS: testKeys }
const verifier = createVerifier({ keys: testKeys })
afterAll(home.remove)

/** Runs `mint --command /onWebhook`, which must succeed, and returns its stdout. */
async function mint(args: readonly string[], stdin?: string): Promise<string> {
  const { stdout, exit, stderr } = await runInProcess(['mint', '--command', '/onWebhook', ...args], {
    env,
    stdin,
    cwd: home.path,
  })
  expect(exit, stderr).toBe(0)
  return stdout
}

function verify(stdout: string): Hook {
  return verifier.verifySync(stdout.trim(), { ignore: ['uses'] })
}

describe('mint', () => {
  test('prints only the URL, on one line', async () => {
    expect(await mint([])).toMatch(/^http:\/\/localhost:8787\/hooks\/[\w-]+\.[\w-]+\.[\w-]{43}\n$/)
  })

  test('mints a URL that expires in 30 days by default', async () => {
    const hook = verify(await mint(['--issued-at']))
    expect((hook.expiresAt as Date).getTime() - (hook.issuedAt as Date).getTime()).toBe(30 * 86_400_000)
  })

  test('signs what every flag sets', async () => {
    const stdout = await mint([
      ...['--user-id', '42', '--content', 'Did you see the cat?', '--redirect-to', 'https://cataas.com/cat'],
      ...['--redirect-host', 'other.example', '--redirect-host', 'cataas.com', '--allow-get', '--max-uses', '3'],
      ...['--expires-at', '2130-01-01T00:00:00Z', '--not-before', '2020-01-01', '--id', 'order-7'],
    ])
    expect(verify(stdout)).toStrictEqual({
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

  test('puts a short token into the query of a base URL with parameters', async () => {
    const baseUrl = 'https://bot.example.com/h?a=1'
    const stdout = await mint(['--base-url', baseUrl, '--token-in', 'query', '--token-format', 'short'])
    expect(stdout).toMatch(/^https:\/\/bot\.example\.com\/h\?a=1&t=[\w-]+\.[\w-]{43}\n$/)
    expect(verify(stdout).command).toBe('/onWebhook')
  })

  test('with --json prints the URL, token, claims, expiration and lengths as one object', async () => {
    const printed = JSON.parse(await mint(['--json', '--expires-at', '2130-01-01', '--user-id', '42']))
    expect(printed).toStrictEqual({
      url: printed.url,
      token: findToken(printed.url),
      claims: { cmd: '/onWebhook', sub: '42', exp: Date.UTC(2130, 0, 1) / 1000 },
      expiresAt: '2130-01-01T00:00:00.000Z',
      lengths: inspect(printed.url).lengths,
    })
  })

  test('encrypts with --encrypt, and with --json still prints the claims', async () => {
    // As a program: the bundle includes the library for JWE and loads it on demand.
    const args = ['mint', '--command', '/onWebhook', '--encrypt', '--content', 'secret', '--json']
    const printed = JSON.parse((await run(args, { env })).stdout)
    expect(inspect(printed.url).tokenFormat).toBe('encrypted')
    expect(printed.claims).toMatchObject({ cmd: '/onWebhook', cnt: 'secret' })
  })
})

describe('the content of mint', () => {
  beforeAll(() => {
    writeFileSync(join(home.path, 'content.txt'), 'from a file\n')
    writeFileSync(join(home.path, 'content.json'), '{"order":7}\n')
  })

  test.each([
    ['a string', ['--content', 'plain'], undefined, 'plain'],
    ['a file, without its last line break', ['--content', '@content.txt'], undefined, 'from a file'],
    ['stdin, without its last line break', ['--content', '-'], 'piped\r\n', 'piped'],
    ['JSON', ['--json-content', '[null,{"a":1}]'], undefined, [null, { a: 1 }]],
    ['a JSON file', ['--json-content', '@content.json'], undefined, { order: 7 }],
    ['JSON from stdin', ['--json-content', '-'], '"@string"', '@string'],
  ])('can be %s', async (_name, args, stdin, content) => {
    expect(verify(await mint(args, stdin)).content).toStrictEqual(content)
  })

  test('must be UTF-8', async () => {
    const args = ['mint', '--command', 'a', '--content', '-']
    const { exit, stderr } = await runInProcess(args, { env, stdin: new Uint8Array([0xff]) })
    expect(stderr).toContain('not UTF-8')
    expect(exit).toBe(2)
  })

  test('cannot come from stdin if the keys do', async () => {
    const args = ['mint', '--command', 'a', '--content', '-', '--keys-file', '-']
    const { exit, stderr } = await runInProcess(args, { env, stdin: testKeys })
    expect(stderr).toContain('both read stdin')
    expect(exit).toBe(2)
  })
})

describe('the notes of mint', () => {
  const mintWith = (args: readonly string[], more: Record<string, string> = {}): Promise<ProgramResult> =>
    runInProcess(['mint', '--command', 'a', ...args], { env: { ...env, ...more } })

  test('say that a URL never expires', async () => {
    const { stdout, stderr } = await mintWith(['--expires-in', 'never'])
    expect(stderr).toContain('never expires')
    expect(verify(stdout).expiresAt).toBeUndefined()
  })

  test('say that a URL has already expired', async () => {
    const { stderr, exit } = await mintWith(['--expires-at', '-1h'])
    expect(stderr).toContain('The expiration time is in the past.')
    expect(exit).toBe(0)
  })

  test('name the default base URL', async () => {
    const { stderr } = await mintWith([])
    expect(stderr).toContain('http://localhost:8787/hooks')
  })

  test.each(['{"order":7}', ' [1]\n'])('say that --content %j is signed as a string', async (content) => {
    const { stdout, stderr } = await mintWith(['--content', content])
    expect(stderr).toContain('--content is signed as a string; --json-content signs JSON.\n')
    expect(verify(stdout).content).toBe(content)
  })

  test('say the same for the default of --from', async () => {
    const args = ['mint', '--from', '-', '--content', '{"order":7}']
    const { stderr } = await runInProcess(args, { env, stdin: 'command\na\n' })
    expect(stderr).toContain('--content is signed as a string')
  })

  test.each([
    ['--content', '{order}'],
    ['--content', '7'],
    ['--json-content', '{"order":7}'],
  ])('do not say so for %s %s', async (flag, value) => {
    expect((await mintWith([flag, value])).stderr).not.toContain('signed as a string')
  })

  test('are absent if HOOKURL_BASE_URL is set', async () => {
    const { stdout, stderr } = await mintWith([], { HOOKURL_BASE_URL: 'https://bot.example.com/hooks' })
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^https:\/\/bot\.example\.com\/hooks\//)
  })
})

describe('a base URL with http', () => {
  const publicUrl = 'http://bot.example.com/hooks'
  const from = ['mint', '--from', '-']
  const run: readonly (readonly [title: string, args: readonly string[], env: Record<string, string>])[] = [
    ['mint --base-url', ['mint', '--command', 'a', '--base-url', publicUrl], {}],
    ['mint with HOOKURL_BASE_URL', ['mint', '--command', 'a'], { HOOKURL_BASE_URL: publicUrl }],
    ['mint --from', [...from, '--base-url', publicUrl], {}],
    ['mint --from with HOOKURL_BASE_URL', from, { HOOKURL_BASE_URL: publicUrl }],
  ]

  test.each(run)(
    'on a public host is rejected by %s, with exit 2 and the flag that allows it',
    async (_title, args, more) => {
      const { exit, stdout, stderr } = await runInProcess(args, { env: { ...env, ...more }, stdin: 'command\na\n' })
      expect(stderr).toMatch(
        /^error: (?:--base-url|HOOKURL_BASE_URL) is http on a public host.*\n {2}fix: Use https\..* --allow-insecure\.\n$/,
      )
      expect(stdout).toBe('')
      expect(exit).toBe(2)
    },
  )

  test.each(run)('on a public host is accepted by %s with --allow-insecure', async (_title, args, more) => {
    const options = { env: { ...env, ...more }, stdin: 'command\na\n' }
    const { exit, stdout, stderr } = await runInProcess([...args, '--allow-insecure'], options)
    expect(exit, stderr).toBe(0)
    expect(stdout).toContain(`${publicUrl}/`)
  })

  test.each(['http://localhost:8787/hooks', 'http://127.0.0.1/h', 'http://10.0.0.7/h', 'http://bot.internal/h'])(
    'is accepted where the host is not public: %s',
    async (baseUrl) => {
      expect(await mint(['--base-url', baseUrl])).toContain(`${baseUrl}/`)
    },
  )
})

describe('mint rejects', () => {
  test.each([
    ['a missing command', ['--user-id', '1'], '--command is missing'],
    ['a malformed duration', ['--command', 'a', '--expires-in', 'soon'], '--expires-in must be a duration'],
    ['a lifetime of zero', ['--command', 'a', '--expires-in', '0'], '--expires-in must be longer than zero'],
    ['a day that does not exist', ['--command', 'a', '--expires-at', '2030-02-30'], '--expires-at is not a timestamp'],
    [
      'a time without a zone',
      ['--command', 'a', '--not-before', '2030-01-01T00:00'],
      '--not-before is not a timestamp',
    ],
    ['two expirations', ['--command', 'a', '--expires-in', '1d', '--expires-at', '+2d'], 'cannot be used with'],
    ['two contents', ['--command', 'a', '--content', 'a', '--json-content', '1'], 'cannot be used with'],
    ['content that is not JSON', ['--command', 'a', '--json-content', '{secret'], '--json-content is not JSON'],
    ['a missing file', ['--command', 'a', '--content', '@none.txt'], 'cannot be read (ENOENT)'],
    ['uses without expiration', ['--command', 'a', '--max-uses', '1', '--expires-in', 'never'], 'an expiration time'],
    ['zero uses', ['--command', 'a', '--max-uses', '0'], '--max-uses must be an integer from 1 to 1000'],
    ['uses that are not a number', ['--command', 'a', '--max-uses', '1e1'], '--max-uses must be an integer'],
    [
      'an encrypted token in short format',
      ['--command', 'a', '--encrypt', '--token-format', 'short'],
      'cannot be combined',
    ],
    ['an unknown format', ['--command', 'a', '--token-format', 'long'], 'Use one of: full, short.'],
    ['a base URL that is not http', ['--command', 'a', '--base-url', 'ftp://x.y/'], '--base-url must be http or https'],
    ['a URL that is too long', ['--command', 'a', '--max-url-length', '100'], '--max-url-length is 100'],
    ['a redirect to a script', ['--command', 'a', '--redirect-to', 'javascript:alert(1)'], '--redirect-to is not'],
    [
      'a redirect to another host',
      ['--command', 'a', '--redirect-to', 'https://b.example/', '--redirect-host', 'a.example'],
      'has a host that is not in --redirect-host',
    ],
    ['an argument', ['--command', 'a', 'b'], 'too many arguments'],
  ])('%s with exit 2 and a fix', async (_name, args, message) => {
    const { exit, stdout, stderr } = await runInProcess(['mint', ...args], { env })
    expect(stderr).toContain(message)
    expect(stderr).toMatch(/\n {2}fix: \S.*\n$/)
    expect(stderr).not.toContain('secret')
    expect(stdout).toBe('')
    expect(exit).toBe(2)
  })
})
