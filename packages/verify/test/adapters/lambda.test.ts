import type { ReceivedHook, ReceiverOptions } from '@hookurl/verify'
import { hookurl, type LambdaEvent, type LambdaResult } from '@hookurl/verify/lambda'
import middy from '@middy/core'
import { describe, expect, test } from 'vitest'
import { type EventName, readEvent } from '../support/events.ts'
import { command, expectOptionError, mint, mintPath, policy } from '../support/fixtures.ts'
import { withMiddy } from '../support/lambda.ts'

const silent = { ...policy, onError: () => {} }
const path = mintPath()

function createEvent(name: EventName, changes: Partial<LambdaEvent>): LambdaEvent {
  return { ...readEvent(name), ...changes }
}

/** Passes an event to a receiver, and returns the hook that its handler received. */
async function receive(
  event: LambdaEvent,
  { wrap = (handler) => handler, ...options }: Partial<ReceiverOptions> & { wrap?: typeof withMiddy } = {},
): Promise<{ result: LambdaResult; hook: ReceivedHook | undefined }> {
  let hook: ReceivedHook | undefined
  const run = (received: ReceivedHook): void => {
    hook = received
  }
  const handler = wrap(hookurl({ ...silent, handlers: { [command]: run }, ...options }))
  return { result: await handler(event as never, {}), hook }
}

describe('the event of a function URL', () => {
  const event = createEvent('url', { rawPath: path })

  test('runs the handler', async () => {
    const { result } = await receive(event)
    expect(result).toMatchObject({ statusCode: 200, body: '{"ok":true}' })
  })

  test('has its base64 body decoded', async () => {
    expect((await receive(event)).hook?.payload).toEqual(Buffer.from('AP+ACg1oZWxsbyE=', 'base64'))
  })

  test('has its repeated parameters in the query', async () => {
    expect((await receive(event)).hook?.query).toEqual({ from: ['mail', 'chat'] })
  })

  test('has its cookies and headers', async () => {
    const { hook } = await receive(event)
    expect(hook?.headers.get('cookie')).toBe('a=1; b=2')
    expect(hook?.headers.get('user-agent')).toBe('curl/8.9.1')
  })

  test('has no cookie header if its list of cookies is empty', async () => {
    const { hook } = await receive({ ...event, cookies: [] })
    expect(hook?.headers.has('cookie')).toBe(false)
  })

  test('with an empty list of cookies is a request without cookies to a URL that requires its user', async () => {
    const own = createEvent('url', { rawPath: mintPath({ userId: 'ana', requireUser: true }), cookies: [] })
    const handler = hookurl({ ...silent, user: () => 'ana', handlers: { [command]: () => undefined } })
    expect(await handler(own)).toMatchObject({ statusCode: 200 })
  })

  test('has its domain and query in hook.request.url', async () => {
    const origin = 'https://xmplid.lambda-url.us-west-2.on.aws'
    expect((await receive(event)).hook?.request.url).toBe(`${origin}${path}?from=mail&from=chat`)
  })
})

describe('the event of a REST API', () => {
  const multiValueQueryStringParameters = { 'a b': ['1&2', 'ü'], c: ['=?'] }
  const event = createEvent('1.0', { path, body: '{"a":1}', multiValueQueryStringParameters })

  test('has its JSON body as the payload', async () => {
    expect((await receive(event)).hook?.payload).toEqual({ a: 1 })
  })

  test('has its decoded parameters in the query', async () => {
    expect((await receive(event)).hook?.query).toEqual({ 'a b': ['1&2', 'ü'], c: '=?' })
  })

  test('has its headers, whatever their case', async () => {
    const { hook } = await receive(event)
    expect(hook?.headers.get('cookie')).toBe('a=1; b=2')
    expect(hook?.headers.get('user-agent')).toBe('curl/8.9.1')
  })

  test('with single values only has its query', async () => {
    const singleValues = createEvent('1.0', {
      path,
      multiValueHeaders: null,
      multiValueQueryStringParameters: null,
      queryStringParameters: { a: '1' },
    })
    const { hook } = await receive(singleValues)
    expect(hook?.query).toEqual({ a: '1' })
    expect(hook?.payload).toEqual({ a: '1' })
  })

  test('keeps a parameter that contains a question mark', async () => {
    const next = 'https://x.example/?t=5&u=1'
    const { hook } = await receive({ ...event, multiValueQueryStringParameters: { next: [next] } })
    expect(hook?.query).toEqual({ next })
  })

  test('has a replacement character for a lone surrogate in its query', async () => {
    const { result, hook } = await receive({ ...event, multiValueQueryStringParameters: { a: ['x\ud800'] } })
    expect(result.statusCode).toBe(200)
    expect(hook?.query).toEqual({ a: 'x\ufffd' })
  })

  test('ignores a header with a value that no header can have', async () => {
    const { result, hook } = await receive({ ...event, headers: { 'x-name': 'Zażółć' } })
    expect(result.statusCode).toBe(200)
    expect(hook?.headers.has('x-name')).toBe(false)
  })
})

