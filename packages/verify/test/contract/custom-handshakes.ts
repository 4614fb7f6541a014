import type { Hook } from '@hookurl/core'
import { memoryUseStore, type ReceiverOptions } from '@hookurl/verify'
import { describe, expect, test } from 'vitest'
import type { TestRequest } from '../support/clients.ts'
import { command, mintPath, policy } from '../support/fixtures.ts'
import type { Subject } from '../support/subjects.ts'
import { browserHeaders, createTestReceiver, expectProblem, expectSecurityHeaders, sendRequest } from './shared.ts'

type Custom = NonNullable<Exclude<ReceiverOptions['handshakes'], false | undefined>['custom']>

const json = { 'content-type': 'application/json' }
const form = { 'content-type': 'application/x-www-form-urlencoded' }
const pingBody = '{"op":"ping","value":"abc"}'
const ping = { method: 'POST', headers: json, body: pingBody }

/** Responds to `{"op":"ping"}`, and to `?ping=`. */
const custom: Custom = async (request) => {
  const value = new URL(request.url).searchParams.get('ping')
  if (value !== null) return new Response(value)
  if (request.method !== 'POST') return undefined
  const text = await request.text()
  const body = text.startsWith('{') ? JSON.parse(text) : {}
  return body.op === 'ping' ? Response.json({ pong: body.value }) : undefined
}

const skipped: readonly [what: string, request: Partial<TestRequest>][] = [
  ['HEAD', { method: 'HEAD' }],
  ['OPTIONS', { method: 'OPTIONS' }],
  ['PUT', { method: 'PUT' }],
  ['a prefetch', { method: 'GET', headers: { ...browserHeaders, 'sec-purpose': 'prefetch' } }],
  ['a link preview', { method: 'GET', headers: { 'user-agent': 'TelegramBot' } }],
  ['a handshake of a service', { headers: json, body: '{"type":"url_verification","challenge":"abc"}' }],
  ['a truncated token', { path: mintPath().slice(0, -2) }],
  ['a body that is too large', { headers: json, body: 'a'.repeat(1_048_577) }],
]

const failures: readonly [what: string, custom: unknown, message: RegExp][] = [
  ['throws', () => Promise.reject(new Error('no database')), /no database/],
  ['returns a string', () => 'abc', /must return a Response or undefined/],
  ['returns false', () => false, /must return a Response or undefined/],
  ['returns null', async () => null, /must return a Response or undefined/],
  ['returns a failed fetch', () => Response.error(), /failed fetch/],
]

