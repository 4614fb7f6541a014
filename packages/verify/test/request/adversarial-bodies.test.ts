import type { ChildProcess } from 'node:child_process'
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sendToPort } from '../support/clients.ts'
import { mintPath } from '../support/fixtures.ts'
import { startMemoryServer } from '../support/start-script.ts'

// At its default quality, Brotli takes 12 seconds for these bodies, and compresses them less.
const brotliOptions = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }
const json = 'application/json'
const form = 'application/x-www-form-urlencoded'
const multipart = 'multipart/form-data; boundary=B'
const part = '--B\r\nContent-Disposition: form-data; name="a"; filename="b"\r\n\r\n1\r\n'
const integerKeys = (bytes: number): string =>
  `{${Array.from({ length: bytes / 12 }, (_, index) => `"${1_000_000 + index * 7}":0`).join(',')}}`

interface AdversarialBody {
  readonly what: string
  readonly type: string
  readonly body: string | Uint8Array
  readonly headers?: Record<string, string>
  readonly status: number
  readonly code?: string
}

const bodies: readonly AdversarialBody[] = [
  ...(
    [
      ['gzip', gzipSync],
      ['deflate', deflateSync],
      ['br', (body: Uint8Array) => brotliCompressSync(body, brotliOptions)],
    ] as const
  ).map(([encoding, compress]) => ({
    what: `a body that inflates from ${encoding} to 256 MB`,
    type: json,
    body: compress(Buffer.alloc(256_000_000)),
    headers: { 'content-encoding': encoding },
    status: 413,
    code: 'body_too_large',
  })),
  {
    what: '100,000 nested arrays',
    type: json,
    body: '['.repeat(100_000) + ']'.repeat(100_000),
    status: 400,
    code: 'malformed_body',
  },
  {
    what: 'half a megabyte of opening brackets',
    type: json,
    body: '['.repeat(524_288),
    status: 400,
    code: 'malformed_body',
  },
  { what: '2 MB of integer-like keys', type: json, body: integerKeys(2_000_000), status: 413, code: 'body_too_large' },
  { what: 'a megabyte of integer-like keys', type: json, body: integerKeys(1_000_000), status: 200 },
  {
    what: '10,000 multipart parts',
    type: multipart,
    body: `${part.repeat(10_000)}--B--\r\n`,
    status: 413,
    code: 'body_too_large',
  },
  { what: '1,000 multipart parts', type: multipart, body: `${part.repeat(1000)}--B--\r\n`, status: 200 },
  {
    what: 'a megabyte of boundaries',
    type: multipart,
    body: '--B\r\n'.repeat(200_000),
    status: 400,
    code: 'malformed_body',
  },
  { what: '500,000 form parameters', type: form, body: 'a&'.repeat(500_000), status: 413, code: 'body_too_large' },
  { what: '__proto__', type: json, body: '{"__proto__":{"admin":true}}', status: 400, code: 'malformed_body' },
  {
    what: 'a deeply nested __proto__',
    type: json,
    body: `{"a":${'['.repeat(60)}{"__proto__":1}${']'.repeat(60)}}`,
    status: 400,
    code: 'malformed_body',
  },
  {
    what: 'a part named __proto__',
    type: multipart,
    body: `${part.replace('"a"', '"__proto__"')}--B--\r\n`,
    status: 400,
    code: 'malformed_body',
  },
]

// Keeping one body of each request would take several times the memory that may be held.
const REQUESTS = 8

let server: ChildProcess
let send: ReturnType<typeof sendToPort>

beforeAll(async () => {
  const { port, child } = await startMemoryServer()
  server = child
  send = sendToPort(port)
}, 20_000)

afterAll(() => void server.kill())

describe('adversarial bodies', () => {
  for (const { what, type, body, headers, status, code } of bodies) {
    const result = code === undefined ? 'read' : `rejected with ${code}`
    test(`requests with ${what} are ${result} within 500 ms each, in constant memory`, async () => {
      const request = { method: 'POST', path: mintPath(), headers: { 'content-type': type, ...headers }, body }
      for (let count = 0; count < 3; count++) await send(request)
      const before = await measure()
      const start = performance.now()
      for (let count = 0; count < REQUESTS; count++) {
        const response = await send(request)
        expect(response.status).toBe(status)
        if (code !== undefined) expect(response.json()).toMatchObject({ code })
      }
      const ms = (performance.now() - start) / REQUESTS
      const after = await measure()
      expect(after.runs - before.runs).toBe(code === undefined ? REQUESTS : 0)
      console.log(
        `${what}: ${status}, ${ms.toFixed(1)} ms each; held ${toMiB(before.held)} then ${toMiB(after.held)}, ` +
          `resident ${toMiB(before.rss)} then ${toMiB(after.rss)}`,
      )
      expect(ms).toBeLessThan(500)
      // A connection that was closed early holds its buffers for a moment.
      const getGrowth = async (): Promise<number> => (await measure()).held - before.held
      await expect.poll(getGrowth, { timeout: 5000 }).toBeLessThan(2 * 1_048_576)
    })
  }
})

async function measure(): Promise<{ held: number; rss: number; runs: number }> {
  return JSON.parse((await send({ path: '/memory' })).text)
}

function toMiB(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(1)} MiB`
}
