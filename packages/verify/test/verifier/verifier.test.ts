import { createMinter, type ErrorCode, generateKey, type Hook } from '@hookurl/core'
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

describe('a verified hook', () => {
  const notBefore = new Date(now() - 1000)
  const url = mint({ userId: 42, content: { a: [1] }, redirectTo: 'https://cataas.com/cat', notBefore, id: 'x-1' })
  const expected = {
    command,
    userId: '42',
    content: { a: [1] },
    redirectTo: 'https://cataas.com/cat',
    allowGet: false,
    expiresAt: new Date(now() + 30 * 86_400_000),
    notBefore,
    id: 'x-1',
    key: { index: 0 },
  }

  test('has the fields that were minted', async () => {
    expect(await verifier.verify(url)).toEqual(expected)
  })

  test('is the same from verifySync', () => {
    expect(verifier.verifySync(url)).toEqual(expected)
  })

  test('is the same from the token alone', () => {
    expect(verifier.verifySync(getToken(url))).toEqual(expected)
  })

  test('has maxUses when uses are ignored', async () => {
    const hook = await verifier.verify(mint({ maxUses: 3 }), { ignore: ['uses'] })
    expect(hook.maxUses).toBe(3)
  })

  test('is frozen, and so is its key', async () => {
    const hook = await verifier.verify(url)
    expect(Object.isFrozen(hook)).toBe(true)
    expect(Object.isFrozen(hook.key)).toBe(true)
  })
})

describe('keys', () => {
  const rotated = createVerifier({ keys: [`k2:${key}`, `k1:${oldKey}`], now })
  const oldUrl = createMinter({ keys: `k1:${oldKey}`, baseUrl, expiresIn: '1h', now }).mintSync({ command })

  test('a URL of an older key is verified, and its hook has the index of that key', () => {
    expect(rotated.verifySync(oldUrl).key).toEqual({ index: 1, id: 'k1' })
  })

  test('a URL of the newest key has the index 0', () => {
    expect(rotated.verifySync(mint()).key).toEqual({ index: 0, id: 'k2' })
  })

  test('a URL of a removed key with an id is rejected with unknown_key', async () => {
    const withoutOldKey = createVerifier({ keys: `k2:${key}`, now })
    expect((await catchError(() => withoutOldKey.verify(oldUrl))).code).toBe('unknown_key')
  })

  test('a URL of a removed key without an id is rejected with invalid_signature', async () => {
    const withoutKey = createVerifier({ keys: oldKey, now })
    expect((await catchError(() => withoutKey.verify(mint()))).code).toBe('invalid_signature')
  })

  test('a keys function is called once, at first use', async () => {
    let calls = 0
    const lazy = createVerifier({ keys: () => [key].slice(calls++), now })
    expect(calls).toBe(0)
    await lazy.verify(mint())
    lazy.verifySync(mint())
    expect(calls).toBe(1)
  })

  test('a keys function that returned undefined is called again', async () => {
    let keys: string | undefined
    const lazy = createVerifier({ keys: () => keys, now })
    await expectOptionError(() => lazy.verify(mint()), /there is no key/, 'invalid_key')
    keys = key
    expect((await lazy.verify(mint())).command).toBe(command)
  })

  test('with an asynchronous keys function, verify works and verifySync throws sync_unsupported', async () => {
    const verifier = createVerifier({ keys: async () => key, now })
    const verifySync = () => verifier.verifySync(mint())
    await expectOptionError(verifySync, /keys is an asynchronous function/, 'sync_unsupported')
    expect((await verifier.verify(mint())).command).toBe(command)
    await expectOptionError(verifySync, /keys is an asynchronous function/, 'sync_unsupported')
  })

  const mailUrl = createMinter({ keys: key, baseUrl, expiresIn: '1h', now, purpose: 'mail' }).mintSync({ command })

  test('a URL is verified by the purpose that it was minted for', () => {
    expect(createVerifier({ ...policy, purpose: 'mail' }).verifySync(mailUrl).command).toBe(command)
  })

  for (const purpose of [undefined, '', 'Mail', 'mail ']) {
    test(`a URL for the purpose "mail" is rejected by the purpose ${JSON.stringify(purpose)}`, async () => {
      const other = createVerifier({ ...policy, purpose })
      expect((await catchError(() => other.verify(mailUrl))).code).toBe('invalid_signature')
    })
  }
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
    const tolerance = clockTolerance ?? 'none'
    test(`a URL is ${code ?? 'valid'} at second ${second} with the tolerance ${tolerance}`, async () => {
      const verify = () =>
        createVerifier({ keys: key, now: () => (seconds + second) * 1000, clockTolerance }).verify(url)
      if (code === undefined) expect((await verify()).command).toBe(command)
      else expect((await catchError(verify)).code).toBe(code)
    })
  }
})

