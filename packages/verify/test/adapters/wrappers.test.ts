import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { memoryUseStore } from '@hookurl/verify'
import { hookurl as expressHookurl } from '@hookurl/verify/express'
import { bodyParser as koaBodyparser6 } from '@koa/bodyparser'
import express from 'express'
import fileUpload from 'express-fileupload'
import { koaBody } from 'koa-body'
import koaBodyparser4 from 'koa-bodyparser'
import multer from 'multer'
import { describe, expect, test } from 'vitest'
import type { TestRequest } from '../support/clients.ts'
import { command, mintPath, policy } from '../support/fixtures.ts'
import {
  behindReadBodyOfH3,
  collectLater,
  drain,
  fastifyInLambda,
  honoInLambda,
  inAzure,
  inConnect,
  inExpress,
  inExpress4,
  inFastify,
  inGoogleFunctions,
  inH3,
  inH3Request,
  inH3Version1,
  inH3Version1Request,
  inHapi,
  inHono,
  inKoa,
  inLambda,
  inPolka,
  inTinyHttp,
  inUnenv,
  inVercel,
  keepJsonOnNode,
  keepRawBody,
  type Mount,
  parseWithFormidable,
  readBodyFirst,
  readRawBodyFirst,
  readTextFirst,
  registerFastifyParsers,
  wrapExpress,
} from '../support/wrappers.ts'

interface Sent extends Pick<TestRequest, 'headers'> {
  readonly body: string | Uint8Array | (() => AsyncIterable<string>)
  readonly payload: unknown
}

const json = { 'content-type': 'application/json' }
const multipart = { 'content-type': 'multipart/form-data; boundary=B' }
const field = '--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
const file =
  '--B\r\nContent-Disposition: form-data; name="f"; filename="f.bin"\r\nContent-Type: image/png\r\n\r\nfile\r\n'
const bytes = Uint8Array.from([0, 255, 128, 10, 13, 195])
const large = { text: 'x'.repeat(80_000) }

async function* toChunks(): AsyncGenerator<string> {
  yield '{"a"'
  yield ':1}'
}

/** What is sent to each mount, with the right payload. The query is the payload of a request without a body. */
const requests = {
  JSON: { headers: json, body: '{"a":1}', payload: { a: 1 } },
  '{}': { headers: json, body: '{}', payload: {} },
  '80 kB of JSON': { headers: json, body: JSON.stringify(large), payload: large },
  'JSON in chunks': { headers: json, body: toChunks, payload: { a: 1 } },
  'gzipped JSON': {
    headers: { ...json, 'content-encoding': 'gzip' },
    body: gzipSync('{"a":1}'),
    payload: { a: 1 },
  },
  'a form': {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'a=1&b=%C3%BC',
    payload: { a: '1', b: 'ü' },
  },
  text: { headers: { 'content-type': 'text/plain' }, body: 'Grüße', payload: 'Grüße' },
  'Latin-1 text': {
    headers: { 'content-type': 'text/plain; charset=iso-8859-1' },
    body: Buffer.from('Grüße', 'latin1'),
    payload: 'Grüße',
  },
  bytes: { headers: { 'content-type': 'application/octet-stream' }, body: bytes, payload: bytes },
  'a multipart field': { headers: multipart, body: `${field}--B--\r\n`, payload: { a: '1' } },
  'a multipart file': {
    headers: multipart,
    body: `${field}${file}--B--\r\n`,
    payload: { a: '1', f: { name: 'f.bin', type: 'image/png', text: 'file' } },
  },
  'no body': { headers: {}, body: '', payload: { q: '1' } },
  'an empty body': { headers: json, body: '', payload: { q: '1' } },
} as const satisfies Record<string, Sent>

type Kind = keyof typeof requests

/** What becomes of a request. A number is the status with which the parser or wrapper itself responds. */
type Outcome = 'runs' | 'body_already_consumed' | 'unsupported_encoding' | number

/** A mount, as docs/adapters.md names it. */
interface Row {
  readonly name: string
  readonly mount: Mount
  /** The requests that do not run. */
  readonly but?: Partial<Record<Kind, Outcome>>
  /** The payloads that the parser creates in another form. */
  readonly payloads?: Partial<Record<Kind, unknown>>
  /** Why a request cannot be sent. */
  readonly skips?: Partial<Record<Kind, string>>
}

