import { createMinter, type ErrorCode, errorCodes } from '@hookurl/core'
import type { ReceiverOptions, ResultEvent } from '@hookurl/verify'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { baseUrl, command, getToken, key, mint, mintPath, now, oldKey, seconds, toPath } from '../support/fixtures.ts'
import type { Subject } from '../support/subjects.ts'
import { apiHeaders, browserHeaders, createTestReceiver, expectPage, expectProblem } from './shared.ts'

interface Row {
  readonly code: ErrorCode
  readonly what: string
  readonly path: string
  readonly options?: unknown
  readonly retryAfter?: string
  readonly body?: string
}

const afterExpiry = { now: () => (seconds + 31 * 86_400) * 1000 }
const quarterSecondLater = { now: () => now() + 250 }
const otherMinter = createMinter({ keys: `other:${oldKey}`, baseUrl, expiresIn: '1h', now })
const typed = {
  commands: { [command]: { content: z.object({ secret: z.number() }), payload: z.object({ order: z.number() }) } },
}
const secrets = /hunter2|hidden cause/
const rejectLater = async (): Promise<never> => Promise.reject(new Error('hidden cause'))

const rows: readonly Row[] = [
  { code: 'expired', what: 'an expired URL', path: mintPath(), options: afterExpiry },
  {
    code: 'not_yet_valid',
    what: 'a URL that is not valid yet',
    path: mintPath({ notBefore: new Date(now() + 90_500) }),
    options: quarterSecondLater,
    retryAfter: '91',
  },
  { code: 'malformed_token', what: 'a truncated token', path: mintPath().slice(0, -7) },
  { code: 'malformed_token', what: 'a token with extra characters', path: `${mintPath()}AAAA` },
  { code: 'unknown_key', what: 'a token of an unknown key', path: toPath(otherMinter.mintSync({ command })) },
  { code: 'invalid_signature', what: 'a URL for another purpose', path: mintPath(), options: { purpose: 'other' } },
  { code: 'invalid_signature', what: 'a token of another key', path: mintPath(), options: { keys: oldKey } },
  { code: 'ambiguous_token', what: 'a URL with two tokens', path: `${mintPath()}/${getToken(mint({ userId: 1 }))}` },
  { code: 'unknown_command', what: 'a command without a handler', path: mintPath({ command: '/other' }) },
  { code: 'unknown_command', what: 'a command named constructor', path: mintPath({ command: 'constructor' }) },
  {
    code: 'redirect_forbidden',
    what: 'a redirect to a host that is not allowed',
    path: mintPath({ redirectTo: 'https://a.com/' }),
    options: { redirectHosts: ['b.com'] },
  },
  {
    code: 'not_configured',
    what: 'a URL with maxUses and no use store',
    path: mintPath({ maxUses: 1 }),
  },
  {
    code: 'not_configured',
    what: 'a URL that is bound to a state, without the option state',
    path: mintPath({ state: 'v1' }),
  },
  { code: 'state_changed', what: 'another state', path: mintPath({ state: 'v1' }), options: { state: () => 'v2' } },
  { code: 'state_changed', what: 'no state', path: mintPath({ state: 'v1' }), options: { state: () => undefined } },
  {
    code: 'state_unavailable',
    what: 'a state that throws',
    path: mintPath({ state: 'v1' }),
    options: {
      state: () => {
        throw new Error('the database is down')
      },
    },
    retryAfter: '5',
  },
  {
    code: 'denied',
    what: 'a hook for which authorize returns false',
    path: mintPath(),
    options: { authorize: () => false },
  },
  {
    code: 'denied',
    what: 'a hook for which authorize rejects',
    path: mintPath(),
    options: { authorize: rejectLater },
  },
  {
    code: 'invalid_content',
    what: 'content that its schema rejects',
    path: mintPath({ content: { secret: 'hunter2-hunter2' } }),
    options: typed,
  },
  {
    code: 'invalid_payload',
    what: 'a payload that its schema rejects',
    path: mintPath({ content: { secret: 1 } }),
    options: typed,
    body: '{"order":"hunter2"}',
  },
  { code: 'malformed_body', what: 'a body that is malformed JSON', path: mintPath(), body: '{"order":' },
]

/** What a client receives, and what `onResult` receives, for every code. */
export function describeRejections(subject: Subject): void {
  describe('rejections', () => {
    for (const { code, what, path, options, retryAfter, body = '{}' } of rows) {
      async function sendRejected(clientHeaders: Record<string, string>) {
        const events: ResultEvent[] = []
        let runs = 0
        const send = await createTestReceiver(subject, () => void runs++, {
          ...(options as Partial<ReceiverOptions>),
          onResult: (event) => void events.push(event),
        })
        const headers = { ...clientHeaders, 'content-type': 'application/json' }
        const response = await send({ method: 'POST', path, headers, body })
        return { response, events, runs }
      }
      const status = 'status' in errorCodes[code] ? errorCodes[code].status : 0

      test(`${what} is rejected with ${status} and the problem ${code} for an API client`, async () => {
        const { response, runs } = await sendRejected(apiHeaders)
        expect(response.status).toBe(status)
        expect(response.header('retry-after')).toBe(retryAfter)
        expectProblem(response, code, path)
        expect(response.text).not.toMatch(secrets)
        expect(runs).toBe(0)
      })

      test(`${what} is rejected with ${status} and a page for a browser`, async () => {
        const { response, runs } = await sendRejected(browserHeaders)
        expect(response.status).toBe(status)
        expect(response.header('retry-after')).toBe(retryAfter)
        expectPage(response, path)
        expect(response.text).not.toMatch(secrets)
        expect(runs).toBe(0)
      })

      test(`onResult receives the rejection of ${what} once, without token and content`, async () => {
        const { events } = await sendRejected(apiHeaders)
        expect(events).toEqual([expect.objectContaining({ outcome: 'rejected', method: 'POST', status })])
        const { error, target } = events[0] as ResultEvent
        expect(error?.code).toBe(code)
        expect(target).toMatch(/\[hook [0-9a-f]{6}\]/)
        expect(target).not.toContain(getToken(path).slice(-20))
        expect(`${error?.message}${error?.fix}`).not.toMatch(/hunter2/)
      })
    }

    test('a receiver without keys at its first request responds with 500 and the problem invalid_key', async () => {
      const send = await createTestReceiver(subject, () => 1, { keys: () => undefined })
      const path = mintPath()
      const response = await send({ method: 'POST', path })
      expect(response.status).toBe(500)
      expectProblem(response, 'invalid_key', path)
      expect(response.text).not.toContain(key)
    })

    test('onResult receives invalid_key from a receiver without keys', async () => {
      const codes: unknown[] = []
      const onResult = ({ error }: ResultEvent): void => void codes.push(error?.code)
      const send = await createTestReceiver(subject, () => 1, { keys: () => undefined, onResult })
      await send({ method: 'POST', path: mintPath() })
      expect(codes).toEqual(['invalid_key'])
    })
  })
}
