import type { Hook } from '@hookurl/core'
import { describe, expect, test } from 'vitest'
import { browserHeaders, sendRequest } from '../contract/shared.ts'
import type { TestRequest } from '../support/clients.ts'
import { command, mintPath } from '../support/fixtures.ts'
import { subjects } from '../support/subjects.ts'

const json = { 'content-type': 'application/json' }
const slackChallenge = '{"token":"x","challenge":"abc","type":"url_verification"}'

// Requests that run no command.
const idle: readonly [what: string, request: Partial<TestRequest>, allowGet?: boolean][] = [
  ['the confirm page', { method: 'GET', headers: browserHeaders }],
  ['HEAD', { method: 'HEAD' }],
  ['OPTIONS', { method: 'OPTIONS' }],
  ['a prefetch', { method: 'GET', headers: { ...browserHeaders, 'sec-purpose': 'prefetch' } }, true],
  ['a link preview', { method: 'GET', headers: { 'user-agent': 'TelegramBot' } }, true],
  ['a handshake', { method: 'POST', headers: json, body: slackChallenge }],
]

const rejected: readonly [what: string, request: TestRequest][] = [
  ['a truncated token', { path: mintPath().slice(0, -1) }],
  ['an unknown command', { path: mintPath({ command: '/other' }) }],
  ['a malformed body', { path: mintPath(), headers: json, body: '{' }],
  ['a method that is not allowed', { path: mintPath(), method: 'PUT' }],
]

const allowed: readonly [what: string, result: unknown][] = [
  ['undefined', undefined],
  ['true', true],
  ['null', null],
  ['0', 0],
  ['a promise of undefined', Promise.resolve(undefined)],
  ['a promise of true', Promise.resolve(true)],
]

for (const subject of subjects.filter(({ name }) => name === 'fetch' || name === 'node, HTTP/1')) {
  describe(`authorize on ${subject.name}`, () => {
    for (const [what, result] of allowed) {
      test(`a hook runs when authorize returns ${what}`, async () => {
        const request = { path: mintPath(), headers: json, body: '{}' }
        const { response, calls } = await sendRequest(subject, request, { authorize: () => result })
        expect(response.status).toBe(200)
        expect(calls).toHaveLength(1)
      })
    }

    test('authorize receives the hook without its payload', async () => {
      const seen: Hook[] = []
      const request = { path: mintPath({ userId: 7 }), headers: json, body: '{}' }
      await sendRequest(subject, request, { authorize: (hook) => void seen.push(hook) })
      expect(seen).toEqual([expect.objectContaining({ command, userId: '7' })])
      expect(seen[0]).not.toHaveProperty('payload')
    })

    for (const [what, request] of rejected) {
      test(`authorize is not called for ${what}`, async () => {
        const seen: Hook[] = []
        const { response } = await sendRequest(subject, request, { authorize: (hook) => void seen.push(hook) })
        expect(response.status).toBeGreaterThanOrEqual(400)
        expect(seen).toEqual([])
      })
    }

    for (const [what, request, allowGet = false] of idle) {
      test(`neither authorize nor the handler is called for ${what}`, async () => {
        const seen: Hook[] = []
        const options = { authorize: (hook: Hook) => void seen.push(hook) }
        const { calls } = await sendRequest(subject, { path: mintPath({ allowGet }), ...request }, options)
        expect(seen).toEqual([])
        expect(calls).toEqual([])
      })

      test(`${what} is not reported as a rejection`, async () => {
        const errors: unknown[] = []
        const options = { onResult: ({ error }: { error?: unknown }) => void errors.push(error) }
        await sendRequest(subject, { path: mintPath({ allowGet }), ...request }, options)
        expect(errors).toEqual([undefined])
      })
    }
  })
}
