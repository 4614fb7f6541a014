import type { ReceiverOptions } from '@hookurl/verify'
import { describe, expect, test } from 'vitest'
import { mint, mintPath, pathOf, tokenOf } from '../support/fixtures.ts'
import type { Subject } from '../support/subjects.ts'
import { expectPage, expectProblem, expectSafe, person, post, program } from './shared.ts'

interface Row {
  readonly method: string
  readonly allowGet: boolean
  readonly headers: Record<string, string>
  readonly status: number
  readonly runs?: boolean
  readonly allow?: string
}

const rows: readonly Row[] = [
  { method: 'POST', allowGet: false, headers: program, status: 200, runs: true },
  { method: 'POST', allowGet: true, headers: person, status: 200, runs: true },
  { method: 'GET', allowGet: true, headers: program, status: 200, runs: true },
  { method: 'GET', allowGet: true, headers: person, status: 200, runs: true },
  { method: 'GET', allowGet: false, headers: program, status: 405, allow: 'POST' },
  { method: 'HEAD', allowGet: false, headers: program, status: 200 },
  { method: 'HEAD', allowGet: true, headers: person, status: 200 },
  { method: 'OPTIONS', allowGet: false, headers: program, status: 204, allow: 'POST' },
  { method: 'OPTIONS', allowGet: true, headers: program, status: 204, allow: 'GET, POST' },
  { method: 'PUT', allowGet: false, headers: program, status: 405, allow: 'POST' },
  { method: 'PUT', allowGet: true, headers: person, status: 405, allow: 'GET, POST' },
  { method: 'DELETE', allowGet: true, headers: program, status: 405, allow: 'GET, POST' },
  { method: 'PATCH', allowGet: false, headers: program, status: 405, allow: 'POST' },
]

export function describeMethods(subject: Subject): void {
  describe('methods', () => {
    for (const { method, allowGet, headers, status, runs = false, allow } of rows) {
      const who = headers === person ? 'a person' : 'a program'
      const get = allowGet ? ', where GET may run' : ''
      test(`answers ${status} to ${method} of ${who}${get}${runs ? ' and runs' : ' and does not run'}`, async () => {
        const { reply, calls } = await post(subject, { method, path: mintPath({ allowGet }), headers })
        expect(reply.status).toBe(status)
        expect(calls.map((hook) => hook.method)).toEqual(runs ? [method] : [])
        expect(reply.header('allow')).toBe(allow)
        expectSafe(reply)
        if (method === 'HEAD') expect(reply.text).toBe('')
      })
    }

    test('refuses HEAD of a bad URL with its status and an empty body', async () => {
      const { reply, calls } = await post(subject, { method: 'HEAD', path: mintPath().slice(0, -1) })
      expect([reply.status, reply.text, calls]).toEqual([400, '', []])
    })

    for (const form of ['path', 'query'] as const) {
      const token = tokenOf(mint({ redirectTo: 'https://cataas.com/cat', content: 'a secret' }))
      const path = form === 'path' ? `/hooks/${token}` : `/hooks?t=${token}&from=mail`

      test(`asks a person first, on the same URL (token in the ${form})`, async () => {
        const { reply, calls } = await post(subject, { method: 'GET', path, headers: person })
        expect([reply.status, calls]).toEqual([200, []])
        expectPage(reply, path)
        // Without an action, a form goes to the URL of its page.
        expect(reply.text).toContain('<form method="post"><button>')
        expect(reply.text).toContain('cataas.com')
        expect(reply.text).not.toContain('a secret')

        const pressed = await post(subject, {
          path,
          headers: { ...person, 'content-type': 'application/x-www-form-urlencoded' },
          body: '',
        })
        expect([pressed.reply.status, pressed.reply.header('location')]).toEqual([303, 'https://cataas.com/cat'])
        expect(pressed.calls).toHaveLength(1)
      })
    }

    test('shows the title of the command on its page, escaped', async () => {
      const commands = { '/onWebhook': { title: '<b>Delete</b> "everything" & more' } }
      const options = { commands } as unknown as Partial<ReceiverOptions>
      const path = mintPath()
      const { reply } = await post(subject, { method: 'GET', path, headers: person }, options)
      expect(reply.text).toContain('<h1>&#60;b&#62;Delete&#60;/b&#62; &#34;everything&#34; &#38; more</h1>')
      expectPage(reply, path)
    })

    test('has nothing to do with a URL that bears no token', async () => {
      const { reply, calls } = await post(subject, { path: '/hooks/nothing?x=1' })
      expect([reply.status, calls]).toEqual([404, []])
    })

    test('finds the token again after what a service did to the URL', async () => {
      const token = tokenOf(mint())
      const paths = [
        `/hooks/${token}/callback?status=ok`,
        `/hooks/${token}&status=ok`,
        `/hooks/${token.replaceAll('.', '%2E')}.`,
        `/hooks?x=1?t=${token}`,
        `/hooks?x=1&amp;t=${token}`,
      ]
      for (const path of paths) expect((await post(subject, { path })).reply.status, path).toBe(200)
    })

    test('a good URL of which one character is altered does not run', async () => {
      const path = pathOf(mint())
      const altered = path.slice(0, -5) + (path.at(-5) === 'A' ? 'B' : 'A') + path.slice(-4)
      const { reply, calls } = await post(subject, { path: altered })
      expectProblem(reply, 'invalid_signature', altered)
      expect(calls).toEqual([])
    })
  })
}