const kinds = Object.keys(requests) as Kind[]
const consumed = 'body_already_consumed'
const decodesText = {
  'Latin-1 text': 'the gateway decodes text as UTF-8',
  'gzipped JSON': 'the gateway decodes JSON as UTF-8',
}
const lostFiles = { 'a multipart field': consumed, 'a multipart file': consumed } as const

const lambdaRows = (['1.0', '2.0', 'ALB'] as const).flatMap((format): Row[] => {
  const skips = format === '2.0' ? decodesText : {}
  const mounts: readonly [name: string, mount: Mount][] = [
    ['@vendia/serverless-express', inLambda('vendia', format)],
    ['@codegenie/serverless-express', inLambda('codegenie', format)],
    ['serverless-http', inLambda('serverless-http', format)],
    ['@fastify/aws-lambda', fastifyInLambda(format)],
    ['hono/aws-lambda', honoInLambda(format)],
  ]
  return mounts.map(([name, mount]) => ({ name: `${name}, ${format}`, mount, skips }))
})

const rows: readonly Row[] = [
  ...lambdaRows,
  {
    name: '@codegenie/serverless-express and express.json()',
    mount: inLambda('codegenie', '1.0', (from) => [from.json()]),
  },
  { name: 'serverless-http and express.json()', mount: inLambda('serverless-http', '1.0', (from) => [from.json()]) },
  { name: 'Google Functions Framework', mount: inGoogleFunctions },
  { name: '@azure/functions', mount: inAzure },
  {
    name: "Vercel's helpers",
    mount: inVercel,
    but: { 'Latin-1 text': consumed, 'gzipped JSON': consumed, ...lostFiles },
  },
  { name: 'unenv with an ArrayBuffer', mount: inUnenv((bytes) => bytes.buffer) },
  { name: 'unenv with a Buffer', mount: inUnenv((bytes) => Buffer.from(bytes)) },
  { name: 'unenv with a Blob', mount: inUnenv((bytes) => new Blob([bytes])) },
  { name: 'unenv with a ReadableStream', mount: inUnenv((bytes) => new Blob([bytes]).stream()) },
  {
    name: 'unenv with a string',
    mount: inUnenv((bytes) => new TextDecoder().decode(bytes)),
    but: { 'Latin-1 text': consumed, bytes: consumed, ...lostFiles },
    skips: { 'gzipped JSON': 'a string cannot contain it' },
  },
  {
    name: 'unenv with a FormData',
    mount: inUnenv((bytes, { headers }) =>
      new Response(bytes, { headers: { ...headers } }).formData().catch(() => bytes),
    ),
  },
  {
    name: 'unenv with a stream that was read',
    mount: inUnenv(async (bytes) => {
      const stream = new Blob([bytes]).stream()
      const reader = stream.getReader()
      await reader.read()
      reader.releaseLock()
      return stream
    }),
    but: {
      ...Object.fromEntries(kinds.map((kind) => [kind, consumed])),
      'no body': 'runs',
      'an empty body': 'runs',
    },
  },
  { name: 'fromNodeHandler() of h3 2', mount: inH3 },
  { name: 'fromNodeMiddleware() of h3 1', mount: inH3Version1 },
  {
    name: 'readBody() of h3 1',
    mount: behindReadBodyOfH3,
    but: {
      ...Object.fromEntries(kinds.map((kind) => [kind, consumed])),
      'gzipped JSON': 400,
      'no body': 'runs',
      'an empty body': 'runs',
    },
  },
  { name: 'event.req of h3 2', mount: inH3Request() },
  {
    name: 'event.req of h3 2, after middleware that reads it',
    mount: inH3Request(readTextFirst),
    but: {
      ...Object.fromEntries(kinds.map((kind) => [kind, consumed])),
      'no body': 'runs',
      'an empty body': 'runs',
    },
  },
  { name: 'toWebRequest() of h3 1', mount: inH3Version1Request() },
  {
    name: 'toWebRequest() of h3 1, after readBody()',
    mount: inH3Version1Request(readBodyFirst),
    but: { 'gzipped JSON': 400 },
  },
  { name: 'toWebRequest() of h3 1, after readRawBody()', mount: inH3Version1Request(readRawBodyFirst) },
  { name: 'Hapi with parse: false', mount: inHapi({ parse: false, output: 'stream' }) },
  {
    name: 'Hapi',
    mount: inHapi({}),
    but: {
      ...Object.fromEntries(kinds.map((kind) => [kind, consumed])),
      'a multipart field': 415,
      'a multipart file': 415,
      'no body': 'runs',
      'an empty body': 'runs',
    },
  },
  { name: 'connect and express.json()', mount: inConnect },
  { name: 'polka and express.json()', mount: inPolka },
  {
    name: 'tinyhttp and milliparsec',
    mount: inTinyHttp,
    but: { 'Latin-1 text': consumed, 'gzipped JSON': 500 },
  },
  { name: 'express.json()', mount: inExpress((from) => [from.json()]) },
  { name: 'express.json() of Express 4', mount: inExpress4((from) => [from.json()]) },
  {
    name: 'express.json(), urlencoded(), text() and raw()',
    mount: inExpress((from) => [from.json(), from.urlencoded({ extended: true }), from.text(), from.raw()]),
  },
  {
    name: 'the same with verify',
    mount: inExpress((from) => [
      from.json({ verify: keepRawBody }),
      from.urlencoded({ extended: true, verify: keepRawBody }),
      from.text({ verify: keepRawBody }),
      from.raw({ verify: keepRawBody }),
    ]),
  },
  {
    name: 'express.raw() for every type',
    mount: inExpress((from) => [from.raw({ type: () => true })]),
  },
  {
    name: 'express.text() for every type',
    mount: inExpress((from) => [from.text({ type: () => true })]),
    but: { bytes: consumed, ...lostFiles },
  },
  { name: 'multer().any()', mount: inExpress((from) => [from.json(), multer().any()]), but: lostFiles },
  {
    name: 'multer().none()',
    mount: inExpress((from) => [from.json(), multer().none()]),
    but: { ...lostFiles, 'a multipart file': 500 },
  },
  { name: 'express-fileupload', mount: inExpress((from) => [from.json(), fileUpload()]), but: lostFiles },
  {
    name: 'formidable',
    mount: inExpress(() => [parseWithFormidable]),
    but: { ...lostFiles, 'gzipped JSON': 500, text: 500, 'Latin-1 text': 500, bytes: consumed },
    payloads: { 'a form': { a: ['1'], b: ['ü'] } },
  },
  {
    name: 'a middleware that drains the body',
    // The parser skips every body and leaves `{}`.
    mount: inExpress4((from) => [from.urlencoded({ extended: false, type: 'text/x-none' }), drain]),
    but: {
      ...Object.fromEntries(kinds.map((kind) => [kind, consumed])),
      '{}': 'runs',
      'no body': 'runs',
      'an empty body': 'runs',
    },
  },
  {
    name: 'a middleware that collects rawBody too late',
    mount: inExpress(() => [collectLater]),
    but: {
      ...Object.fromEntries(kinds.map((kind) => [kind, consumed])),
      'no body': 'runs',
      'an empty body': 'runs',
    },
  },
  {
    name: 'koa-body with multipart: true',
    mount: inKoa(koaBody({ multipart: true })),
    but: { 'Latin-1 text': consumed, ...lostFiles },
  },
  { name: 'koa-bodyparser', mount: inKoa(koaBodyparser4()) },
  {
    name: '@koa/bodyparser',
    mount: inKoa(koaBodyparser6({ enableTypes: ['json', 'form', 'text'] })),
    but: { 'Latin-1 text': consumed },
  },
  { name: 'ctx.req.body in Koa', mount: inKoa(keepJsonOnNode), but: { 'gzipped JSON': 500 } },
  {
    name: '@fastify/multipart, @fastify/formbody and fastify-raw-body',
    mount: inFastify(registerFastifyParsers),
  },
  {
    name: 'c.req.parseBody()',
    mount: inHono(async (c, next) => {
      await c.req.parseBody()
      await next()
    }),
  },
  {
    name: 'c.req.formData()',
    mount: inHono(async (c, next) => {
      await c.req.formData().catch(() => {})
      await next()
    }),
    but: {
      ...Object.fromEntries(kinds.map((kind) => [kind, consumed])),
      'a form': 'runs',
      'a multipart field': 'runs',
      'a multipart file': 'runs',
      'no body': 'runs',
      'an empty body': 'runs',
    },
  },
]

