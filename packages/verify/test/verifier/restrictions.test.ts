import { type Hook, isHookurlError, type MintOptions, type State } from '@hookurl/core'
import { createVerifier, type IgnoredCheck, type VerifierOptions } from '@hookurl/verify'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { catchError, command, expectOptionError, key, mint, oldKey, policy } from '../support/fixtures.ts'

const state = 'v1'
const boundUrl = mint({ state })

function verifyWith(options: Partial<VerifierOptions>, url: string = boundUrl): Promise<unknown> {
  return createVerifier({ ...policy, ...options }).verify(url)
}

async function getCode(options: Partial<VerifierOptions>, url: string = boundUrl): Promise<string> {
  try {
    await verifyWith(options, url)
    return 'accepted'
  } catch (error) {
    if (isHookurlError(error)) return error.code
    throw error
  }
}

describe('a verifier', () => {
  const restrictions: readonly [check: IgnoredCheck, options: Partial<MintOptions>, message: RegExp][] = [
    ['uses', { maxUses: 1 }, /its uses are limited/],
    ['state', { state }, /bound to a state, but the option state is not set/],
    ['user', { userId: 42, requireUser: true }, /only its user may run it/],
    ['signature', { requireSignature: true }, /its requests must be signed/],
  ]
  const every: readonly IgnoredCheck[] = restrictions.map(([check]) => check)
  for (const [check, options, message] of restrictions) {
    const url = mint(options)

    test(`rejects a restriction that it cannot check with not_configured: ${check}`, async () => {
      const error = await catchError(() => verifyWith({}, url))
      expect(error).toMatchObject({ code: 'not_configured', status: 503, exit: 7 })
      expect(error.message).toMatch(message)
      expect(error.fix).toContain(`ignore: ['${check}']`)
      expect(error.hook?.command).toBe(command)
    })

    test(`accepts a restriction that it is to ignore: ${check}`, async () => {
      const verifier = createVerifier(policy)
      expect((await verifier.verify(url, { ignore: [check] })).command).toBe(command)
      expect(verifier.verifySync(url, { ignore: [check] }).command).toBe(command)
    })

    test(`does not ignore a restriction because it ignores all others: ${check}`, async () => {
      const ignore = every.filter((other) => other !== check)
      expect((await catchError(() => createVerifier(policy).verify(url, { ignore }))).code).toBe('not_configured')
    })
  }

  test('names every check that it cannot perform at once', async () => {
    const url = mint({ userId: 42, requireUser: true, maxUses: 1, state })
    const { message, fix } = await catchError(() => verifyWith({ state: () => state }, url))
    expect(message).toMatch(/its uses are limited and only its user may run it/)
    expect(fix).toContain("ignore: ['uses', 'user']")
  })

  test('tells from the hook which restrictions a URL has', async () => {
    const verify = (options: Partial<MintOptions>) => createVerifier(policy).verify(mint(options), { ignore: every })
    expect(await verify({ state })).toMatchObject({ isStateBound: true })
    expect(await verify({ requireSignature: true })).toMatchObject({ requiresSignature: true })
    expect(await verify({ userId: 42, requireUser: true })).toMatchObject({ requiresUser: true })
    expect(Object.keys(await verify({}))).not.toContain('isStateBound')
  })

  test('rejects a state option that is not a function', async () => {
    await expectOptionError(() => createVerifier({ ...policy, state: 'v1' as never }), /state must be a function/)
  })
})

