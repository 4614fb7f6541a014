import { hookurl, type LambdaEvent } from '@hookurl/verify/lambda'
import { expect, test } from 'vitest'
import { type Format, readEvent } from '../support/events.ts'
import { command, expectOptionError, mintPath, policy } from '../support/fixtures.ts'

const silent = { ...policy, onError: () => {} }
const path = mintPath()
const seen: unknown[] = []
const look = (hook: { payload: unknown; query: object; headers: Headers; request: Request }): void => {
  seen.push(hook.payload, hook.query, hook.headers.get('cookie'), hook.headers.get('user-agent'), hook.request.url)
}

function recorded(name: Format | 'url', changes: Partial<LambdaEvent>): LambdaEvent {
  return { ...readEvent(name), ...changes }
}

test('reads the event of a function URL: base64, cookies, repeated parameters', async () => {
  seen.length = 0
  const handler = hookurl({ ...silent, handlers: { [command]: look } })
  const result = await handler(recorded('url', { rawPath: path }), {})
  expect([result.statusCode, result.body]).toEqual([200, '{"ok":true}'])
  const origin = 'https://xmplid.lambda-url.us-west-2.on.aws'
  const bytes = Buffer.from('AP+ACg1oZWxsbyE=', 'base64')
  expect(seen).toEqual([
    bytes,
    { from: ['mail', 'chat'] },
    'a=1; b=2',
    'curl/8.9.1',
    `${origin}${path}?from=mail&from=chat`,
  ])
})

test('reads the event of a REST API: text, decoded parameters, headers in capitals', async () => {
  seen.length = 0
  const handler = hookurl({ ...silent, handlers: { [command]: look } })
  const multiValueQueryStringParameters = { 'a b': ['1&2', 'ü'], c: ['=?'] }
  await handler(recorded('1.0', { path, body: '{"a":1}', multiValueQueryStringParameters }), {})
  expect(seen.slice(0, 4)).toEqual([{ a: 1 }, { 'a b': ['1&2', 'ü'], c: '=?' }, 'a=1; b=2', 'curl/8.9.1'])
})

test('reads a REST API that has single values only', async () => {
  seen.length = 0
  const handler = hookurl({ ...silent, handlers: { [command]: look } })
  const changes = {
    path,
    multiValueHeaders: null,
    multiValueQueryStringParameters: null,
    queryStringParameters: { a: '1' },
  }
  await handler(recorded('1.0', changes), {})
  expect(seen.slice(0, 2)).toEqual([{ a: '1' }, { a: '1' }])
})

test('writes cookies as each format wants them, and bytes in base64', async () => {
  const headers = new Headers({ connection: 'keep-alive' })
  headers.append('set-cookie', 'a=1')
  headers.append('set-cookie', 'b=2')
  const handler = hookurl({
    ...silent,
    handlers: { [command]: () => new Response(Uint8Array.from([0, 255]), { status: 201, headers }) },
  })
  const old = await handler(recorded('1.0', { path }), {})
  expect(old).toMatchObject({ statusCode: 201, multiValueHeaders: { 'set-cookie': ['a=1', 'b=2'] }, body: 'AP8=' })
  expect(old).not.toHaveProperty('cookies')
  const recent = await handler(recorded('2.0', { rawPath: path }), {})
  expect(recent).toMatchObject({ cookies: ['a=1', 'b=2'], isBase64Encoded: true })
  expect(recent).not.toHaveProperty('multiValueHeaders')
  expect(Object.keys(recent.headers)).not.toContain('connection')
})

test('answers only when the work that was to go on has ended: the function freezes', async () => {
  let done = false
  const work = async (): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, 50))
    done = true
  }
  const handlers = { [command]: (hook: { waitUntil(work: Promise<unknown>): void }) => hook.waitUntil(work()) }
  expect((await hookurl({ ...silent, handlers })(recorded('2.0', { rawPath: path }), {})).statusCode).toBe(200)
  expect(done).toBe(true)
})

test('a function behind a guard may give every result that the gateway takes, or a response', async () => {
  const answer = async (result: unknown, format: Format = '2.0') =>
    hookurl({ ...silent, command }, () => result)(
      recorded(format, { rawPath: format === '2.0' ? path : undefined, path }),
      {},
    )
  const safe = { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' }
  expect(await answer({ a: 1 })).toMatchObject({ statusCode: 200, headers: safe, body: '{"a":1}' })
  expect(await answer('hello')).toMatchObject({ statusCode: 200, headers: safe, body: 'hello' })
  expect(await answer({ statusCode: 204 })).toMatchObject({ statusCode: 204, headers: safe })
  expect(await answer(Response.json([1], { status: 202 }))).toMatchObject({
    statusCode: 202,
    headers: safe,
    body: '[1]',
  })
  const own = { statusCode: 200, multiValueHeaders: { 'Cache-Control': ['max-age=5'] }, body: '' }
  expect((await answer(own, '1.0')).headers).not.toHaveProperty('cache-control')
})

test('a function that throws behind a guard throws on', async () => {
  const broken = hookurl({ ...silent, command }, () => {
    throw new Error('broken')
  })
  await expect(broken(recorded('2.0', { rawPath: path }), {})).rejects.toThrow('broken')
})

test('an event that is no HTTP request is a mistake, as is a guard without a function', async () => {
  const handler = hookurl({ ...silent, handlers: { [command]: look } })
  await expectOptionError(() => handler({ source: 'aws.events' } as LambdaEvent, {}), /no HTTP request/)
  await expectOptionError(() => hookurl({ ...policy, command } as never), /a guard needs the route/)
})
