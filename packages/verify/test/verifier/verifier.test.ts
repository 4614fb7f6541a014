import { createMinter, type ErrorCode, type Hook } from '@hookurl/core'
import { createVerifier, type VerifierOptions, type VerifyOptions } from '@hookurl/verify'
import { describe, expect, test } from 'vitest'
import {
  baseUrl,
  catchError,
  command,
  expectOptionError,
  getToken,
  key,
  mint,
  now,
  oldKey,
  policy,
  seconds,
} from '../support/fixtures.ts'

const verifier = createVerifier(policy)
const at = (second: number, options: Partial<VerifierOptions> = {}) =>
  createVerifier({ keys: key, now: () => (seconds + second) * 1000, ...options })

test('says what was minted', async () => {
  const notBefore = new Date(now() - 1000)
  const url = mint({ userId: 42, content: { a: [1] }, redirectTo: 'https://cataas.com/cat', notBefore, id: 'x-1' })
  const hook = await verifier.verify(url)
  expect(hook).toEqual({
    command,
    userId: '42',
    content: { a: [1] },
    redirectTo: 'https://cataas.com/cat',
    allowGet: false,
    expiresAt: new Date(now() + 30 * 86_400_000),
    notBefore,
    id: 'x-1',
    key: { index: 0 },
  })
  expect(Object.isFrozen(hook) && Object.isFrozen(hook.key)).toBe(true)
  expect(verifier.verifySync(url)).toEqual(hook)
  expect(verifier.verifySync(getToken(url))).toEqual(hook)
})

describe('keys', () => {
  const rotated = createVerifier({ keys: [`k2:${key}`, `k1:${oldKey}`], now })
  const oldUrl = createMinter({ keys: `k1:${oldKey}`, baseUrl, expiresIn: '1h', now }).mintSync({ command })

  test('an old key verifies, and the hook says that it was old', () => {
    expect(rotated.verifySync(oldUrl).key).toEqual({ index: 1, id: 'k1' })
    expect(rotated.verifySync(mint()).key).toEqual({ index: 0, id: 'k2' })
  })

  test('a key that was dropped no longer verifies', async () => {
    expect((await catchError(() => createVerifier({ keys: `k2:${key}`, now }).verify(oldUrl))).code).toBe('unknown_key')
    expect((await catchError(() => createVerifier({ keys: oldKey, now }).verify(mint()))).code).toBe(
      'invalid_signature',
    )
  })

  test('keys from a function are read at the first call, once', async () => {
    let calls = 0
    const lazy = createVerifier({ keys: () => [key].slice(calls++), now })
    expect(calls).toBe(0)
    await lazy.verify(mint())
    lazy.verifySync(mint())
    expect(calls).toBe(1)
  })

  test('keys that are not there yet are asked for again', async () => {
    let keys: string | undefined
    const lazy = createVerifier({ keys: () => keys, now })
    await expectOptionError(() => lazy.verify(mint()), /there is no key/, 'invalid_key')
    keys = key
    expect((await lazy.verify(mint())).command).toBe(command)
  })

  test('a purpose keeps its URLs to itself', async () => {
    const mail = createMinter({ keys: key, baseUrl, expiresIn: '1h', now, purpose: 'mail' }).mintSync({ command })
    expect(createVerifier({ ...policy, purpose: 'mail' }).verifySync(mail).command).toBe(command)
    for (const purpose of [undefined, '', 'Mail', 'mail ']) {
      expect((await catchError(() => createVerifier({ ...policy, purpose }).verify(mail))).code).toBe(
        'invalid_signature',
      )
    }
  })
})

