import type { hookurl } from '@hookurl/verify/fetch'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { command, mint, policy } from '../support/fixtures.ts'
import { listen } from '../support/serve.ts'

const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})

beforeEach(() => void vi.resetModules())
afterEach(() => void warn.mockClear())

/** Loads the package as in a new process. */
async function receive(results: readonly (() => unknown)[]): Promise<Response[]> {
  const { hookurl: create } = await vi.importActual<{ hookurl: typeof hookurl }>('@hookurl/verify/fetch')
  const remaining = [...results]
  const receiver = create({ ...policy, handlers: { [command]: () => remaining.shift()?.() } })
  const responses: Response[] = []
  for (const _ of results) responses.push(await receiver(new Request(mint(), { method: 'POST' })))
  return responses
}

test('an ignored result is logged once per process, with the fix', async () => {
  await receive([() => ({ password: 'hunter2' }), () => ({ password: 'hunter2' })])
  expect(warn).toHaveBeenCalledOnce()
  expect(warn).toHaveBeenCalledWith(expect.stringContaining('return Response.json(value)'))
})

test('the log line about an ignored result does not contain it', async () => {
  await receive([() => 'hunter2'])
  expect(warn).toHaveBeenCalledOnce()
  expect(String(warn.mock.calls)).not.toContain('hunter2')
})

for (const [what, result] of [
  ['undefined', () => undefined],
  ['null', () => null],
  ['a Response', () => new Response('ok')],
] as const) {
  test(`${what} is not logged`, async () => {
    await receive([result])
    expect(warn).not.toHaveBeenCalled()
  })
}

test('neither the body nor the cookies of a response that a handler fetched are sent', async () => {
  const port = await listen((_request, response) => {
    response.setHeader('set-cookie', 'session=hunter2').end('hunter2')
  })
  const [response] = await receive([() => fetch(`http://localhost:${port}`)])
  expect(await response?.text()).toBe('{"ok":true}')
  expect(response?.headers.get('set-cookie')).toBeNull()
})

test('a response that a handler wrapped is sent', async () => {
  const port = await listen((_request, response) => void response.writeHead(201).end('from inside'))
  const wrap = async (): Promise<Response> => {
    const { body, status } = await fetch(`http://localhost:${port}`)
    return new Response(body, { status })
  }
  const [response] = await receive([wrap])
  expect(response?.status).toBe(201)
  expect(await response?.text()).toBe('from inside')
})

test('a response that a handler fetched and did not read does not keep its connection open', async () => {
  let hasClosed = false
  const port = await listen((_request, response) => {
    response.on('close', () => (hasClosed = true))
    response.write('endless')
  })
  await receive([() => fetch(`http://localhost:${port}`)])
  await expect.poll(() => hasClosed).toBe(true)
})

for (const [what, body] of [
  ['a body that cannot be canceled', { cancel: () => undefined }],
  ['a body whose cancellation throws', { cancel: () => expect.unreachable() }],
  ['a string as its body', 'hunter2'],
] as const) {
  test(`a fetched response of another library with ${what} is ignored`, async () => {
    const fetched = { arrayBuffer: () => {}, headers: {}, status: 200, url: 'http://localhost/', body }
    const [response] = await receive([() => fetched])
    expect(response?.status).toBe(200)
  })
}
