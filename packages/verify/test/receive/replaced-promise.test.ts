import { createMinter } from '@hookurl/core'
import { createReceiver, createVerifier, memoryUseStore, type ReceiverOptions } from '@hookurl/verify'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { catchError, command, mint, policy } from '../support/fixtures.ts'

// As zone.js does: what an async function gives is no instance of it.
beforeEach(() => void vi.stubGlobal('Promise', class extends Promise<unknown> {}))
afterEach(() => void vi.unstubAllGlobals())

const form = { 'content-type': 'application/x-www-form-urlencoded' }

function count(options: Partial<ReceiverOptions> = {}) {
  const payloads: unknown[] = []
  const handlers = { [command]: (hook: { payload: unknown }) => void payloads.push(hook.payload) }
  return { payloads, options: { ...policy, onError: () => {}, ...options, handlers } }
}

test('uses are counted where a library has replaced Promise', async () => {
  const { payloads, options } = count({ uses: memoryUseStore({ now: policy.now }) })
  const receiver = createReceiver(options)
  const url = mint({ maxUses: 1 })
  const post = (body: string) => receiver.fetch(new Request(url, { method: 'POST', headers: form, body }))
  expect([(await post('a=1')).status, (await post('a=2')).status]).toEqual([200, 410])
  expect(payloads).toEqual([{ a: '1' }])
})

test('a body is read and a check is asked there, before the handler runs', async () => {
  const { payloads, options } = count({ authorize: async (hook) => hook.userId !== 'gone' })
  const receiver = createReceiver(options)
  const post = (userId: string, body: string) =>
    receiver.fetch(new Request(mint({ userId }), { method: 'POST', headers: form, body }))
  expect([(await post('here', 'a=1')).status, (await post('gone', 'a=2')).status]).toEqual([200, 403])
  expect(payloads).toEqual([{ a: '1' }])
})

test('a sealed token is judged there by its time, and refused by a synchronous call', async () => {
  const minter = createMinter({ ...policy, baseUrl: 'https://a.example', expiresIn: '1m' })
  const url = await minter.mint({ command, encrypt: true })
  const verifier = createVerifier({ ...policy, now: () => policy.now() + 3_600_000 })
  expect((await catchError(() => verifier.verify(url))).code).toBe('expired')
  expect((await catchError(() => verifier.verifySync(url))).code).toBe('sync_unsupported')
})
