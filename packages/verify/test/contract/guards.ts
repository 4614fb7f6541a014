import type { Hook } from '@hookurl/core'
import type { GuardOptions, ResultEvent } from '@hookurl/verify'
import { describe, expect, test } from 'vitest'
import type { TestRequest, TestResponse } from '../support/clients.ts'
import { mint, mintPath, policy, signPathForAnyCommand, toPath } from '../support/fixtures.ts'
import type { Route, Subject } from '../support/subjects.ts'
import { apiHeaders, browserHeaders, expectPage, expectProblem, expectSecurityHeaders } from './shared.ts'

const command = '/delete-account'
const pathForAnyCommand = await signPathForAnyCommand()

interface GuardedCall {
  readonly response: TestResponse
  /** The hooks and bodies that the route received. */
  readonly calls: readonly (readonly [Hook, string])[]
}

/** Guards in front of a route. */
export function describeGuards(subject: Subject): void {
  async function callRoute(
    request: TestRequest,
    options: Partial<GuardOptions> = {},
    route: Route = () => ({ text: 'from the route' }),
  ): Promise<GuardedCall> {
    const calls: [Hook, string][] = []
    const guard = { ...policy, onError: () => {}, command, ...options }
    const send = await subject.guard(guard, (hook, body) => {
      calls.push([hook, body])
      return route(hook, body)
    })
    return { response: await send({ method: 'POST', ...request }), calls }
  }

  describe('guards', () => {
    test('a valid hook reaches the route with its body unread', async () => {
      const path = mintPath({ command, userId: 42, content: { a: 1 } })
      const headers = { 'content-type': 'application/json' }
      const { response, calls } = await callRoute({ path, headers, body: '{"a":1}' })
      expect(response.text).toBe('from the route')
      expect(calls).toEqual([[expect.objectContaining({ command, userId: '42', content: { a: 1 } }), '{"a":1}']])
    })

    test('the hook that a route receives is frozen', async () => {
      const { calls } = await callRoute({ path: mintPath({ command }) })
      expect(Object.isFrozen(calls[0]?.[0])).toBe(true)
    })

    test('the response of a route has the security headers', async () => {
      const { response } = await callRoute({ path: mintPath({ command }) })
      expect(response.status).toBe(200)
      expectSecurityHeaders(response)
    })

    test('a route keeps its own headers', async () => {
      const route = () => ({ status: 201, headers: { 'cache-control': 'max-age=5' }, text: '' })
      const { response } = await callRoute({ path: mintPath({ command }) }, {}, route)
      expect(response.status).toBe(201)
      expect(response.header('cache-control')).toBe('max-age=5')
      expect(response.header('referrer-policy')).toBe('no-referrer')
    })

    const afterExpiry = { now: () => policy.now() + 31 * 86_400_000 }
    const rejected: readonly [
      what: string,
      code: string,
      status: number,
      path: string,
      options?: Partial<GuardOptions>,
    ][] = [
      ['a URL minted for another command', 'wrong_command', 403, mintPath({ command: '/unsubscribe' })],
      ['a URL minted for the same command in capitals', 'wrong_command', 403, mintPath({ command: '/Delete-Account' })],
      ['a URL minted for *', 'wrong_command', 403, pathForAnyCommand],
      ['a request without a token', 'no_token', 404, '/hooks'],
      ['a request with a query but no token', 'no_token', 404, '/hooks/x?t=1'],
      ['a URL for another purpose', 'invalid_signature', 403, mintPath({ command }), { purpose: 'mail' }],
      ['an expired URL', 'expired', 410, mintPath({ command }), afterExpiry],
      ['a URL that authorize rejects', 'denied', 403, mintPath({ command }), { authorize: () => false }],
      ['a URL with maxUses and no use store', 'not_configured', 503, mintPath({ command, maxUses: 1 })],
      ['a URL bound to a state, without the option state', 'not_configured', 503, mintPath({ command, state: 1 })],
      ['a URL bound to another state', 'state_changed', 410, mintPath({ command, state: 1 }), { state: () => 2 }],
    ]
    for (const [what, code, status, path, options] of rejected) {
      test(`${what} is rejected with a problem document for an API client`, async () => {
        const { response } = await callRoute({ path, headers: apiHeaders }, options)
        expect(response.status).toBe(status)
        expectProblem(response, code, path)
      })

      test(`${what} is rejected with a page for a browser`, async () => {
        const { response } = await callRoute({ path, headers: browserHeaders }, options)
        expect(response.status).toBe(status)
        expectPage(response, path)
      })

      test(`${what} does not reach the route, whatever its method`, async () => {
        for (const method of ['POST', 'GET', 'PUT', 'DELETE']) {
          for (const headers of [apiHeaders, browserHeaders]) {
            expect((await callRoute({ method, path, headers }, options)).calls, method).toEqual([])
          }
        }
      })
    }

    test('a guard can accept several commands', async () => {
      const path = mintPath({ command: '/unsubscribe' })
      const { response } = await callRoute({ path }, { command: [command, '/unsubscribe'] })
      expect(response.text).toBe('from the route')
    })

    test("a guard with command: '*' accepts every command", async () => {
      const { response } = await callRoute({ path: mintPath({ command: '/unsubscribe' }) }, { command: '*' })
      expect(response.text).toBe('from the route')
    })

    test("a guard with command: '*' rejects a request without a token", async () => {
      expect((await callRoute({ path: '/hooks' }, { command: '*' })).response.status).toBe(404)
    })

    test('a browser GET shows the confirm page and does not reach the route', async () => {
      const path = mintPath({ command })
      const { response, calls } = await callRoute({ method: 'GET', path, headers: browserHeaders })
      expect(response.status).toBe(200)
      expectPage(response, path)
      expect(calls).toEqual([])
    })

    test('the POST of the confirm page reaches the route', async () => {
      const { response } = await callRoute({ path: mintPath({ command }), headers: browserHeaders, body: '' })
      expect(response.text).toBe('from the route')
    })

    const methods: readonly [method: string, allowGet: boolean, status: number][] = [
      ['GET', false, 405],
      ['HEAD', true, 200],
      ['OPTIONS', true, 204],
      ['PUT', true, 405],
      ['DELETE', true, 405],
    ]
    for (const [method, allowGet, status] of methods) {
      test(`${method} gets ${status} and does not reach the route`, async () => {
        const request = { method, path: mintPath({ command, allowGet }), headers: apiHeaders }
        const { response, calls } = await callRoute(request)
        expect(response.status).toBe(status)
        expectSecurityHeaders(response)
        expect(calls).toEqual([])
      })
    }

    test('GET reaches the route of a URL minted with allowGet', async () => {
      const path = toPath(mint({ command, allowGet: true }))
      const { response } = await callRoute({ method: 'GET', path, headers: browserHeaders })
      expect(response.text).toBe('from the route')
    })

    for (const status of [201, 404]) {
      test(`onResult receives the ${status} of the route once`, async () => {
        const events: ResultEvent[] = []
        const onResult = (event: ResultEvent): void => void events.push(event)
        await callRoute({ path: mintPath({ command }) }, { onResult }, () => ({ status, text: '' }))
        await expect.poll(() => events).toEqual([expect.objectContaining({ outcome: 'handled', status, command })])
      })
    }

    test('a guard does not validate the body', async () => {
      const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' }
      const { calls } = await callRoute({ path: mintPath({ command }), headers, body: 'not JSON' })
      expect(calls.map(([, body]) => body)).toEqual(['not JSON'])
    })
  })
}
