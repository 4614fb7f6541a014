import { inspect } from 'node:util'
import type { Hook, MintOptions } from '@hookurl/core'
import { type GuardOptions, memoryUseStore, type ReceiverOptions, type UseStore } from '@hookurl/verify'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { apiHeaders, browserHeaders, createTestReceiver, expectPage, sendRequest } from '../contract/shared.ts'
import type { TestRequest } from '../support/clients.ts'
import { summarize } from '../support/counting-receiver.ts'
import { command, mintPath, now, policy } from '../support/fixtures.ts'
import { subjects } from '../support/subjects.ts'

const json = { 'content-type': 'application/json' }
const slackChallenge = '{"token":"x","challenge":"abc","type":"url_verification"}'
const state = 'v1'

// Requests that run no command, and ask nothing of the application.
const idle: readonly [what: string, request: Partial<TestRequest>, allowGet?: boolean][] = [
  ['HEAD', { method: 'HEAD' }],
  ['OPTIONS', { method: 'OPTIONS' }],
  ['a preflight', { method: 'OPTIONS', headers: { origin: 'https://a.com', 'access-control-request-method': 'POST' } }],
  ['a prefetch', { method: 'GET', headers: { ...browserHeaders, 'sec-purpose': 'prefetch' } }, true],
  ['a link preview', { method: 'GET', headers: { 'user-agent': 'TelegramBot' } }, true],
  ['a handshake', { method: 'POST', headers: json, body: slackChallenge }],
  ['a malformed body', { method: 'POST', headers: json, body: '{' }],
  ['a GET of an API client without allowGet', { method: 'GET', headers: apiHeaders }],
  ['a method that is not allowed', { method: 'PUT' }],
]

const restrictions: readonly [what: string, options: Partial<MintOptions>][] = [
  ['maxUses', { maxUses: 1 }],
  ['a state', { state }],
  ['its user', { userId: 42, requireUser: true }],
  ['signed requests', { requireSignature: true }],
]

for (const subject of subjects.filter(({ name }) => name === 'fetch' || name === 'node, HTTP/1')) {
  describe(`a receiver on ${subject.name}`, () => {
    for (const [what, request, allowGet = false] of idle) {
      test(`does not ask for the state for ${what}`, async () => {
        const resolve = vi.fn(() => state)
        const { calls } = await sendRequest(
          subject,
          { path: mintPath({ state, allowGet }), ...request },
          { state: resolve },
        )
        expect(resolve).not.toHaveBeenCalled()
        expect(calls).toEqual([])
      })
    }

    test('asks once for the state of a POST, and runs the handler', async () => {
      const resolve = vi.fn(() => state)
      const { response, calls } = await sendRequest(subject, { path: mintPath({ state }) }, { state: resolve })
      expect(response.status).toBe(200)
      expect(resolve).toHaveBeenCalledOnce()
      expect(calls).toEqual([expect.objectContaining({ isStateBound: true })])
    })

    test('asks for the state of a GET with allowGet', async () => {
      const path = mintPath({ state, allowGet: true })
      const { response, calls } = await sendRequest(subject, { method: 'GET', path }, { state: () => 'v2' })
      expect(summarize(response)).toBe('410 state_changed')
      expect(calls).toEqual([])
    })

    test('shows the button on the confirm page while the state is unchanged', async () => {
      const request = { method: 'GET', path: mintPath({ state }), headers: browserHeaders }
      const { response } = await sendRequest(subject, request, { state: async () => state })
      expect(response.status).toBe(200)
      expect(response.text).toContain('<button>')
    })

    const dead: readonly [what: string, status: number, options: Partial<ReceiverOptions>][] = [
      ['another state', 410, { state: () => 'v2' }],
      ['no state', 410, { state: () => undefined }],
      ['a state that throws', 503, { state: () => Promise.reject(new Error('down')) }],
      ['no option state', 503, {}],
    ]
    for (const [what, status, options] of dead) {
      for (const method of ['GET', 'POST']) {
        test(`shows no button on the page of a browser's ${method} with ${what}`, async () => {
          const path = mintPath({ state })
          const { response, calls } = await sendRequest(subject, { method, path, headers: browserHeaders }, options)
          expect(response.status).toBe(status)
          expectPage(response, path)
          expect(response.text).not.toMatch(/<button|<form/)
          expect(calls).toEqual([])
        })
      }
    }

    // A receiver reads the body, so it can always check a signature.
    for (const [what, options] of restrictions.filter(([, { requireSignature }]) => requireSignature !== true)) {
      for (const [who, request] of [
        ['a POST', { method: 'POST' }],
        ['an API GET', { method: 'GET', headers: apiHeaders }],
        ["a browser's GET", { method: 'GET', headers: browserHeaders }],
      ] as const) {
        test(`rejects ${who} with not_configured if the URL requires ${what}, which it cannot check`, async () => {
          const errors: unknown[] = []
          const record = { onError: (error: unknown) => void errors.push(error) }
          const { response, calls } = await sendRequest(subject, { path: mintPath(options), ...request }, record)
          expect(response.status).toBe(503)
          expect(response.header('retry-after')).toBeUndefined()
          expect(calls).toEqual([])
          expect(errors).toEqual([expect.objectContaining({ code: 'not_configured' })])
        })
      }

      test(`responds to HEAD if the URL requires ${what}, which it cannot check`, async () => {
        const { response } = await sendRequest(subject, { method: 'HEAD', path: mintPath(options) })
        expect(response.status).toBe(200)
      })
    }
  })

  describe(`a guard on ${subject.name}`, () => {
    async function callGuard(request: Partial<TestRequest>, mintOptions: Partial<MintOptions>, options: object = {}) {
      const hooks: Hook[] = []
      const guardOptions = { ...policy, command, onError: () => {}, ...options } as GuardOptions
      const send = await subject.guard(guardOptions, (hook) => {
        hooks.push(hook)
        return { text: 'ran' }
      })
      return { response: await send({ method: 'POST', path: mintPath(mintOptions), ...request }), hooks }
    }

    test('runs the route while the state is unchanged', async () => {
      const { response, hooks } = await callGuard({}, { state }, { state: () => state })
      expect(response.text).toBe('ran')
      expect(hooks).toEqual([expect.objectContaining({ isStateBound: true })])
    })

    for (const [what, options] of restrictions) {
      test(`rejects a URL that requires ${what}, which it cannot check`, async () => {
        const { response, hooks } = await callGuard({}, options)
        expect(summarize(response)).toBe('503 not_configured')
        expect(hooks).toEqual([])
      })
    }

    test('rejects a changed state and does not run the route', async () => {
      const { response, hooks } = await callGuard({}, { state }, { state: () => 'v2' })
      expect(summarize(response)).toBe('410 state_changed')
      expect(hooks).toEqual([])
    })

    test('shows no button when the state has changed', async () => {
      const { response } = await callGuard({ method: 'GET', headers: browserHeaders }, { state }, { state: () => 'v2' })
      expect(response.status).toBe(410)
      expect(response.text).not.toContain('<button')
    })
  })
}

