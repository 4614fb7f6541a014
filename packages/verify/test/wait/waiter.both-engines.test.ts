import { setTimeout as sleep } from 'node:timers/promises'
import { inspect } from 'node:util'
import { createMinter } from '@hookurl/core'
import { createWaiter, memoryWaitStore } from '@hookurl/verify/wait'
import { expect, test } from 'vitest'
import { summarize } from '../support/counting-receiver.ts'
import { catchError, expectOptionError, key, oldKey, toPath } from '../support/fixtures.ts'
import { mountWaiter } from '../support/waiters.ts'

test('received resolves to what the caller of the URL sent', async () => {
  const { waiter, call } = mountWaiter()
  const { url, id, received } = await waiter.open({ command: '/onResult' })
  const waiting = received.then((callback) => callback)
  expect(summarize(await call(`${url}?job=7`, { done: true }))).toBe('200 ok')
  expect(await waiting).toMatchObject({ id, command: '/onResult', payload: { done: true }, query: { job: '7' } })
  expect((await received).receivedAt.getTime()).toBe(1_800_000_000_000)
})

test('a call that arrived before received was awaited is received', async () => {
  const { waiter, call } = mountWaiter()
  const { url, received } = await waiter.open({ command: '/onResult' })
  await call(url, 'early')
  expect(await received).toMatchObject({ payload: 'early' })
})

test('a duplicate delivery gets 200, and another delivery 410', async () => {
  const { waiter, call } = mountWaiter()
  const { url, received } = await waiter.open({ command: '/onResult' })
  expect(summarize(await call(url, 1))).toBe('200 ok')
  expect(summarize(await call(url, 1))).toBe('200 duplicate')
  expect(summarize(await call(url, 2))).toBe('410 already_used')
  expect(await received).toMatchObject({ payload: 1 })
})

test('received rejects once the URL has expired, and its caller gets 410', async () => {
  const { waiter, call, advance } = mountWaiter()
  const { url, received } = await waiter.open({ command: '/onResult', expiresIn: '15m' })
  const error = catchError(() => received)
  await sleep(20)
  advance(15 * 60_000)
  expect((await error).code).toBe('expired')
  expect(summarize(await call(url, 1))).toBe('410 expired')
})

test('an aborted wait rejects with the reason of its signal, and its URL is already used', async () => {
  const { waiter, call } = mountWaiter()
  const controller = new AbortController()
  const { url, received } = await waiter.open({ command: '/onResult', signal: controller.signal })
  const reason = new Error('changed my mind')
  controller.abort(reason)
  await expect(received).rejects.toBe(reason)
  expect(summarize(await call(url, 1))).toBe('410 already_used')
})

test('an aborted wait that is awaited later rejects with the reason of its signal too', async () => {
  const { waiter } = mountWaiter()
  const controller = new AbortController()
  const { received } = await waiter.open({ command: '/onResult', signal: controller.signal })
  const reason = new Error('changed my mind')
  controller.abort(reason)
  await sleep(100)
  await expect(received).rejects.toBe(reason)
})

