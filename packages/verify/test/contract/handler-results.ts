import { setTimeout as sleep } from 'node:timers/promises'
import type { Hook } from '@hookurl/core'
import type { ResultEvent } from '@hookurl/verify'
import { describe, expect, test } from 'vitest'
import { command, mintPath } from '../support/fixtures.ts'
import type { Subject } from '../support/subjects.ts'
import { getUnsupportedReason } from './cases.ts'
import { browserHeaders, createTestReceiver, expectPage, expectProblem, expectSecurityHeaders } from './shared.ts'

const failures: readonly [what: string, handler: () => unknown][] = [
  ['throws', () => raise(new Error('the password is hunter2'))],
  ['rejects', () => Promise.reject(new Error('the password is hunter2'))],
  ['throws a string', () => raise('hunter2')],
  ['throws undefined', () => raise(undefined)],
  ['returns a Response whose body was consumed', createConsumedResponse],
]

/** What a handler's result, or its failure, results in. */
export function describeHandlerResults(subject: Subject): void {
  describe('handler results', () => {
    for (const [what, handler] of failures) {
      test(`a handler that ${what} results in 500 and a problem for an API client`, async () => {
        const send = await createTestReceiver(subject, handler)
        const path = mintPath()
        const response = await send({ method: 'POST', path })
        expect(response.status).toBe(500)
        expectProblem(response, 'handler_failed', path)
        expect(response.text).not.toContain('hunter2')
      })

      test(`a handler that ${what} results in 500 and a page for a browser`, async () => {
        const send = await createTestReceiver(subject, handler)
        const path = mintPath()
        const response = await send({ method: 'POST', path, headers: browserHeaders })
        expect(response.status).toBe(500)
        expectPage(response, path)
        expect(response.text).not.toContain('hunter2')
      })

      test(`onError receives the error and the hook of a handler that ${what}`, async () => {
        const received: [unknown, Hook | undefined][] = []
        const send = await createTestReceiver(subject, handler, {
          onError: (error, hook) => void received.push([error, hook]),
        })
        await send({ method: 'POST', path: mintPath() })
        expect(received.map(([, hook]) => hook?.command)).toEqual([command])
      })
    }

    const brokenCallbacks: readonly [what: string, onError: () => unknown][] = [
      ['throws', () => raise(new Error('broken'))],
      ['rejects', () => Promise.reject(new Error('broken later'))],
    ]
    for (const [what, onError] of brokenCallbacks) {
      test(`an onError that ${what} does not change the response`, async () => {
        const send = await createTestReceiver(subject, () => raise(new Error('x')), { onError })
        const path = mintPath()
        expectProblem(await send({ method: 'POST', path }), 'handler_failed', path)
      })
    }

    test('onError receives the error of work that the handler passed to waitUntil', async () => {
      const errors: unknown[] = []
      const work = (): Promise<void> => sleep(5).then(() => raise(new Error('late')))
      const send = await createTestReceiver(subject, (hook) => hook.waitUntil(work()), {
        onError: (error) => void errors.push(error),
      })
      expect((await send({ method: 'POST', path: mintPath() })).status).toBe(200)
      await expect.poll(() => errors).toEqual([new Error('late')])
    })

    test('onResult receives the status of a Response once', async () => {
      const events: ResultEvent[] = []
      const onResult = (event: ResultEvent): void => void events.push(event)
      const send = await createTestReceiver(subject, () => new Response('', { status: 418 }), { onResult })
      await send({ method: 'POST', path: mintPath() })
      expect(events).toEqual([expect.objectContaining({ outcome: 'handled', status: 418, command })])
    })

    const createResponse = (): Response => {
      const headers = new Headers({ 'content-type': 'text/x-own', 'cache-control': 'max-age=60', 'x-own': 'yes' })
      headers.append('set-cookie', 'a=1; Path=/')
      headers.append('set-cookie', 'b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT')
      return new Response('own body', { status: 418, headers })
    }
    const sendForResponse = async () => {
      const send = await createTestReceiver(subject, createResponse)
      const path = mintPath({ redirectTo: 'https://a.com/' })
      return send({ method: 'POST', path, headers: browserHeaders })
    }

    test('a Response is sent unchanged instead of the redirect', async () => {
      const response = await sendForResponse()
      expect(response.status).toBe(418)
      expect(response.text).toBe('own body')
      expect(response.header('location')).toBeUndefined()
    })

    test('a Response is sent with both cookies', async () => {
      const response = await sendForResponse()
      expect(response.cookies()).toEqual(['a=1; Path=/', 'b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT'])
    })

    test('a Response keeps its own headers', async () => {
      const response = await sendForResponse()
      expect(response.header('content-type')).toBe('text/x-own')
      expect(response.header('cache-control')).toBe('max-age=60')
      expect(response.header('x-own')).toBe('yes')
    })

    test('a Response gets the security headers that it does not set', async () => {
      const response = await sendForResponse()
      expect(response.header('referrer-policy')).toBe('no-referrer')
      expect(response.header('x-content-type-options')).toBe('nosniff')
      expect(response.header('x-robots-tag')).toBe('noindex')
    })

    test('a Response without a body is sent empty', async () => {
      const send = await createTestReceiver(subject, () => new Response(null, { status: 204 }))
      const response = await send({ method: 'POST', path: mintPath() })
      expect(response.status).toBe(204)
      expect(response.text).toBe('')
      expectSecurityHeaders(response)
    })

    test('a Response with hop-by-hop headers is sent over every protocol', async () => {
      const headers = { connection: 'keep-alive', 'keep-alive': 'timeout=5', 'transfer-encoding': 'chunked' }
      const send = await createTestReceiver(subject, () => new Response('upstream', { headers }))
      const response = await send({ method: 'POST', path: mintPath() })
      expect(response.status).toBe(200)
      expect(response.text).toBe('upstream')
    })

    test('a streaming response arrives complete', async () => {
      const send = await createTestReceiver(subject, () => new Response(createStream(20, 65_536)))
      const { status, bytes } = await send({ method: 'POST', path: mintPath() })
      expect(status).toBe(200)
      expect(bytes).toHaveLength(20 * 65_536)
      expect(bytes.at(-1)).toBe(19)
    })

    if (getUnsupportedReason(subject, 'streams') === undefined) {
      test('a streaming response that fails closes its connection and no other', async () => {
        let isBroken = true
        const send = await createTestReceiver(subject, () =>
          isBroken ? new Response(createStream(3, 10, 'hunter2')) : Response.json('fine'),
        )
        await expect(send({ method: 'POST', path: mintPath() })).rejects.toThrow()
        isBroken = false
        expect((await send({ method: 'POST', path: mintPath() })).json()).toBe('fine')
      })
    }
  })
}

function raise(error: unknown): never {
  throw error
}

async function createConsumedResponse(): Promise<Response> {
  const response = new Response('hunter2')
  await response.text()
  return response
}

function createStream(chunks: number, size: number, failure?: string): ReadableStream<Uint8Array> {
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