const [fetchSubject] = subjects as [(typeof subjects)[number]]

describe('hook.state', () => {
  test('is the state that was compared, as the option returned it', async () => {
    const seen: unknown[] = []
    const options = { state: async () => ['v1', 5n] }
    const send = await createTestReceiver(fetchSubject, (hook) => void seen.push(hook.state), options)
    await send({ method: 'POST', path: mintPath({ state: ['v1', '5'] }) })
    expect(seen).toEqual([['v1', 5n]])
  })

  test('is undefined for a URL that is not bound to a state', async () => {
    const seen: unknown[] = []
    const send = await createTestReceiver(fetchSubject, (hook) => void seen.push(hook.state), { state: () => state })
    await send({ method: 'POST', path: mintPath() })
    expect(seen).toEqual([undefined])
  })

  test('is not in a copy or log of the hook', async () => {
    const seen: string[] = []
    const handler = (hook: object): void => void seen.push(JSON.stringify({ ...hook }), inspect(hook))
    const send = await createTestReceiver(fetchSubject, handler, { state: () => 'hunter2' })
    await send({ method: 'POST', path: mintPath({ state: 'hunter2' }) })
    expect(seen).toHaveLength(2)
    expect(seen.join()).not.toContain('hunter2')
  })

  test('is not enumerable behind a guard', async () => {
    const seen: unknown[] = []
    const options: GuardOptions = { ...policy, command, state: () => 'hunter2' }
    const send = await fetchSubject.guard(options, (hook) => {
      seen.push(Reflect.get(hook, 'state'), inspect(hook).includes('hunter2'), Object.keys(hook).includes('state'))
      return { text: '' }
    })
    await send({ method: 'POST', path: mintPath({ state: 'hunter2' }) })
    expect(seen).toEqual(['hunter2', false, false])
  })
})