for (const { name, mount, but = {}, payloads = {}, skips = {} } of rows) {
  describe(name, () => {
    for (const kind of kinds) {
      const outcome = but[kind] ?? 'runs'
      test(`a request with ${kind} ${describeOutcome(outcome)}`, async (context) => {
        const reason = skips[kind]
        if (reason !== undefined) return context.skip(reason)
        const { result, payload } = await send(mount, requests[kind])
        expect(result).toBe(outcome)
        if (outcome === 'runs') expect(payload).toEqual(await toPlain(payloads[kind] ?? requests[kind].payload))
      })
    }
  })
}

for (const wrapper of ['vendia', 'codegenie', 'serverless-http'] as const) {
  test(`a guard in ${wrapper} passes a request on, and commits its use`, async () => {
    const uses = memoryUseStore({ now: policy.now })
    const app = express().use(expressHookurl({ ...policy, command, uses }), (request, response) => {
      response.send(request.hook?.userId)
    })
    const send = await wrapExpress(wrapper, '2.0', app)
    const request = (id: string) => ({ method: 'POST', path, headers: { ...json, 'webhook-id': id }, body: '{"a":1}' })
    const path = mintPath({ maxUses: 1, id: 'one', userId: 7 })
    expect((await send(request('first'))).text).toBe('7')
    expect((await send(request('second'))).status).toBe(410)
  })
}

