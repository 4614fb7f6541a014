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
  { client: 'browser', result: { a: 1 }, response: '{"a":1}' },
  { client: 'browser', result: { a: 1 }, redirectTo: target, response: 'a redirect' },
  { client: 'API client', result: { a: 1 }, redirectTo: target, response: '{"a":1}' },
  { client: 'API client', result: null, response: 'null' },
  { client: 'API client', result: 'ü </script>', response: '"ü </script>"' },
  { client: 'API client', result: '', response: '""' },
  { client: 'API client', result: false, response: 'false' },
  { client: 'API client', result: [1], response: '[1]' },
  { client: 'API client', result: { toJSON: () => 7 }, response: '7' },
  { client: 'API client', result: undefined, redirectTo: target, redirect: 'always', response: 'a redirect' },
  { client: 'browser', result: undefined, redirectTo: target, redirect: 'always', response: 'a redirect' },
  { client: 'browser', result: undefined, redirectTo: target, redirect: 'never', response: 'a page' },
  { client: 'API client', result: undefined, redirect: 'always', response: ok },
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
        expectSecurityHeaders(response)
        expect(response.status).toBe(expected === 'a redirect' ? 303 : 200)
        expect(response.header('location')).toBe(expected === 'a redirect' ? redirectTo : undefined)
        if (expected === 'a page') return expectPage(response, path)
        expect(response.text).toBe(expected === 'a redirect' ? '' : expected)
        if (expected !== 'a redirect') expect(response.header('content-type')).toBe('application/json')
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