for (const [name, from] of [
  ['ALB', 'chat'],
  ['ALB, multi-value', ['mail', 'chat']],
] as const) {
  describe(`the event of a load balancer (${name})`, () => {
    const event = createEvent(name, { path })

    test('has its JSON body as the payload', async () => {
      const { result, hook } = await receive(event)
      expect(result.statusCode).toBe(200)
      expect(hook?.payload).toEqual({ a: 1 })
    })

    test('has its percent-encoded query decoded once', async () => {
      expect((await receive(event)).hook?.query).toEqual({ from, 'a b': '1&2', c: 'x y' })
    })

    test('has its headers and cookies', async () => {
      const { hook } = await receive(event)
      expect(hook?.headers.get('cookie')).toBe('a=1; b=2')
      expect(hook?.headers.get('user-agent')).toBe('curl/8.9.1')
    })

    test('runs the handler of a token in the query, even if it is percent-encoded', async () => {
      const token = encodeURIComponent(mint().split('/').at(-1) ?? '').replaceAll('.', '%2E')
      const query = name === 'ALB' ? 'queryStringParameters' : 'multiValueQueryStringParameters'
      const { hook } = await receive({ ...event, path: '/hooks', [query]: { t: name === 'ALB' ? token : [token] } })
      expect(hook?.query).toEqual({})
    })

    const schemes = [
      ['https', 'https'],
      ['http', 'http'],
      ['javascript', 'https'],
      [undefined, 'https'],
    ] as const
    for (const [sent, scheme] of schemes) {
      test(`has the scheme ${scheme} in hook.request.url if X-Forwarded-Proto is ${sent}`, async () => {
        const headers = name === 'ALB' ? { 'x-forwarded-proto': sent } : undefined
        const multiValueHeaders = name === 'ALB' ? undefined : { 'x-forwarded-proto': sent && [sent] }
        const { hook } = await receive({ ...event, headers, multiValueHeaders })
        expect(hook?.request.url).toMatch(new RegExp(`^${scheme}://localhost/hooks/`))
      })
    }

    test('gets its headers where the load balancer reads them', async () => {
      const { result } = await receive(event)
      const [expected, other] = name === 'ALB' ? ['headers', 'multiValueHeaders'] : ['multiValueHeaders', 'headers']
      expect(result).toHaveProperty([expected as string, 'cache-control'], name === 'ALB' ? 'no-store' : ['no-store'])
      expect(result).not.toHaveProperty(other as string)
    })
  })
}

test('the health check of a load balancer gets 404, like any request without a token', async () => {
  const { result, hook } = await receive(readEvent('ALB health check'))
  expect(result.statusCode).toBe(404)
  expect(hook).toBeUndefined()
})

test('the X-Forwarded-Proto of a client does not change the scheme behind API Gateway', async () => {
  const { hook } = await receive(createEvent('2.0', { rawPath: path, headers: { 'x-forwarded-proto': 'http' } }))
  expect(hook?.request.url).toMatch(/^https:/)
})

