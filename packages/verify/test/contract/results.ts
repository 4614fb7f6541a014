import { setTimeout as sleep } from 'node:timers/promises'
import type { Hook } from '@hookurl/core'
import { describe, expect, test } from 'vitest'
import { command, mintPath } from '../support/fixtures.ts'
import type { Subject } from '../support/subjects.ts'
import { lackOf } from './cases.ts'
import { expectPage, expectProblem, expectSafe, person, receive } from './shared.ts'

const failures: readonly [name: string, handler: () => unknown][] = [
  ['throws', () => raise(new Error('the password is hunter2'))],
  ['rejects', () => Promise.reject(new Error('the password is hunter2'))],
  ['throws a text', () => raise('hunter2')],
  ['throws nothing', () => raise(undefined)],
  ['returns what is not JSON', () => ({ hunter2: 1n })],
  ['returns a circle', circle],
  ['returns a response that was read before', readBefore],
]

export function describeResults(subject: Subject): void {
  describe('what a handler returns', () => {
    for (const [name, handler] of failures) {
      test(`a handler that ${name} is a 500, and onError hears of it`, async () => {
        const told: [unknown, Hook][] = []
        const send = await receive(subject, handler, { onError: (...both) => void told.push(both) })
        for (const headers of [{}, person]) {
          const path = mintPath()
          const reply = await send({ method: 'POST', path, headers })
          expect(reply.status).toBe(500)
          expect(reply.text).not.toContain('hunter2')
          if (headers === person) expectPage(reply, path)
          else expectProblem(reply, 'handler_failed', path)
        }
        expect(told.map(([, hook]) => hook.command)).toEqual([command, command])
      })
    }

    test('an onError that throws, now or later, changes nothing', async () => {
      const broken = [() => raise(new Error('broken')), () => Promise.reject(new Error('broken later'))]
      for (const onError of broken) {
        const send = await receive(subject, () => raise(new Error('x')), { onError })
        const path = mintPath()
        expectProblem(await send({ method: 'POST', path }), 'handler_failed', path)
      }
    })

    test('work that goes on after the answer may fail: onError hears of it', async () => {
      const told: unknown[] = []
      const work = (): Promise<void> => sleep(5).then(() => raise(new Error('late')))
      const send = await receive(subject, (hook) => hook.waitUntil(work()), {
        onError: (error) => void told.push(error),
      })
      expect((await send({ method: 'POST', path: mintPath() })).status).toBe(200)
      await expect.poll(() => told).toEqual([new Error('late')])
    })

    test('a response goes out as it is, with the safety headers it has not', async () => {
      const send = await receive(subject, () => {
        const headers = new Headers({ 'content-type': 'text/x-own', 'cache-control': 'max-age=60', 'x-own': 'yes' })
        headers.append('set-cookie', 'a=1; Path=/')
        headers.append('set-cookie', 'b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT')
        return new Response('own body', { status: 418, headers })
      })
      const reply = await send({ method: 'POST', path: mintPath({ redirectTo: 'https://a.com/' }), headers: person })
      expect([reply.status, reply.text, reply.header('location')]).toEqual([418, 'own body', undefined])
      expect(reply.cookies()).toEqual(['a=1; Path=/', 'b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT'])
      const names = [
        'content-type',
        'cache-control',
        'x-own',
        'referrer-policy',
        'x-content-type-options',
        'x-robots-tag',
      ]
      expect(names.map(reply.header)).toEqual(['text/x-own', 'max-age=60', 'yes', 'no-referrer', 'nosniff', 'noindex'])
    })

    test('a response without a body is empty', async () => {
      const send = await receive(subject, () => new Response(null, { status: 204 }))
      const reply = await send({ method: 'POST', path: mintPath() })
      expect([reply.status, reply.text]).toEqual([204, ''])
      expectSafe(reply)
    })

    test('a response of another server goes out on every protocol', async () => {
      const headers = { connection: 'keep-alive', 'keep-alive': 'timeout=5', 'transfer-encoding': 'chunked' }
      const send = await receive(subject, () => new Response('upstream', { headers }))
      const reply = await send({ method: 'POST', path: mintPath() })
      expect([reply.status, reply.text]).toEqual([200, 'upstream'])
    })

    test('a streaming response arrives whole', async () => {
      const send = await receive(subject, () => new Response(stream(20, 65_536)))
      const { status, bytes } = await send({ method: 'POST', path: mintPath() })
      expect([status, bytes.length, bytes.at(-1)]).toEqual([200, 20 * 65_536, 19])
    })

    if (lackOf(subject, 'streams') === undefined)
      test('a streaming response that fails cuts the answer and harms nothing else', async () => {
        let broken = true
        const send = await receive(subject, () => (broken ? new Response(stream(3, 10, 'hunter2')) : 'fine'))
        await expect(send({ method: 'POST', path: mintPath() })).rejects.toThrow()
        broken = false
        expect((await send({ method: 'POST', path: mintPath() })).json()).toBe('fine')
      })
  })
}

function raise(error: unknown): never {
  throw error
}

function circle(): unknown {
  const value: { self?: unknown } = {}
  value.self = value
  return value
}

async function readBefore(): Promise<Response> {
  const response = new Response('hunter2')
  await response.text()
  return response
}

function stream(chunks: number, size: number, failure?: string): ReadableStream<Uint8Array> {
  let sent = 0
  return new ReadableStream({
    async pull(controller) {
      await sleep(1)
      if (sent < chunks) return controller.enqueue(new Uint8Array(size).fill(sent++))
      if (failure === undefined) return controller.close()
      controller.error(new Error(failure))
    },
  })
}