test('a signal that is already aborted opens nothing', async () => {
  const { waiter } = mountWaiter({
    waits: { ...memoryWaitStore(), create: () => Promise.reject(new Error('called')) },
  })
  const reason = new Error('too late')
  await expect(waiter.open({ command: '/onResult', signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
})

test('a signal that is aborted while the wait is stored ends it', async () => {
  const controller = new AbortController()
  const store = memoryWaitStore()
  const created: string[] = []
  const { waiter } = mountWaiter({
    waits: {
      ...store,
      create: async (id, expiresAt) => {
        await store.create(id, expiresAt)
        created.push(id)
        controller.abort(new Error('meanwhile'))
      },
    },
  })
  await expect(waiter.open({ command: '/onResult', signal: controller.signal })).rejects.toThrow('meanwhile')
  expect((await store.read(created))[0]?.value).toBeDefined()
})

test('an aborted wait whose URL was called before returns the call', async () => {
  const controller = new AbortController()
  const { waiter, call } = mountWaiter({ pollInterval: '1h' })
  const { url, received } = await waiter.open({ command: '/onResult', signal: controller.signal })
  await call(url, 'first')
  controller.abort()
  expect(await received).toMatchObject({ payload: 'first' })
})

test('a URL whose wait is not in the store gets 410, and resuming it rejects with expired', async () => {
  const { waiter } = mountWaiter()
  const { url, id } = await waiter.open({ command: '/onResult' })
  const other = mountWaiter()
  expect(summarize(await other.call(url, 1))).toBe('410 already_used')
  expect((await catchError(() => other.waiter.resume(id))).code).toBe('expired')
  expect((await catchError(() => other.waiter.resume('unknown'))).code).toBe('expired')
})

test('URLs of another purpose are not accepted', async () => {
  const { call } = mountWaiter()
  const minter = createMinter({ keys: key, baseUrl: 'https://bot.example.com/waits', expiresIn: 'never' })
  expect(summarize(await call(await minter.mint({ command: '/onResult' }), 1))).toBe('403 invalid_signature')
})

test('a call in the same process is received without reading the store again', async () => {
  const store = memoryWaitStore()
  const { waiter, call } = mountWaiter({ waits: store, pollInterval: '1h' })
  const { url, received } = await waiter.open({ command: '/onResult' })
  const waiting = received.then(({ payload }) => payload)
  await sleep(20)
  await call(url, 'now')
  expect(await waiting).toBe('now')
})

test('what was received can be resumed until an hour after the URL has expired', async () => {
  const { waiter, call, advance } = mountWaiter()
  const { url, id } = await waiter.open({ command: '/onResult', expiresIn: '15m' })
  await call(url, 'kept')
  advance(15 * 60_000 + 3_599_000)
  // Adding waits removes expired ones.
  for (let times = 0; times < 20; times++) await waiter.open({ command: '/onResult' })
  expect(await waiter.resume(id)).toMatchObject({ payload: 'kept' })
  advance(1000)
  for (let times = 0; times < 50; times++) await waiter.open({ command: '/onResult' })
  expect((await catchError(() => waiter.resume(id))).code).toBe('expired')
})

test('resuming an open wait that has expired rejects, and a late call is already used', async () => {
  const { waiter, advance, send } = mountWaiter({}, { clockTolerance: '5m' })
  const { url, id } = await waiter.open({ command: '/onResult', expiresIn: '15m' })
  advance(15 * 60_000)
  expect((await catchError(() => waiter.resume(id))).code).toBe('expired')
  expect(summarize(await send({ method: 'POST', path: toPath(url) }))).toBe('410 already_used')
})

test('an ended wait with the tolerance of a clock receives what is called in time', async () => {
  const { waiter, advance, call } = mountWaiter({}, { clockTolerance: '5m' })
  const { url, id } = await waiter.open({ command: '/onResult', expiresIn: '15m' })
  advance(16 * 60_000)
  expect(summarize(await call(url, 'late'))).toBe('200 ok')
  expect(await waiter.resume(id)).toMatchObject({ payload: 'late' })
})

test('a wait that was received with an old key opens while that key is in the keyring', async () => {
  const waits = memoryWaitStore()
  const { waiter, call } = mountWaiter({ waits, keys: oldKey })
  const { url, id } = await waiter.open({ command: '/onResult' })
  await call(url, 'old')
  expect(await mountWaiter({ waits, keys: [key, oldKey] }).waiter.resume(id)).toMatchObject({ payload: 'old' })
  expect((await catchError(() => mountWaiter({ waits, keys: key }).waiter.resume(id))).code).toBe('unknown_key')
  expect(summarize(await mountWaiter({ waits, keys: [key, oldKey] }).call(url, 'old'))).toBe('200 duplicate')
})

test('a value that was copied to another wait does not open', async () => {
  const store = memoryWaitStore()
  const created: string[] = []
  const { waiter, call } = mountWaiter({
    waits: {
      ...store,
      create: (id, expiresAt) => {
        created.push(id)
        return store.create(id, expiresAt)
      },
    },
  })
  const [one, other] = [await waiter.open({ command: '/a' }), await waiter.open({ command: '/b' })]
  await call(one.url, 'of one')
  const [value] = (await store.read(created)).map((record) => record?.value)
  await store.settle(created[1] as string, value as string)
  expect(await waiter.resume(one.id)).toMatchObject({ payload: 'of one' })
  expect((await catchError(() => waiter.resume(other.id))).code).toBe('unknown_key')
  expect(summarize(await call(other.url, 'x'))).toBe('410 already_used')
})

test('webhook returns the URL and the notification of the AI SDK', async () => {
  const { waiter, call, send } = mountWaiter()
  const { url, received } = await waiter.webhook({ expiresIn: '15m' })
  await call(url, { status: 'COMPLETED' }, { 'x-request-id': '7' })
  const { headers, body } = await received
  expect(body).toEqual({ status: 'COMPLETED' })
  expect(headers).toMatchObject({ 'content-type': 'application/json', 'x-request-id': '7' })

  const empty = await waiter.webhook()
  await send({ method: 'POST', path: toPath(empty.url) })
  expect((await empty.received).body).toEqual({})
  const binary = await waiter.webhook()
  await send({ method: 'POST', path: toPath(binary.url), body: new Uint8Array([1, 2]) })
  expect((await catchError(() => binary.received)).code).toBe('invalid_payload')
})

test('options are checked immediately', async () => {
  const options = { keys: key, baseUrl: 'https://bot.example.com/waits', waits: memoryWaitStore() }
  await expectOptionError(() => createWaiter({ ...options, waits: {} as never }), /waits needs a store/)
  await expectOptionError(() => createWaiter({ ...options, pollInterval: '1ms' }), /pollInterval/)
  await expectOptionError(() => createWaiter({ ...options, onError: 1 as never }), /onError/)
  await expectOptionError(() => createWaiter({ ...options, baseUrl: 'x' }), /baseUrl/)
  await expectOptionError(() => createWaiter({ ...options, wait: 1 } as never), /no option "wait"/)
  const waiter = createWaiter(options)
  await expectOptionError(() => waiter.open({ command: '/a', maxUses: 2 } as never), /no option "maxUses"/)
  await expectOptionError(() => waiter.open({ command: '/a', expiresIn: 'never' }), /expiration time/)
  await expectOptionError(() => waiter.open({ command: '/a', expiresIn: 0 }), /longer than zero/)
  await expectOptionError(() => waiter.resume('not an id'), /id of a wait/)
  await expectOptionError(() => waiter.resume(7 as never), /id of a wait/)
})

test('a waiter that is logged shows no key', () => {
  const waiter = createWaiter({ keys: key, baseUrl: 'https://bot.example.com/waits', waits: memoryWaitStore() })
  expect(inspect(waiter, { depth: 10, showHidden: true })).not.toContain('hks_')
})
