import type { ReceiverOptions } from '@hookurl/verify'
import { hookurl } from '@hookurl/verify/fetch'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { browserHeaders } from '../contract/shared.ts'
import { sendToHandler, type TestResponse } from '../support/clients.ts'
import { command, getToken, mintPath, now, policy } from '../support/fixtures.ts'
import { type Subject, subjects } from '../support/subjects.ts'

const origin = 'https://app.example.com'
const cors = [origin]
const handlers = { [command]: () => undefined }
// The hosts where hookurl itself responds to a URL without a token.
const hostsWithoutNext = subjects.filter(({ name }) => /^(?:fetch|node|next|lambda)\b/.test(name))

beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
})

function expectCorsHeaders(response: TestResponse): void {
  expect(response.header('access-control-allow-origin')).toBe(origin)
  expect(response.header('vary')).toMatch(/\borigin\b/i)
}

const rejected: readonly [what: string, status: number, path: string, options: Partial<ReceiverOptions>][] = [
  ['a malformed token', 400, `${mintPath()}A`, {}],
  ['an invalid signature', 403, mintPath(), { purpose: 'other' }],
  ['an expired URL', 410, mintPath(), { now: () => now() + 31 * 86_400_000 }],
  ['an unknown command', 404, mintPath({ command: '/other' }), {}],
  ['a hook for which authorize throws', 403, mintPath(), { authorize: () => raise(new Error('x')) }],
  ['a URL with maxUses and no use store', 503, mintPath({ maxUses: 1 }), {}],
  ['a handler that throws', 500, mintPath(), { handlers: { [command]: () => raise(new Error('x')) } }],
  ['keys that are invalid at first use', 500, mintPath(), { keys: () => 'broken' }],
  ['keys that are missing at first use', 500, mintPath(), { keys: () => undefined }],
  ['a keys function that throws', 503, mintPath(), { keys: () => raise(new Error('x')) }],
]

describe('the CORS headers of a rejection', () => {
  for (const [what, status, path, options] of rejected) {
    test(`a receiver sends them for ${what}`, async () => {
      const receive = hookurl({ ...policy, cors, handlers, ...options })
      const response = await sendToHandler(receive)({ method: 'POST', path, headers: { origin } })
      expect(response.status).toBe(status)
      expectCorsHeaders(response)
    })

    if (options.handlers !== undefined || status === 404) continue
    test(`a guard sends them for ${what}`, async () => {
      const guard = hookurl({ ...policy, cors, command, ...(options as object) }, () => new Response())
      const response = await sendToHandler(guard)({ method: 'POST', path, headers: { origin } })
      expect(response.status).toBe(status)
      expectCorsHeaders(response)
    })
  }

  test('a rejection for an unlisted origin has only Vary', async () => {
    const receive = hookurl({ ...policy, cors, handlers })
    const headers = { origin: 'https://other.example' }
    const response = await sendToHandler(receive)({ method: 'POST', path: `${mintPath()}A`, headers })
    expect(response.header('access-control-allow-origin')).toBeUndefined()
    expect(response.header('vary')).toMatch(/\borigin\b/i)
  })

  for (const subject of subjects) {
    if (hostsWithoutNext.includes(subject)) {
      test(`the 404 without a token has them on ${subject.name}`, async () => {
        const send = await createReceiver(subject)
        const response = await send({ method: 'POST', path: '/hooks/none', headers: { origin } })
        expect(response.status).toBe(404)
        expectCorsHeaders(response)
      })
    }

    test(`the 404 of a guard without a token has them on ${subject.name}`, async () => {
      const send = await subject.guard({ ...policy, cors, command, onError: () => {} }, () => ({ text: '' }))
      const response = await send({ method: 'POST', path: '/hooks/none', headers: { origin } })
      expect(response.status).toBe(404)
      expectCorsHeaders(response)
    })

    test(`the 500 of invalid keys has them on ${subject.name}`, async () => {
      const send = await createReceiver(subject, { keys: () => 'broken' })
      const response = await send({ method: 'POST', path: mintPath(), headers: { origin } })
      expect(response.status).toBe(500)
      expect(response.json()).toMatchObject({ code: 'invalid_key' })
      expectCorsHeaders(response)
    })
  }
})

