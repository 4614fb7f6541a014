import type { ReceiverOptions } from '@hookurl/verify'
import { describe, expect, test } from 'vitest'
import type { Ask, Reply } from '../support/clients.ts'
import { mintPath, policy } from '../support/fixtures.ts'
import { type HandshakeCase, handshakeCases } from '../support/handshakes.ts'
import type { Subject } from '../support/subjects.ts'
import { expectProblem, expectSafe, person, post } from './shared.ts'

/** The handshakes of services, as their documentation has them. */
export function describeHandshakes(subject: Subject): void {
  describe('handshakes', () => {
    for (const row of handshakeCases) {
      test(`answers ${row.service} as it wants, without running or counting`, async () => {
        const path = mintPath(row.needsBody ? {} : { maxUses: 1 })
        for (const time of ['first', 'again']) {
          const { reply, calls } = await shake(path, row)
          expect([reply.status, calls], time).toEqual([200, []])
          expectAnswer(reply, row)
        }
      })

      test(`tells ${row.service} nothing where the token is bad`, async () => {
        const path = mintPath().slice(0, -2)
        const { reply, calls } = await shake(path, row)
        expect([reply.status, calls]).toEqual([400, []])
        for (const value of [row.value, encodeURIComponent(row.value)]) expect(reply.text).not.toContain(value)
        for (const name of Object.keys(row.answer.headers ?? {})) expect(reply.header(name)).toBeUndefined()
      })

      if (row.ask.method === 'HEAD') continue
      test(`answers ${row.service} as any caller where handshakes are off`, async () => {
        const { reply, calls } = await shake(mintPath(), row, { handshakes: false })
        const isPost = row.ask.method === 'POST'
        expect(calls).toHaveLength(isPost ? 1 : 0)
        expect(reply.status).toBe(isPost ? 200 : row.ask.method === 'OPTIONS' ? 204 : 405)
      })

      if (row.ask.method !== 'GET') continue
      const does = row.isUnmistakable ? 'still answers' : 'runs the command, with its query, for'
      test(`on a URL that GET may run, ${does} ${row.service}`, async () => {
        const { reply, calls } = await shake(mintPath({ allowGet: true }), row)
        expect(reply.status).toBe(200)
        expect(calls).toHaveLength(row.isUnmistakable ? 0 : 1)
        if (row.isUnmistakable) return expectAnswer(reply, row)
        const query = Object.fromEntries(new URLSearchParams(row.ask.query))
        expect([calls[0]?.query, calls[0]?.payload]).toEqual([query, query])
      })
    }

    test('shows a person the page to confirm, whatever the query says', async () => {
      for (const query of ['challenge=abc', 'check=abc', 'echo=abc']) {
        const { reply, calls } = await post(subject, { method: 'GET', path: `${mintPath()}?${query}`, headers: person })
        expect([reply.status, calls]).toEqual([200, []])
        expect(reply.text).toContain('<form method="post">')
        expect(reply.text).not.toContain('abc')
      }
    })

    const text = { 'content-type': 'text/plain' }
    const json = { 'content-type': 'application/json' }
    const others: readonly [what: string, query: string, ask: Partial<Ask>][] = [
      ['a value of more than 1 KiB', `validationToken=${'a'.repeat(1025)}`, { headers: text, body: 'x' }],
      ['an empty value', 'validationToken=', { headers: text, body: 'x' }],
      ['a value that is repeated', 'validationToken=1&validationToken=2', { headers: text, body: 'x' }],
      ['a validation token beside JSON', 'validationToken=1', { headers: json, body: '{"a":1}' }],
      ['a challenge among other members', '', { headers: json, body: '{"challenge":"abc","a":1}' }],
      ['a challenge that is no text', '', { headers: json, body: '{"challenge":{"a":1}}' }],
      ['a challenge further inside', '', { headers: json, body: '[{"challenge":"abc"}]' }],
      ['a challenge of more than 1 KiB', '', { headers: json, body: `{"challenge":"${'ü'.repeat(513)}"}` }],
      [
        'a challenge in a form',
        '',
        { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'challenge=a' },
      ],
      ['a challenge in the query of a POST', 'challenge=abc', {}],
      ['a url_verification without a challenge', '', { headers: json, body: '{"type":"url_verification"}' }],
      ['a validation code without its header', '', { headers: json, body: '[{"data":{"validationCode":"abc"}}]' }],
      ['an X-Hook-Secret that nobody asked for', '', { headers: { 'x-hook-secret': 'abc' } }],
      ['a hub.challenge by POST', 'hub.mode=subscribe&hub.challenge=abc', {}],
    ]
    for (const [what, query, ask] of others) {
      test(`takes ${what} for a delivery`, async () => {
        const { reply, calls } = await post(subject, { path: `${mintPath()}?${query}`, ...ask })
        expect([reply.status, calls.length, reply.text]).toEqual([200, 1, '{"ok":true}'])
      })
    }

    test('takes a value of exactly 1 KiB', async () => {
      const query = `challenge=${'a'.repeat(1024)}`
      const { reply } = await post(subject, { method: 'GET', path: `${mintPath()}?${query}` })
      expect([reply.status, reply.text]).toEqual([200, 'a'.repeat(1024)])
    })

    test('tells Strava and WebSub apart', async () => {
      const query = 'hub.mode=subscribe&hub.challenge=abc&hub.topic=https%3A%2F%2Fexample.com%2Ffeed'
      const ask = { method: 'GET', path: `${mintPath()}?${query}` }
      expect((await post(subject, ask, { handshakes: { strava: true } })).reply.text).toBe('abc')
    })

    test('asks the application before Asana gets its secret back', async () => {
      const ask = { path: mintPath({ id: 'task-1' }), headers: { 'x-hook-secret': 's3cret' } }
      const heard: unknown[] = []
      const remember = (secret: string, hook: { id?: string }) => void heard.push([secret, hook.id])
      const { reply } = await post(subject, ask, { handshakes: { asana: remember } })
      expect([reply.status, reply.header('x-hook-secret'), heard]).toEqual([200, 's3cret', [['s3cret', 'task-1']]])

      const cases: readonly [options: Partial<ReceiverOptions>, status: number, code: string][] = [
        [{ handshakes: { asana: async () => false } }, 403, 'denied'],
        [{ handshakes: { asana: remember }, check: () => false }, 403, 'denied'],
        [{ handshakes: { asana: () => Promise.reject(new Error('no database')) } }, 500, 'handler_failed'],
      ]
      for (const [options, status, code] of cases) {
        const refused = await post(subject, ask, options)
        expect([refused.reply.status, refused.calls, heard.length]).toEqual([status, [], 1])
        expect(refused.reply.header('x-hook-secret')).toBeUndefined()
        expectProblem(refused.reply, code, ask.path)
      }
    })

    test('escapes what Microsoft Graph sends, which nobody may run', async () => {
      const token = '<script>alert("1")</script>&\''
      const path = `${mintPath()}?validationToken=${encodeURIComponent(token)}`
      const { reply } = await post(subject, { path, headers: text })
      expect(reply.text).toBe('&#60;script&#62;alert(&#34;1&#34;)&#60;/script&#62;&#38;&#39;')
    })

    test('echoes nothing that a browser would take for a page', async () => {
      const path = `${mintPath()}?challenge=${encodeURIComponent('<script>alert(1)</script>')}`
      const { reply } = await post(subject, { method: 'GET', path })
      expect([reply.header('content-type'), reply.header('x-content-type-options')]).toEqual([
        'text/plain; charset=utf-8',
        'nosniff',
      ])
    })
  })

  describe('handshakes at a guard', () => {
    for (const row of handshakeCases) {
      test(row.needsBody ? `leaves that of ${row.service} to the route` : `answers ${row.service}`, async () => {
        const opened: string[] = []
        const options = { ...policy, onError: () => {}, command: '/onWebhook', ...row.options }
        const send = await subject.guard(options, (_hook, body) => {
          opened.push(body)
          return { text: 'open' }
        })
        const reply = await send(toAsk(mintPath(), row))
        if (!row.needsBody) expectAnswer(reply, row)
        else expect(reply.text).toBe('open')
        expect(opened).toEqual(row.needsBody ? [row.ask.body] : [])
      })
    }
  })

  const shake = (path: string, row: HandshakeCase, options: Partial<ReceiverOptions> = row.options ?? {}) =>
    post(subject, toAsk(path, row), options)
}

function toAsk(path: string, { ask: { query, ...ask } }: HandshakeCase): Ask {
  return { path: query === undefined ? path : `${path}?${query}`, ...ask }
}

function expectAnswer(reply: Reply, { answer }: HandshakeCase): void {
  expect(reply.status).toBe(200)
  expectSafe(reply)
  if (answer.json !== undefined) {
    expect(reply.header('content-type')).toBe('application/json')
    expect(reply.json()).toEqual(answer.json)
  } else if (answer.text !== undefined) {
    expect(reply.header('content-type')).toBe('text/plain; charset=utf-8')
    expect(reply.text).toBe(answer.text)
  } else expect(reply.text).toBe('')
  for (const [name, value] of Object.entries(answer.headers ?? {})) expect(reply.header(name)).toBe(value)
}
