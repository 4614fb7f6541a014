import type { ReceivedHook } from '@hookurl/verify'
import { hookurl, type LambdaEvent, type LambdaResult } from '@hookurl/verify/lambda'
import { describe, expect, test } from 'vitest'
import { type Format, readEvent } from '../support/events.ts'
import { command, expectOptionError, mintPath, policy } from '../support/fixtures.ts'

const silent = { ...policy, onError: () => {} }
const path = mintPath()

function createEvent(name: Format | 'url', changes: Partial<LambdaEvent>): LambdaEvent {
  return { ...readEvent(name), ...changes }
}

/** Passes an event to a receiver, and returns the hook that its handler received. */
async function receive(event: LambdaEvent): Promise<{ result: LambdaResult; hook: ReceivedHook | undefined }> {
  let hook: ReceivedHook | undefined
  const run = (received: ReceivedHook): void => {
    hook = received
  }
  const handler = hookurl({ ...silent, handlers: { [command]: run } })
  return { result: await handler(event, {}), hook }
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

  test('has its bytes in base64', async () => {
    const result = await respond(createEvent('2.0', { rawPath: path }))
    expect(result).toMatchObject({ body: 'AP8=', isBase64Encoded: true })
  })

  test('has no hop-by-hop headers', async () => {
    const result = await respond(createEvent('2.0', { rawPath: path }))
    expect(Object.keys(result.headers)).not.toContain('connection')
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

test('an event that is not an HTTP request rejects with invalid_option', async () => {
  const handler = hookurl({ ...silent, handlers: { [command]: () => {} } })
  await expectOptionError(() => handler({ source: 'aws.events' } as LambdaEvent, {}), /HTTP request/)
})
