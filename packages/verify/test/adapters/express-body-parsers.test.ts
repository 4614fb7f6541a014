import type { IncomingMessage } from 'node:http'
import { type HookurlError, isHookurlError } from '@hookurl/core'
import type { ReceivedHook } from '@hookurl/verify'
import { hookurl } from '@hookurl/verify/express'
import express, { type RequestHandler } from 'express'
import express4 from 'express4'
import { describe, expect, test } from 'vitest'
import { sendToPort, type TestResponse } from '../support/clients.ts'
import { mintPath, policy } from '../support/fixtures.ts'
import { listen } from '../support/serve.ts'

interface ReceivedBody {
  readonly payload: unknown
  /** The raw body in hex, or the fix of the error that `rawBody()` throws. */
  readonly raw: string
}

const json = 'application/json'
const form = 'application/x-www-form-urlencoded'
const binary = Buffer.from([0, 255, 128, 10, 13])
const bodies = {
  json: { type: json, body: '{"a": 1}', payload: { a: 1 } },
  form: { type: form, body: 'a=1&b=x&b=y', payload: { a: '1', b: ['x', 'y'] } },
  text: { type: 'text/plain', body: 'Grüße', payload: 'Grüße' },
  binary: { type: 'application/octet-stream', body: binary, payload: binary },
} as const
type Kind = keyof typeof bodies
const kinds = Object.keys(bodies) as Kind[]

const keepRawBody = (request: IncomingMessage, _response: unknown, bytes: Buffer): void => {
  Object.assign(request, { rawBody: bytes })
}
const everyType = { type: () => true }
const rawBodyFix = 'express.json({ verify: (req, _res, bytes) => { req.rawBody = bytes } })'

/** Parsers mounted before hookurl, and the bodies whose exact bytes they discard. */
const mounts: readonly [
  name: string,
  parsers: (from: typeof express) => RequestHandler[],
  discards: readonly Kind[],
][] = [
  ['no parser', () => [], []],
  ['express.json()', (from) => [from.json()], ['json']],
  ['express.urlencoded()', (from) => [from.urlencoded({ extended: true })], ['form']],
  ['express.text()', (from) => [from.text()], ['text']],
  ['express.raw()', (from) => [from.raw()], []],
  ['express.raw() for every type', (from) => [from.raw(everyType)], []],
  ['express.text() for JSON', (from) => [from.text({ type: json })], ['json']],
  [
    'json, urlencoded, text and raw',
    (from) => [from.json(), from.urlencoded({ extended: false }), from.text(), from.raw()],
    ['json', 'form', 'text'],
  ],
  ['express.json() that keeps the bytes', (from) => [from.json({ verify: keepRawBody })], []],
  [
    'json and urlencoded that keep the bytes',
    (from) => [from.json({ verify: keepRawBody }), from.urlencoded({ extended: true, verify: keepRawBody })],
    [],
  ],
]

