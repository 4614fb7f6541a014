import type { Hook } from '@hookurl/core'
import type { GuardOptions } from '@hookurl/verify'
import { describe, expect, test } from 'vitest'
import type { Ask } from '../support/clients.ts'
import { mint, mintPath, pathOf, policy } from '../support/fixtures.ts'
import type { Route, Subject } from '../support/subjects.ts'
import { expectPage, expectProblem, expectSafe, person, program } from './shared.ts'

const command = '/delete-account'
const silent = { ...policy, onError: () => {} }

export function describeGuards(subject: Subject): void {
  async function knock(ask: Ask, options: Partial<GuardOptions> = {}, route: Route = () => ({ text: 'open' })) {
    const opened: [Hook, string][] = []
    const send = await subject.guard({ ...silent, command, ...options }, (hook, body) => {
      opened.push([hook, body])
      return route(hook, body)
    })
    return { reply: await send({ method: 'POST', ...ask }), opened }
  }

  describe('guards', () => {
    test('a good hook goes on to the route, with its body unread and the safety headers set', async () => {
      const path = mintPath({ command, userId: 42, content: { a: 1 } })
      const { reply, opened } = await knock({ path, headers: { 'content-type': 'application/json' }, body: '{"a":1}' })
      expect([reply.status, reply.text]).toEqual([200, 'open'])
      expect(opened).toEqual([[expect.objectContaining({ command, userId: '42', content: { a: 1 } }), '{"a":1}']])
      expect(Object.isFrozen(opened[0]?.[0])).toBe(true)
      expectSafe(reply)
    })

    test('the route keeps its own headers', async () => {
      const route = () => ({ status: 201, headers: { 'cache-control': 'max-age=5' }, text: '' })
      const { reply } = await knock({ path: mintPath({ command }) }, {}, route)
      expect([reply.status, reply.header('cache-control')]).toEqual([201, 'max-age=5'])
      expect(reply.header('referrer-policy')).toBe('no-referrer')
    })

    const expired = { now: () => policy.now() + 31 * 86_400_000 }
    const refused: readonly [
      what: string,
      code: string,
      status: number,
      path: string,
      options?: Partial<GuardOptions>,
    ][] = [
      ['a URL minted for another command', 'wrong_command', 403, mintPath({ command: '/unsubscribe' })],
      ['a URL minted for the same name in capitals', 'wrong_command', 403, mintPath({ command: '/Delete-Account' })],
      ['a URL minted for *', 'wrong_command', 403, mintPath({ command: '*' })],
      ['a request without a token', 'no_token', 404, '/hooks'],
      ['a request without a token but with a query', 'no_token', 404, '/hooks/x?t=1'],
      ['a URL of another purpose', 'invalid_signature', 403, mintPath({ command }), { purpose: 'mail' }],
      ['an expired URL', 'expired', 410, mintPath({ command }), expired],
      ['a URL that check refuses', 'denied', 403, mintPath({ command }), { check: () => false }],
      ['a URL whose uses nobody counts', 'store_unavailable', 503, mintPath({ command, maxUses: 1 })],
    ]
    for (const [what, code, status, path, options] of refused) {
      test(`refuses ${what}, and the route hears nothing`, async () => {
        for (const method of ['POST', 'GET', 'PUT', 'DELETE']) {
          const machine = await knock({ method, path, headers: program }, options)
          const browser = await knock({ method, path, headers: person }, options)
          expect([...machine.opened, ...browser.opened]).toEqual([])
          if (method !== 'POST') continue
          expect([machine.reply.status, browser.reply.status]).toEqual([status, status])
          expectProblem(machine.reply, code, path)
          expectPage(browser.reply, path)
        }
      })
    }

    test('takes several commands, and * for any', async () => {
      const path = mintPath({ command: '/unsubscribe' })
      expect((await knock({ path }, { command: [command, '/unsubscribe'] })).reply.text).toBe('open')
      expect((await knock({ path }, { command: '*' })).reply.text).toBe('open')
      expect((await knock({ path: '/hooks' }, { command: '*' })).reply.status).toBe(404)
    })

    test('asks a person first, and the button opens the door', async () => {
      const path = mintPath({ command })
      const asked = await knock({ method: 'GET', path, headers: person })
      expect([asked.reply.status, asked.opened]).toEqual([200, []])
      expectPage(asked.reply, path)
      expect((await knock({ path, headers: person, body: '' })).reply.text).toBe('open')
    })

    const closed: readonly [method: string, allowGet: boolean, status: number][] = [
      ['GET', false, 405],
      ['HEAD', true, 200],
      ['OPTIONS', true, 204],
      ['PUT', true, 405],
      ['DELETE', true, 405],
    ]
    for (const [method, allowGet, status] of closed) {
      test(`${method} does not reach the route`, async () => {
        const { reply, opened } = await knock({ method, path: mintPath({ command, allowGet }), headers: program })
        expect([reply.status, opened]).toEqual([status, []])
        expectSafe(reply)
      })
    }

    test('GET reaches it where the URL was minted so', async () => {
      const path = pathOf(mint({ command, allowGet: true }))
      expect((await knock({ method: 'GET', path, headers: person })).reply.text).toBe('open')
    })

    test('never judges a body: that is the route’s', async () => {
      const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' }
      const { opened } = await knock({ path: mintPath({ command }), headers, body: 'not JSON' })
      expect(opened.map(([, body]) => body)).toEqual(['not JSON'])
    })
  })
}
