import { hookurl } from '@hookurl/verify/next'
import { expect, onTestFinished, test } from 'vitest'
import { command, expectOptionError, mint, policy } from '../support/fixtures.ts'

const hostKey = Symbol.for('@next/request-context')
const params = { params: Promise.resolve({ token: ['x'] }) }

test('the route behind a guard receives the request, the hook and the params', async () => {
  const handler = hookurl({ ...policy, command }, async (request, hook, context: typeof params) =>
    Response.json({ method: request.method, command: hook.command, params: await context.params }),
  )
  const response = await handler(new Request(mint(), { method: 'POST' }), params)
  expect(await response.json()).toEqual({ method: 'POST', command, params: { token: ['x'] } })
})

test('a guard throws invalid_option without a route', async () => {
  await expectOptionError(() => hookurl({ ...policy, command } as never), /a guard needs the route/)
})

test('a receiver throws invalid_option with a route', async () => {
  const withRoute = [{ ...policy, handlers: { [command]: () => 1 } }, () => new Response()]
  await expectOptionError(() => hookurl(...(withRoute as unknown as Parameters<typeof hookurl>)), /takes no route/)
})

async function postToSlowHandler(): Promise<number> {
  const handler = hookurl({
    ...policy,
    ackAfter: '10ms',
    handlers: { [command]: () => new Promise((resolve) => setTimeout(resolve, 50)) },
  })
  return (await handler(new Request(mint(), { method: 'POST' }), params)).status
}

test('ackAfter works without a request context of Next, as under next start', async () => {
  expect(await postToSlowHandler()).toBe(202)
})

test('ackAfter passes the work to the waitUntil of the request context of Next', async () => {
  const works: Promise<unknown>[] = []
  Reflect.set(globalThis, hostKey, { get: () => ({ waitUntil: (work: Promise<unknown>) => works.push(work) }) })
  onTestFinished(() => void Reflect.deleteProperty(globalThis, hostKey))
  expect(await postToSlowHandler()).toBe(202)
  expect(works).toHaveLength(1)
})