/** The handshakes of services that hookurl does not know. */
export function describeCustomHandshakes(subject: Subject): void {
  const send = (request: Partial<TestRequest>, given: Custom = custom, options: Partial<ReceiverOptions> = {}) =>
    sendRequest(subject, { path: mintPath(), ...request }, { handshakes: { custom: given }, ...options })

  describe('handshakes of the application', () => {
    test('a POST gets the response of custom, and the command does not run', async () => {
      const { response, calls } = await send(ping)
      expect(response.status).toBe(200)
      expect(response.json()).toEqual({ pong: 'abc' })
      expectSecurityHeaders(response)
      expect(calls).toEqual([])
    })

    for (const allowGet of [false, true]) {
      test(`a GET gets the response of custom with allowGet: ${allowGet}`, async () => {
        const { response, calls } = await send({ method: 'GET', path: `${mintPath({ allowGet })}?ping=abc` })
        expect(response.text).toBe('abc')
        expect(calls).toEqual([])
      })
    }

    test('the status and headers of the response are sent', async () => {
      const { response } = await send(ping, () => new Response(null, { status: 401, headers: { 'x-custom': '1' } }))
      expect(response.status).toBe(401)
      expect(response.header('x-custom')).toBe('1')
    })

    test('custom receives the hook', async () => {
      const seen: unknown[] = []
      await send({ path: mintPath({ id: 'task-1' }) }, (_request, hook) => void seen.push([hook.id, hook.command]))
      expect(seen).toEqual([['task-1', command]])
    })

    for (const [what, request] of skipped) {
      test(`custom is not called for ${what}`, async () => {
        const seen: string[] = []
        await send(request, ({ method }) => void seen.push(method))
        expect(seen).toEqual([])
      })
    }

    test('the handler gets payload, exact bytes and request after custom has read the body', async () => {
      const bodies: unknown[] = []
      const receive = await createTestReceiver(
        subject,
        async (hook) => {
          bodies.push(hook.payload, Buffer.from(hook.rawBody()).toString(), await hook.request.text())
        },
        { handshakes: { custom } },
      )
      const body = '{"op": "deliver"}'
      const response = await receive({ path: mintPath(), ...ping, body })
      expect(response.text).toBe('{"ok":true}')
      expect(bodies).toEqual([{ op: 'deliver' }, body, body])
    })

    test('the schema of the command does not reject a handshake', async () => {
      const schema = {
        '~standard': { version: 1, vendor: 'test', validate: () => ({ issues: [{ message: 'no' }] }) },
      } as const
      const { response } = await send(ping, custom, { commands: { [command]: { payload: schema } } } as never)
      expect(response.json()).toEqual({ pong: 'abc' })
    })

    test('a handshake does not consume the use', async () => {
      const receive = await createTestReceiver(subject, () => {}, { handshakes: { custom }, uses: memoryUseStore() })
      const path = mintPath({ maxUses: 1 })
      const statuses: number[] = []
      for (const body of [pingBody, pingBody, '{"op":"deliver"}', '{"op":"again"}']) {
        statuses.push((await receive({ ...ping, path, body })).status)
      }
      expect(statuses).toEqual([200, 200, 200, 410])
    })

    test('a browser GET shows the confirm page when custom returns undefined', async () => {
      const { response, calls } = await send({ method: 'GET', headers: browserHeaders })
      expect(response.text).toContain('<form method="post">')
      expect(calls).toEqual([])
    })

    test('the form of the confirm page runs the command when custom returns undefined', async () => {
      const { response, calls } = await send({ headers: { ...browserHeaders, ...form }, body: 'a=1' })
      expect(response.status).toBe(200)
      expect(calls).toEqual([expect.objectContaining({ payload: { a: '1' } })])
    })

    test('an API GET is rejected with 405 when custom returns undefined', async () => {
      expectProblem((await send({ method: 'GET' })).response, 'method_not_allowed', mintPath())
    })

    for (const method of ['GET', 'POST']) {
      test(`authorize is called once, before custom, for a ${method}`, async () => {
        const order: string[] = []
        const authorize = (): void => void order.push('authorize')
        await send({ method, path: mintPath({ allowGet: true }) }, () => void order.push('custom'), {
          authorize,
        })
        expect(order).toEqual(['authorize', 'custom'])
      })

      test(`custom is not called for a ${method} that authorize denies`, async () => {
        const seen: Hook[] = []
        const options = { authorize: () => false }
        const { response, calls } = await send({ method }, (_request, hook) => void seen.push(hook), options)
        expectProblem(response, 'denied', mintPath())
        expect(seen).toEqual([])
        expect(calls).toEqual([])
      })
    }

    for (const [what, failing, message] of failures) {
      test(`the response is 500 and onError receives the error when custom ${what}`, async () => {
        const errors: unknown[] = []
        const onError = (error: unknown): void => void errors.push(error)
        const { response, calls } = await send(ping, failing as Custom, { onError })
        expectProblem(response, 'handler_failed', mintPath())
        expect(errors.map(String)).toEqual([expect.stringMatching(message)])
        expect(calls).toEqual([])
      })
    }

    test('the outcome is handshake', async () => {
      const events: unknown[] = []
      await send(ping, custom, { onResult: ({ outcome, status }) => void events.push([outcome, status]) })
      expect(events).toEqual([['handshake', 200]])
    })
  })

  describe('handshakes of the application at a guard', () => {
    const sendToGuard = async (request: Partial<TestRequest>, given: Custom) => {
      const bodies: string[] = []
      const options = { ...policy, onError: () => {}, command, handshakes: { custom: given } }
      const receive = await subject.guard(options, (_hook, body) => {
        bodies.push(body)
        return { text: 'from the route' }
      })
      return { response: await receive({ method: 'POST', path: mintPath(), ...request }), bodies }
    }

    test('custom gets no body, and the route reads it', async () => {
      const seen: string[] = []
      const { response, bodies } = await sendToGuard(ping, async (request) => {
        seen.push(await request.text())
        return undefined
      })
      expect(response.text).toBe('from the route')
      expect(seen).toEqual([''])
      expect(bodies).toEqual([pingBody])
    })

    for (const method of ['GET', 'POST']) {
      test(`a ${method} gets the response of custom and does not reach the route`, async () => {
        const request = { method, path: `${mintPath({ allowGet: true })}?ping=abc` }
        const { response, bodies } = await sendToGuard(request, custom)
        expect(response.text).toBe('abc')
        expect(bodies).toEqual([])
      })
    }
  })
}
