import { createMinter, findToken, type MintOptions } from '@hookurl/core'
import {
  createReceiver,
  createVerifier,
  type GuardOptions,
  memoryUseStore,
  type PageContext,
  type ReceiverOptions,
  type ResultEvent,
} from '@hookurl/verify'
import { hookurl as fetchHookurl } from '@hookurl/verify/fetch'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { browserHeaders } from '../contract/shared.ts'
import { type SendRequest, sendToHandler, type TestRequest } from '../support/clients.ts'
import { summarize } from '../support/counting-receiver.ts'
import {
  catchError,
  command,
  expectOptionError,
  getToken,
  key,
  mint,
  mintPath,
  now,
  policy,
} from '../support/fixtures.ts'

afterEach(() => void vi.useRealTimers())

const own = { 'sec-fetch-site': 'same-origin' }
const ana = { userId: 'ana', requireUser: true } as const
type Options = Partial<ReceiverOptions & GuardOptions>

interface TestHost {
  readonly send: SendRequest
  readonly actors: (string | undefined)[]
  readonly errors: unknown[]
  readonly events: ResultEvent[]
}

type CreateHost = (options?: Options) => TestHost

function createTestReceiver(options: Options = {}): TestHost {
  const host = createLog()
  const receiver = createReceiver({
    ...host.options,
    handlers: { '*': ({ actor }) => void host.actors.push(actor) },
    ...options,
  })
  return { ...host, send: sendToHandler((request) => receiver.fetch(request)) }
}

function createTestGuard(options: Options = {}): TestHost {
  const host = createLog()
  const guard = fetchHookurl({ ...host.options, command: '*', ...options }, (_request, hook) => {
    host.actors.push(hook.actor)
    return Response.json({ ok: true })
  })
  return { ...host, send: sendToHandler(guard) }
}

function createLog() {
  const [actors, errors, events]: [(string | undefined)[], unknown[], ResultEvent[]] = [[], [], []]
  const options = {
    ...policy,
    onError: (error: unknown) => void errors.push(error),
    onResult: (event: ResultEvent) => void events.push(event),
  }
  return { actors, errors, events, options }
}

const hosts: readonly [kind: string, create: CreateHost][] = [
  ['a receiver', createTestReceiver],
  ['a guard', createTestGuard],
]

/** Creates a function that logs its name and returns a value. */
function log<T>(order: string[], name: string, value: T): () => T {
  return () => {
    order.push(name)
    return value
  }
}

async function post({ send }: TestHost, path: string, headers: Record<string, string> = own): Promise<string> {
  return summarize(await send({ method: 'POST', path, headers, body: '' }))
}

const signIn = (returnTo: string) => `/login?next=${encodeURIComponent(returnTo)}`

/** Opens a URL in a browser in which no one is signed in, and returns the path to return to. */
async function getReturnTo({ send }: TestHost, path: string): Promise<string | undefined> {
  const { header } = await send({ method: 'GET', path, headers: browserHeaders })
  const location = header('location')
  return location === undefined ? undefined : (new URL(location, 'https://a.example').searchParams.get('next') ?? '')
}

