import type { IncomingMessage } from 'node:http'
import type { HookurlError } from '@hookurl/core'
import { hookurl } from '@hookurl/verify/express'
import express, { type RequestHandler } from 'express'
import express4 from 'express4'
import { describe, expect, test } from 'vitest'
import { type TestResponse, sendToPort } from '../support/clients.ts'
import { mintPath, policy } from '../support/fixtures.ts'
import { listen } from '../support/serve.ts'

interface Got {
  readonly payload: unknown
  readonly raw: string
}

const json = 'application/json'
const form = 'application/x-www-form-urlencoded'
const binary = Buffer.from([0, 255, 128, 10, 13])
const sent = {
  json: { type: json, body: '{"a": 1}', payload: { a: 1 } },
  form: { type: form, body: 'a=1&b=x&b=y', payload: { a: '1', b: ['x', 'y'] } },
  text: { type: 'text/plain', body: 'Grüße', payload: 'Grüße' },
  binary: { type: 'application/octet-stream', body: binary, payload: binary },
} as const
type Kind = keyof typeof sent
const kinds = Object.keys(sent) as Kind[]

const keep = (request: IncomingMessage, _response: unknown, bytes: Buffer): void => {
  Object.assign(request, { rawBody: bytes })
}
const every = { type: () => true }
const gone = 'express.json({ verify: (req, _res, bytes) => { req.rawBody = bytes } })'

/** The parsers mounted before, and the bodies whose exact bytes are lost with them. */
const mounts: readonly [name: string, parsers: (from: typeof express) => RequestHandler[], lost: readonly Kind[]][] = [
  ['no parser', () => [], []],
  ['express.json()', (from) => [from.json()], ['json']],
  ['express.urlencoded()', (from) => [from.urlencoded({ extended: true })], ['form']],
  ['express.text()', (from) => [from.text()], ['text']],
  ['express.raw()', (from) => [from.raw()], []],
  ['express.raw() for all', (from) => [from.raw(every)], []],
  ['express.text() for JSON', (from) => [from.text({ type: json })], ['json']],
  [
    'json, urlencoded, text and raw',
    (from) => [from.json(), from.urlencoded({ extended: false }), from.text(), from.raw()],
    ['json', 'form', 'text'],
  ],
  ['express.json() that keeps the bytes', (from) => [from.json({ verify: keep })], []],
  [
    'json and urlencoded that keep the bytes',
    (from) => [from.json({ verify: keep }), from.urlencoded({ extended: true, verify: keep })],
    [],
  ],
]

for (const [version, from] of [
  ['express 5', express],
  ['express 4', express4],
] as const) {
  describe(version, () => {
    for (const [mount, parsers, lost] of mounts) {
      for (const kind of kinds) {
        test(`behind ${mount}, ${kind} arrives whole and soon`, async () => {
          const { type, body, payload } = sent[kind]
          const { response, got, ms } = await post(from, parsers(from), { 'content-type': type }, body)
          expect([response.status, got?.payload]).toEqual([200, payload])
          expect(ms).toBeLessThan(1000)
          if (!lost.includes(kind)) expect(got?.raw).toBe(Buffer.from(body).toString('hex'))
          else expect(got?.raw).toContain(gone)
        })
      }
    }

    const drain: RequestHandler = (request, _response, next) => void request.resume().on('end', () => next())
    const spent: readonly [name: string, parsers: RequestHandler[]][] = [
      ['something that drains the body', [drain]],
      ['express.json() and something that drains the body', [from.json(), drain]],
      ['express.text() that spoils bytes', [from.text(every)]],
    ]
    for (const [name, parsers] of spent) {
      test(`behind ${name}, a body is never answered 2xx`, async () => {
        const headers = { 'content-type': 'application/octet-stream' }
        const { response, got, ms, refused } = await post(from, parsers, headers, binary)
        expect([response.status, got]).toEqual([500, undefined])
        expect(response.json()).toMatchObject({ code: 'body_already_consumed' })
        expect(refused?.fix).toMatch(/before the body parser/)
        expect(ms).toBeLessThan(1000)
      })
    }

    test('behind all parsers, an empty POST gives the query', async () => {
      const parsers = [from.json(), from.urlencoded({ extended: true }), from.text(), from.raw()]
      for (const type of [json, form, 'text/plain', 'application/octet-stream']) {
        const headers = { 'content-type': type }
        expect((await post(from, parsers, headers, '', '?a=1')).got?.payload).toEqual({ a: '1' })
      }
    })

    test('behind express.json(), __proto__ is refused all the same', async () => {
      const { response, got } = await post(from, [from.json()], { 'content-type': json }, '{"__proto__":{"admin":1}}')
      expect([response.status, got]).toEqual([400, undefined])
    })

    test('a parser’s own refusal is the parser’s', async () => {
      const { response, got } = await post(from, [from.json()], { 'content-type': json }, '{"a":')
      expect([response.status, got]).toEqual([400, undefined])
    })

    test('a handler may answer with the hook itself, behind a parser too', async () => {
      const app = from().use(from.json(), hookurl({ ...policy, handlers: { '*': (hook) => hook } }))
      const response = await sendToPort(await listen(app))({
        method: 'POST',
        path: mintPath({ userId: 7 }),
        headers: { 'content-type': json },
        body: '{"a":1}',
      })
      expect(response.json()).toMatchObject({ command: '/onWebhook', userId: '7', payload: { a: 1 } })
    })
  })
}

async function post(
  from: typeof express,
  parsers: readonly RequestHandler[],
  headers: Record<string, string>,
  body: string | Buffer,
  query = '',
): Promise<{ response: TestResponse; got: Got | undefined; refused: HookurlError | undefined; ms: number }> {
  let got: Got | undefined
  let refused: HookurlError | undefined
  const app = from()
  // Keeps Express from writing the stack of a parser's refusal to the console.
  app.set('env', 'test')
  for (const parser of parsers) app.use(parser)
  app.use(
    '/hooks',
    hookurl({
      ...policy,
      onRefusal: (error) => (refused = error),
      handlers: {
        '/onWebhook': (hook) => {
          got = { payload: hook.payload, raw: rawOf(() => hook.rawBody()) }
        },
      },
    }),
  )
  const send = sendToPort(await listen(app))
  const started = performance.now()
  const response = await send({ method: 'POST', path: mintPath() + query, headers, body })
  return { response, got, refused, ms: performance.now() - started }
}

function rawOf(read: () => Uint8Array): string {
  try {
    return Buffer.from(read()).toString('hex')
  } catch (error) {
    return (error as HookurlError).fix
  }
}
