import { hookurl } from '@hookurl/verify/fetch'
import { beforeEach, expect, test, vi } from 'vitest'
import { command, key, mint, policy } from '../support/fixtures.ts'

const consoleError = vi.spyOn(console, 'error')

beforeEach(() => {
  consoleError.mockReset()
  consoleError.mockImplementation(() => {})
})

/** Sends one request to a receiver without callbacks. */
async function post(options: object): Promise<string[]> {
  const receive = hookurl({ ...policy, handlers: { [command]: () => 'ran' }, ...options })
  await receive(new Request(mint(), { method: 'POST' }))
  return consoleError.mock.calls.map(String)
}

const clientErrors: readonly [what: string, options: object][] = [
  ['an expired URL', { now: () => policy.now() * 2 }],
  ['an invalid signature', { purpose: 'other' }],
]
for (const [what, options] of clientErrors) {
  test(`${what} writes nothing to the console`, async () => {
    expect(await post(options)).toEqual([])
  })
}

test('missing keys write one line with the code, the message and the fix', async () => {
  const lines = await post({ keys: () => undefined })
  expect(lines).toEqual([expect.stringMatching(/^hookurl: invalid_key: there is no key\. \S/)])
})

const failingHandler = (): never => {
  throw new Error(`calling ${mint()}?x=1 failed`)
}

test('a handler that throws writes one entry with the token redacted', async () => {
  const lines = await post({ handlers: { [command]: failingHandler } })
  expect(lines).toEqual([expect.stringMatching(/^hookurl: Error: calling \S+\/\[hook [0-9a-f]{6}\]\?x=1 failed/)])
})

test('a handler that throws writes no key', async () => {
  const [line] = await post({ handlers: { [command]: failingHandler } })
  expect(line).not.toContain(key)
})