describe('a URL with maxUses that is bound to a state', () => {
  const request = (): TestRequest => ({
    method: 'POST',
    path: mintPath({ state, maxUses: 1 }),
    headers: { ...apiHeaders, 'webhook-id': 'msg_1' },
  })

  function record(store: UseStore): { uses: UseStore; calls: string[] } {
    const calls: string[] = []
    const spied =
      (name: keyof UseStore) =>
      (...args: never[]) => {
        calls.push(name)
        return (store[name] as (...args: never[]) => unknown)(...args)
      }
    const names = ['reserve', 'renew', 'commit', 'release'] as const
    return { uses: Object.fromEntries(names.map((name) => [name, spied(name)])) as never, calls }
  }

  for (const mode of ['at-least-once', 'at-most-once'] as const) {
    test(`gives a retry its first response after the state has changed, ${mode}`, async () => {
      let current = state
      let runs = 0
      const send = await createTestReceiver(
        fetchSubject,
        () => {
          runs++
          current = 'v2'
        },
        { uses: { store: memoryUseStore({ now }), mode }, state: () => current },
      )
      const delivery = request()
      expect(summarize(await send(delivery))).toBe('200 ok')
      expect(summarize(await send(delivery))).toBe('200 duplicate')
      expect(summarize(await send({ ...delivery, headers: apiHeaders }))).toBe('410 already_used')
      expect(runs).toBe(1)
    })

    test(`releases its use when the state has changed, ${mode}`, async () => {
      let current = 'v2'
      const { uses, calls } = record(memoryUseStore({ now }))
      const options = { uses: { store: uses, mode }, state: () => current }
      const send = await createTestReceiver(fetchSubject, () => undefined, options)
      const delivery = request()
      expect(summarize(await send(delivery))).toBe('410 state_changed')
      expect(calls).toEqual(['reserve', 'release'])
      current = state
      expect(summarize(await send(delivery))).toBe('200 ok')
    })

    test(`releases its use when the state is unavailable, ${mode}`, async () => {
      let isDown = true
      const resolve = (): Promise<string> => (isDown ? Promise.reject(new Error('down')) : Promise.resolve(state))
      const { uses, calls } = record(memoryUseStore({ now }))
      const send = await createTestReceiver(fetchSubject, () => undefined, {
        uses: { store: uses, mode },
        state: resolve,
      })
      const delivery = request()
      expect(summarize(await send(delivery))).toBe('503 state_unavailable')
      expect(calls).toEqual(['reserve', 'release'])
      isDown = false
      expect(summarize(await send(delivery))).toBe('200 ok')
    })
  }

  test('is compared only by the request that has reserved the use', async () => {
    let resume: (current: string) => void = () => {}
    const pending = new Promise<string>((resolve) => {
      resume = resolve
    })
    const resolve = vi.fn(() => pending)
    const options = { uses: memoryUseStore({ now }), state: resolve }
    const send = await createTestReceiver(fetchSubject, () => undefined, options)
    const path = mintPath({ state, maxUses: 1 })
    const first = send({ method: 'POST', path, headers: apiHeaders })
    await expect.poll(() => resolve.mock.calls.length).toBe(1)
    expect(summarize(await send({ method: 'POST', path, headers: apiHeaders }))).toBe('503 in_progress')
    resume(state)
    expect(summarize(await first)).toBe('200 ok')
    expect(resolve).toHaveBeenCalledOnce()
  })
})

describe('a custom handshake and maxUses', () => {
  function start(authorize: () => boolean) {
    const custom = vi.fn(() => undefined)
    const options = { uses: memoryUseStore({ now }), handshakes: { custom }, authorize }
    return createTestReceiver(fetchSubject, () => undefined, options).then((send) => ({ send, custom }))
  }
  const request = { method: 'POST', path: mintPath({ maxUses: 1 }), headers: { 'webhook-id': 'msg_1' } }

  test('a duplicate that authorize would reject gets its first response', async () => {
    let isDone = false
    const { send } = await start(() => !isDone)
    expect(summarize(await send(request))).toBe('200 ok')
    isDone = true
    expect(summarize(await send(request))).toBe('200 duplicate')
  })

  test('authorize is asked again once the use is reserved', async () => {
    const verdicts = [true, false]
    const { send } = await start(() => verdicts.shift() as boolean)
    expect(summarize(await send(request))).toBe('403 denied')
    expect(verdicts).toEqual([])
  })

  test('custom is not called for a hook that authorize rejects', async () => {
    const { send, custom } = await start(() => false)
    expect(summarize(await send(request))).toBe('403 denied')
    expect(custom).not.toHaveBeenCalled()
  })
})

describe('the log of a state that is unavailable', () => {
  const consoleError = vi.spyOn(console, 'error')
  beforeEach(() => void consoleError.mockReset().mockImplementation(() => {}))
  afterEach(() => void consoleError.mockReset())

  const failures: readonly [what: string, resolve: () => unknown, line: RegExp][] = [
    ['throws', () => fail(new TypeError('state-hunter2 of user-hunter2')), /failed: it threw TypeError\. /],
    ['rejects', () => Promise.reject(new Error('state-hunter2')), /failed: it threw Error\. /],
    ['returns an object', () => ({ hash: 'state-hunter2' }), /failed: it returned something that is not a state\. /],
  ]
  for (const [what, resolve, line] of failures) {
    test(`is one line without the state and the user when the function ${what}`, async () => {
      const path = mintPath({ state: 'state-hunter2', userId: 'user-hunter2', content: 'hunter2' })
      const options = { state: resolve as never, onError: undefined }
      const send = await createTestReceiver(fetchSubject, () => undefined, options)
      const response = await send({ method: 'POST', path })
      const lines = consoleError.mock.calls.map(String)
      expect(lines).toEqual([expect.stringMatching(line)])
      expect(lines.join('') + response.text).not.toContain('hunter2')
    })
  }

  test('is written once a minute', async () => {
    const options = { state: () => fail(new Error('down')), onError: undefined }
    const send = await createTestReceiver(fetchSubject, () => undefined, options)
    for (let count = 0; count < 5; count++) await send({ method: 'POST', path: mintPath({ state }) })
    expect(consoleError).toHaveBeenCalledOnce()
  })
})

function fail(error: unknown): never {
  throw error
}
