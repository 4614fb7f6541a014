import { createMinter, type ErrorCode, errorCodes, type HookurlError } from '@hookurl/core'
import type { ReceiverOptions, RefusedRequest } from '@hookurl/verify'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { baseUrl, command, key, mint, mintPath, now, oldKey, pathOf, seconds, tokenOf } from '../support/fixtures.ts'
import type { Subject } from '../support/subjects.ts'
import { expectPage, expectProblem, person, program, receive } from './shared.ts'

interface Row {
  readonly code: ErrorCode
  readonly path: string
  readonly options?: unknown
  readonly retryAfter?: string
  readonly body?: string
}

const late = { now: () => (seconds + 31 * 86_400) * 1000 }
const early = { now: () => now() + 250 }
const strange = createMinter({ keys: `other:${oldKey}`, baseUrl, expiresIn: '1h', now })
const typed = {
  commands: { [command]: { content: z.object({ secret: z.number() }), payload: z.object({ order: z.number() }) } },
}

const rows: readonly Row[] = [
  { code: 'expired', path: mintPath(), options: late },
  { code: 'not_yet_valid', path: mintPath({ notBefore: new Date(now() + 90_500) }), options: early, retryAfter: '91' },
  { code: 'malformed_token', path: mintPath().slice(0, -7) },
  { code: 'malformed_token', path: `${mintPath()}AAAA` },
  { code: 'unknown_key', path: pathOf(strange.mintSync({ command })) },
  { code: 'invalid_signature', path: mintPath(), options: { purpose: 'other' } },
  { code: 'invalid_signature', path: mintPath(), options: { keys: oldKey } },
  { code: 'ambiguous_token', path: `${mintPath()}/${tokenOf(mint({ userId: 1 }))}` },
  { code: 'unknown_command', path: mintPath({ command: '/other' }) },
  { code: 'unknown_command', path: mintPath({ command: 'constructor' }) },
  {
    code: 'redirect_forbidden',
    path: mintPath({ redirectTo: 'https://a.com/' }),
    options: { redirectHosts: ['b.com'] },
  },
  { code: 'store_unavailable', path: mintPath({ maxUses: 1 }), retryAfter: '5' },
  { code: 'denied', path: mintPath(), options: { check: () => false } },
  { code: 'denied', path: mintPath(), options: { check: async () => Promise.reject(new Error('hidden cause')) } },
  { code: 'invalid_content', path: mintPath({ content: { secret: 'hunter2-hunter2' } }), options: typed },
  { code: 'invalid_payload', path: mintPath({ content: { secret: 1 } }), options: typed, body: '{"order":"hunter2"}' },
  { code: 'malformed_body', path: mintPath(), body: '{"order":' },
]

export function describeRefusals(subject: Subject): void {
  describe('refusals', () => {
    for (const { code, path, options, retryAfter, body = '{}' } of rows) {
      test(`${code}: a problem for a program, a page for a person, one word to onRefusal`, async () => {
        const told: [HookurlError, RefusedRequest][] = []
        let runs = 0
        const given = { onRefusal: (...both: [HookurlError, RefusedRequest]) => void told.push(both) }
        const send = await receive(subject, () => void runs++, { ...(options as Partial<ReceiverOptions>), ...given })
        const status = 'status' in errorCodes[code] ? errorCodes[code].status : 0
        for (const who of [program, person]) {
          const headers = { ...who, 'content-type': 'application/json' }
          const reply = await send({ method: 'POST', path, headers, body })
          expect(reply.status).toBe(status)
          expect(reply.header('retry-after')).toBe(retryAfter)
          expect(reply.text).not.toMatch(/hunter2|hidden cause/)
          if (who === person) expectPage(reply, path)
          else expectProblem(reply, code, path)
        }
        expect(runs).toBe(0)
        expect(told.map(([error]) => error.code)).toEqual([code, code])
        const [error, request] = told[0] as [HookurlError, RefusedRequest]
        expect(request.method).toBe('POST')
        expect(request.target).toMatch(/\[hook [0-9a-f]{6}\]/)
        expect(request.target).not.toContain(tokenOf(path).slice(-20))
        expect(request.headers.get('content-type')).toBe('application/json')
        expect(`${error.message}${error.fix}`).not.toMatch(/hunter2/)
      })
    }

    test('an onRefusal that throws, now or later, changes nothing', async () => {
      const broken = [
        () => {
          throw new Error('broken')
        },
        async () => {
          throw new Error('broken later')
        },
      ]
      for (const onRefusal of broken) {
        const send = await receive(subject, () => 1, { onRefusal })
        expect((await send({ method: 'POST', path: mintPath({ command: '/x' }) })).status).toBe(404)
      }
    })

    test('keys that turn out to be missing at the first request are answered 500, not run', async () => {
      const told: string[] = []
      const send = await receive(subject, () => 1, {
        keys: () => undefined,
        onRefusal: (error) => void told.push(error.code),
      })
      const path = mintPath()
      const reply = await send({ method: 'POST', path })
      expect(reply.status).toBe(500)
      expectProblem(reply, 'invalid_key', path)
      expect(told).toEqual(['invalid_key'])
      expect(reply.text).not.toContain(key)
    })
  })
}
