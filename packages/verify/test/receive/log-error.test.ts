import { memoryUseStore, type ReceiverOptions } from '@hookurl/verify'
import { hookurl } from '@hookurl/verify/fetch'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { command, key, mint, policy } from '../support/fixtures.ts'

const consoleError = vi.spyOn(console, 'error')

beforeEach(() => {
  consoleError.mockReset()
  consoleError.mockImplementation(() => {})
})

/** Sends one request to a receiver without callbacks. */
async function post(options: object): Promise<string[]> {
  const receive = hookurl({ ...policy, handlers: { [command]: () => Response.json('ran') }, ...options })
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

const disconnected = Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' })
const failingKeys: readonly [what: string, keys: () => never | Promise<never>, cause: string][] = [
  ['throws', () => raise(new ReferenceError('process is not defined')), 'threw (process is not defined)'],
  ['rejects', async () => raise(new Error(`denied ${key}`)), 'rejected (denied hks_…)'],
  [
    'rejects with a cause',
    async () => raise(new TypeError('fetch failed', { cause: disconnected })),
    'rejected (fetch failed: ECONNREFUSED)',
  ],
  ['rejects with a string', async () => raise('locked'), 'rejected (locked)'],
]
for (const [what, keys, cause] of failingKeys) {
  test(`a keys function that ${what} writes the cause`, async () => {
    const [line] = await post({ keys })
    expect(line).toBe(
      `hookurl: keys_unavailable: the keys function ${cause}. Check the option keys: its function must return the keys within 10 seconds.`,
    )
  })
}

test('onError receives what a keys function throws as the cause', async () => {
  const cause = new Error('locked')
  const errors: unknown[] = []
  await post({ keys: () => raise(cause), onError: (error: unknown) => errors.push(error) })
  expect(errors).toMatchObject([{ code: 'keys_unavailable', cause }])
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

describe('a use store that is down', () => {
  const minuteMs = 60_000
  const uses = {
    ...memoryUseStore({ now: policy.now }),
    reserve: () => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.1:6379')),
  }

  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date', 'performance'] }))
  afterEach(() => void vi.useRealTimers())

  function createPost(options: Partial<ReceiverOptions> = {}): (count: number) => Promise<void> {
    const receive = hookurl({ ...policy, uses, handlers: { [command]: failingHandler }, ...options })
    return async (count) => {
      for (let index = 0; index < count; index++) await receive(new Request(mint({ maxUses: 1 }), { method: 'POST' }))
    }
  }

  test('100 requests in a minute write one line', async () => {
    const post = createPost()
    await post(100)
    expect(consoleError).toHaveBeenCalledOnce()
  })

  test('the line has the code, the cause and no stack', async () => {
    const post = createPost()
    await post(1)
    const [line] = consoleError.mock.calls.map(String)
    expect(line).toMatch(/^hookurl: store_unavailable: .*ECONNREFUSED/)
    expect(line).not.toContain('\n')
  })

  test('another line is written after a minute', async () => {
    const post = createPost()
    await post(10)
    vi.advanceTimersByTime(minuteMs - 1000)
    await post(10)
    expect(consoleError).toHaveBeenCalledTimes(1)
    vi.advanceTimersByTime(1001)
    await post(10)
    expect(consoleError).toHaveBeenCalledTimes(2)
  })

  test('other errors are still written for every request', async () => {
    const receive = hookurl({ ...policy, uses, handlers: { [command]: failingHandler } })
    for (let index = 0; index < 3; index++) {
      await receive(new Request(mint({ maxUses: 1 }), { method: 'POST' }))
      await receive(new Request(mint(), { method: 'POST' }))
    }
    expect(consoleError).toHaveBeenCalledTimes(1 + 3)
  })

  test('onError receives every error, and the console nothing', async () => {
    const errors: unknown[] = []
    const post = createPost({ onError: (error) => void errors.push(error) })
    await post(100)
    expect(errors).toHaveLength(100)
    expect(consoleError).not.toHaveBeenCalled()
  })

  test('a guard writes one line for 100 requests, too', async () => {
    const guard = hookurl({ ...policy, uses, command }, () => new Response())
    for (let index = 0; index < 100; index++) await guard(new Request(mint({ maxUses: 1 }), { method: 'POST' }))
    expect(consoleError).toHaveBeenCalledOnce()
  })
})

function raise(error: unknown): never {
  throw error
}