for (const [version, from] of [
  ['express 5', express],
  ['express 4', express4],
] as const) {
  describe(version, () => {
    for (const [mount, parsers, discards] of mounts) {
      for (const kind of kinds) {
        const { type, body, payload } = bodies[kind]
        test(`behind ${mount}, a ${kind} body is read completely within a second`, async () => {
          const { response, received, ms } = await post(from, parsers(from), { type, body })
          expect(response.status).toBe(200)
          expect(received?.payload).toEqual(payload)
          expect(ms).toBeLessThan(1000)
        })

        if (discards.includes(kind)) {
          test(`behind ${mount}, rawBody() of a ${kind} body throws an error with the fix`, async () => {
            const { received } = await post(from, parsers(from), { type, body })
            expect(received?.raw).toContain(rawBodyFix)
          })
        } else {
          test(`behind ${mount}, rawBody() has the exact bytes of a ${kind} body`, async () => {
            const { received } = await post(from, parsers(from), { type, body })
            expect(received?.raw).toBe(Buffer.from(body).toString('hex'))
          })
        }
      }
    }

    const drain: RequestHandler = (request, _response, next) => void request.resume().on('end', () => next())
    const consuming: readonly [name: string, parsers: RequestHandler[]][] = [
      ['a middleware that drains the body', [drain]],
      ['express.json() and a middleware that drains the body', [from.json(), drain]],
      ['express.text() that corrupts bytes', [from.text(everyType)]],
    ]
    for (const [name, parsers] of consuming) {
      test(`behind ${name}, a request is rejected with 500 and the fix within a second`, async () => {
        const request = { type: 'application/octet-stream', body: binary }
        const { response, received, ms, error } = await post(from, parsers, request)
        expect(response.status).toBe(500)
        expect(response.json()).toMatchObject({ code: 'body_already_consumed' })
        expect(error?.fix).toMatch(/before the body parser/)
        expect(received).toBeUndefined()
        expect(ms).toBeLessThan(1000)
      })
    }

    for (const type of [json, form, 'text/plain', 'application/octet-stream']) {
      test(`behind every parser, the payload of an empty ${type} POST is the query`, async () => {
        const parsers = [from.json(), from.urlencoded({ extended: true }), from.text(), from.raw()]
        const { received } = await post(from, parsers, { type, body: '', query: '?a=1' })
        expect(received?.payload).toEqual({ a: '1' })
      })
    }

    test('behind express.json(), a body with __proto__ is rejected with 400', async () => {
      const { response, received } = await post(from, [from.json()], { type: json, body: '{"__proto__":{"admin":1}}' })
      expect(response.status).toBe(400)
      expect(received).toBeUndefined()
    })

    test('behind express.json(), malformed JSON gets the 400 of the parser', async () => {
      const { response, received } = await post(from, [from.json()], { type: json, body: '{"a":' })
      expect(response.status).toBe(400)
      expect(received).toBeUndefined()
    })

    test('behind express.json(), hook.request has its URL, and reading its body fails with body_already_consumed', async () => {
      let url: string | undefined
      let failure: unknown
      const handlers = {
        '*': async ({ request }: ReceivedHook) => {
          url = request.url
          failure = await request.text().catch((error: unknown) => error)
        },
      }
      const app = from().use(from.json(), hookurl({ ...policy, handlers }))
      const path = mintPath()
      const headers = { 'content-type': json, host: 'bot.example.com' }
      await sendToPort(await listen(app))({ method: 'POST', path, headers, body: '{"a":1}' })
      expect(url).toBe(`http://bot.example.com${path}`)
      expect(failure).toMatchObject({ code: 'body_already_consumed' })
    })

    test('behind express.json(), the hook can be serialized', async () => {
      const app = from().use(from.json(), hookurl({ ...policy, handlers: { '*': (hook) => Response.json(hook) } }))
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
  { type, body, query = '' }: { type: string; body: string | Buffer; query?: string },
): Promise<{
  response: TestResponse
  received: ReceivedBody | undefined
  error: HookurlError | undefined
  ms: number
}> {
  let received: ReceivedBody | undefined
  let rejection: HookurlError | undefined
  const app = from()
  // Keeps Express from writing the errors of parsers to the console.
  app.set('env', 'test')
  for (const parser of parsers) app.use(parser)
  app.use(
    '/hooks',
    hookurl({
      ...policy,
      onResult: ({ error }) => {
        rejection = error
      },
      onError: () => {},
      handlers: {
        '/onWebhook': (hook) => {
          received = { payload: hook.payload, raw: toHexOrFix(() => hook.rawBody()) }
        },
      },
    }),
  )
  const send = sendToPort(await listen(app))
  const start = performance.now()
  const headers = { 'content-type': type }
  const response = await send({ method: 'POST', path: mintPath() + query, headers, body })
  return { response, received, error: rejection, ms: performance.now() - start }
}

function toHexOrFix(readRawBody: () => Uint8Array): string {
  try {
    return Buffer.from(readRawBody()).toString('hex')
  } catch (error) {
    if (isHookurlError(error)) return error.fix
    throw error
  }
}