describe('the option state', () => {
  const equal: readonly [what: string, minted: State, current: State | Promise<State>][] = [
    ['the same string', 'v1', 'v1'],
    ['a promise of it', 'v1', Promise.resolve('v1')],
    ['a bigint for its decimal string', '5', 5n],
    ['a decimal string for a bigint', 5n, '5'],
    ['0 for -0', -0, 0],
    ['an equal array', ['v1', 7, null], ['v1', 7, null]],
    ['null', null, null],
    ['an empty array', [], []],
  ]
  for (const [what, minted, current] of equal) {
    test(`accepts a URL when it returns ${what}`, async () => {
      expect(await getCode({ state: () => current }, mint({ state: minted }))).toBe('accepted')
    })
  }

  const different: readonly [what: string, minted: State, current: State | undefined][] = [
    ['another string', 'v1', 'v2'],
    ['undefined', 'v1', undefined],
    ['null', 'v1', null],
    ['an empty string', 'v1', ''],
    ['an array of the string', 'v1', ['v1']],
    ['a longer array', ['v1'], ['v1', null]],
    ['the same values in another order', ['a', 'b'], ['b', 'a']],
    ['a number for its string', '5', 5],
    ['a bigint for a number', 5, 5n],
    ['false for 0', 0, false],
    ['null for an empty array', [], null],
    ['undefined for null', null, undefined],
  ]
  for (const [what, minted, current] of different) {
    test(`rejects a URL with state_changed when it returns ${what}`, async () => {
      const error = await catchError(() => verifyWith({ state: () => current }, mint({ state: minted })))
      expect(error).toMatchObject({ code: 'state_changed', status: 410, exit: 5 })
      expect(error.hook?.command).toBe(command)
    })
  }

  const unavailable: readonly [what: string, resolve: () => unknown, message: RegExp][] = [
    ['throws', () => fail(new TypeError('hunter2')), /it threw TypeError$/],
    ['rejects', () => Promise.reject(new RangeError('hunter2')), /it threw RangeError$/],
    ['throws a string', () => fail('hunter2'), /it threw a value of an unknown type$/],
    ['throws undefined', () => fail(undefined), /it threw a value of an unknown type$/],
    ['throws an error without a prototype', () => fail(Object.setPrototypeOf(new Error(), null)), /unknown type$/],
    ['throws a proxy that throws', () => fail(throwingProxy()), /unknown type$/],
    ['rejects with a proxy that throws', () => Promise.reject(throwingProxy()), /unknown type$/],
    ['throws an error that names itself', () => fail(namedError()), /it threw Error$/],
    ['throws an error of a class with a name that is no identifier', () => fail(classedError()), /unknown type$/],
    [
      'returns a thenable that throws',
      () => Object.fromEntries([['then', () => fail(new Error('hunter2'))]]),
      /it threw Error$/,
    ],
    ['returns an object', () => ({ hash: 'hunter2' }), /returned something that is not a state$/],
    ['returns a Date', () => new Date(), /returned something that is not a state$/],
    ['returns NaN', () => Number.NaN, /returned something that is not a state$/],
    ['returns a fraction', () => 1.5, /returned something that is not a state$/],
    ['returns a nested array', () => [['v1']], /returned something that is not a state$/],
    ['returns a lone surrogate', () => '\ud800', /returned something that is not a state$/],
    ['returns over 4 KiB', () => 'x'.repeat(4095), /returned something that is not a state$/],
    ['returns a proxy that throws', () => throwingProxy(), /returned something that is not a state$|it threw/],
  ]
  for (const [what, resolve, message] of unavailable) {
    test(`rejects a URL with state_unavailable when it ${what}`, async () => {
      const error = await catchError(() => verifyWith({ state: resolve as never }))
      expect(error).toMatchObject({ code: 'state_unavailable', status: 503, exit: 7 })
      expect(error.message).toMatch(message)
      expect(error.cause).toBeUndefined()
      expect(`${error.message} ${error.fix} ${error.stack} ${JSON.stringify(error)}`).not.toContain('hunter2')
    })
  }

  test('rejects a URL with state_unavailable when it does not return within 2 seconds', async () => {
    vi.useFakeTimers()
    try {
      const rejection = catchError(() => verifyWith({ state: () => new Promise(() => {}) }))
      await vi.advanceTimersByTimeAsync(1999)
      expect(vi.getTimerCount()).toBe(1)
      await vi.advanceTimersByTimeAsync(1)
      const error = await rejection
      expect(error.code).toBe('state_unavailable')
      expect(error.message).toMatch(/it did not return within 2 seconds$/)
    } finally {
      vi.useRealTimers()
    }
  })

  test('may reject after 2 seconds without an unhandled rejection', async () => {
    vi.useFakeTimers()
    try {
      let fail: (error: Error) => void = () => {}
      const rejection = catchError(() => verifyWith({ state: () => new Promise((_, reject) => (fail = reject)) }))
      await vi.advanceTimersByTimeAsync(2000)
      expect((await rejection).code).toBe('state_unavailable')
      fail(new Error('too late'))
      await vi.advanceTimersByTimeAsync(1)
    } finally {
      vi.useRealTimers()
    }
  })

  test('leaves no timer behind when it returns in time', async () => {
    vi.useFakeTimers()
    try {
      await verifyWith({ state: async () => state })
      expect(vi.getTimerCount()).toBe(0)
    } finally {
      vi.useRealTimers()
    }
  })

  test('receives the verified hook', async () => {
    const resolve = vi.fn((_hook: Hook) => state)
    await verifyWith({ state: resolve }, mint({ userId: 7, state }))
    expect(resolve.mock.calls).toEqual([[expect.objectContaining({ command, userId: '7', isStateBound: true })]])
  })

  test('is called before authorize, which is not called when the state has changed', async () => {
    const calls: string[] = []
    const authorize = (): void => void calls.push('authorize')
    const resolveTo = (current: string) => (): string => {
      calls.push('state')
      return current
    }
    await verifyWith({ state: resolveTo(state), authorize })
    await getCode({ state: resolveTo('v2'), authorize })
    expect(calls).toEqual(['state', 'authorize', 'state'])
  })

  const untouched: readonly [what: string, url: string, options?: Partial<VerifierOptions>][] = [
    ['a URL without a state', mint()],
    ['an invalid signature', boundUrl, { keys: oldKey }],
    ['another purpose', boundUrl, { purpose: 'mail' }],
    ['an expired URL', boundUrl, { now: () => policy.now() + 31 * 86_400_000 }],
    ['a forbidden redirect', mint({ state, redirectTo: 'https://a.com/' }), { redirectHosts: [] }],
    ['an unknown command', boundUrl, { commands: { '/other': {} } }],
    ['a restriction that cannot be checked', mint({ state, maxUses: 1 })],
  ]
  for (const [what, url, options] of untouched) {
    test(`is not called for ${what}`, async () => {
      const resolve = vi.fn(() => state)
      await getCode({ ...options, state: resolve }, url)
      expect(resolve).not.toHaveBeenCalled()
    })
  }

  test('is not called when the state is ignored', async () => {
    const resolve = vi.fn(() => state)
    await createVerifier({ ...policy, state: resolve }).verify(boundUrl, { ignore: ['state'] })
    expect(resolve).not.toHaveBeenCalled()
  })

  test('is checked by verifySync, which rejects a promise', async () => {
    expect(createVerifier({ ...policy, state: () => state }).verifySync(boundUrl).command).toBe(command)
    await expectOptionError(
      () => createVerifier({ ...policy, state: async () => state }).verifySync(boundUrl),
      /^state, authorize or the schema of the command is asynchronous$/,
    )
  })

  test('compares with the key that verified, after the keys were rotated', async () => {
    const options = { state: () => state }
    expect(await getCode({ ...options, keys: [oldKey, key] })).toBe('accepted')
    expect(await getCode({ ...options, keys: [key, oldKey] })).toBe('accepted')
  })

  test('survives content that a schema replaces', async () => {
    const content = { '~standard': { version: 1, vendor: 'test', validate: () => ({ value: 'parsed' }) } } as const
    const options = { commands: { [command]: { content } }, state: () => 'v2' }
    expect(await getCode(options, mint({ content: 'x', state }))).toBe('state_changed')
  })

  test('rejects every change of any part of a state', async () => {
    const value = fc.oneof(fc.string({ unit: 'binary' }), fc.maxSafeInteger(), fc.boolean(), fc.constant(null))
    const parts = fc.array(value, { minLength: 1, maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(parts, fc.nat(), value, async (parts, at, replacement) => {
        const changed = parts.with(at % parts.length, replacement)
        const expected = JSON.stringify(changed) === JSON.stringify(parts) ? 'accepted' : 'state_changed'
        const url = mint({ state: parts })
        expect(await getCode({ state: () => changed }, url)).toBe(expected)
        expect(await getCode({ state: () => parts.slice(1) }, url)).toBe('state_changed')
        expect(await getCode({ state: () => [...parts, replacement] }, url)).toBe('state_changed')
      }),
    )
  })
})

function fail(error: unknown): never {
  throw error
}

function namedError(): Error {
  return Object.assign(new Error('hunter2'), { name: 'hunter2', constructor: { name: 'hunter2' } })
}

function classedError(): Error {
  class Custom extends Error {}
  Object.defineProperty(Custom, 'name', { value: 'hunter2 is the state' })
  return new Custom()
}

function throwingProxy(): unknown {
  const trap = (): never => fail(new Error('hunter2'))
  return new Proxy([], { get: trap, getPrototypeOf: trap, ownKeys: trap })
}