for (const [kind, create] of hosts) {
  describe(`the option user of ${kind}`, () => {
    const values: readonly [value: unknown, userId: string, result: string, actor?: string][] = [
      ['ana', 'ana', '200 ok', 'ana'],
      [42, '42', '200 ok', '42'],
      [0, '0', '200 ok', '0'],
      [-1, '-1', '200 ok', '-1'],
      [Number.MAX_SAFE_INTEGER, '9007199254740991', '200 ok', '9007199254740991'],
      [9007199254740993n, '9007199254740993', '200 ok', '9007199254740993'],
      ['042', '42', '403 wrong_user'],
      ['Ana', 'ana', '403 wrong_user'],
      ['ana ', 'ana', '403 wrong_user'],
      ['ana\0', 'ana', '403 wrong_user'],
      [43, '42', '403 wrong_user'],
      ['', 'ana', '401 sign_in_required'],
      [undefined, 'undefined', '401 sign_in_required'],
      [null, 'null', '401 sign_in_required'],
      [Number.NaN, 'NaN', '503 user_unavailable'],
      [1.5, '1.5', '503 user_unavailable'],
      [2 ** 53, '9007199254740992', '503 user_unavailable'],
      [true, 'true', '503 user_unavailable'],
      [false, 'false', '503 user_unavailable'],
      [['ana'], 'ana', '503 user_unavailable'],
      [new String('ana'), 'ana', '503 user_unavailable'],
      [{ userId: 'ana' }, 'ana', '503 user_unavailable'],
      [() => 'ana', 'ana', '503 user_unavailable'],
      [Symbol('ana'), 'ana', '503 user_unavailable'],
    ]
    for (const asynchronous of [false, true]) {
      for (const [value, userId, result, actor] of values) {
        const text = typeof value === 'bigint' ? `${value}n` : (JSON.stringify(value) ?? String(value))
        test(`${asynchronous ? 'a promise for' : ''} ${typeof value} ${text} for the user ${userId}: ${result}`, async () => {
          const user = () => (asynchronous ? Promise.resolve(value) : value) as string
          const host = create({ user })
          expect(await post(host, mintPath({ userId, requireUser: true }))).toBe(result)
          expect(host.actors).toEqual(actor === undefined ? [] : [actor])
        })
      }
    }

    for (const [what, user] of [
      [
        'throws',
        () => {
          throw new RangeError('secret of ana')
        },
      ],
      ['rejects', () => Promise.reject(new RangeError('secret of ana'))],
    ] as const) {
      test(`that ${what} rejects with user_unavailable, and onError learns the type only`, async () => {
        const host = create({ user })
        const response = await host.send({ method: 'POST', path: mintPath(ana), headers: own, body: '' })
        expect(summarize(response)).toBe('503 user_unavailable')
        expect(response.header('retry-after')).toBe('5')
        expect(host.errors).toEqual([
          expect.objectContaining({ message: 'the user function failed: it threw RangeError' }),
        ])
        expect(JSON.stringify(host.errors) + response.text).not.toContain('secret')
        expect(host.actors).toEqual([])
      })
    }

    test('that takes longer than 2 seconds rejects with user_unavailable', async () => {
      vi.useFakeTimers()
      const host = create({ user: () => new Promise<string>(() => {}) })
      const sent = post(host, mintPath(ana))
      await vi.advanceTimersByTimeAsync(1999)
      expect(host.events).toEqual([])
      await vi.advanceTimersByTimeAsync(1)
      expect(await sent).toBe('503 user_unavailable')
    })

    test('is called once per request', async () => {
      const calls: string[] = []
      const host = create({ user: log(calls, 'user', 'ana'), signIn })
      await post(host, mintPath(ana))
      expect(calls).toEqual(['user'])
    })

    const unasked: readonly [what: string, request: TestRequest, status: number][] = [
      ['HEAD', { method: 'HEAD', path: '' }, 200],
      ['OPTIONS', { method: 'OPTIONS', path: '' }, 204],
      ['PUT', { method: 'PUT', path: '' }, 405],
      ['GET of an API client', { method: 'GET', path: '' }, 405],
      ['a prefetch', { method: 'GET', path: '', headers: { ...browserHeaders, 'sec-purpose': 'prefetch' } }, 503],
      ['a link preview', { method: 'GET', path: '', headers: { ...browserHeaders, 'user-agent': 'TelegramBot' } }, 200],
      ['a handshake', { method: 'GET', path: '?hub.mode=subscribe&hub.topic=a&hub.challenge=b' }, 200],
    ]
    for (const [what, request, status] of unasked) {
      test(`is not called for ${what}`, async () => {
        const calls: string[] = []
        const host = create({ user: log(calls, 'user', 'ana') })
        expect((await host.send({ ...request, path: mintPath(ana) + request.path })).status).toBe(status)
        expect(calls).toEqual([])
      })
    }

    test('is asked before the state on the confirm page, and both before the button is shown', async () => {
      const order: string[] = []
      const user = log(order, 'user', 'ana')
      const state = log(order, 'state', 1)
      const host = create({ user, state })
      const path = mintPath({ ...ana, state: 1 })
      expect(summarize(await host.send({ method: 'GET', path, headers: browserHeaders }))).toBe('200 Please confirm')
      expect(order).toEqual(['user', 'state'])
    })

    test('is asked before the state and authorize of a POST', async () => {
      const order: string[] = []
      const host = create({
        user: log(order, 'user', 'ana'),
        state: log(order, 'state', 1),
        authorize: () => void order.push('authorize'),
      })
      expect(await post(host, mintPath({ ...ana, state: 1 }))).toBe('200 ok')
      expect(order).toEqual(['user', 'state', 'authorize'])
    })

    test('sets hook.actor on URLs without requireUser', async () => {
      const host = create({ user: () => 7 })
      expect(await post(host, mintPath())).toBe('200 ok')
      expect(host.actors).toEqual(['7'])
    })

    test('leaves hook.actor undefined on URLs without requireUser if no one is signed in', async () => {
      const host = create({ user: () => undefined })
      expect(await post(host, mintPath())).toBe('200 ok')
      expect(host.actors).toEqual([undefined])
    })

    for (const method of ['POST', 'GET']) {
      test(`leaves hook.actor undefined if another site sent a ${method} for a URL without requireUser`, async () => {
        const host = create({ user: () => 'ana' })
        const headers = { 'sec-fetch-site': 'cross-site', cookie: 'session=1' }
        expect((await host.send({ method, path: mintPath({ allowGet: true }), headers })).status).toBe(200)
        expect(host.actors).toEqual([undefined])
      })
    }
  })

  describe(`the origin of a request at ${kind}`, () => {
    const cookie = 'session=1'
    const origins: readonly [headers: Record<string, string>, isAllowed: boolean][] = [
      [{ cookie, 'sec-fetch-site': 'same-origin' }, true],
      [{ cookie, 'sec-fetch-site': 'same-origin', origin: 'https://evil.example' }, true],
      [{ cookie, 'sec-fetch-site': 'same-site' }, false],
      [{ cookie, 'sec-fetch-site': 'cross-site' }, false],
      [{ cookie, 'sec-fetch-site': 'none' }, false],
      [{ cookie, 'sec-fetch-site': '' }, false],
      [{ cookie, 'sec-fetch-site': 'same-origin, same-origin' }, false],
      [{ cookie, 'sec-fetch-site': 'cross-site', origin: 'https://bot.example.com' }, false],
      [{ 'sec-fetch-site': 'cross-site' }, false],
      [{ cookie, origin: 'https://bot.example.com' }, true],
      [{ cookie, origin: 'http://bot.example.com' }, true],
      [{ cookie, origin: 'https://bot.example.com:8443' }, false],
      [{ cookie, origin: 'https://bot.example.com:8443', host: 'bot.example.com:8443' }, true],
      [{ cookie, origin: 'https://bot.example.com', host: 'bot.example.com:443' }, true],
      [{ cookie, origin: 'https://bot.example.com', host: 'BOT.example.com' }, true],
      [{ cookie, origin: 'http://[::1]:8787', host: '[::1]:8787' }, true],
      [{ cookie, origin: 'https://bot.example.com', host: 'internal:8787' }, false],
      [{ cookie, origin: 'https://bot.example.com.evil.example' }, false],
      [{ cookie, origin: 'https://evil.example' }, false],
      [{ cookie, origin: 'https://bot.example.com, https://evil.example' }, false],
      [{ cookie, origin: 'https://evil@bot.example.com' }, false],
      [{ cookie, origin: 'https://bot.example.com/' }, false],
      [{ cookie, origin: 'null' }, false],
      [{ cookie, origin: '' }, false],
      [{ cookie, origin: 'bot.example.com' }, false],
      [{ origin: 'https://evil.example' }, false],
      [{ cookie }, false],
      [{ cookie: '' }, false],
      [{ authorization: 'Bearer x' }, true],
      [{}, true],
    ]
    for (const [headers, isAllowed] of origins) {
      test(`${JSON.stringify(headers)} is ${isAllowed ? 'allowed' : 'denied'}`, async () => {
        const host = create({ user: () => 'ana' })
        const sent = { host: 'bot.example.com', ...headers }
        expect(await post(host, mintPath(ana), sent)).toBe(isAllowed ? '200 ok' : '403 denied')
        expect(host.actors).toEqual(isAllowed ? ['ana'] : [])
      })
    }

    test('does not matter for the confirm page, which changes nothing', async () => {
      const host = create({ user: () => 'ana' })
      const headers = { ...browserHeaders, 'sec-fetch-site': 'cross-site', cookie }
      expect(summarize(await host.send({ method: 'GET', path: mintPath(ana), headers }))).toBe('200 Please confirm')
    })
  })

  describe(`the option signIn of ${kind}`, () => {
    const noOne = () => undefined

    test('requires user', async () => {
      await expectOptionError(() => create({ signIn }), /^signIn requires the option user/)
    })

    for (const name of ['user', 'signIn'] as const) {
      test(`${name} must be a function`, async () => {
        await expectOptionError(
          () => create({ user: noOne, [name]: '/login' as never }),
          new RegExp(`^${name} must be a function`),
        )
      })
    }

    const minter = (options: object) =>
      createMinter({ keys: key, baseUrl: 'https://bot.example.com/hooks', expiresIn: '1h', now, ...options })
    const token = getToken(mint(ana))
    const short = getToken(minter({ tokenFormat: 'short' }).mintSync({ command, ...ana }))
    const encrypted = getToken(mint({ ...ana, encrypt: true }))
    const replaced: readonly [path: string, returnTo: string][] = [
      [`/hooks/${token}`, '/hooks/HANDLE'],
      [`/hooks/${short}`, '/hooks/HANDLE'],
      [`/hooks/${encrypted}`, '/hooks/HANDLE'],
      [`/hooks/${token}?a=1&b=%20`, '/hooks/HANDLE?a=1&b=%20'],
      [`/hooks?t=${token}`, '/hooks?t=HANDLE'],
      [`/hooks?a=1&t=${token}&b=2`, '/hooks?a=1&t=HANDLE&b=2'],
      [`/hooks/${token}&a=1`, '/hooks/HANDLE&a=1'],
      [`/hooks/${token}.`, '/hooks/HANDLE.'],
      [`/${token}/${token}`, '/HANDLE/HANDLE'],
      [`/hooks/${token}?copy=${token}`, '/hooks/HANDLE?copy=HANDLE'],
    ]
    for (const [path, expected] of replaced) {
      const shape = path.replaceAll(token, 'TOKEN').replaceAll(short, 'SHORT').replaceAll(encrypted, 'ENCRYPTED')
      test(`receives ${expected} for ${shape}, and its user returns there`, async () => {
        let userId: string | undefined
        const host = create({ user: () => userId, signIn })
        const returnTo = (await getReturnTo(host, path)) ?? ''
        const handle = /eyJ[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+/.exec(returnTo)?.[0] ?? ''
        expect(returnTo.replaceAll(handle, 'HANDLE')).toBe(expected)
        userId = 'ana'
        const page = await host.send({ method: 'GET', path: returnTo, headers: browserHeaders })
        expect(summarize(page)).toBe('200 Please confirm')
        expect(await post(host, returnTo)).toBe('200 ok')
      })
    }

    const unreplaced: readonly [what: string, path: string][] = [
      ['a second slash, which names another host', `//evil.example/${token}`],
      ['an encoded token', `/hooks/${token.replaceAll('.', '%2E')}`],
      ['the token again, in another format', `/hooks/${token}?t=${token.slice(token.indexOf('.') + 1)}`],
      ['the token again, in an unknown parameter and another format', `/hooks/${short}?copy=${token}`],
      ['the token again, encoded', `/hooks/${token}?copy=${token.replaceAll('.', '%2E')}`],
      ['another JWT', `/hooks/${token}?session=eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.${'c'.repeat(43)}`],
    ]
    for (const [what, path] of unreplaced) {
      test(`is not called for a path with ${what}: the browser gets a page`, async () => {
        let calls = 0
        const host = create({ user: noOne, signIn: () => `/login${calls++}` })
        const response = await host.send({ method: 'GET', path, headers: browserHeaders })
        expect(summarize(response)).toBe('401 Sign in to use this link')
        expect(calls).toBe(0)
      })
    }

    for (const [length, result] of [
      [2048, '303'],
      [2049, '401 Sign in to use this link'],
    ] as const) {
      test(`${length} characters next to the token lead to ${result}`, async () => {
        const host = create({ user: noOne, signIn: () => '/login' })
        const path = `/hooks/${token}?a=`
        const padded = path.padEnd(token.length + length, 'x')
        const response = await host.send({ method: 'GET', path: padded, headers: browserHeaders })
        expect(summarize(response)).toContain(result)
      })
    }

    test('is not called for a token whose handle would be longer than a token', async () => {
      let calls = 0
      const host = create({ user: noOne, signIn: () => `/login${calls++}` })
      const url = minter({ maxUrlLength: 10_000 }).mintSync({ command, ...ana, content: 'x'.repeat(5000) })
      const response = await host.send({ method: 'GET', path: new URL(url).pathname, headers: browserHeaders })
      expect(summarize(response)).toBe('401 Sign in to use this link')
      expect(calls).toBe(0)
    })

    const locations: readonly [returned: unknown, result: string, errors: number][] = [
      ['/login', '303 /login', 0],
      ['https://id.example/login?a=b', '303 https://id.example/login?a=b', 0],
      [Promise.resolve('/login'), '303 /login', 0],
      [undefined, '401 Sign in to use this link', 0],
      ['', '401 Sign in to use this link', 1],
      ['/lögin', '401 Sign in to use this link', 1],
      ['/login\r\nset-cookie: a=b', '401 Sign in to use this link', 1],
      ['/log in', '401 Sign in to use this link', 1],
      [null, '401 Sign in to use this link', 1],
      [new URL('https://id.example'), '401 Sign in to use this link', 1],
    ]
    for (const [returned, result, errors] of locations) {
      test(`that returns ${JSON.stringify(returned) ?? 'undefined'} leads to ${result}`, async () => {
        const host = create({ user: noOne, signIn: () => returned as string })
        expect(summarize(await host.send({ method: 'GET', path: mintPath(ana), headers: browserHeaders }))).toBe(result)
        expect(host.errors).toHaveLength(errors)
      })
    }

    test('that throws leads to a page, and onError learns the type only', async () => {
      const fail = () => {
        throw new RangeError('secret')
      }
      const host = create({ user: noOne, signIn: fail })
      const response = await host.send({ method: 'GET', path: mintPath(ana), headers: browserHeaders })
      expect(summarize(response)).toBe('401 Sign in to use this link')
      expect(response.header('www-authenticate')).toBe('HookurlUser')
      expect(String(host.errors[0])).toBe('TypeError: the signIn function failed: it threw RangeError')
    })

    test('is called before anyone learns what authorize says, which handshakes.custom needs', async () => {
      const host = create({ user: noOne, signIn, authorize: () => false, handshakes: { custom: () => undefined } })
      const response = await host.send({ method: 'GET', path: mintPath(ana), headers: browserHeaders })
      expect(response.status).toBe(303)
    })

    test('is called for a form whose session has ended', async () => {
      const host = create({ user: noOne, signIn })
      const headers = { ...browserHeaders, ...own }
      const response = await host.send({ method: 'POST', path: mintPath(ana), headers, body: '' })
      expect(response.status).toBe(303)
      expect(response.header('location')).toMatch(/^\/login\?next=/)
      expect(response.header('referrer-policy')).toBe('no-referrer')
    })

    test('the redirect is reported as a rejection with status 303', async () => {
      const host = create({ user: noOne, signIn })
      await host.send({ method: 'GET', path: mintPath(ana), headers: browserHeaders })
      expect(host.events).toEqual([
        expect.objectContaining({
          outcome: 'rejected',
          status: 303,
          error: expect.objectContaining({ code: 'sign_in_required' }),
        }),
      ])
    })
  })

  describe(`the page of a rejected URL at ${kind}`, () => {
    const commands = { [command]: { title: 'Secret', content: z.string() } }
    const hidden: Partial<MintOptions> = { ...ana, content: 'secret', redirectTo: 'https://secret.example/' }

    async function getPage(request: Partial<TestRequest>, mintOptions: Partial<MintOptions>, options: Options) {
      const contexts: PageContext[] = []
      const rejected = (context: PageContext): undefined => void contexts.push(context)
      const { send } = create({ user: () => 'ana', commands, pages: { rejected }, ...options })
      const headers = { ...browserHeaders, ...request.headers }
      const response = await send({ method: 'GET', ...request, headers, path: mintPath({ ...hidden, ...mintOptions }) })
      return { contexts, result: summarize(response), text: response.text }
    }

    const crossSite = { method: 'POST', headers: { 'sec-fetch-site': 'cross-site' }, body: '' }
    const asana = () => false
    const fail = () => {
      throw new Error('failed')
    }
    const unverified: readonly [
      what: string,
      request: Partial<TestRequest>,
      mintOptions: Partial<MintOptions>,
      options: Options,
    ][] = [
      ['a form of another site', crossSite, {}, {}],
      ['another method', { method: 'PUT' }, {}, {}],
      ['no one', {}, {}, { user: () => undefined }],
      ['another user', {}, {}, { user: () => 'bob' }],
      ['an unknown user', {}, {}, { user: fail }],
      ['a visitor, where user is not set', {}, {}, { user: undefined as never }],
      ['a visitor of an expired URL', {}, { expiresAt: new Date(now() - 1000) }, {}],
      ['a visitor of a URL that is not valid yet', {}, { notBefore: new Date(now() + 1000) }, {}],
      ['a visitor of a URL whose redirect is not allowed', {}, {}, { redirectHosts: ['other.example'] }],
      ['a visitor of a URL whose content is not valid', {}, { content: 7 }, {}],
      ['a visitor of a URL for an undefined command', {}, { command: '/secret' }, {}],
      ['a denied handshake', { method: 'POST', headers: { 'x-hook-secret': 'a' } }, {}, { handshakes: { asana } }],
      ['a handshake that fails', {}, {}, { handshakes: { custom: fail } }],
      ['a visitor of a URL with maxUses, without a store', {}, { maxUses: 1 }, {}],
    ]
    for (const [what, request, mintOptions, options] of unverified) {
      test(`shows ${what} neither the hook nor the title of its command`, async () => {
        const { contexts, text } = await getPage(request, mintOptions, options)
        expect(contexts).toEqual([{ code: expect.any(String), languages: [], language: 'en', hook: undefined }])
        expect(text).not.toMatch(/secret/i)
      })
    }

    test('shows its user the hook', async () => {
      const { contexts, result } = await getPage({}, { state: 1 }, { state: () => 2 })
      expect(result).toBe('410 This link no longer works')
      expect(contexts).toEqual([expect.objectContaining({ title: 'Secret', hook: expect.any(Object) })])
    })

    test('shows anyone the hook of a URL without requireUser', async () => {
      const { contexts } = await getPage({}, { requireUser: false, expiresAt: new Date(now() - 1000) }, {})
      expect(contexts).toEqual([expect.objectContaining({ hook: expect.objectContaining({ content: 'secret' }) })])
    })
  })

  describe(`a handle at ${kind}`, () => {
    interface Session {
      userId: string | undefined
      now: number
    }

    async function createHandlePath(mintOptions: Partial<MintOptions> = ana, options: Options = {}) {
      const session: Session = { userId: undefined, now: now() }
      const host = create({ user: () => session.userId, signIn, now: () => session.now, ...options })
      const path = mintPath(mintOptions)
      return { host, session, path, returnTo: (await getReturnTo(host, path)) ?? '' }
    }

    const requests: readonly TestRequest[] = [
      { method: 'GET', path: '', headers: browserHeaders },
      { method: 'GET', path: '' },
      { method: 'HEAD', path: '' },
      { method: 'OPTIONS', path: '' },
      { method: 'PUT', path: '' },
      { method: 'POST', path: '', headers: own, body: '' },
      { method: 'POST', path: '', headers: { ...browserHeaders, ...own }, body: '' },
      { method: 'GET', path: '', headers: { ...browserHeaders, 'user-agent': 'TelegramBot' } },
      { method: 'GET', path: '', headers: { ...browserHeaders, 'sec-purpose': 'prefetch' } },
    ]
    for (const request of requests) {
      const what = `${request.method} ${JSON.stringify(request.headers ?? {})}`
      test(`is worth nothing to no one: ${what}`, async () => {
        const { host, returnTo } = await createHandlePath()
        expect((await host.send({ ...request, path: returnTo })).status).toBe(401)
      })
      test(`is worth nothing to another user: ${what}`, async () => {
        const { host, session, returnTo } = await createHandlePath()
        session.userId = 'bob'
        expect((await host.send({ ...request, path: returnTo })).status).toBe(403)
        expect(host.actors).toEqual([])
      })
    }

    test('does not tell anyone but its user that the URL has expired', async () => {
      const { host, session, returnTo } = await createHandlePath({ ...ana, expiresIn: '1m' })
      session.now += 120_000
      expect(await post(host, returnTo)).toBe('401 sign_in_required')
      session.userId = 'bob'
      expect(await post(host, returnTo)).toBe('403 wrong_user')
      session.userId = 'ana'
      expect(await post(host, returnTo)).toBe('410 expired')
    })

    test('works for 10 minutes, then its user opens the URL again', async () => {
      const { host, session, path, returnTo } = await createHandlePath()
      session.userId = 'ana'
      session.now += 599_000
      expect(await post(host, returnTo)).toBe('200 ok')
      session.now += 1000
      expect(await post(host, returnTo)).toBe('401 sign_in_required')
      expect(await post(host, path)).toBe('200 ok')
    })

    for (const [who, userId] of [
      ['no one', undefined],
      ['another user', 'bob'],
    ] as const) {
      test(`shows a custom page for ${who} neither the hook nor the title of its command`, async () => {
        const contexts: object[] = []
        const rejected = (context: object): undefined => void contexts.push(context)
        const commands = { [command]: { title: 'Secret' } }
        const { host, session, returnTo } = await createHandlePath(
          { ...ana, content: 'secret' },
          { pages: { rejected }, commands },
        )
        session.userId = userId
        await host.send({ method: 'GET', path: returnTo, headers: browserHeaders })
        expect(contexts).toEqual([{ code: expect.any(String), languages: [], language: 'en', hook: undefined }])
      })
    }

    test('needs the request to come from its own page', async () => {
      const { host, session, returnTo } = await createHandlePath()
      session.userId = 'ana'
      expect(await post(host, returnTo, { 'sec-fetch-site': 'cross-site' })).toBe('403 denied')
    })

    test('is rejected for another purpose', async () => {
      const { returnTo } = await createHandlePath()
      const other = create({ user: () => 'ana', purpose: 'other' })
      expect(await post(other, returnTo)).toBe('403 invalid_signature')
    })

    test('is rejected where user is not set', async () => {
      const { returnTo } = await createHandlePath()
      expect(await post(create(), returnTo)).toBe('503 not_configured')
    })

    test('shares the uses of its URL', async () => {
      const { host, session, path, returnTo } = await createHandlePath(
        { ...ana, maxUses: 1 },
        { uses: memoryUseStore({ now }) },
      )
      session.userId = 'ana'
      const send = async (target: string, body: string) =>
        summarize(await host.send({ method: 'POST', path: target, headers: { ...own, 'webhook-id': body }, body }))
      expect(await send(returnTo, '1')).toBe('200 ok')
      expect(await send(path, '2')).toBe('410 already_used')
      expect(await send(path, '1')).toBe('200 duplicate')
      expect(host.actors).toEqual(['ana'])
    })

    test('is redacted in events', async () => {
      const { host, returnTo } = await createHandlePath()
      await post(host, returnTo)
      expect(host.events.at(-1)?.target).toMatch(/^http:\/\/bot\.example\.com\/hooks\/\[hook [0-9a-f]{6}\]$/)
    })

    test('is no token for a verifier or findToken', async () => {
      const { returnTo } = await createHandlePath()
      const verify = createVerifier(policy).verify
      expect((await catchError(() => verify(returnTo, { ignore: ['user'] }))).code).toBe('malformed_token')
      expect((await catchError(() => findToken(returnTo))).code).toBe('no_token')
    })
  })
}

test('a guard for another command tells only its user so', async () => {
  const receiver = createTestReceiver({ user: () => undefined, signIn })
  const returnTo = (await getReturnTo(receiver, mintPath(ana))) ?? ''
  expect(await post(createTestGuard({ user: () => 'bob', command: '/other' }), returnTo)).toBe('403 wrong_user')
  expect(await post(createTestGuard({ user: () => 'ana', command: '/other' }), returnTo)).toBe('403 wrong_command')
})
