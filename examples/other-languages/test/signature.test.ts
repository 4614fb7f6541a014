import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createMinter } from '@hookurl/core'
import { createKeyringLoader } from '@hookurl/core/internal'
import { createReceiver } from '@hookurl/verify'
import { Webhook } from 'standardwebhooks'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { explainAbsence, findProgram } from '../../../tools/setup/programs.js'
import { testKey } from '../../../tools/snippets.ts'

const folder = fileURLToPath(new URL('..', import.meta.url))
const programs = [
  { name: 'Python', program: 'python3', args: ['python/signature.py'] },
  { name: 'PHP', program: 'php', args: ['php/signature.php'] },
  { name: 'Ruby', program: 'ruby', args: ['ruby/signature.rb'] },
  { name: 'Go', program: 'go', args: ['run', 'go/signature/main.go'] },
] as const

const seconds = 1_800_000_000
const now = (): number => seconds * 1000
const minter = createMinter({ keys: testKey, baseUrl: 'https://bot.example.com/hooks', expiresIn: '1h', now })
const url = minter.mintSync({ command: '/onIncident', userId: 'ü', requireSignature: true })
const whsec = minter.signingSecretSync(url)
const receiver = createReceiver({ keys: testKey, now, handlers: { '/onIncident': () => {} } })
const body = '{"note":"Grüße"}'

interface Delivery {
  readonly id?: string
  readonly timestamp?: string
  readonly signature?: string
  readonly body?: string
}

const sign = (age = 0, id = 'msg_1'): string => new Webhook(whsec).sign(id, new Date((seconds - age) * 1000), body)
const other = new Webhook(Buffer.alloc(32).toString('base64')).sign('msg_1', new Date(now()), body)

const deliveries: readonly [what: string, delivery: Delivery, isSigned: boolean][] = [
  ['a signed delivery', {}, true],
  ['one of several signatures', { signature: `${other} v1a,AAAA ${sign()}` }, true],
  ['a delivery of 5 minutes ago', { timestamp: `${seconds - 300}`, signature: sign(300) }, true],
  ['an older delivery', { timestamp: `${seconds - 301}`, signature: sign(301) }, false],
  ['a delivery of the future', { timestamp: `${seconds + 301}`, signature: sign(-301) }, false],
  ['another time', { timestamp: `${seconds - 1}` }, false],
  ['a time and more', { timestamp: `${seconds}x` }, false],
  ['no time', { timestamp: '' }, false],
  ['another ID', { id: 'msg_2' }, false],
  ['no ID', { id: '', signature: sign(0, '') }, false],
  ['another body', { body: `${body} ` }, false],
  ['the signature of another secret', { signature: other }, false],
  ['half a signature', { signature: sign().slice(0, -8) }, false],
  ['no signature', { signature: '' }, false],
]

test.each(deliveries)('hookurl: %s', async (_what, delivery, isSigned) => {
  const headers = { 'content-type': 'application/json', ...toHeaders(delivery) }
  const request = new Request(url, { method: 'POST', headers, body: delivery.body ?? body })
  expect((await receiver.fetch(request)).status).toBe(isSigned ? 200 : 403)
})

describe.each(programs)('$name', ({ program, args }) => {
  const found = findProgram(program)
  let jwk: { k: string }

  beforeAll(async () => {
    const { first } = await createKeyringLoader(testKey)()
    jwk = { k: Buffer.from(await first.getCallerKey()).toString('base64url') }
  })
  beforeEach((context) => (found === undefined ? context.skip(explainAbsence(program)) : undefined))

  function run(token: string, delivery: Delivery = {}): { secret: string; signed: boolean } {
    const input = JSON.stringify({
      token,
      jwk,
      headers: toHeaders(delivery),
      body: delivery.body ?? body,
      now: seconds,
    })
    const env = { ...process.env, GO111MODULE: 'off', GOFLAGS: '' }
    const { stdout, stderr } = spawnSync(found ?? program, args, { cwd: folder, input, encoding: 'utf8', env })
    expect(stderr).toBe('')
    return JSON.parse(stdout)
  }

  const token = url.slice(url.lastIndexOf('/') + 1)

  test('derives the same secret as hookurl, from the full and the short format', () => {
    expect(run(token).secret).toBe(whsec)
    expect(run(token.slice(token.indexOf('.') + 1)).secret).toBe(whsec)
  })

  test.each(deliveries)(
    'checks: %s',
    (_what, delivery, isSigned) => {
      expect(run(token, delivery).signed).toBe(isSigned)
    },
    60_000,
  )
})

function toHeaders({ id = 'msg_1', timestamp = `${seconds}`, signature = sign() }: Delivery): Record<string, string> {
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature }
}