describe('hook.request.url', () => {
  const hosts: readonly [host: string | undefined, expected: string][] = [
    ['hooks.example.com:8443', 'hooks.example.com:8443'],
    ['[::1]:80', '[::1]:80'],
    [undefined, 'localhost'],
    ['', 'localhost'],
    ['a b', 'localhost'],
    ['user:password@evil.example', 'localhost'],
    ['evil.example/x', 'localhost'],
    ['hooks.example.com:99999', 'localhost'],
  ]
  for (const [host, expected] of hosts) {
    test(`has the host ${expected} if the header Host is ${host}`, async () => {
      const { hook } = await receive(createEvent('2.0', { rawPath: path, headers: { host } }))
      expect(hook?.request.url).toBe(`https://${expected}${path}`)
    })
  }

  for (const rawPath of [`//evil.example${path}`, `/\\evil.example${path}`, `/https://evil.example${path}`]) {
    test(`has the host of the header for the path ${rawPath.replace(path, '/TOKEN')}`, async () => {
      const { hook } = await receive(createEvent('2.0', { rawPath, headers: { host: 'hooks.example.com' } }))
      expect(new URL(hook?.request.url ?? '').host).toBe('hooks.example.com')
    })
  }
})

describe('headers that a middleware changed', () => {
  const headers: readonly [what: string, value: unknown, expected: string | null][] = [
    ['a number', 7, '7'],
    ['an array', ['a', 'b'], 'a, b'],
    ['an array of numbers', [1, 2], '1, 2'],
    ['not convertible to a string', Object.create(null), null],
    ['null', null, null],
    ['undefined', undefined, null],
  ]
  for (const field of ['headers', 'multiValueHeaders']) {
    for (const [what, value, expected] of headers) {
      test(`are read if a value of ${field} is ${what}`, async () => {
        const { result, hook } = await receive(createEvent('1.0', { path, [field]: { 'X-Value': value } }))
        expect(result.statusCode).toBe(200)
        expect(hook?.headers.get('x-value')).toBe(expected)
      })
    }
  }

  test('are read once if their names differ in case between headers and multiValueHeaders', async () => {
    const headers = { 'content-type': 'application/json' }
    const multiValueHeaders = { 'Content-Type': ['application/json'] }
    const { hook } = await receive(createEvent('1.0', { path, headers, multiValueHeaders, body: '{"a":1}' }))
    expect(hook?.payload).toEqual({ a: 1 })
  })

  test('are skipped if a name is invalid', async () => {
    const { result } = await receive(createEvent('1.0', { path, multiValueHeaders: { 'a b': ['1'] } }))
    expect(result.statusCode).toBe(200)
  })
})

