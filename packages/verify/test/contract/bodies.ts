import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { command, mintPath } from '../support/fixtures.ts'
import type { Subject } from '../support/subjects.ts'
import { lackOf } from './cases.ts'
import { expectProblem, post, receive } from './shared.ts'

const binary = { 'content-type': 'application/octet-stream' }

async function* pieces(...texts: readonly string[]): AsyncGenerator<string> {
  for (const text of texts) {
    yield text
    await sleep(2)
  }
}

async function* hanging(text: string): AsyncGenerator<string> {
  yield text
  await sleep(3000)
}

export function describeBodies(subject: Subject): void {
  describe('bodies', () => {
    test('hands over the exact bytes of a large binary body', async () => {
      const sent = Buffer.alloc(
        1_048_576,
        Uint8Array.from({ length: 251 }, (_, index) => (index * 7) % 256),
      )
      const send = await receive(subject, (hook) => new Response(hook.rawBody() as Uint8Array<ArrayBuffer>))
      const reply = await send({ method: 'POST', path: mintPath(), headers: binary, body: sent })
      expect(reply.status).toBe(200)
      expect(reply.bytes.equals(sent)).toBe(true)
    })

    test('puts a body in pieces together', async () => {
      const headers = { 'content-type': 'application/json' }
      const { payload } = await post(subject, { path: mintPath(), headers, body: pieces('{"a":', '"', '1"', '}') })
      expect(payload).toEqual({ a: '1' })
    })

    test('has an empty raw body where none was sent', async () => {
      const { calls } = await post(subject, { path: mintPath(), body: '' })
      expect(calls[0]?.rawBody()).toHaveLength(0)
      expect(await calls[0]?.request.text()).toBe('')
    })

    const whole = { path: mintPath(), headers: { ...binary, 'content-length': '9' }, body: '123456789' }
    test('takes a body that is exactly as long as maxBodySize', async () => {
      const { reply, calls } = await post(subject, whole, { maxBodySize: 9 })
      expect([reply.status, calls.length]).toEqual([200, 1])
    })

    test('refuses a body one byte over maxBodySize, by its Content-Length', async () => {
      const { reply, calls } = await post(subject, whole, { maxBodySize: 8 })
      expect([reply.status, calls]).toEqual([413, []])
      expectProblem(reply, 'body_too_large', whole.path)
    })

    test('refuses a body one byte over maxBodySize that has no Content-Length', async () => {
      const ask = { path: mintPath(), headers: binary, body: pieces('1234', '56789') }
      const { reply, calls } = await post(subject, ask, { maxBodySize: 8 })
      expect([reply.status, calls]).toEqual([413, []])
      expectProblem(reply, 'body_too_large', ask.path)
    })

    if (lackOf(subject, 'slow bodies') === undefined)
      test('does not wait for a body longer than bodyTimeout', async () => {
        const ask = { path: mintPath(), headers: { 'content-type': 'application/json' }, body: hanging('{"a":1}') }
        const started = performance.now()
        const { reply, calls } = await post(subject, ask, { bodyTimeout: '100ms' })
        expect([reply.status, calls]).toEqual([408, []])
        expectProblem(reply, 'body_timeout', ask.path)
        expect(performance.now() - started).toBeLessThan(2000)
      })

    for (const encoding of ['gzip', 'br', 'identity, gzip', 'GZIP']) {
      test(`refuses a body in Content-Encoding ${encoding}`, async () => {
        const headers = { ...binary, 'content-encoding': encoding }
        const { reply, calls } = await post(subject, { path: mintPath(), headers, body: 'x' })
        expect([reply.status, calls]).toEqual([415, []])
        expectProblem(reply, 'unsupported_encoding', mintPath())
      })
    }

    test('takes Content-Encoding identity', async () => {
      const headers = { 'content-type': 'text/plain', 'content-encoding': 'Identity' }
      expect((await post(subject, { path: mintPath(), headers, body: 'x' })).payload).toBe('x')
    })

    test('gives the request as a web standard object, with its body', async () => {
      const seen: unknown[] = []
      const send = await receive(subject, async ({ request, headers, method }) => {
        seen.push(request.method, new URL(request.url).search, request.headers.get('x-service'), await request.json())
        seen.push(headers.get('x-service'), method, request instanceof Request)
      })
      const headers = { 'content-type': 'application/json', 'x-service': 'cats' }
      await send({ method: 'POST', path: `${mintPath()}?a=1`, headers, body: '{"a":1}' })
      expect(seen).toEqual(['POST', '?a=1', 'cats', { a: 1 }, 'cats', 'POST', true])
    })

    test('gives such a request on GET too', async () => {
      const send = await receive(subject, async ({ request }) => [request.method, await request.text()])
      expect((await send({ path: mintPath({ allowGet: true }) })).json()).toEqual(['GET', ''])
    })

    test('what a handler gets is frozen, and knows nothing of the keys', async () => {
      const { calls } = await post(subject, { path: mintPath({ userId: 7 }) })
      const [hook] = calls
      expect(Object.isFrozen(hook)).toBe(true)
      expect(hook).toMatchObject({ command, userId: '7', allowGet: false, key: { index: 0 } })
    })
  })
}