describe('the paths of a rejection', () => {
  const commands = {
    [command]: { content: z.record(z.string(), z.number()), payload: z.record(z.string(), z.number()) },
  }
  const contentPath = mintPath({ content: { 'member-7713': 'x' } })
  const headers = { 'content-type': 'application/json' }
  const clients: readonly [client: string, headers: Record<string, string>][] = [
    ['an API client', headers],
    ['a browser', { ...headers, ...browserHeaders }],
  ]

  for (const [client, clientHeaders] of clients) {
    test(`a receiver never sends those of content to ${client}`, async () => {
      const receive = hookurl({ ...policy, commands, handlers })
      const response = await sendToHandler(receive)({ method: 'POST', path: contentPath, headers: clientHeaders })
      expect(response.status).toBe(422)
      expect(response.text).not.toMatch(/member-7713|paths/)
    })

    test(`a guard never sends those of content to ${client}`, async () => {
      const guard = hookurl({ ...policy, commands, command }, () => new Response())
      const response = await sendToHandler(guard)({ method: 'POST', path: contentPath, headers: clientHeaders })
      expect(response.status).toBe(422)
      expect(response.text).not.toMatch(/member-7713|paths/)
    })
  }

  test('an API client receives those of its payload', async () => {
    const receive = hookurl({ ...policy, commands, handlers })
    const request = { method: 'POST', path: mintPath({ content: {} }), headers, body: '{"a":1,"b":"x"}' }
    expect((await sendToHandler(receive)(request)).json()).toMatchObject({ code: 'invalid_payload', paths: ['b'] })
  })

  test('no member of a payload is sent back with a token or a control character in it', async () => {
    const receive = hookurl({ ...policy, commands, handlers })
    const token = getToken(mintPath())
    const body = JSON.stringify({ [token]: 'x', 'a\u202eb\n': 'x' })
    const response = await sendToHandler(receive)({ method: 'POST', path: mintPath({ content: {} }), headers, body })
    expect(response.json()).toMatchObject({ code: 'invalid_payload', paths: { length: 2 } })
    expect(response.text).not.toContain(token.slice(20, 36))
    expect(response.text).not.toMatch(/[\u202e\n]/)
  })
})

describe('the Retry-After of a rejection', () => {
  const path = mintPath({ notBefore: new Date(now() + 90_500) })
  const clocks: readonly [what: string, clock: () => number, seconds: string][] = [
    ['at the clock of the receiver', now, '91'],
    ['a minute later', () => now() + 60_000, '31'],
    ['in the last second', () => now() + 90_400, '1'],
  ]
  for (const [what, clock, seconds] of clocks) {
    test(`a receiver counts it from the time of its clock: ${seconds} ${what}`, async () => {
      const receive = hookurl({ ...policy, now: clock, handlers })
      expect((await sendToHandler(receive)({ method: 'POST', path })).header('retry-after')).toBe(seconds)
    })

    test(`a guard counts it from the time of its clock: ${seconds} ${what}`, async () => {
      const guard = hookurl({ ...policy, now: clock, command }, () => new Response())
      expect((await sendToHandler(guard)({ method: 'POST', path })).header('retry-after')).toBe(seconds)
    })
  }

  test('a page for a browser has it too', async () => {
    const receive = hookurl({ ...policy, handlers })
    const response = await sendToHandler(receive)({ method: 'POST', path, headers: browserHeaders })
    expect(response.header('retry-after')).toBe('91')
  })
})

function createReceiver(subject: Subject, options: Partial<ReceiverOptions> = {}) {
  return subject.receiver({ ...policy, cors, handlers, onError: () => {}, ...options })
}

function raise(error: unknown): never {
  throw error
}