describe('a body', () => {
  const buffer = Buffer.from('{"a":1}')
  const json = 'application/json'
  const exact = '{"a":1}'
  interface Row {
    readonly what: string
    readonly type?: string
    readonly changes: Partial<LambdaEvent>
    readonly payload: unknown
    /** What `rawBody()` returns; `undefined` if it throws. */
    readonly raw?: string
  }
  const rows: readonly Row[] = [
    { what: 'a string', changes: { body: exact }, payload: { a: 1 }, raw: exact },
    {
      what: 'base64',
      changes: { body: buffer.toString('base64'), isBase64Encoded: true },
      payload: { a: 1 },
      raw: exact,
    },
    { what: 'a Buffer', changes: { body: buffer }, payload: { a: 1 }, raw: exact },
    {
      what: 'a Buffer, declared as base64',
      changes: { body: buffer, isBase64Encoded: true },
      payload: { a: 1 },
      raw: exact,
    },
    { what: 'an ArrayBuffer', changes: { body: Uint8Array.from(buffer).buffer }, payload: { a: 1 }, raw: exact },
    {
      what: 'a DataView',
      changes: { body: new DataView(Uint8Array.from(buffer).buffer) },
      payload: { a: 1 },
      raw: exact,
    },
    {
      what: 'a string that is not base64',
      changes: { body: exact, isBase64Encoded: true },
      payload: { a: 1 },
      raw: exact,
    },
    { what: 'an object', changes: { body: { a: 1 } }, payload: { a: 1 } },
    { what: 'an object, declared as base64', changes: { body: { a: 1 }, isBase64Encoded: true }, payload: { a: 1 } },
    { what: 'an array', changes: { body: [1] }, payload: [1] },
    { what: 'a number', changes: { body: 7 }, payload: 7 },
    { what: 'false', changes: { body: false }, payload: false },
    { what: 'an object with a rawBody', changes: { body: { a: 1 }, rawBody: exact }, payload: { a: 1 }, raw: exact },
    {
      what: 'an object with a rawBody in base64',
      changes: { body: { a: 1 }, rawBody: buffer.toString('base64'), isBase64Encoded: true },
      payload: { a: 1 },
      raw: exact,
    },
    { what: 'a Map', changes: { body: new Map([['a', 1]]) }, payload: { a: 1 } },
    { what: 'a Blob', changes: { body: new Blob([exact]) }, payload: { a: 1 }, raw: exact },
    { what: 'a stream', changes: { body: new Blob([exact]).stream() }, payload: { a: 1 }, raw: exact },
    { what: 'an empty string', changes: { body: '' }, payload: {}, raw: '' },
    { what: 'null', changes: { body: null }, payload: {}, raw: '' },
    { what: 'undefined', changes: { body: undefined }, payload: {}, raw: '' },
    { what: 'an empty Buffer', changes: { body: Buffer.alloc(0) }, payload: {}, raw: '' },
    {
      what: 'null with a Content-Length',
      changes: { body: null, headers: { 'content-length': '4', 'content-type': json } },
      payload: null,
    },
    {
      what: 'a form object',
      type: 'application/x-www-form-urlencoded',
      changes: { body: { a: '1' } },
      payload: { a: '1' },
    },
  ]
  for (const { what, type = json, changes, payload, raw } of rows) {
    test(`that is ${what} is read`, async () => {
      const { result, hook } = await receive(
        createEvent('2.0', { rawPath: path, headers: { 'content-type': type }, ...changes }),
      )
      expect(result.statusCode).toBe(200)
      expect(hook?.payload).toEqual(payload)
      if (raw === undefined) expect(() => hook?.rawBody()).toThrow(/exact bytes/)
      else expect(Buffer.from(hook?.rawBody() ?? []).toString()).toBe(raw)
    })
  }

  const unread: readonly [what: string, body: unknown, type: string][] = [
    ['null, but declared with a length', null, 'text/plain'],
    ['missing, but declared with a length', undefined, json],
    ['an empty string, but declared with a length', '', json],
  ]
  for (const [what, body, type] of unread) {
    test(`that is ${what} is rejected with body_already_consumed`, async () => {
      const headers = { 'content-type': type, 'content-length': '3' }
      const { result, hook } = await receive(createEvent('2.0', { rawPath: path, headers, body }))
      expect(result.statusCode).toBe(500)
      expect(JSON.parse(result.body).code).toBe('body_already_consumed')
      expect(hook).toBeUndefined()
    })
  }

  const large: readonly [what: string, changes: Partial<LambdaEvent>][] = [
    ['a string', { body: 'x'.repeat(11) }],
    ['base64', { body: Buffer.alloc(11).toString('base64'), isBase64Encoded: true }],
    ['a Buffer', { body: Buffer.alloc(11) }],
    ['an ArrayBuffer', { body: new ArrayBuffer(11) }],
  ]
  for (const [what, changes] of large) {
    test(`that is ${what} of more than maxBodySize is rejected`, async () => {
      const event = createEvent('2.0', { rawPath: path, headers: {}, ...changes })
      expect((await receive(event, { maxBodySize: 10 })).result.statusCode).toBe(413)
    })
  }
})

