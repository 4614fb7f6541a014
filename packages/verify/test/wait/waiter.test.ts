import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { summarize } from '../support/counting-receiver.ts'
import { catchError } from '../support/fixtures.ts'
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
