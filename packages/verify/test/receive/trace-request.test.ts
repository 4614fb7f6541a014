import { AsyncLocalStorage } from 'node:async_hooks'
import { tracingChannel } from 'node:diagnostics_channel'
import { inspect } from 'node:util'
import { createReceiver, memoryUseStore, type ReceiverOptions, type ReceiveTrace } from '@hookurl/verify'
import { hookurl as fetchHookurl } from '@hookurl/verify/fetch'
import { hookurl as nodeHookurl } from '@hookurl/verify/node'
import { expect, onTestFinished, test } from 'vitest'
import { browserHeaders } from '../contract/shared.ts'
import { sendToPort } from '../support/clients.ts'
import { command, getToken, key, mint, mintPath, policy } from '../support/fixtures.ts'
import { listen } from '../support/serve.ts'

const channel = tracingChannel<unknown, ReceiveTrace>('hookurl:receive')
const names = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'] as const
type Published = [name: string, trace: ReceiveTrace]

/** Subscribes until the test ends. Returns each event, as it was when it was published. */
function record(): Published[] {
  const events: Published[] = []
  const subscribers = Object.fromEntries(
    names.map((name) => [name, (trace: ReceiveTrace) => void events.push([name, { ...trace }])]),
  ) as unknown as Parameters<typeof channel.subscribe>[0]
  channel.subscribe(subscribers)
  onTestFinished(() => void channel.unsubscribe(subscribers))
  return events
}

function createPost(options: Partial<ReceiverOptions> = {}): (url: string, init?: RequestInit) => Promise<Response> {
  const receiver = createReceiver({
    ...policy,
    uses: memoryUseStore({ now: policy.now }),
    handlers: { [command]: () => undefined },
    onError: () => {},
    ...options,
  })
  return (url, init) => receiver.fetch(new Request(url, { method: 'POST', ...init }), { waitUntil: () => {} })
}

const getNames = (events: readonly Published[]): string[] => events.map(([name]) => name)
const getLast = (events: readonly Published[]): ReceiveTrace | undefined => events.at(-1)?.[1]
const raise = (message: string): never => {
  throw new Error(message)
}

test('a valid request publishes start, end, asyncStart and asyncEnd', async () => {
  const events = record()
  await createPost()(mint())
  expect(getNames(events)).toEqual(['start', 'end', 'asyncStart', 'asyncEnd'])
  expect(events[0]?.[1]).toEqual({ kind: 'receiver', method: 'POST' })
  expect(events[2]?.[1]).toEqual({
    ...{ kind: 'receiver', method: 'POST', outcome: 'handled', status: 200, command, keyIndex: 0 },
    ...{ deliveryId: expect.stringMatching(/^fp:/), durationMs: expect.any(Number) },
  })
})

const oldKeyring = { keys: [policy.keys.replace(/.$/, 'I'), policy.keys] }
const requests: readonly [what: string, expected: object, url: string, options: Partial<ReceiverOptions>][] = [
  ['a forged URL', { outcome: 'rejected', code: 'invalid_signature', status: 403 }, mint(), { purpose: 'other' }],
  ['a damaged URL', { outcome: 'rejected', code: 'malformed_token', status: 400 }, `${mint()}A`, {}],
  [
    'an expired URL',
    { outcome: 'rejected', code: 'expired', status: 410, command, keyIndex: 0 },
    mint(),
    { now: () => policy.now() * 2 },
  ],
  ['a URL of an older key', { outcome: 'handled', keyIndex: 1 }, mint(), oldKeyring],
]
for (const [what, expected, url, options] of requests) {
  test(`${what} publishes its result, and no error`, async () => {
    const events = record()
    await createPost(options)(url)
    expect(getNames(events)).toEqual(['start', 'end', 'asyncStart', 'asyncEnd'])
    expect(getLast(events)).toMatchObject(expected)
  })
}

const failures: readonly [what: string, expected: object, options: Partial<ReceiverOptions>][] = [
  [
    'a handler that throws',
    { code: 'handler_failed', status: 500 },
    { handlers: { [command]: () => raise('secret') } },
  ],
  ['keys that fail', { code: 'keys_unavailable', status: 503 }, { keys: () => raise('secret') }],
]
for (const [what, expected, options] of failures) {
  test(`${what} publishes an error without what was thrown`, async () => {
    const events = record()
    await createPost(options)(mint())
    expect(getNames(events)).toEqual(['start', 'end', 'error', 'asyncStart', 'asyncEnd'])
    expect(getLast(events)).toMatchObject({ outcome: 'rejected', ...expected, error: { code: Object(expected).code } })
    expect(inspect(events, { depth: 9, showHidden: true })).not.toContain('secret')
  })
}