describe('middy with its parsers in front of a receiver', () => {
  const file = Buffer.from([0, 255, 10])
  const multipart = Buffer.concat([
    Buffer.from('--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'),
    Buffer.from('--B\r\nContent-Disposition: form-data; name="f"; filename="x.bin"\r\n\r\n'),
    file,
    Buffer.from('\r\n--B--\r\n'),
  ])
  const types = {
    json: 'application/json; charset=utf-8',
    form: 'application/x-www-form-urlencoded',
    multipart: 'multipart/form-data; boundary=B',
    text: 'text/plain',
    bytes: 'application/octet-stream',
  }
  const bodies: readonly [name: string, type: string, body: string | Buffer, payload: unknown][] = [
    ['a JSON object', types.json, '{"a":{"b":[1,"ü"]}}', { a: { b: [1, 'ü'] } }],
    ['an empty JSON object', types.json, '{}', {}],
    ['a JSON array', types.json, '[1,null]', [1, null]],
    ['a JSON number', types.json, '7', 7],
    ['JSON false', types.json, 'false', false],
    ['JSON null', types.json, 'null', null],
    ['+json', 'application/cloudevents+json', '{"a":1}', { a: 1 }],
    ['a form', types.form, 'a=1&b=x&b=%C3%BC', { a: '1', b: ['x', 'ü'] }],
    ['text', types.text, 'Grüße', 'Grüße'],
    ['bytes', types.bytes, file, file],
    [
      'multipart with a file',
      types.multipart,
      multipart,
      { a: '1', f: expect.objectContaining({ filename: 'x.bin', content: file }) },
    ],
  ]
  const pathField = {
    '1.0': 'path',
    '2.0': 'rawPath',
    url: 'rawPath',
    ALB: 'path',
    'ALB, multi-value': 'path',
  } as const
  for (const name of ['1.0', '2.0', 'url', 'ALB', 'ALB, multi-value'] as const) {
    for (const [what, type, body, payload] of bodies) {
      for (const isBase64Encoded of typeof body === 'string' ? [false, true] : [true]) {
        test(`${what} is the payload (${name}, ${isBase64Encoded ? 'base64' : 'text'})`, async () => {
          const bytes = Buffer.from(body)
          const single = { 'Content-Type': type, 'Content-Length': String(bytes.length) }
          const multiValueHeaders = { 'content-type': [type], 'content-length': [String(bytes.length)] }
          const event = createEvent(name, {
            [pathField[name]]: path,
            headers: name === 'ALB, multi-value' ? undefined : single,
            multiValueHeaders: name === 'ALB, multi-value' ? multiValueHeaders : undefined,
            body: bytes.toString(isBase64Encoded ? 'base64' : 'utf8'),
            isBase64Encoded,
          })
          const { result, hook } = await receive(event, { wrap: withMiddy })
          expect(result.statusCode).toBe(200)
          // Without single-value headers, middy leaves the body to the receiver, which makes a `File` of the part.
          if (name === 'ALB, multi-value' && what === 'multipart with a file') {
            expect(hook?.payload).toMatchObject({ a: '1', f: expect.any(File) })
          } else expect(hook?.payload).toEqual(payload)
        })
      }
    }
  }

  test('rawBody() has the exact bytes if a middleware before the parser keeps the string', async () => {
    const body = '{ "a": 1 }'
    const headers = { 'content-type': types.json }
    const event = createEvent('2.0', { rawPath: path, headers, body: btoa(body), isBase64Encoded: true })
    const wrap: typeof withMiddy = (handler) =>
      middy<{ body?: unknown; rawBody?: unknown }>()
        .before(({ event }) => {
          event.rawBody = event.body
        })
        .handler(withMiddy(handler) as never) as never
    const { hook } = await receive(event, { wrap })
    expect(Buffer.from(hook?.rawBody() ?? []).toString()).toBe(body)
    expect(hook?.payload).toEqual({ a: 1 })
  })

  const dangerous = [
    '{"__proto__":{"a":1}}',
    '{"a":{"constructor":{"prototype":{"a":1}}}}',
    '['.repeat(65) + ']'.repeat(65),
  ]
  for (const body of dangerous) {
    test(`${body.slice(0, 30)} is rejected with malformed_body`, async () => {
      const headers = { 'content-type': types.json }
      const event = createEvent('2.0', { rawPath: path, headers, body })
      expect((await receive(event, { wrap: withMiddy })).result.statusCode).toBe(400)
    })
  }
})

