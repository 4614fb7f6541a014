import type { ReceiverOptions } from '@hookurl/verify'
import { describe, expect, test } from 'vitest'
import { getToken, mint, mintPath, toPath } from '../support/fixtures.ts'
import type { Subject } from '../support/subjects.ts'
import { apiHeaders, browserHeaders, expectPage, expectProblem, expectSecurityHeaders, sendRequest } from './shared.ts'

interface Row {
  readonly method: string
  readonly allowGet: boolean
  readonly headers: Record<string, string>
  readonly status: number
  readonly runs?: boolean
  readonly allow?: string
}

const rows: readonly Row[] = [
  { method: 'POST', allowGet: false, headers: apiHeaders, status: 200, runs: true },
  { method: 'POST', allowGet: true, headers: browserHeaders, status: 200, runs: true },
  { method: 'GET', allowGet: true, headers: apiHeaders, status: 200, runs: true },
  { method: 'GET', allowGet: true, headers: browserHeaders, status: 200, runs: true },
  { method: 'GET', allowGet: false, headers: apiHeaders, status: 405, allow: 'POST' },
  { method: 'HEAD', allowGet: false, headers: apiHeaders, status: 200 },
  { method: 'HEAD', allowGet: true, headers: browserHeaders, status: 200 },
  { method: 'OPTIONS', allowGet: false, headers: apiHeaders, status: 204, allow: 'POST' },
  { method: 'OPTIONS', allowGet: true, headers: apiHeaders, status: 204, allow: 'GET, POST' },
  { method: 'PUT', allowGet: false, headers: apiHeaders, status: 405, allow: 'POST' },
  { method: 'PUT', allowGet: true, headers: browserHeaders, status: 405, allow: 'GET, POST' },
  { method: 'DELETE', allowGet: true, headers: apiHeaders, status: 405, allow: 'GET, POST' },
  { method: 'PATCH', allowGet: false, headers: apiHeaders, status: 405, allow: 'POST' },
]

/** What each method does. */
export function describeMethods(subject: Subject): void {
  describe('methods', () => {
    for (const { method, allowGet, headers, status, runs = false, allow } of rows) {
      const client = headers === browserHeaders ? 'a browser' : 'an API client'
      const url = allowGet ? ' on a URL with allowGet' : ''
      test(`${method} by ${client}${url} gets ${status} and ${runs ? 'runs' : 'does not run'} the command`, async () => {
        const { response, calls } = await sendRequest(subject, { method, path: mintPath({ allowGet }), headers })
        expect(response.status).toBe(status)
        expect(calls.map((hook) => hook.method)).toEqual(runs ? [method] : [])
        expect(response.header('allow')).toBe(allow)
        const isPage = headers === browserHeaders && method !== 'HEAD'
        expectSecurityHeaders(response, isPage ? 'strict-origin' : 'no-referrer')
        if (method === 'HEAD') expect(response.text).toBe('')
      })
    }

    test('HEAD of a truncated URL is rejected with 400 and an empty body', async () => {
      const { response, calls } = await sendRequest(subject, { method: 'HEAD', path: mintPath().slice(0, -1) })
      expect(response.status).toBe(400)
      expect(response.text).toBe('')
      expect(calls).toEqual([])
    })

    for (const place of ['path', 'query'] as const) {
      const token = getToken(mint({ redirectTo: 'https://cataas.com/cat', content: 'a secret' }))
      const path = place === 'path' ? `/hooks/${token}` : `/hooks?t=${token}&from=mail`
      const openPage = () => sendRequest(subject, { method: 'GET', path, headers: browserHeaders })

      test(`a browser GET shows the confirm page and runs nothing (token in the ${place})`, async () => {
        const { response, calls } = await openPage()
        expect(response.status).toBe(200)
        expectPage(response, path)
        expect(calls).toEqual([])
      })

      test(`the form of the confirm page posts to the URL of the page (token in the ${place})`, async () => {
        const { response } = await openPage()
        // A form without an action is sent to the URL of its page.
        expect(response.text).toContain('<form method="post"><input type="hidden"')
      })

      test(`the confirm page shows the host of the redirect but not the content (token in the ${place})`, async () => {
        const { response } = await openPage()
        expect(response.text).toContain('cataas.com')
        expect(response.text).not.toContain('a secret')
      })

      test(`the POST of the confirm page runs the command and redirects (token in the ${place})`, async () => {
        const { response, calls } = await sendRequest(subject, {
          path,
          headers: { ...browserHeaders, 'content-type': 'application/x-www-form-urlencoded' },
          body: '',
        })
        expect(response.status).toBe(303)
        expect(response.header('location')).toBe('https://cataas.com/cat')
        expect(calls).toHaveLength(1)
      })
    }

    test('the confirm page shows the escaped title of the command', async () => {
      const commands = { '/onWebhook': { title: '<b>Delete</b> "everything" & more' } }
      const options = { commands } as unknown as Partial<ReceiverOptions>
      const path = mintPath()
      const { response } = await sendRequest(subject, { method: 'GET', path, headers: browserHeaders }, options)
      expect(response.text).toContain('<h1>&#60;b&#62;Delete&#60;/b&#62; &#34;everything&#34; &#38; more</h1>')
      expectPage(response, path)
    })

    test('a URL without a token gets 404', async () => {
      const { response, calls } = await sendRequest(subject, { path: '/hooks/nothing?x=1' })
      expect(response.status).toBe(404)
      expect(calls).toEqual([])
    })

    const token = getToken(mint())
    const changedUrls: readonly [what: string, path: string][] = [
      ['with an appended path and query', `/hooks/${token}/callback?status=ok`],
      ['with an appended parameter', `/hooks/${token}&status=ok`],
      ['with percent-encoded dots and a final dot', `/hooks/${token.replaceAll('.', '%2E')}.`],
      ['with a second question mark', `/hooks?x=1?t=${token}`],
      ['escaped for HTML', `/hooks?x=1&amp;t=${token}`],
    ]
    for (const [what, path] of changedUrls) {
      test(`the token is found in a URL ${what}`, async () => {
        expect((await sendRequest(subject, { path })).response.status).toBe(200)
      })
    }

    test('a URL with one changed character is rejected with invalid_signature', async () => {
      const path = toPath(mint())
      const changed = path.slice(0, -5) + (path.at(-5) === 'A' ? 'B' : 'A') + path.slice(-4)
      const { response, calls } = await sendRequest(subject, { path: changed })
      expectProblem(response, 'invalid_signature', changed)
      expect(calls).toEqual([])
    })
  })
}
