import { describe, expect, test } from 'vitest'
import { mintPath } from '../support/fixtures.ts'
import type { Subject } from '../support/subjects.ts'
import { apiHeaders, browserHeaders, createTestReceiver, expectPage, expectSecurityHeaders } from './shared.ts'

const target = 'https://cataas.com/cat'
const ok = '{"ok":true}'

interface Row {
  readonly client: 'browser' | 'API client'
  readonly result: unknown
  readonly redirectTo?: string
  readonly redirect?: 'auto' | 'always' | 'never'
  /** A 303 to the target, a page, or this JSON. */
  readonly response: 'a redirect' | 'a page' | string
}

const rows: readonly Row[] = [
  { client: 'browser', result: undefined, redirectTo: target, response: 'a redirect' },
  { client: 'API client', result: undefined, redirectTo: target, response: ok },
  { client: 'browser', result: undefined, response: 'a page' },
  { client: 'API client', result: undefined, response: ok },
  { client: 'API client', result: undefined, redirectTo: target, redirect: 'always', response: 'a redirect' },
  { client: 'browser', result: undefined, redirectTo: target, redirect: 'always', response: 'a redirect' },
  { client: 'browser', result: undefined, redirectTo: target, redirect: 'never', response: 'a page' },
  { client: 'API client', result: undefined, redirect: 'always', response: ok },
]

// What a handler returns because it is an arrow function, and what is not meant for the caller.
const ignored: readonly [what: string, result: () => unknown][] = [
  ['null', () => null],
  ['false', () => false],
  ['a number', () => 7],
  ['a string', () => 'hunter2'],
  ['an empty string', () => ''],
  ['an array', () => ['hunter2']],
  ['a database row', () => ({ id: 7, password: 'hunter2' })],
  ['an object with toJSON', () => ({ toJSON: () => 'hunter2' })],
  ['a BigInt, which JSON cannot represent', () => 7n],
  ['a circular object', createCircularObject],
  ['an HTML string', () => '<script>hunter2</script>'],
  ['the response to a request that it sent', () => fetch(`data:text/plain,hunter2`)],
]

/** What a request that ran its command receives. */
export function describeResponses(subject: Subject): void {
  describe('responses', () => {
    for (const { client, result, redirectTo, redirect, response: expected } of rows) {
      const url = redirectTo === undefined ? '' : ' on a URL with redirectTo'
      const mode = redirect === undefined ? '' : ` (redirect: ${redirect})`
      const returned = JSON.stringify(result) ?? 'undefined'
      test(`a handler that returns ${returned}${url}${mode} gives the ${client} ${expected}`, async () => {
        const send = await createTestReceiver(subject, () => result, redirect === undefined ? {} : { redirect })
        const path = mintPath({ redirectTo })
        const headers = client === 'browser' ? browserHeaders : apiHeaders
        const response = await send({ method: 'POST', path, headers, body: '' })
        expect(response.status).toBe(expected === 'a redirect' ? 303 : 200)
        expect(response.header('location')).toBe(expected === 'a redirect' ? redirectTo : undefined)
        if (expected === 'a page') return expectPage(response, path)
        expectSecurityHeaders(response)
        expect(response.text).toBe(expected === 'a redirect' ? '' : expected)
        if (expected !== 'a redirect') expect(response.header('content-type')).toBe('application/json')
      })
    }

    for (const [what, result] of ignored) {
      test(`${what} that a handler returns is not sent to an API client`, async () => {
        const send = await createTestReceiver(subject, result)
        const response = await send({ method: 'POST', path: mintPath(), headers: apiHeaders })
        expect(response.status).toBe(200)
        expect(response.text).toBe(ok)
        expectSecurityHeaders(response)
      })

      test(`${what} that a handler returns is not sent to a browser`, async () => {
        const send = await createTestReceiver(subject, result)
        const path = mintPath()
        const response = await send({ method: 'POST', path, headers: browserHeaders })
        expect(response.status).toBe(200)
        expectPage(response, path)
        expect(response.text).not.toContain('hunter2')
      })

      test(`${what} that a handler returns does not prevent the redirect`, async () => {
        const send = await createTestReceiver(subject, result)
        const response = await send({
          method: 'POST',
          path: mintPath({ redirectTo: target }),
          headers: browserHeaders,
        })
        expect(response.status).toBe(303)
        expect(response.header('location')).toBe(target)
      })
    }

    test('a one-click unsubscribe request is treated as an API client, whatever it accepts', async () => {
      const send = await createTestReceiver(subject, () => undefined)
      const path = mintPath({ redirectTo: target })
      const headers = { ...browserHeaders, 'content-type': 'application/x-www-form-urlencoded' }
      const response = await send({ method: 'POST', path, headers, body: 'List-Unsubscribe=One-Click' })
      expect(response.status).toBe(200)
      expect(response.text).toBe(ok)
    })
  })
}

function createCircularObject(): unknown {
  const value: { self?: unknown } = {}
  value.self = value
  return value
}