describe('a Response of a handler', () => {
  async function respond(event: LambdaEvent): Promise<LambdaResult> {
    const headers = new Headers({ connection: 'keep-alive' })
    headers.append('set-cookie', 'a=1')
    headers.append('set-cookie', 'b=2')
    const handler = () => new Response(Uint8Array.from([0, 255]), { status: 201, headers })
    return hookurl({ ...silent, handlers: { [command]: handler } })(event, {})
  }

  test('has its cookies in multiValueHeaders for format 1.0', async () => {
    const result = await respond(createEvent('1.0', { path }))
    expect(result).toMatchObject({ statusCode: 201, multiValueHeaders: { 'set-cookie': ['a=1', 'b=2'] } })
    expect(result).not.toHaveProperty('cookies')
  })

  test('has its cookies in cookies for format 2.0', async () => {
    const result = await respond(createEvent('2.0', { rawPath: path }))
    expect(result.cookies).toEqual(['a=1', 'b=2'])
    expect(result).not.toHaveProperty('multiValueHeaders')
  })

  test('has its cookies in headers that differ in case, behind a load balancer', async () => {
    const { headers, ...result } = await respond(createEvent('ALB', { path }))
    expect(headers).toMatchObject({ 'set-cookie': 'a=1', 'Set-cookie': 'b=2' })
    expect(result).not.toHaveProperty('multiValueHeaders')
  })

  test('has its cookies in multiValueHeaders, behind a load balancer that enables them', async () => {
    const result = await respond(createEvent('ALB, multi-value', { path }))
    expect(result.multiValueHeaders).toMatchObject({ 'set-cookie': ['a=1', 'b=2'], 'cache-control': ['no-store'] })
    expect(result).not.toHaveProperty('headers')
  })

  test('has up to 512 cookies behind a load balancer', async () => {
    const headers = new Headers()
    for (let index = 0; index < 512; index++) headers.append('set-cookie', `c${index}=1`)
    const handlers = { [command]: () => new Response(null, { headers }) }
    const result = await hookurl({ ...silent, handlers })(createEvent('ALB', { path }))
    const names = Object.keys(result.headers ?? {}).filter((name) => name.toLowerCase() === 'set-cookie')
    expect(names).toHaveLength(512)
  })

  test('has its bytes in base64', async () => {
    const result = await respond(createEvent('2.0', { rawPath: path }))
    expect(result).toMatchObject({ body: 'AP8=', isBase64Encoded: true })
  })

  test('has no hop-by-hop headers', async () => {
    const result = await respond(createEvent('2.0', { rawPath: path }))
    expect(Object.keys(result.headers ?? {})).not.toContain('connection')
  })
})

test('the result waits for the work passed to waitUntil, since the function freezes after it', async () => {
  let isDone = false
  const work = async (): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, 50))
    isDone = true
  }
  const handlers = { [command]: (hook: ReceivedHook) => hook.waitUntil(work()) }
  const result = await hookurl({ ...silent, handlers })(createEvent('2.0', { rawPath: path }), {})
  expect(result.statusCode).toBe(200)
  expect(isDone).toBe(true)
})

