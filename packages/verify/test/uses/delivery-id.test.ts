import type { Hook } from '@hookurl/core'
import { createReceiver, memoryUseStore } from '@hookurl/verify'
import { hookurl } from '@hookurl/verify/fetch'
import { describe, expect, test } from 'vitest'
import { sendToHandler, type TestRequest } from '../support/clients.ts'
import { command, getToken, mintPath, policy } from '../support/fixtures.ts'

const idHeaders = ['webhook-id', 'idempotency-key', 'x-github-delivery', 'i-twilio-idempotency-token']
const uses = () => memoryUseStore({ now: policy.now })

/** Sends requests to one receiver, and returns the delivery ids of the hooks that its handler received. */
async function getReceiverIds(...requests: readonly TestRequest[]): Promise<(string | undefined)[]> {
  const ids: (string | undefined)[] = []
  const handlers = { [command]: ({ deliveryId }: Hook & { deliveryId?: string }) => void ids.push(deliveryId) }
  const receiver = createReceiver({ ...policy, uses: uses(), handlers })
  const send = sendToHandler((request) => receiver.fetch(request))
  for (const request of requests) await send({ method: 'POST', ...request })
  return ids
}

/** The same for a guard, whose route receives the hooks. */
async function getGuardIds(...requests: readonly TestRequest[]): Promise<(string | undefined)[]> {
  const ids: (string | undefined)[] = []
  const guard = hookurl({ ...policy, command, uses: uses() }, (_request, hook) => {
    ids.push(hook.deliveryId)
    return new Response('from the route')
  })
  const send = sendToHandler(guard)
  for (const request of requests) await send({ method: 'POST', ...request })
  return ids
}

for (const [name, getIds] of [
  ['a receiver', getReceiverIds],
  ['a guard', getGuardIds],
] as const) {
  describe(`hook.deliveryId of ${name}`, () => {
    for (const header of idHeaders) {
      test(`it is the same for two requests with the same ${header}`, async () => {
        const request = { path: mintPath(), headers: { [header]: 'evt_1' } }
        const [first, second] = await getIds({ ...request, body: 'a' }, { ...request, body: 'b' })
        expect(first).toEqual(expect.any(String))
        expect(second).toBe(first)
      })

      test(`it differs for two requests with a different ${header}`, async () => {
        const path = mintPath()
        const [first, second] = await getIds(
          { path, headers: { [header]: 'evt_1' } },
          { path, headers: { [header]: 'evt_2' } },
        )
        expect(second).toEqual(expect.any(String))
        expect(second).not.toBe(first)
      })
    }

    test('it differs for the same header value of two headers', async () => {
      const path = mintPath()
      const [first, second] = await getIds(
        { path, headers: { 'webhook-id': 'evt_1' } },
        { path, headers: { 'idempotency-key': 'evt_1' } },
      )
      expect(second).not.toBe(first)
    })

    test('it differs for the same header value on two URLs', async () => {
      const headers = { 'webhook-id': 'evt_1' }
      const [first, second] = await getIds(
        { path: mintPath({ id: 'a' }), headers },
        { path: mintPath({ id: 'b' }), headers },
      )
      expect(second).not.toBe(first)
    })

    test('it is the same for the full and the short form of a token', async () => {
      const token = getToken(mintPath())
      const headers = { 'webhook-id': 'evt_1' }
      const shortToken = token.slice(token.indexOf('.') + 1)
      const [first, second] = await getIds(
        { path: `/hooks/${token}`, headers },
        { path: `/hooks/${shortToken}`, headers },
      )
      expect(second).toBe(first)
    })

    test('it contains neither the header value nor the token', async () => {
      const path = mintPath()
      const [id] = await getIds({ path, headers: { 'webhook-id': 'evt_secret' } })
      expect(id).toMatch(/^id:[0-9a-f]{64}$/)
      for (const part of getToken(path).split('.')) expect(id).not.toContain(part)
    })

    test('it is present on a URL with maxUses', async () => {
      const [id] = await getIds({ path: mintPath({ maxUses: 1 }), headers: { 'webhook-id': 'evt_1' } })
      expect(id).toEqual(expect.any(String))
    })
  })
}

describe('hook.deliveryId of a receiver, without a delivery id header', () => {
  test('it is the same for two equal requests', async () => {
    const request = { path: mintPath(), body: 'x' }
    const [first, second] = await getReceiverIds(request, request)
    expect(first).toEqual(expect.any(String))
    expect(second).toBe(first)
  })

  const changes: readonly [what: string, change: (request: TestRequest) => TestRequest][] = [
    ['query', (request) => ({ ...request, path: `${request.path}?a=1` })],
    ['body', (request) => ({ ...request, body: 'y' })],
    ['method', ({ path }) => ({ method: 'GET', path })],
  ]
  for (const [what, change] of changes) {
    test(`it differs for two requests with a different ${what}`, async () => {
      const request = { path: mintPath({ allowGet: true }), body: 'x' }
      const [first, second] = await getReceiverIds(request, change(request))
      expect(second).toEqual(expect.any(String))
      expect(second).not.toBe(first)
    })
  }

  test('it contains neither the body nor the token', async () => {
    const path = mintPath()
    const [id] = await getReceiverIds({ path, body: 'secret-body' })
    expect(id).toMatch(/^fp:[0-9a-f]{64}$/)
    for (const part of getToken(path).split('.')) expect(id).not.toContain(part)
  })
})

describe('hook.deliveryId of a guard, without a delivery id header', () => {
  test('it is absent, since a guard does not read the body', async () => {
    expect(await getGuardIds({ path: mintPath(), body: 'x' })).toEqual([undefined])
  })
})