describe('the options of verify', () => {
  const allowGetUrl = mint({ allowGet: true })
  const accepted: readonly [what: string, url: string, options: VerifyOptions][] = [
    ['its command', mint(), { command }],
    ['one of several commands', mint(), { command: ['/a', command] }],
    ['POST', mint(), { method: 'POST' }],
    ['GET with allowGet', allowGetUrl, { method: 'GET' }],
    ['maxUses that are ignored', mint({ maxUses: 2 }), { ignore: ['uses'] }],
  ]
  for (const [what, url, options] of accepted) {
    test(`a URL is accepted for ${what}`, async () => {
      expect((await verifier.verify(url, options)).command).toBe(command)
      expect(verifier.verifySync(url, options).command).toBe(command)
    })
  }

  const rejected: readonly [what: string, url: string, options: VerifyOptions, code: ErrorCode][] = [
    ['another command', mint(), { command: '/onWebhook2' }, 'wrong_command'],
    ['its command in another case', mint(), { command: ['/onwebhook', '/a'] }, 'wrong_command'],
    ["the command '*'", mint(), { command: '*' }, 'wrong_command'],
    ['GET without allowGet', mint(), { method: 'GET' }, 'method_not_allowed'],
    ['HEAD', allowGetUrl, { method: 'HEAD' }, 'method_not_allowed'],
    ['PUT', allowGetUrl, { method: 'PUT' }, 'method_not_allowed'],
    ['a method in lower case', mint(), { method: 'post' }, 'method_not_allowed'],
    ['maxUses, which a verifier cannot count', mint({ maxUses: 2 }), {}, 'not_configured'],
    ['maxUses with an empty ignore', mint({ maxUses: 2 }), { ignore: [] }, 'not_configured'],
  ]
  for (const [what, url, options, code] of rejected) {
    test(`a URL is rejected with ${code} for ${what}`, async () => {
      expect((await catchError(() => verifier.verify(url, options))).code).toBe(code)
      expect((await catchError(() => verifier.verifySync(url, options))).code).toBe(code)
    })
  }
})

describe('redirectHosts', () => {
  const url = mint({ redirectTo: 'https://cats.example.com/x' })
  const verify = (redirectHosts: string[]) => createVerifier({ ...policy, redirectHosts }).verify(url)

  test('a redirect to a listed host is accepted', async () => {
    expect((await verify(['*.example.com'])).redirectTo).toBe('https://cats.example.com/x')
  })

  for (const hosts of [[], ['example.com'], ['cats.example.com:8443'], ['*.cats.example.com']]) {
    test(`a redirect is rejected by ${JSON.stringify(hosts)}, without its host in the message`, async () => {
      const { code, message } = await catchError(() => verify(hosts))
      expect(code).toBe('redirect_forbidden')
      expect(message).not.toContain('cats.example')
    })
  }
})

describe('authorize', () => {
  const allowed: readonly unknown[] = [true, undefined, null, 0, '', Promise.resolve(), Promise.resolve('yes')]
  for (const result of allowed) {
    const what = result instanceof Promise ? 'a promise' : JSON.stringify(result)
    test(`a hook is accepted when authorize returns ${what}`, async () => {
      const hook = await createVerifier({ ...policy, authorize: () => result }).verify(mint())
      expect(hook.command).toBe(command)
    })
  }

  const cause = new Error('no such user')
  const denied: readonly [what: string, authorize: () => unknown, cause?: unknown][] = [
    ['returns false', () => false],
    ['returns a promise of false', async () => false],
    // biome-ignore lint/suspicious/noThenProperty: some libraries return promises of their own
    ['returns a thenable of false', () => ({ then: (resolve: (value: boolean) => void) => resolve(false) })],
    ['throws', () => raise(cause), cause],
    ['rejects', () => Promise.reject(cause), cause],
  ]
  for (const [what, authorize, expectedCause] of denied) {
    test(`a hook is denied when authorize ${what}`, async () => {
      const error = await catchError(() => createVerifier({ ...policy, authorize }).verify(mint()))
      expect(error.code).toBe('denied')
      expect(error.hook?.command).toBe(command)
      expect(error.cause).toBe(expectedCause)
      expect(error.message).not.toContain('no such user')
    })
  }

  test('authorize receives the hook that verify returns', async () => {
    const seen: Hook[] = []
    const hook = await createVerifier({ ...policy, authorize: (hook) => void seen.push(hook) }).verify(mint())
    expect(seen).toEqual([hook])
  })

  const notReached: readonly [what: string, url: string, options: VerifyOptions][] = [
    ['a wrong command', mint(), { command: '/other' }],
    ['a method that is not allowed', mint(), { method: 'GET' }],
    ['maxUses', mint({ maxUses: 1 }), {}],
    ['a URL that is not valid yet', mint({ notBefore: new Date(now() + 1000) }), {}],
    ['a malformed token', `${mint()}A`, {}],
  ]
  for (const [what, url, options] of notReached) {
    test(`authorize is not called for ${what}`, async () => {
      const seen: Hook[] = []
      const { verify } = createVerifier({ ...policy, authorize: (hook) => void seen.push(hook) })
      await catchError(() => verify(url, options))
      expect(seen).toEqual([])
    })
  }

  test('verifySync throws invalid_option for an asynchronous authorize, without an unhandled rejection', async () => {
    const asynchronous = createVerifier({ ...policy, authorize: async () => raise(cause) })
    await expectOptionError(() => asynchronous.verifySync(mint()), /asynchronous/)
  })
})