describe('time', () => {
  const url = mint({ expiresIn: 60, notBefore: new Date(now() + 10_000) })
  const rows: readonly [second: number, clockTolerance: string | number | undefined, code: ErrorCode | undefined][] = [
    [9.999, undefined, 'not_yet_valid'],
    [10, undefined, undefined],
    [59.999, undefined, undefined],
    [60, undefined, 'expired'],
    [4.999, '5s', 'not_yet_valid'],
    [5, '5s', undefined],
    [64.999, 5, undefined],
    [65, 5, 'expired'],
    [359.999, 300, undefined],
    [360, '5m', 'expired'],
    [60.499, '500ms', undefined],
    [60.5, '500ms', 'expired'],
    [Number.NaN, undefined, 'expired'],
  ]
  for (const [second, clockTolerance, code] of rows) {
    test(`${code ?? 'good'} at second ${second} with a tolerance of ${clockTolerance ?? 'nothing'}`, async () => {
      const verify = () => at(second, { clockTolerance }).verify(url)
      if (code === undefined) expect((await verify()).command).toBe(command)
      else expect((await catchError(verify)).code).toBe(code)
    })
  }
})

describe('what one place accepts', () => {
  const get = mint({ allowGet: true })
  const rows: readonly [what: string, url: string, options: VerifyOptions, code?: ErrorCode][] = [
    ['its command', mint(), { command }],
    ['one of its commands', mint(), { command: ['/a', command] }],
    ['no other command', mint(), { command: '/onWebhook2' }, 'wrong_command'],
    ['no command by another case', mint(), { command: ['/onwebhook', '/a'] }, 'wrong_command'],
    ['no star for any', mint(), { command: '*' }, 'wrong_command'],
    ['POST', mint(), { method: 'POST' }],
    ['GET where it was minted so', get, { method: 'GET' }],
    ['no GET otherwise', mint(), { method: 'GET' }, 'method_not_allowed'],
    ['no HEAD', get, { method: 'HEAD' }, 'method_not_allowed'],
    ['no PUT', get, { method: 'PUT' }, 'method_not_allowed'],
    ['no method in lower case', mint(), { method: 'post' }, 'method_not_allowed'],
    ['no uses, which it cannot count', mint({ maxUses: 2 }), {}, 'store_unavailable'],
    ['uses, not counted, when told so', mint({ maxUses: 2 }), { ignore: ['uses'] }],
  ]
  for (const [what, url, options, code] of rows) {
    test(what, async () => {
      for (const call of [() => verifier.verify(url, options), () => verifier.verifySync(url, options)]) {
        if (code === undefined) expect((await call()).command).toBe(command)
        else expect((await catchError(call)).code).toBe(code)
      }
    })
  }

  test('a redirect that the list no longer has is refused', async () => {
    const url = mint({ redirectTo: 'https://cats.example.com/x' })
    const judge = (redirectHosts: string[]) => createVerifier({ ...policy, redirectHosts }).verify(url)
    expect((await judge(['*.example.com'])).redirectTo).toBe('https://cats.example.com/x')
    for (const hosts of [[], ['example.com'], ['cats.example.com:8443'], ['*.cats.example.com']]) {
      const { code, message } = await catchError(() => judge(hosts))
      expect(code).toBe('redirect_forbidden')
      expect(message).not.toContain('cats.example')
    }
  })
})

