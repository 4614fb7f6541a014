import type { RequestListener } from 'node:http'
import { hookurl } from '@hookurl/verify/node'
import { beforeEach, expect, test, vi } from 'vitest'
import { sendToPort, type TestResponse } from '../support/clients.ts'
import { command, expectOptionError, mint, mintPath, policy } from '../support/fixtures.ts'
import { listen } from '../support/serve.ts'

const handlers = { [command]: () => Response.json('ran') }
const consoleError = vi.spyOn(console, 'error')
const failingClock = (): never => {
  throw new Error(`nothing works at ${mint()}`)
}

beforeEach(() => {
  consoleError.mockReset()
  consoleError.mockImplementation(() => {})
})

async function post(listener: RequestListener, path: string): Promise<TestResponse> {
  return sendToPort(await listen(listener))({ method: 'POST', path, headers: { 'x-a': '1' } })
}

test('a request without a token is passed to next unchanged', async () => {
  const receive = hookurl({ ...policy, handlers })
  const listener: RequestListener = (request, response) =>
    void receive(request, response, () => response.end(`${request.url} ${response.getHeaderNames().length}`))
  expect((await post(listener, '/other?x=1')).text).toBe('/other?x=1 0')
})

test('a request with a token is not passed to next', async () => {
  const receive = hookurl({ ...policy, handlers })
  const listener: RequestListener = (request, response) =>
    void receive(request, response, () => response.end('from next'))
  expect((await post(listener, mintPath())).json()).toBe('ran')
})

test('an unexpected error is passed to next', async () => {
  const receive = hookurl({ ...policy, now: failingClock, handlers })
  const response = await post((request, response) => {
    receive(request, response, (error) => response.end(`is an Error: ${error instanceof Error}`))
  }, mintPath())
  expect(response.text).toBe('is an Error: true')
})

test('an unexpected error without a next results in an empty 500', async () => {
  const response = await post(hookurl({ ...policy, now: failingClock, handlers }), mintPath())
  expect(response.status).toBe(500)
  expect(response.text).toBe('')
  expect(response.header('cache-control')).toBe('no-store')
})

test('an unexpected error without a next is written to the console once, with its token redacted', async () => {
  await post(hookurl({ ...policy, now: failingClock, handlers }), mintPath())
  expect(consoleError).toHaveBeenCalledOnce()
  expect(String(consoleError.mock.calls[0]?.[0])).toMatch(/nothing works at .*\[hook [0-9a-f]{6}\]/)
})

test('keys that throw result in 503 and keys_unavailable, and the console says so', async () => {
  const response = await post(hookurl({ now: policy.now, keys: failingClock, handlers }), mintPath())
  expect([response.status, response.header('retry-after')]).toEqual([503, '5'])
  expect(response.json()).toMatchObject({ code: 'keys_unavailable' })
  expect(String(consoleError.mock.calls[0]?.[0])).toContain('keys_unavailable')
})

test('a guard with a route calls it with the hook, and needs no next', async () => {
  const guard = hookurl({ ...policy, command }, (request, response) => {
    response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify(request.hook.content))
  })
  const response = await post(guard, mintPath({ content: 7 }))
  expect([response.status, response.json()]).toEqual([201, 7])
  expect(response.header('referrer-policy')).toBe('no-referrer')
  expect((await post(guard, '/other')).status).toBe(404)
})

test('a route that rejects results in an empty 500, and the console says why', async () => {
  const guard = hookurl({ ...policy, command }, () => Promise.reject(new Error('broken')))
  const response = await post(guard, mintPath())
  expect([response.status, response.text]).toEqual([500, ''])
  expect(String(consoleError.mock.calls[0]?.[0])).toContain('broken')
})

test('next receives what a route throws', async () => {
  const guard = hookurl({ ...policy, command }, () => {
    throw new Error('broken')
  })
  const response = await post((request, response) => {
    guard(request, response, (error) => response.end(String(error)))
  }, mintPath())
  expect(response.text).toBe('Error: broken')
})

test('a receiver with a route throws', async () => {
  await expectOptionError(() => hookurl({ ...policy, handlers } as never, () => {}), /a receiver takes no route/)
})

test('a guard without a next responds with an empty 500, and the console says why', async () => {
  const response = await post(hookurl({ ...policy, command }), mintPath())
  expect(response.status).toBe(500)
  expect(response.text).toBe('')
  expect(String(consoleError.mock.calls[0]?.[0])).toContain('a guard must be called with next')
})

test('a response that was already started is left alone', async () => {
  const receive = hookurl({ ...policy, handlers })
  const response = await post((request, response) => {
    response.write('first')
    receive(request, response).then(() => response.end(' and last'))
  }, mintPath())
  expect(response.status).toBe(200)
  expect(response.text).toBe('first and last')
  expect(consoleError).not.toHaveBeenCalled()
})
