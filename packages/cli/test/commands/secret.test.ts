import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createMinter } from '@hookurl/core'
import { hookurl } from '@hookurl/verify/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeHome, otherKeys, type ProgramResult, type RunOptions, testKeys } from '../support/run.ts'
import { runInProcess } from '../support/run-in-process.ts'

const home = makeHome()
const env = { HOME: home.path, HOOKURL_KEYS: testKeys }
const signedBy: unknown[] = []
let server: Server
let url = ''
let secrets = { whsec: '', plain: '' }

beforeAll(async () => {
  const handlers = { '/onIncident': (hook: { signedBy?: string }) => void signedBy.push(hook.signedBy) }
  server = createServer(hookurl({ keys: testKeys, handlers }))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`
  const minter = createMinter({ keys: testKeys, baseUrl, expiresIn: '1d' })
  url = minter.mintSync({ command: '/onIncident', requireSignature: true })
  secrets = { whsec: minter.signingSecretSync(url), plain: minter.signingSecretSync(url, { encoding: 'plain' }) }
})
afterAll(() => {
  server.close()
  home.remove()
})

function hookurlCommand(args: readonly string[], options: RunOptions = {}): Promise<ProgramResult> {
  return runInProcess(args, { env, cwd: home.path, ...options })
}

describe('mint --require-signature', () => {
  test('mints a URL that requires signed requests, and prints the URL alone', async () => {
    const { stdout } = await hookurlCommand(['mint', '--command', '/a', '--require-signature'])
    expect(stdout).toMatch(/^http:\/\/localhost:8787\/hooks\/\S+\n$/)
    const { exit } = await hookurlCommand(['secret', stdout.trim()])
    expect(exit).toBe(0)
  })

  test('prints the secret with --json', async () => {
    const { stdout } = await hookurlCommand(['mint', '--command', '/a', '--require-signature', '--json'])
    const { url: minted, signingSecret, claims } = JSON.parse(stdout)
    expect(claims.sig).toBe(1)
    expect((await hookurlCommand(['secret', minted])).stdout).toBe(`${signingSecret}\n`)
  })

  test('prints no secret for other URLs', async () => {
    const { stdout } = await hookurlCommand(['mint', '--command', '/a', '--json'])
    expect(JSON.parse(stdout)).not.toHaveProperty('signingSecret')
  })

  test('cannot be combined with --allow-get', async () => {
    const { stderr, exit } = await hookurlCommand(['mint', '--command', '/a', '--require-signature', '--allow-get'])
    expect(stderr).toContain('--require-signature and --allow-get cannot be combined')
    expect(exit).toBe(2)
  })

  test('is a column of --from', async () => {
    const stdin = 'command,requireSignature\n/a,true\n'
    const { stdout } = await hookurlCommand(['mint', '--from', '-'], { stdin })
    const minted = stdout.trim().split(',').at(-1) ?? ''
    expect((await hookurlCommand(['secret', minted])).stdout).toMatch(/^whsec_/)
  })
})

describe('secret', () => {
  test('prints the secret of a URL', async () => {
    expect((await hookurlCommand(['secret', url])).stdout).toBe(`${secrets.whsec}\n`)
  })

  test('prints it in plain characters with --encoding plain', async () => {
    expect((await hookurlCommand(['secret', '--encoding', 'plain', url])).stdout).toBe(`${secrets.plain}\n`)
  })

  test('prints JSON with --json', async () => {
    const { stdout } = await hookurlCommand(['secret', '--json', url])
    expect(JSON.parse(stdout)).toEqual({ signingSecret: secrets.whsec })
  })

  test('reads many URLs from stdin, one per line', async () => {
    const { stdout } = await hookurlCommand(['secret', '-'], { stdin: `${url}\n\n${url}\n` })
    expect(stdout).toBe(`${secrets.whsec}\n${secrets.whsec}\n`)
  })

  test.each([
    ['an empty stdin', ['secret', '-'], {}, 'no_token', 3],
    ['a URL without a token', ['secret', 'https://a.example'], {}, 'no_token', 3],
    ['a URL of another keyring', 'url', { env: { ...env, HOOKURL_KEYS: otherKeys } }, 'invalid_signature', 3],
    ['a URL of another purpose', 'purpose', {}, 'invalid_signature', 3],
  ])('rejects %s', async (_what, args, options, code, exit) => {
    const given = args === 'url' ? ['secret', url] : args === 'purpose' ? ['secret', url, '--purpose', 'x'] : args
    const result = await hookurlCommand(given as string[], { stdin: '', ...options })
    expect(result.stderr).toContain(code)
    expect(result.exit).toBe(exit)
    expect(result.stdout).toBe('')
  })

  test('rejects a URL that requires no signature', async () => {
    const { stdout: other } = await hookurlCommand(['mint', '--command', '/a'])
    const { stderr, exit } = await hookurlCommand(['secret', other.trim()])
    expect(stderr).toContain('minted without --require-signature')
    expect(exit).toBe(2)
  })
})

describe('send --sign', () => {
  const send = (args: readonly string[], options?: RunOptions) => hookurlCommand(['send', ...args], options)

  test.each([
    'standard-webhooks',
    'x-hub-signature-256',
    'x-hub-signature',
    'x-gitea-signature',
    'x-gitlab-token',
    'x-telegram-bot-api-secret-token',
  ])('signs with %s, and the receiver accepts it', async (scheme) => {
    signedBy.splice(0)
    const { exit } = await send(['--sign', scheme, '--data', '{"a":"ü"}', url])
    expect(exit).toBe(0)
    expect(signedBy).toEqual([scheme])
  })

  test.each([
    ['before the URL', () => ['--sign', url]],
    ['after the URL', () => [url, '--sign']],
    ['before the URL and another flag', () => ['--sign', '--data', 'a', url]],
  ])('without a scheme, %s, signs with Standard Webhooks', async (_where, args) => {
    signedBy.splice(0)
    expect((await send(args())).exit).toBe(0)
    expect(signedBy).toEqual(['standard-webhooks'])
  })

  test('signs the sample of a service, with the ID of the sample', async () => {
    signedBy.splice(0)
    const { exit, stderr } = await send(['--as', 'standard-webhooks', '--sign', '-v', url])
    expect(exit).toBe(0)
    expect(stderr).toContain('webhook-id: msg_2KWPBgLlAfxdpx2AI54pPJ85f4W')
    expect(signedBy).toEqual(['standard-webhooks'])
  })

  test('does not show a secret that is sent', async () => {
    const { stderr } = await send(['--sign', 'x-gitlab-token', '-v', url])
    expect(stderr).toContain('x-gitlab-token: [redacted]')
    expect(stderr).not.toContain(secrets.plain)
  })

  test('a request without it is rejected', async () => {
    const { stdout, exit } = await send([url])
    expect(JSON.parse(stdout).code).toBe('unsigned_request')
    expect(exit).toBe(7)
  })

  test.each([
    ['an unknown scheme', () => ['--sign', 'github', url], '--sign is not a scheme'],
    ['keys without --sign', () => ['--purpose', 'x', url], 'require --sign'],
    ['a handshake', () => ['--as', 'slack', '--handshake', '--sign', '--data', 'a', url], 'cannot be used with'],
  ])('rejects %s', async (_what, args, message) => {
    const { stderr, exit } = await send(args())
    expect(stderr).toContain(message)
    expect(exit).toBe(2)
  })
})