describe('encrypted tokens', () => {
  const minter = createMinter({ keys: key, baseUrl, expiresIn: '1h', now })
  const encryptedUrl = minter.mintSync({ command, content: 'x', encrypt: true })

  test('verify decrypts them', async () => {
    expect((await verifier.verify(encryptedUrl)).content).toBe('x')
  })

  test('verifySync decrypts them', () => {
    expect(verifier.verifySync(encryptedUrl).content).toBe('x')
  })

  test('verifySync opens what mint encrypted', async () => {
    expect(verifier.verifySync(await minter.mint({ command, content: 'y', encrypt: true })).content).toBe('y')
  })

  test('verifySync throws for a forged one, without a hook', async () => {
    const forger = createMinter({ keys: generateKey(), baseUrl, expiresIn: '1h', now })
    const error = await catchError(() => verifier.verifySync(forger.mintSync({ command, encrypt: true })))
    expect(error).toMatchObject({ code: 'invalid_signature', hook: undefined })
  })

  test('verifySync throws invalid_option for an asynchronous authorize', async () => {
    const asynchronous = createVerifier({ ...policy, authorize: async () => true })
    await expectOptionError(() => asynchronous.verifySync(encryptedUrl), /asynchronous/)
  })
})

describe('invalid options', () => {
  const options: readonly [what: string, options: object, message: RegExp, code?: string][] = [
    ['missing keys', { keys: undefined }, /there is no key/, 'invalid_key'],
    ['a short key', { keys: 'hks_short' }, /43/, 'invalid_key'],
    ['an unknown option', { clocktolerance: 1 }, /no option "clocktolerance"/],
    ['an option of a receiver', { handlers: {} }, /no option "handlers"/],
    ['a tolerance over 300 seconds', { clockTolerance: 301 }, /at most 300 seconds/],
    ['a negative tolerance', { clockTolerance: -1 }, /clockTolerance/],
    ['a tolerance without a unit', { clockTolerance: '30' }, /clockTolerance/],
    ['a purpose of 65 characters', { purpose: 'x'.repeat(65) }, /64 characters/],
    ['an authorize that is not a function', { authorize: false }, /authorize must be a function/],
    ['a clock that is not a function', { now: 5 }, /now must be a function/],
    ['commands in an array', { commands: ['/a'] }, /commands must be an object/],
    ['content that is not a schema', { commands: { '/a': { content: {} } } }, /Standard Schema/],
    ['a redirect host with a scheme', { redirectHosts: ['https://a.com'] }, /redirectHosts has an entry/],
  ]
  for (const [what, given, message, code] of options) {
    test(`createVerifier throws for ${what}`, async () => {
      await expectOptionError(() => createVerifier({ ...policy, ...given } as VerifierOptions), message, code)
    })
  }

  const calls: readonly [what: string, options: unknown, message: RegExp][] = [
    ['an unknown option', { commands: '/a' }, /no option "commands"/],
    ['an empty array of commands', { command: [] }, /command must be/],
    ['a command that is not a string', { command: [1] }, /command must be/],
    ['a null command', { command: null }, /command must be/],
    ['an ignore that is not an array', { ignore: 'uses' }, /ignore must be/],
    ['an unknown ignore', { ignore: ['expiry'] }, /ignore must be/],
    ['options that are not an object', '/onWebhook', /an options object/],
  ]
  for (const [what, given, message] of calls) {
    test(`verify and verifySync throw for ${what}`, async () => {
      await expectOptionError(() => verifier.verify(mint(), given as VerifyOptions), message)
      await expectOptionError(() => verifier.verifySync(mint(), given as VerifyOptions), message)
    })
  }
})

function raise(error: unknown): never {
  throw error
}
