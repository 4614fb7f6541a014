import { setTimeout as sleep } from 'node:timers/promises'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { command, mintPath } from '../support/fixtures.ts'
import type { Subject } from '../support/subjects.ts'
import { getUnsupportedReason } from './cases.ts'
import { createTestReceiver, expectProblem, sendRequest } from './shared.ts'

const binary = { 'content-type': 'application/octet-stream' }
const json = { 'content-type': 'application/json' }

async function* toChunks(...chunks: readonly string[]): AsyncGenerator<string> {
  for (const chunk of chunks) {
    yield chunk
    await sleep(2)
  }
}

async function* toStalledBody(chunk: string): AsyncGenerator<string> {
  yield chunk
  await sleep(3000)
}

/** How bodies are read and limited. */
export function describeBodies(subject: Subject): void {
  describe('bodies', () => {
    test('a handler receives the exact bytes of a large binary body', async () => {
      const sent = Buffer.alloc(
        1_048_576,
        Uint8Array.from({ length: 251 }, (_, index) => (index * 7) % 256),
      )
      const send = await createTestReceiver(subject, (hook) => new Response(hook.rawBody() as Uint8Array<ArrayBuffer>))
      const response = await send({ method: 'POST', path: mintPath(), headers: binary, body: sent })
      expect(response.status).toBe(200)
      expect(response.bytes.equals(sent)).toBe(true)
    })

    test('a chunked body is joined', async () => {
      const body = toChunks('{"a":', '"', '1"', '}')
      const { payload } = await sendRequest(subject, { path: mintPath(), headers: json, body })
      expect(payload).toEqual({ a: '1' })
    })

    test('rawBody() is empty for a request without a body', async () => {
      const { calls } = await sendRequest(subject, { path: mintPath(), body: '' })
      expect(calls[0]?.rawBody()).toHaveLength(0)
    })

    test('hook.request has an empty body for a request without a body', async () => {
      const { calls } = await sendRequest(subject, { path: mintPath(), body: '' })
      expect(await calls[0]?.request.text()).toBe('')
    })

    const nineBytes = { path: mintPath(), headers: { ...binary, 'content-length': '9' }, body: '123456789' }
    test('a body of exactly maxBodySize is accepted', async () => {
      const { response, calls } = await sendRequest(subject, nineBytes, { maxBodySize: 9 })
      expect(response.status).toBe(200)
      expect(calls).toHaveLength(1)
    })

    test('a body one byte over maxBodySize is rejected by its Content-Length', async () => {
      const { response, calls } = await sendRequest(subject, nineBytes, { maxBodySize: 8 })
      expect(response.status).toBe(413)
      expectProblem(response, 'body_too_large', nineBytes.path)
      expect(calls).toEqual([])
    })

    test('a body one byte over maxBodySize without a Content-Length is rejected', async () => {
      const request = { path: mintPath(), headers: binary, body: toChunks('1234', '56789') }
      const { response, calls } = await sendRequest(subject, request, { maxBodySize: 8 })
      expect(response.status).toBe(413)
      expectProblem(response, 'body_too_large', request.path)
      expect(calls).toEqual([])
    })

    if (getUnsupportedReason(subject, 'slow bodies') === undefined) {
      test('a body that takes longer than bodyTimeout is rejected', async () => {
        const request = { path: mintPath(), headers: json, body: toStalledBody('{"a":1}') }
        const start = performance.now()
        const { response, calls } = await sendRequest(subject, request, { bodyTimeout: '100ms' })
        expect(response.status).toBe(408)
        expectProblem(response, 'body_timeout', request.path)
        expect(calls).toEqual([])
        expect(performance.now() - start).toBeLessThan(2000)
      })
    }

    for (const [encoding, compress] of [
      ['gzip', gzipSync],
      ['x-gzip', gzipSync],
      ['GZIP', gzipSync],
      ['identity, gzip', gzipSync],
      ['deflate', deflateSync],
      ['br', brotliCompressSync],
    ] as const) {
      const encoded = compress('{"a":1}')
      const headers = { ...json, 'content-encoding': encoding }
      if (getUnsupportedReason(subject, 'bytes of text') !== undefined) {
        test(`a JSON body with Content-Encoding ${encoding}, which the host decodes as text, is body_already_consumed`, async () => {
          const request = { path: mintPath(), headers, body: encoded }
          const { response, calls } = await sendRequest(subject, request)
          expectProblem(response, 'body_already_consumed', request.path)
          expect(calls).toEqual([])
        })
        continue
      }

      test(`a body with Content-Encoding ${encoding} is inflated`, async () => {
        const { response, payload } = await sendRequest(subject, { path: mintPath(), headers, body: encoded })
        expect(response.status).toBe(200)
        expect(payload).toEqual({ a: 1 })
      })

      test(`rawBody() returns a body with Content-Encoding ${encoding} inflated, or as received`, async () => {
        const { calls } = await sendRequest(subject, { path: mintPath(), headers, body: encoded })
        expect(Buffer.from(calls[0]?.rawBody() ?? '').toString()).toBe('{"a":1}')
        expect(Buffer.from(calls[0]?.rawBody({ encoded: true }) ?? '').equals(encoded)).toBe(true)
      })

      test(`a body with Content-Encoding ${encoding} that inflates to more than maxBodySize is rejected`, async () => {
        const request = { path: mintPath(), headers, body: compress(Buffer.alloc(100_000)) }
        const { response, calls } = await sendRequest(subject, request, { maxBodySize: 99_999 })
        expect(response.status).toBe(413)
        expectProblem(response, 'body_too_large', request.path)
        expect(calls).toEqual([])
      })

      test(`a body with Content-Encoding ${encoding} that is truncated is rejected`, async () => {
        const request = { path: mintPath(), headers, body: encoded.subarray(0, -4) }
        const { response, calls } = await sendRequest(subject, request)
        expect(response.status).toBe(400)
        expectProblem(response, 'malformed_body', request.path)
        expect(calls).toEqual([])
      })
    }

    test('hook.request of a compressed body has the inflated body, without the headers of the compressed one', async () => {
      const seen: unknown[] = []
      const send = await createTestReceiver(subject, async ({ request }) => {
        seen.push(request.headers.get('content-encoding'), request.headers.get('content-length'), await request.text())
      })
      const headers = { ...binary, 'content-encoding': 'gzip' }
      await send({ method: 'POST', path: mintPath(), headers, body: gzipSync('{"a":1}') })
      expect(seen).toEqual([null, null, '{"a":1}'])
    })

    for (const encoding of ['zstd', 'compress', 'gzip, br', 'utf-8']) {
      test(`a body with Content-Encoding ${encoding} is rejected`, async () => {
        const headers = { ...binary, 'content-encoding': encoding }
        const { response, calls } = await sendRequest(subject, { path: mintPath(), headers, body: 'x' })
        expect(response.status).toBe(415)
        expectProblem(response, 'unsupported_encoding', mintPath())
        expect(calls).toEqual([])
      })
    }

    test('a body with Content-Encoding identity is accepted', async () => {
      const headers = { 'content-type': 'text/plain', 'content-encoding': 'Identity' }
      expect((await sendRequest(subject, { path: mintPath(), headers, body: 'x' })).payload).toBe('x')
    })

    test('hook.request is a Request with the method, URL, headers and body', async () => {
      const seen: Record<string, unknown> = {}
      const send = await createTestReceiver(subject, async ({ request }) => {
        Object.assign(seen, {
          isRequest: request instanceof Request,
          method: request.method,
          search: new URL(request.url).search,
          service: request.headers.get('x-service'),
          body: await request.json(),
        })
      })
      const headers = { ...json, 'x-service': 'cats' }
      await send({ method: 'POST', path: `${mintPath()}?a=1`, headers, body: '{"a":1}' })
      expect(seen).toEqual({ isRequest: true, method: 'POST', search: '?a=1', service: 'cats', body: { a: 1 } })
    })

    test('hook.request of a GET has no body', async () => {
      const send = await createTestReceiver(subject, async ({ request }) =>
        Response.json([request.method, await request.text()]),
      )
      expect((await send({ path: mintPath({ allowGet: true }) })).json()).toEqual(['GET', ''])
    })

    test('a hook has the method and the headers of its request', async () => {
      const headers = { ...json, 'x-service': 'cats' }
      const { calls } = await sendRequest(subject, { path: mintPath(), headers, body: '{}' })
      expect(calls[0]?.method).toBe('POST')
      expect(calls[0]?.headers.get('x-service')).toBe('cats')
    })

    test('a received hook is frozen', async () => {
      const { calls } = await sendRequest(subject, { path: mintPath() })
      expect(Object.isFrozen(calls[0])).toBe(true)
    })

    test('a received hook has the signed fields and only the index of its key', async () => {
      const { calls } = await sendRequest(subject, { path: mintPath({ userId: 7 }) })
      expect(calls[0]).toMatchObject({ command, userId: '7', allowGet: false })
      expect(calls[0]?.key).toEqual({ index: 0 })
    })
  })
}
