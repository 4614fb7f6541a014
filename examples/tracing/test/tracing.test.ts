import { fileURLToPath } from 'node:url'
import { createMinter } from '@hookurl/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testKey } from '../../../tools/snippets.ts'
import { type Program, startProgram } from '../../support/program.ts'
import { recordCheck } from '../../support/record-check.ts'

interface ExportedSpan {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parent?: string
  readonly status: { readonly code: number; readonly message?: string }
  readonly attributes: Readonly<Record<string, unknown>>
}

const cwd = fileURLToPath(new URL('..', import.meta.url))
const minter = createMinter({ keys: testKey, baseUrl: 'https://shop.example.com/hooks', expiresIn: '1h' })
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const caller = '00f067aa0ba902b7'
const hook = { userId: 'ana-the-user', content: 'cat-the-content' }
const sent: string[] = []
let server: Program

beforeAll(async () => {
  const env = { HOOKURL_KEYS: testKey, PORT: '0' }
  server = await startProgram([process.execPath, '--import', 'tsx', 'server.ts'], { cwd, env })
}, 60_000)

afterAll(async () => {
  await server?.stop()
  recordCheck(
    'tracing',
    'spans in the trace of the caller, and a Prometheus counter; neither shows a token, key or content',
  )
})

async function post(url: string, headers: Record<string, string> = {}): Promise<number> {
  sent.push(...new URL(url).pathname.split(/[/.]/).filter((part) => part.length > 10))
  const traceparent = `00-${traceId}-${caller}-01`
  const target = server.origin + new URL(url).pathname
  const response = await fetch(target, {
    method: 'POST',
    headers: { ...headers, traceparent },
    body: 'payload-of-caller',
  })
  return response.status
}

function readSpans(): ExportedSpan[] {
  const lines = server.output().split('\n')
  return lines.filter((line) => line.startsWith('{')).map((line): ExportedSpan => JSON.parse(line))
}

async function waitForSpan(isIt: (span: ExportedSpan) => boolean): Promise<ExportedSpan> {
  await expect.poll(() => readSpans().some(isIt)).toBe(true)
  return readSpans().find(isIt) as ExportedSpan
}

test('a valid request is a span in the trace of its caller, and what its handler mints is its child', async () => {
  expect(await post(minter.mintSync({ command: '/onOrder', ...hook }))).toBe(200)
  const request = await waitForSpan(({ name }) => name === 'hookurl receive')
  expect(request).toMatchObject({
    ...{ traceId, parent: caller, status: { code: 0 } },
    attributes: {
      'hookurl.command': '/onOrder',
      'hookurl.outcome': 'handled',
      'hookurl.key_index': 0,
      'hookurl.delivery_id': expect.stringMatching(/^fp:/),
      'http.response.status_code': 200,
    },
  })
  const minted = await waitForSpan(({ name }) => name === 'hookurl mint')
  expect(minted).toMatchObject({ traceId, parent: request.spanId })
  expect(minted.attributes).toEqual({
    'hookurl.command': '/onShipped',
    'hookurl.outcome': 'minted',
    'hookurl.key_index': 0,
  })
})

test('a rejected request is a span with its code, without an error', async () => {
  expect(await post(`${minter.mintSync({ command: '/onOrder', ...hook })}A`)).toBe(400)
  const span = await waitForSpan(({ attributes }) => attributes['hookurl.code'] === 'malformed_token')
  expect(span).toMatchObject({ traceId, parent: caller, status: { code: 0 } })
  expect(span.attributes['hookurl.command']).toBeUndefined()
})

test('a duplicate delivery is a span with this outcome', async () => {
  const url = minter.mintSync({ command: '/onOrder', ...hook, maxUses: 1 })
  expect(await post(url, { 'webhook-id': 'msg_1' })).toBe(200)
  expect(await post(url, { 'webhook-id': 'msg_1' })).toBe(200)
  const span = await waitForSpan(({ attributes }) => attributes['hookurl.outcome'] === 'duplicate')
  expect(span).toMatchObject({ traceId, attributes: { 'hookurl.delivery_id': expect.stringMatching(/^id:/) } })
})

test('a handler that throws is a span with an error, without what was thrown', async () => {
  expect(await post(minter.mintSync({ command: '/onFailure', ...hook }))).toBe(500)
  const span = await waitForSpan(({ attributes }) => attributes['hookurl.code'] === 'handler_failed')
  expect(span.status).toEqual({ code: 2, message: 'the handler failed' })
})

test('the counter has each result', async () => {
  const metrics = await (await fetch(`${server.origin}/metrics`)).text()
  expect(metrics.match(/^hookurl_requests_total\{.*$/gm)?.sort()).toEqual([
    'hookurl_requests_total{command="",outcome="rejected",code="malformed_token"} 1',
    'hookurl_requests_total{command="/onFailure",outcome="rejected",code="handler_failed"} 1',
    'hookurl_requests_total{command="/onOrder",outcome="duplicate",code=""} 1',
    'hookurl_requests_total{command="/onOrder",outcome="handled",code=""} 2',
  ])
})

test('nothing that is exported contains a token, a key, content, a user or a payload', async () => {
  const metrics = await (await fetch(`${server.origin}/metrics`)).text()
  const exported = JSON.stringify(readSpans()) + metrics
  expect(sent.length).toBeGreaterThan(10)
  for (const secret of [...sent, testKey, hook.userId, hook.content, 'payload-of-caller', 'order 7', 'warehouse']) {
    expect(exported).not.toContain(secret)
  }
})
