import type { Hook } from '@hookurl/core'
import type { ReceiverOptions } from '@hookurl/verify'
import { describe, expect, test } from 'vitest'
import type { Ask } from '../support/clients.ts'
import { command, mintPath } from '../support/fixtures.ts'
import type { Subject } from '../support/subjects.ts'
import { person, post } from './shared.ts'

const json = { 'content-type': 'application/json' }
const slack = '{"token":"x","challenge":"abc","type":"url_verification"}'

// What does not run asks nobody, and is no refusal either.
const idle: readonly [what: string, ask: Partial<Ask>, allowGet?: boolean][] = [
  ['the page to confirm', { method: 'GET', headers: person }],
  ['HEAD', { method: 'HEAD' }],
  ['OPTIONS', { method: 'OPTIONS' }],
  ['a prefetch', { method: 'GET', headers: { ...person, 'sec-purpose': 'prefetch' } }, true],
  ['a preview', { method: 'GET', headers: { 'user-agent': 'TelegramBot' } }, true],
  ['a handshake', { method: 'POST', headers: json, body: slack }],
]

export function describeCheck(subject: Subject): void {
  describe('check', () => {
    test('is asked last, with the hook, and lets it run unless it says no', async () => {
      const seen: Hook[] = []
      for (const answer of [undefined, true, null, 0, Promise.resolve(undefined), Promise.resolve(true)]) {
        const check = (hook: Hook) => {
          seen.push(hook)
          return answer
        }
        const { reply, calls } = await post(
          subject,
          { path: mintPath({ userId: 7 }), headers: json, body: '{}' },
          { check },
        )
        expect([reply.status, calls.length]).toEqual([200, 1])
      }
      expect(seen).toHaveLength(6)
      expect(seen[0]).toMatchObject({ command, userId: '7' })
      expect(seen[0]).not.toHaveProperty('payload')
    })

    test('is not asked about what is refused before', async () => {
      const seen: Hook[] = []
      const options: Partial<ReceiverOptions> = { check: (hook) => void seen.push(hook) }
      const asks: readonly Partial<Ask>[] = [
        { path: mintPath().slice(0, -1) },
        { path: mintPath({ command: '/other' }) },
        { path: mintPath(), headers: json, body: '{' },
        { path: mintPath(), method: 'PUT' },
      ]
      for (const ask of asks) {
        const { reply } = await post(subject, { path: '', ...ask }, options)
        expect(reply.status).toBeGreaterThanOrEqual(400)
      }
      expect(seen).toEqual([])
    })

    for (const [what, ask, allowGet = false] of idle) {
      test(`is not asked for ${what}, and nothing is told to onRefusal`, async () => {
        const told: unknown[] = []
        const tell = (given: unknown) => void told.push(given)
        const options = { check: tell, onRefusal: tell }
        const { calls } = await post(subject, { path: mintPath({ allowGet }), ...ask }, options)
        expect([told, calls]).toEqual([[], []])
      })
    }
  })
}