test('an unexpected error is published without its message', async () => {
  const events = record()
  await expect(createPost({ now: () => raise('secret') })(mint())).rejects.toThrow('secret')
  expect(getNames(events)).toEqual(['start', 'end', 'error', 'asyncStart', 'asyncEnd'])
  expect(getLast(events)?.error?.message).toBe('an unexpected error')
})

test('a duplicate delivery publishes its outcome', async () => {
  const events = record()
  const post = createPost()
  const url = mint({ maxUses: 2 })
  const headers = { 'webhook-id': 'msg_1' }
  await post(url, { headers })
  await post(url, { headers })
  expect(getLast(events)).toMatchObject({
    outcome: 'duplicate',
    status: 200,
    deliveryId: expect.stringMatching(/^id:/),
  })
})

test('a handshake publishes its service', async () => {
  const events = record()
  await createPost()(`${mint()}?hub.mode=subscribe&hub.challenge=abc&hub.topic=x`, { method: 'GET' })
  expect(getLast(events)).toMatchObject({ outcome: 'handshake', method: 'GET', service: expect.any(String) })
})

test('a request without a token, or outside the base path, publishes nothing', async () => {
  const events = record()
  const post = createPost({ basePath: '/hooks' })
  await post('http://localhost/hooks/other')
  await post(mint().replace('/hooks/', '/own/'))
  expect(events).toEqual([])
})

test('a preflight that is left to the application publishes no outcome', async () => {
  const events = record()
  const headers = { origin: 'https://other.example', 'access-control-request-method': 'POST' }
  await createPost()(mint(), { method: 'OPTIONS', headers })
  expect(getLast(events)).toEqual({ kind: 'receiver', method: 'OPTIONS', durationMs: expect.any(Number) })
})

test('a guard on fetch publishes the status of its route', async () => {
  const events = record()
  const guard = fetchHookurl({ ...policy, command }, async () => {
    expect(getNames(events)).toEqual(['start', 'end'])
    return new Response(null, { status: 202 })
  })
  await guard(new Request(mint(), { method: 'POST' }))
  expect(getNames(events)).toEqual(['start', 'end', 'asyncStart', 'asyncEnd'])
  expect(getLast(events)).toMatchObject({ kind: 'guard', outcome: 'handled', status: 202 })
})

test('a guard on Node publishes once, when its response was sent', async () => {
  const events = record()
  const guard = nodeHookurl({ ...policy, command }, (_request, response) => {
    setTimeout(() => response.writeHead(201).end(), 5)
  })
  await sendToPort(await listen(guard))({ method: 'POST', path: mintPath() })
  await expect.poll(() => getNames(events)).toEqual(['start', 'end', 'asyncStart', 'asyncEnd'])
  expect(getLast(events)?.status).toBe(201)
  expect(getLast(events)?.durationMs).toBeGreaterThan(4)
})

test('a store that is bound to start is set in the handler, and not after it', async () => {
  const storage = new AsyncLocalStorage<number>()
  let count = 0
  channel.start.bindStore(storage, () => ++count)
  onTestFinished(() => void channel.start.unbindStore(storage))
  const seen: (number | undefined)[] = []
  const post = createPost({
    handlers: {
      [command]: async () => {
        await new Promise((resolve) => setTimeout(resolve, 2))
        seen.push(storage.getStore())
      },
    },
  })
  await Promise.all([post(mint()), post(mint())])
  expect(seen).toEqual([1, 2])
  expect(storage.getStore()).toBeUndefined()
})

test('onResult gets the same whether anyone subscribes', async () => {
  const results: object[] = []
  const post = createPost({ onResult: ({ durationMs: _, ...event }) => results.push(event) })
  await post(mint({ userId: 'ana' }))
  record()
  await post(mint({ userId: 'ana' }))
  expect(results[1]).toEqual(results[0])
})

test('nothing that is published contains a token, a key, content, a user or the payload', async () => {
  const published: unknown[] = []
  const subscribe = (trace: unknown): void => void published.push(trace)
  for (const name of names) channel[name].subscribe(subscribe)
  onTestFinished(() => names.forEach((name) => void channel[name].unsubscribe(subscribe)))
  const url = mint({ userId: 'user-secret', content: 'content-secret', redirectTo: 'https://redirect-secret.example/' })
  const init = {
    body: '{"a":"payload-secret"}',
    headers: { 'content-type': 'application/json', cookie: 'cookie-secret' },
  }
  await createPost()(url, init)
  await createPost({ redirectHosts: ['a.example'] })(url, init)
  await createPost({ handlers: { [command]: () => raise('thrown-secret') } })(url, init)
  await createPost({ authorize: () => false })(url, init)
  await createPost()(url, { headers: browserHeaders, method: 'GET' })
  expect(published.length).toBeGreaterThan(20)
  const shown = inspect(published, { depth: 9, showHidden: true, getters: true })
  expect(shown).not.toMatch(/\w+-secret/)
  for (const part of [key, ...getToken(url).split('.')]) expect(shown).not.toContain(part)
})
