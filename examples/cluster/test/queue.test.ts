import { createMinter, generateKey } from '@hookurl/core'
import { createReceiver, memoryUseStore } from '@hookurl/verify'
import { afterAll, expect, test } from 'vitest'
import { recordCheck } from '../../support/record-check.ts'
import { commands } from '../commands.ts'
import { getJobId } from '../queue.ts'

afterAll(() => recordCheck('cluster', 'a repeat has the job of the first delivery, another delivery has its own'))

const keys = generateKey()
const minter = createMinter({ keys, commands, baseUrl: 'https://shop.example.com/hooks', expiresIn: '1h' })
const credit = { command: '/credit', content: { points: 5 } } as const

test('a URL for one use has one job, whatever is sent', async () => {
  const url = minter.mintSync({ ...credit, maxUses: 1, id: '42' })
  expect(await jobOf(url, { order: 'a' })).toBe('use-42')
  expect(await jobOf(url, { order: 'b' })).toBe('use-42')
})

test('a URL for many has a job for each name that its sender gives a delivery', async () => {
  const url = minter.mintSync({ ...credit, userId: 1 })
  const one = await jobOf(url, { order: 'a' }, 'msg_1')
  expect(await jobOf(url, { order: 'a' }, 'msg_1')).toBe(one)
  expect(await jobOf(url, { order: 'a' }, 'msg_2')).not.toBe(one)
  expect(await jobOf(minter.mintSync({ ...credit, userId: 2 }), { order: 'a' }, 'msg_1')).not.toBe(one)
})

test('without names, a job for each body', async () => {
  const url = minter.mintSync({ ...credit, userId: 1 })
  const one = await jobOf(url, { order: 'a' })
  expect(await jobOf(url, { order: 'a' })).toBe(one)
  expect(await jobOf(url, { order: 'b' })).not.toBe(one)
})

/** The id that a delivery's job would have. Each has a receiver that has seen none before. */
async function jobOf(url: string, payload: object, name?: string): Promise<string> {
  const receiver = createReceiver({ keys, commands, uses: memoryUseStore(), handlers: { '/credit': getJobId } })
  const headers = { 'content-type': 'application/json', ...(name === undefined ? {} : { 'webhook-id': name }) }
  const answer = await receiver.fetch(new Request(url, { method: 'POST', headers, body: JSON.stringify(payload) }))
  expect(answer.status).toBe(200)
  return (await answer.json()) as string
}
