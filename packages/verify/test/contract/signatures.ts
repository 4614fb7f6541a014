import type { ReceiverOptions } from '@hookurl/verify'
import { describe, expect, test } from 'vitest'
import type { TestRequest } from '../support/clients.ts'
import { policy, toPath } from '../support/fixtures.ts'
import { mintSigned, signers } from '../support/signatures.ts'
import type { Subject } from '../support/subjects.ts'
import { browserHeaders, expectPage, expectProblem, sendRequest } from './shared.ts'

const json = { 'content-type': 'application/json' }
const body = '{"a":"ü"}'
const secret = await mintSigned({ command: '/onWebhook' })
const path = toPath(secret.url)
const sign = signers['x-hub-signature-256']
const telegram = signers['x-telegram-bot-api-secret-token']({ secret, body })

/** URLs that require signed requests. */
export function describeSignatures(subject: Subject): void {
  const deliver = (request: Partial<TestRequest>, options: Partial<ReceiverOptions> = {}) =>
    sendRequest(subject, { path, body, ...request, headers: { ...json, ...request.headers } }, options)

  describe('signed requests', () => {
    test('a request signed with the secret of its URL runs the handler', async () => {
      const { response, calls } = await deliver({ headers: sign({ secret, body }) })
      expect(response.status).toBe(200)
      expect(calls).toEqual([expect.objectContaining({ signedBy: 'x-hub-signature-256', payload: { a: 'ü' } })])
    })

    test('a request that sends the secret runs the handler', async () => {
      const { calls } = await deliver({ headers: telegram })
      expect(calls).toEqual([expect.objectContaining({ signedBy: 'x-telegram-bot-api-secret-token' })])
    })

    test.each([
      ['without a signature', {}],
      ['with the signature of another body', sign({ secret, body: '{"a":"u"}' })],
    ])('a request %s is rejected', async (_what, headers) => {
      const { response, calls } = await deliver({ headers })
      expect(response.status).toBe(403)
      expectProblem(response, 'unsigned_request', path)
      expect(calls).toEqual([])
    })

    test('a browser GET gets a page without a button', async () => {
      const { response } = await sendRequest(subject, { method: 'GET', path, headers: browserHeaders })
      expect(response.status).toBe(403)
      expectPage(response, path)
      expect(response.text).not.toContain('<form')
    })
  })

  describe('signed requests at a guard', () => {
    async function callRoute(headers: Readonly<Record<string, string>>) {
      const signedBy: unknown[] = []
      const send = await subject.guard({ ...policy, onError: () => {}, command: '/onWebhook' }, (hook) => {
        signedBy.push(Reflect.get(hook, 'signedBy'))
        return { text: 'from the route' }
      })
      const response = await send({ method: 'POST', path, headers: { ...json, ...headers }, body })
      return { response, signedBy }
    }

    test('a request that sends the secret reaches the route', async () => {
      const { signedBy } = await callRoute(telegram)
      expect(signedBy).toEqual(['x-telegram-bot-api-secret-token'])
    })

    if (subject.name.startsWith('lambda')) {
      test('a signed request reaches the route, because an event contains its body', async () => {
        const { signedBy } = await callRoute(sign({ secret, body }))
        expect(signedBy).toEqual(['x-hub-signature-256'])
      })

      test('a request that is not signed is rejected', async () => {
        const { response, signedBy } = await callRoute({})
        expectProblem(response, 'unsigned_request', path)
        expect(signedBy).toEqual([])
      })
    } else {
      test('a signed request is not_configured, because its body belongs to the route', async () => {
        const { response, signedBy } = await callRoute(sign({ secret, body }))
        expect(response.status).toBe(503)
        expectProblem(response, 'not_configured', path)
        expect(signedBy).toEqual([])
      })
    }
  })
}
