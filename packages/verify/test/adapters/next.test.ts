import { hookurl } from '@hookurl/verify/next'
import { expect, onTestFinished, test } from 'vitest'
import { command, expectOptionError, mint, policy } from '../support/fixtures.ts'

const hostKey = Symbol.for('@next/request-context')
const params = { params: Promise.resolve({ token: ['x'] }) }

test('the route behind a guard gets the request, the hook and the parameters', async () => {
  const handler = hookurl({ ...policy, command }, async (request, hook, context: typeof params) =>
    Response.json([request.method, hook.command, await context.params]),
  )
  const response = await handler(new Request(mint(), { method: 'POST' }), params)
  expect(await response.json()).toEqual(['POST', command, { token: ['x'] }])
})

test('a guard takes its route, a receiver none', async () => {
  await expectOptionError(() => hookurl({ ...policy, command } as never), /a guard needs the route/)
  const both = [{ ...policy, handlers: { [command]: () => 1 } }, () => new Response()] as unknown as Parameters<
    typeof hookurl
  >
  await expectOptionError(() => hookurl(...both), /takes no route/)
})

test('work goes on as the host of Next says, or by itself where the host says nothing', async () => {
  const kept: Promise<unknown>[] = []
  const late = {
    ackAfter: '10ms',
    handlers: { [command]: () => new Promise((resolve) => setTimeout(resolve, 50)) },
  }
  const handler = hookurl({ ...policy, ...late })
  const post = async (): Promise<number> => (await handler(new Request(mint(), { method: 'POST' }), params)).status
  expect([await post(), kept.length]).toEqual([202, 0])
  Reflect.set(globalThis, hostKey, { get: () => ({ waitUntil: (work: Promise<unknown>) => kept.push(work) }) })
  onTestFinished(() => void Reflect.deleteProperty(globalThis, hostKey))
  expect([await post(), kept.length]).toEqual([202, 1])
})
