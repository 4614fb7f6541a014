import { createMinter } from '@hookurl/core'
import { createReceiver, createVerifier, memoryUseStore, type ReceiverOptions } from '@hookurl/verify'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { catchError, command, mint, policy } from '../support/fixtures.ts'

// A library such as zone.js replaces the global Promise: what an async function returns is not an instance of it.
beforeEach(() => void vi.stubGlobal('Promise', class extends Promise<unknown> {}))
afterEach(() => void vi.unstubAllGlobals())

/** Creates a receiver and a function that posts a form to it. */
function createTestReceiver(options: Partial<ReceiverOptions> = {}) {
  const payloads: unknown[] = []
  const handlers = { [command]: (hook: { payload: unknown }) => void payloads.push(hook.payload) }
  const receiver = createReceiver({ ...policy, onError: () => {}, ...options, handlers })
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const post = async (url: string, body: string): Promise<number> =>
    (await receiver.fetch(new Request(url, { method: 'POST', headers, body }))).status
  return { payloads, post }
}

test('with a replaced Promise, a body is read before the handler runs', async () => {
  const { payloads, post } = createTestReceiver()
  await post(mint(), 'a=1')
  expect(payloads).toEqual([{ a: '1' }])
})

test('with a replaced Promise, a single-use URL runs once', async () => {
  const { payloads, post } = createTestReceiver({ uses: memoryUseStore({ now: policy.now }) })
  const url = mint({ maxUses: 1 })
  expect(await post(url, 'a=1')).toBe(200)
  expect(await post(url, 'a=2')).toBe(410)
  expect(payloads).toEqual([{ a: '1' }])
})

test('with a replaced Promise, an asynchronous authorize decides before the handler runs', async () => {
  const { payloads, post } = createTestReceiver({ authorize: async (hook) => hook.userId !== 'gone' })
  expect(await post(mint({ userId: 'here' }), 'a=1')).toBe(200)
  expect(await post(mint({ userId: 'gone' }), 'a=2')).toBe(403)
  expect(payloads).toEqual([{ a: '1' }])
})

async function mintEncrypted(): Promise<string> {
  const minter = createMinter({ ...policy, baseUrl: 'https://a.example', expiresIn: '1m' })
  return minter.mint({ command, encrypt: true })
}

test('with a replaced Promise, an expired encrypted token is rejected', async () => {
  const url = await mintEncrypted()
  const verifier = createVerifier({ ...policy, now: () => policy.now() + 3_600_000 })
  expect((await catchError(() => verifier.verify(url))).code).toBe('expired')
})

test('with a replaced Promise, verifySync decrypts', async () => {
  expect(createVerifier(policy).verifySync(await mintEncrypted()).command).toBe(command)
})