describe('check', () => {
  const good: readonly unknown[] = [true, undefined, null, 0, '', Promise.resolve(), Promise.resolve('yes')]
  for (const answer of good) {
    test(`lets a hook pass with ${answer instanceof Promise ? 'a promise' : JSON.stringify(answer)}`, async () => {
      const hook = await createVerifier({ ...policy, authorize: () => answer }).verify(mint())
      expect(hook.command).toBe(command)
    })
  }

  const cause = new Error('no such user')
  const bad: readonly [name: string, authorize: () => unknown, cause?: unknown][] = [
    ['false', () => false],
    ['a promise of false', async () => false],
    // biome-ignore lint/suspicious/noThenProperty: some libraries return promises of their own making
    ['a promise of its own making', () => ({ then: (resolve: (value: boolean) => void) => resolve(false) })],
    ['a throw', () => raise(cause), cause],
    ['a rejection', () => Promise.reject(cause), cause],
  ]
  for (const [name, check, expected] of bad) {
    test(`refuses a hook with ${name}`, async () => {
      const error = await catchError(() => createVerifier({ ...policy, authorize }).verify(mint()))
      expect([error.code, error.cause, error.hook?.command]).toEqual(['denied', expected, command])
      expect(error.message).not.toContain('no such user')
    })
  }

  test('is asked last, about the hook that is given out', async () => {
    const seen: Hook[] = []
    const { verify } = createVerifier({ ...policy, authorize: (hook) => void seen.push(hook) })
    await catchError(() => verify(mint(), { command: '/other' }))
    await catchError(() => verify(mint(), { method: 'GET' }))
    await catchError(() => verify(mint({ maxUses: 1 })))
    await catchError(() => verify(mint({ notBefore: new Date(now() + 1000) })))
    await catchError(() => verify(`${mint()}A`))
    expect(seen).toEqual([])
    const hook = await verify(mint())
    expect(seen).toEqual([hook])
  })

  test('an asynchronous one needs the asynchronous call, and leaves no loose rejection', async () => {
    const asking = createVerifier({ ...policy, authorize: async () => raise(cause) })
    await expectOptionError(() => asking.verifySync(mint()), /asynchronous/)
  })
})

describe('sealed tokens', () => {
  const sealed = createMinter({ keys: key, baseUrl, expiresIn: '1h', now }).mint({
    command,
    content: 'x',
    encrypt: true,
  })

  test('open asynchronously', async () => {
    expect((await verifier.verify(await sealed)).content).toBe('x')
  })

  test('do not open synchronously', async () => {
    const error = await catchError(async () => verifier.verifySync(await sealed))
    expect([error.code, error.hook]).toEqual(['sync_unsupported', undefined])
    expect(error.fix).toContain('verify')
  })
})

describe('mistakes', () => {
  const options: readonly [what: string, options: object, message: RegExp, code?: string][] = [
    ['no keys', { keys: undefined }, /there is no key/, 'invalid_key'],
    ['a short key', { keys: 'hks_short' }, /43 belong/, 'invalid_key'],
    ['a misspelt option', { clocktolerance: 1 }, /no option "clocktolerance"/],
    ['an option of a receiver', { handlers: {} }, /no option "handlers"/],
    ['a tolerance over 300 seconds', { clockTolerance: 301 }, /at most 300 seconds/],
    ['a tolerance below zero', { clockTolerance: -1 }, /clockTolerance/],
    ['a tolerance without a unit', { clockTolerance: '30' }, /clockTolerance/],
    ['a long purpose', { purpose: 'x'.repeat(65) }, /64 characters/],
    ['a check that is no function', { check: false }, /check must be a function/],
    ['a clock that is no function', { now: 5 }, /now must be a function/],
    ['commands that are a list', { commands: ['/a'] }, /commands must be an object/],
    ['a schema that is none', { commands: { '/a': { content: {} } } }, /Standard Schema/],
    ['a host with a scheme', { redirectHosts: ['https://a.com'] }, /host name/],
  ]
  for (const [what, given, message, code] of options) {
    test(`${what}: refused when it is made`, () =>
      expectOptionError(() => createVerifier({ ...policy, ...given } as VerifierOptions), message, code))
  }

  const calls: readonly [what: string, options: unknown, message: RegExp][] = [
    ['a misspelt option', { commands: '/a' }, /no option "commands"/],
    ['no command at all', { command: [] }, /command must be/],
    ['a command that is no text', { command: [1] }, /command must be/],
    ['a null command', { command: null }, /command must be/],
    ['options that are no object', '/onWebhook', /an object of options/],
  ]
  for (const [what, given, message] of calls) {
    test(`${what}: refused at the call`, async () => {
      await expectOptionError(() => verifier.verify(mint(), given as VerifyOptions), message)
      await expectOptionError(() => verifier.verifySync(mint(), given as VerifyOptions), message)
    })
  }
})

function raise(error: unknown): never {
  throw error
}