describe('docs/adapters.md', () => {
  const page = readFileSync(new URL('../../../../docs/adapters.md', import.meta.url), 'utf8')
  const [, section = ''] = page.split('## Behind body parsers and wrappers\n')
  const lines = section.split('\n## ')[0]?.matchAll(/^\| (.*) \| .* \| (.*) \|$/gm) ?? []
  const documented = new Map(
    [...lines].flatMap(([, names = '', rejected]) =>
      names.split('; ').map((name) => [name.replaceAll('`', ''), rejected] as const),
    ),
  )
  for (const { name, but = {} } of rows) {
    test(`the section names what is rejected behind ${name}`, () => {
      expect(documented.get(name.replace(/, (?:1\.0|2\.0|ALB)$/, ''))).toBe(summarizeRejected(but))
    })
  }
})

function summarizeRejected(but: NonNullable<Row['but']>): string {
  if (but.JSON === consumed) return but['a form'] === 'runs' ? 'all but forms' : 'every body'
  const rejected = [
    ['multipart', 'a multipart file'],
    ['multipart', 'a multipart field'],
    ['text in other charsets', 'Latin-1 text'],
    ['bytes', 'bytes'],
    ['compressed', 'gzipped JSON'],
  ] as const
  return [...new Set(rejected.flatMap(([name, kind]) => (but[kind] === consumed ? [name] : [])))].join(', ') || '–'
}

function describeOutcome(outcome: Outcome): string {
  if (outcome === 'runs') return 'runs with the right payload'
  return typeof outcome === 'number' ? `gets the ${outcome} of the parser` : `is rejected with ${outcome}`
}

/** Sends a request and returns what became of it, with the payload if the handler ran. */
async function send(mount: Mount, { headers, body }: Sent): Promise<{ result: Outcome; payload?: unknown }> {
  const payloads: unknown[] = []
  const codes: (string | undefined)[] = []
  const request = await mount({
    ...policy,
    bodyTimeout: '2s',
    onError: () => {},
    onResult: ({ error }) => codes.push(error?.code),
    handlers: { [command]: async ({ payload }) => void payloads.push(await toPlain(payload)) },
  })
  const sent = typeof body === 'function' ? body() : body
  const { status } = await request({ method: 'POST', path: `${mintPath()}?q=1`, headers, body: sent })
  if (payloads.length === 0) return { result: (codes[0] as Outcome | undefined) ?? status }
  expect(status).toBe(200)
  return { result: 'runs', payload: payloads[0] }
}

/** Converts bytes and files to values that can be compared. */
async function toPlain(value: unknown): Promise<unknown> {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  if (value instanceof File) return { name: value.name, type: value.type, text: await value.text() }
  if (Array.isArray(value)) return Promise.all(value.map(toPlain))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(async ([name, item]) => [name, await toPlain(item)])
  return Object.fromEntries(await Promise.all(entries))
}
