import { createMinter, generateKey } from '@hookurl/core'
import { createReceiver, memoryUseStore } from '@hookurl/verify'
import { afterAll, expect, test } from 'vitest'
import { recordCheck } from '../../support/record-check.ts'
import { commands } from '../commands.ts'
import { getJobId } from '../redis/queue.ts'

afterAll(() => recordCheck('cluster', 'a duplicate has the job of the first delivery, another delivery has its own'))

const keys = generateKey()
const minter = createMinter({ keys, commands, baseUrl: 'https://shop.example.com/hooks', expiresIn: '1h' })
const credit = { command: '/credit', content: { points: 5 } } as const

test('a URL for one use has one job, whatever is sent', async () => {
  const url = minter.mintSync({ ...credit, maxUses: 1, id: '42' })
  expect(await fetchJobId(url, { order: 'a' })).toBe('use-42')
  expect(await fetchJobId(url, { order: 'b' })).toBe('use-42')
})

test('a delivery id header identifies the job', async () => {
  const url = minter.mintSync({ ...credit, userId: 1 })
  const first = await fetchJobId(url, { order: 'a' }, 'msg_1')
  expect(await fetchJobId(url, { order: 'a' }, 'msg_1')).toBe(first)
  expect(await fetchJobId(url, { order: 'a' }, 'msg_2')).not.toBe(first)
})

test('the same delivery id on another URL is another job', async () => {
  const [one, two] = [1, 2].map((userId) => minter.mintSync({ ...credit, userId }))
  const jobId = await fetchJobId(one ?? '', { order: 'a' }, 'msg_1')
  expect(await fetchJobId(two ?? '', { order: 'a' }, 'msg_1')).not.toBe(jobId)
})

test('without a delivery id header, the body identifies the job', async () => {
  const url = minter.mintSync({ ...credit, userId: 1 })
  const first = await fetchJobId(url, { order: 'a' })
  expect(await fetchJobId(url, { order: 'a' })).toBe(first)
  expect(await fetchJobId(url, { order: 'b' })).not.toBe(first)
})

test('a job id has no colon, which BullMQ does not allow', async () => {
  const url = minter.mintSync({ ...credit, userId: 1 })
  expect(await fetchJobId(url, { order: 'a' }, 'msg_1')).not.toContain(':')
  expect(await fetchJobId(url, { order: 'a' })).not.toContain(':')
})

/** Returns the job id of a delivery. Each call has a new receiver that has seen no other delivery. */
async function fetchJobId(url: string, payload: object, deliveryName?: string): Promise<string> {
  const handlers = { '/credit': (hook: Parameters<typeof getJobId>[0]) => Response.json(getJobId(hook)) }
  const receiver = createReceiver({ keys, commands, uses: memoryUseStore(), handlers })
  const headers = new Headers({ 'content-type': 'application/json' })
  if (deliveryName !== undefined) headers.set('webhook-id', deliveryName)
  const response = await receiver.fetch(new Request(url, { method: 'POST', headers, body: JSON.stringify(payload) }))
  expect(response.status).toBe(200)
  return (await response.json()) as string
}
