import { createReceiver, memoryUseStore, type UseStore } from '@hookurl/verify'
import { afterEach, expect, test, vi } from 'vitest'
import { browserHeaders } from '../contract/shared.ts'
import { sendToHandler } from '../support/clients.ts'
import { summarize } from '../support/counting-receiver.ts'
import { key, mintPath } from '../support/fixtures.ts'

afterEach(() => void vi.useRealTimers())

/** Starts a receiver whose handler never ends, and counts the reservations of its store. */
function createBusyReceiver() {
  const memory = memoryUseStore()
  let reservations = 0
  const store: UseStore = {
    ...memory,
    reserve: (request) => {
      reservations++
      return memory.reserve(request)
    },
  }
  const receiver = createReceiver({
    keys: key,
    uses: store,
    onError: () => {},
    handlers: { '*': () => new Promise(() => {}) },
  })
  const send = sendToHandler((request) => receiver.fetch(request))
  const post = (path: string, form: string) =>
    send({ method: 'POST', path, headers: { ...browserHeaders, 'content-type': 'text/plain' }, body: form })
  return { post, countReservations: () => reservations }
}

test('a browser waits 3 seconds for a use in progress, with at most 6 attempts', async () => {
  vi.useFakeTimers()
  const { post, countReservations } = createBusyReceiver()
  const path = mintPath({ maxUses: 1 })
  void post(path, 'first')
  await vi.advanceTimersByTimeAsync(0)
  const before = countReservations()
  const waiting = post(path, 'second').then(summarize)
  await vi.advanceTimersByTimeAsync(3000)
  let result: string | undefined
  void waiting.then((summary) => (result = summary))
  await vi.advanceTimersByTimeAsync(0)
  expect(result).toBeUndefined()
  await vi.advanceTimersByTimeAsync(1000)
  expect(await waiting).toBe('503 This link is being processed')
  expect(countReservations() - before).toBe(6)
})

test('at most 10 requests wait for one URL, the others are asked to retry at once', async () => {
  vi.useFakeTimers()
  const { post } = createBusyReceiver()
  const path = mintPath({ maxUses: 1 })
  void post(path, 'first')
  await vi.advanceTimersByTimeAsync(0)
  let ended = 0
  for (let index = 0; index < 30; index++) void post(path, `${index}`).then(() => ended++)
  await vi.advanceTimersByTimeAsync(0)
  expect(ended).toBe(20)
  await vi.advanceTimersByTimeAsync(5000)
  expect(ended).toBe(30)
})

test('at most 100 requests wait in a process, for however many URLs', async () => {
  vi.useFakeTimers()
  const { post } = createBusyReceiver()
  const paths = Array.from({ length: 20 }, () => mintPath({ maxUses: 1 }))
  for (const path of paths) void post(path, 'first')
  await vi.advanceTimersByTimeAsync(0)
  let ended = 0
  for (const path of paths) {
    for (let index = 0; index < 10; index++) void post(path, `${index}`).then(() => ended++)
  }
  await vi.advanceTimersByTimeAsync(0)
  expect(ended).toBe(100)
  await vi.advanceTimersByTimeAsync(5000)
  expect(ended).toBe(200)
})