describe('a function behind a guard', () => {
  const callFunction = async (result: unknown, event = createEvent('2.0', { rawPath: path })): Promise<LambdaResult> =>
    hookurl({ ...silent, command }, () => result)(event, {})
  const headers = { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' }
  const results: readonly [what: string, result: unknown, expected: object][] = [
    ['an object', { a: 1 }, { statusCode: 200, body: '{"a":1}' }],
    ['a string', 'hello', { statusCode: 200, body: 'hello' }],
    ['a result with a status', { statusCode: 204 }, { statusCode: 204 }],
    ['a Response', Response.json([1], { status: 202 }), { statusCode: 202, body: '[1]' }],
  ]
  for (const [what, result, expected] of results) {
    test(`can return ${what}, which gets the security headers`, async () => {
      expect(await callFunction(result)).toMatchObject({ ...expected, headers })
    })
  }

  test('keeps its own headers of format 1.0', async () => {
    const result = { statusCode: 200, multiValueHeaders: { 'Cache-Control': ['max-age=5'] }, body: '' }
    const response = await callFunction(result, createEvent('1.0', { path }))
    expect(response.headers).not.toHaveProperty('cache-control')
  })

  const ignoredHeaders: readonly [EventName, result: object, field: string][] = [
    ['2.0', { multiValueHeaders: { 'cache-control': ['max-age=5'] } }, 'headers'],
    ['ALB', { multiValueHeaders: { 'cache-control': ['max-age=5'] } }, 'headers'],
    ['ALB, multi-value', { headers: { 'cache-control': 'max-age=5' } }, 'multiValueHeaders'],
  ]
  for (const [name, result, field] of ignoredHeaders) {
    test(`gets the security headers in ${field} of ${name}, whatever it sets elsewhere`, async () => {
      const event = createEvent(name, { [name === '2.0' ? 'rawPath' : 'path']: path })
      const response = await callFunction({ statusCode: 200, body: '', ...result }, event)
      expect([Reflect.get(response, field)['cache-control']].flat()).toEqual(['no-store'])
    })
  }

  const ownHeaders: readonly [EventName, result: object][] = [
    ['1.0', { headers: { 'Cache-Control': 'max-age=5' } }],
    ['ALB', { headers: { 'Cache-Control': 'max-age=5' } }],
    ['ALB, multi-value', { multiValueHeaders: { 'Cache-Control': ['max-age=5'] } }],
  ]
  for (const [name, result] of ownHeaders) {
    test(`keeps its own headers of ${name}`, async () => {
      const response = await callFunction({ statusCode: 200, body: '', ...result }, createEvent(name, { path }))
      const names = Object.keys({ ...response.headers, ...response.multiValueHeaders })
      expect(names.filter((each) => each.toLowerCase() === 'cache-control')).toEqual(['Cache-Control'])
      expect(names).toContain('referrer-policy')
    })
  }

  test('can return an object behind a load balancer with multi-value headers', async () => {
    const response = await callFunction({ a: 1 }, createEvent('ALB, multi-value', { path }))
    expect(response).toMatchObject({ statusCode: 200, body: '{"a":1}' })
    expect(response.multiValueHeaders).toMatchObject({ 'content-type': ['application/json'] })
  })

  test('is called with the context, which is optional', async () => {
    const contexts: unknown[] = []
    const handler = hookurl({ ...silent, command }, (_event, _hook, context) => void contexts.push(context))
    const event = createEvent('2.0', { rawPath: path })
    await handler(event, { awsRequestId: '1' })
    await handler(event)
    expect(contexts).toEqual([{ awsRequestId: '1' }, undefined])
  })

  test('rejects with what the function throws', async () => {
    const broken = hookurl({ ...silent, command }, () => {
      throw new Error('broken')
    })
    await expect(broken(createEvent('2.0', { rawPath: path }), {})).rejects.toThrow('broken')
  })

  test('throws invalid_option without a function', async () => {
    await expectOptionError(() => hookurl({ ...policy, command } as never), /a guard needs the route/)
  })
})

const otherEvents: readonly [what: string, event: unknown][] = [
  ['EventBridge', { version: '0', source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} }],
  ['SQS', { Records: [{ messageId: '1', body: '{}', eventSource: 'aws:sqs' }] }],
  ['S3', { Records: [{ eventSource: 'aws:s3', s3: {} }] }],
  ['Lambda@Edge', { Records: [{ cf: { config: {}, request: { method: 'POST', uri: path, headers: {} } } }] }],
  [
    'a WebSocket API',
    {
      requestContext: { routeKey: '$default', eventType: 'MESSAGE', connectionId: '1' },
      body: '{}',
      isBase64Encoded: false,
    },
  ],
  [
    'a WebSocket connection',
    {
      headers: { host: 'x' },
      multiValueHeaders: { host: ['x'] },
      requestContext: { eventType: 'CONNECT', connectionId: '1' },
    },
  ],
  ['a REST authorizer', { ...readEvent('1.0'), path, type: 'REQUEST', methodArn: 'arn:aws:execute-api' }],
  ['an HTTP authorizer', { ...readEvent('2.0'), rawPath: path, type: 'REQUEST', routeArn: 'arn:aws:execute-api' }],
  ['VPC Lattice 1.0', { raw_path: path, method: 'POST', headers: {}, body: '', is_base64_encoded: false }],
  ['VPC Lattice 2.0', { version: '2.0', path, method: 'POST', headers: {}, requestContext: { serviceArn: 'arn' } }],
  ['a test in the console', { key1: 'value1' }],
  ['a load balancer without a method', { requestContext: { elb: {} } }],
  ['an empty invocation', {}],
  ['null', null],
  ['undefined', undefined],
  ['a string', 'ping'],
]

describe('an event that is not an HTTP request', () => {
  for (const [what, event] of otherEvents) {
    test(`rejects with invalid_option: ${what}`, async () => {
      const handler = hookurl({ ...silent, handlers: { [command]: () => {} } })
      await expectOptionError(() => handler(event as LambdaEvent), /not an HTTP request of API Gateway/)
    })
  }
})

test('an HTTP API with payload format 1.0 is read and gets a result like a REST API', async () => {
  const { result, hook } = await receive({
    ...createEvent('1.0', { path, body: '{"a":1}' }),
    version: '1.0',
  } as LambdaEvent)
  expect(result).toMatchObject({ statusCode: 200, headers: { 'cache-control': 'no-store' } })
  expect(hook?.payload).toEqual({ a: 1 })
})
