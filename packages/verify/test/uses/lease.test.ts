import { setTimeout as sleep } from 'node:timers/promises'
import { createMinter, isHookurlError } from '@hookurl/core'
import {
  createReceiver,
  memoryUseStore,
  type ReceiverOptions,
  type ReserveRequest,
  type UseStore,
} from '@hookurl/verify'
import { describe, expect, test } from 'vitest'
import { browserHeaders } from '../contract/shared.ts'
import type { TestRequest } from '../support/clients.ts'
import { expectOptionError, key, mintPath } from '../support/fixtures.ts'
import { countingReceiver, eventually, timed, summarize } from '../support/counting-receiver.ts'

const once = (more: object = {}): TestRequest => ({
  method: 'POST',
  path: mintPath({ maxUses: 1, ...more }),
  headers: { 'content-type': 'text/plain' },
  body: 'x',
})

/** A store that tells of every call, and fails where a test lets it. */
function watch(own: Partial<UseStore> = {}): UseStore & { calls: string[]; claims: ReserveRequest[] } {
  const store = { ...memoryUseStore() }
  const calls: string[] = []
  const claims: ReserveRequest[] = []
  const tell = (name: keyof UseStore) => {
    const call = (own[name] ?? store[name]) as (...given: unknown[]) => unknown
    return (...given: unknown[]) => {
      calls.push(name)
      if (name === 'claim') claims.push(given[0] as ReserveRequest)
      return call(...given)
    }
  }
  const names = ['claim', 'renew', 'commit', 'release'] as const
  return { ...(Object.fromEntries(names.map((name) => [name, tell(name)])) as unknown as UseStore), calls, claims }
}

describe.concurrent('a URL with uses', () => {
  test('runs once; the same delivery again is a repeat, another one is told that it is used up', async () => {
    const { send, runs } = countingReceiver(memoryUseStore())
    const request = once()
    expect(summarize(await send(request))).toBe('200 ok')
    expect((await send(request)).json()).toEqual({ ok: true, repeated: true })
    const other = await send({ ...request, body: 'y' })
    expect([summarize(other), runs()]).toEqual(['410 spent', 1])
  })

  test('a delivery is told apart by its method, its query and its body, and by what its sender calls it', async () => {
    const { send } = countingReceiver(memoryUseStore())
    const request = once({ allowGet: true })
    const get = { method: 'GET', path: request.path }
    await send(request)
    for (const other of [{ ...request, path: `${request.path}?a=1` }, { ...request, body: new Uint8Array([120, 0]) }, get]) {
      expect(summarize(await send(other))).toBe('410 spent')
    }
    for (const header of ['webhook-id', 'idempotency-key', 'x-github-delivery', 'i-twilio-idempotency-token']) {
      const named = once({ maxUses: 2 })
      const [first, second] = ['1', '2'].map((id) => ({ ...named, headers: { ...named.headers, [header]: id } }))
      expect(summarize(await send(first as TestRequest))).toBe('200 ok')
      expect(summarize(await send({ ...first, body: 'another attempt says it differently' } as TestRequest))).toBe('200 repeated')
      expect(summarize(await send(second as TestRequest))).toBe('200 ok')
      expect(summarize(await send({ ...named, headers: { ...named.headers, [header]: '3' } }))).toBe('410 spent')
    }
  })

  test('a handler that throws, or answers 400 or more, gives the use back', async () => {
    const results = [
      () => Promise.reject(new Error('failed')),
      () => new Response('who are you?', { status: 401 }),
      () => new Response('later', { status: 503 }),
      () => 1n,
      () => new Response(null, { status: 302, headers: { location: '/' } }),
    ]
    const { send, runs } = countingReceiver(memoryUseStore(), () => results.shift()?.())
    const request = once()
    const statuses: number[] = []
    for (let times = 0; times < 6; times++) statuses.push((await send({ ...request, body: `${times}` })).status)
    expect([statuses, runs()]).toEqual([[500, 401, 503, 500, 302, 410], 5])
  })

  test('in at-most-once, a failed handler does not get it back, and a repeat of a success is told so', async () => {
    let fails = true
    const { send, runs } = countingReceiver({ store: memoryUseStore(), mode: 'at-most-once', lease: '1s' }, () => {
      if (fails) throw new Error('failed')
    })
    const [bad, good] = [once(), once()]
    expect(summarize(await send(bad))).toBe('500 handler_failed')
    expect(summarize(await send({ ...bad, body: 'y' }))).toBe('410 spent')
    expect(summarize(await send(bad))).toBe('410 spent')
    fails = false
    expect([summarize(await send(good)), summarize(await send(good)), runs()]).toEqual(['200 ok', '200 repeated', 2])
  })

  test('while it runs, a machine is told to come back, and a person waits for the end', async () => {
    const { send, runs } = countingReceiver(memoryUseStore(), () => sleep(300))
    const redirectTo = 'https://example.com/done'
    const request: TestRequest = { method: 'POST', path: mintPath({ maxUses: 1, redirectTo }), headers: browserHeaders }
    const [first, second] = [send(request), sleep(50).then(() => timed(send(request)))]
    await sleep(50)
    const machine = await send({ ...request, headers: {} })
    expect([summarize(machine), machine.header('retry-after')]).toEqual(['503 busy', '2'])
    expect(summarize(await first)).toBe(`303 ${redirectTo}`)
    const { response, ms } = await second
    expect(summarize(response)).toBe(`303 ${redirectTo}`)
    expect(ms).toBeLessThan(1500)
    expect(summarize(await send({ ...request, headers: {} }))).toBe('200 repeated')
    expect(runs()).toBe(1)
  })

  test('a person waits three seconds at the most, and is told then', async () => {
    const { send, runs } = countingReceiver(memoryUseStore(), () => sleep(3600))
    const request = { ...once(), headers: browserHeaders }
    const first = send(request)
    const { response, ms } = await timed(send(request))
    expect(summarize(response)).toBe('503 This is being done right now')
    expect([ms > 2500, ms < 3500]).toEqual([true, true])
    expect([summarize(await first), runs()]).toEqual(['200 Done', 1])
  })

  test('a person who waits for a run that fails runs it again', async () => {
    const results = [() => sleep(200).then(() => Promise.reject(new Error('failed'))), () => undefined]
    const { send, runs } = countingReceiver(memoryUseStore(), () => results.shift()?.())
    const request = { ...once(), headers: browserHeaders }
    const both = await Promise.all([send(request), sleep(50).then(() => send(request))])
    expect([both.map(summarize), runs()]).toEqual([['500 Something went wrong', '200 Done'], 2])
  })

  test('with three uses, three people who press the same button are three runs, and a fourth is told', async () => {
    const { send, runs } = countingReceiver(memoryUseStore())
    const request = { ...once({ maxUses: 3 }), headers: browserHeaders, body: '' }
    for (let times = 0; times < 3; times++) expect(summarize(await send(request))).toBe('200 Done')
    expect([summarize(await send(request)), runs()]).toEqual(['410 This link has been used', 3])
  })

  test('of two URLs that share an id one runs, and the other says so', async () => {
    const { send, runs } = countingReceiver(memoryUseStore())
    const id = 'decision-17'
    const [approve, reject] = ['/approve', '/reject'].map((command) => once({ command, id }))
    expect(summarize(await send(approve as TestRequest))).toBe('200 ok')
    expect(summarize(await send({ ...reject, headers: browserHeaders } as TestRequest))).toBe('410 This link has been used')
    const named = { 'idempotency-key': 'k' }
    expect(summarize(await send({ ...reject, headers: named } as TestRequest))).toBe('410 spent')
    expect([summarize(await send(approve as TestRequest)), runs()]).toEqual(['200 repeated', 1])
  })

  test('a token’s full and its short form are one URL', async () => {
    const { send, runs } = countingReceiver(memoryUseStore())
    const request = once()
    const cut = request.path.lastIndexOf('/') + 1
    const short = request.path.slice(0, cut) + request.path.slice(cut).split('.').slice(1).join('.')
    expect([summarize(await send(request)), summarize(await send({ ...request, path: short })), runs()]).toEqual([
      '200 ok',
      '200 repeated',
      1,
    ])
  })

  test('a sealed URL is counted, and its repeats are told', async () => {
    const minter = createMinter({ keys: key, baseUrl: 'http://bot.example.com', expiresIn: '1h' })
    const url = await minter.mint({ command: '/a', maxUses: 1, encrypt: true })
    const { send } = countingReceiver(memoryUseStore())
    const request = { method: 'POST', path: new URL(url).pathname, body: 'x' }
    expect([summarize(await send(request)), summarize(await send(request))]).toEqual(['200 ok', '200 repeated'])
  })

  test('two purposes never share a record', async () => {
    const store = memoryUseStore()
    const run = async (purpose: string) => {
      const minter = createMinter({ keys: key, baseUrl: 'http://bot.example.com', expiresIn: '1h', purpose })
      const path = new URL(minter.mintSync({ command: '/a', maxUses: 1, id: 'same' })).pathname
      return summarize(await countingReceiver(store, undefined, { purpose }).send({ method: 'POST', path }))
    }
    expect([await run('mail'), await run('chat'), await run('mail')]).toEqual(['200 ok', '200 ok', '200 repeated'])
  })

  test('a one-click unsubscribe is a machine, also when it is repeated', async () => {
    const { send } = countingReceiver(memoryUseStore())
    const headers = { ...browserHeaders, 'content-type': 'application/x-www-form-urlencoded' }
    const request = { ...once({ redirectTo: 'https://example.com/' }), headers, body: 'List-Unsubscribe=One-Click' }
    expect([summarize(await send(request)), summarize(await send(request))]).toEqual(['200 ok', '200 repeated'])
  })

  test('a repeat is answered as the first time where redirects are for all, or for nobody', async () => {
    for (const [redirect, machine, human] of [
      ['always', '303 https://example.com/', '303 https://example.com/'],
      ['never', '200 repeated', '200 Done'],
    ] as const) {
      const { send } = countingReceiver(memoryUseStore(), undefined, { redirect })
      const request = once({ redirectTo: 'https://example.com/' })
      await send(request)
      expect(summarize(await send(request))).toBe(machine)
      const again = { ...once({ redirectTo: 'https://example.com/' }), headers: { ...request.headers, ...browserHeaders } }
      await send(again)
      expect(summarize(await send(again))).toBe(human)
    }
  })

  const looks: readonly [what: string, more: object, request: Partial<TestRequest>, status: number][] = [
    ['HEAD', {}, { method: 'HEAD' }, 200],
    ['OPTIONS', {}, { method: 'OPTIONS' }, 204],
    ['the confirm page', {}, { method: 'GET', headers: browserHeaders }, 200],
    ['a machine’s GET', {}, { method: 'GET' }, 405],
    ['a prefetch', { allowGet: true }, { method: 'GET', headers: { 'sec-purpose': 'prefetch' } }, 503],
    ['a preview agent', { allowGet: true }, { method: 'GET', headers: { 'user-agent': 'TelegramBot' } }, 200],
    ['a handshake', { allowGet: true }, { method: 'GET', headers: { 'x-okta-verification-challenge': 'a' } }, 200],
    [
      'a handshake in the body',
      {},
      {
        headers: { 'content-type': 'application/json' },
        body: '{"type":"url_verification","token":"t","challenge":"c"}',
      },
      200,
    ],
    ['a broken body', {}, { headers: { 'content-type': 'application/json' }, body: '{' }, 400],
    ['a compressed body', {}, { headers: { 'content-encoding': 'gzip' }, body: 'x' }, 415],
  ]
  for (const [what, more, request, status] of looks) {
    test(`${what} requests no store and spends nothing`, async () => {
      const store = watch()
      const { send, runs } = countingReceiver(store)
      const good = once(more)
      expect((await send({ ...good, body: undefined, headers: {}, ...request })).status).toBe(status)
      expect([store.calls, runs()]).toEqual([[], 0])
      expect(summarize(await send(good))).toBe('200 ok')
    })
  }

  test('a forged or expired token, and one that check refuses, request no store', async () => {
    const store = watch()
    const { path = '', ...request } = once()
    const refused = async (path: string, options: Partial<ReceiverOptions>) =>
      (await countingReceiver(store, undefined, options).send({ ...request, path })).status
    expect(await refused(path, { purpose: 'another' })).toBe(403)
    expect(await refused(path, { now: () => 9e12 })).toBe(410)
    expect(await refused(path, { authorize: () => false })).toBe(403)
    expect(store.calls).toEqual([])
  })

  test('a URL without uses requests no store', async () => {
    const store = watch()
    const { send } = countingReceiver(store)
    expect(summarize(await send({ method: 'POST', path: mintPath() }))).toBe('200 ok')
    expect(store.calls).toEqual([])
  })

  test('without a store it is refused, and the log says what to do', async () => {
    const refused: [string, string][] = []
    const receiver = createReceiver({
      keys: key,
      handlers: { '*': () => undefined },
      onRefusal: ({ code, fix }) => void refused.push([code, fix]),
    })
    const response = await receiver.fetch(new Request(`http://bot.example.com${once().path}`, { method: 'POST' }))
    expect(response.status).toBe(503)
    expect(refused).toEqual([['store_unavailable', expect.stringContaining('use store')]])
  })
})

describe.concurrent('what a store gets', () => {
  test('a key that tells nothing, a new owner each time, and the life of the URL with the tolerance', async () => {
    const store = watch()
    const { send } = countingReceiver(store, undefined, { clockTolerance: '60s' })
    const expiresAt = new Date(Math.ceil(Date.now() / 1000) * 1000 + 3_600_000)
    const request = once({ id: 'order-17', maxUses: 5, expiresAt, content: 'hunter2' })
    await send(request)
    await send(request)
    const [first, second] = store.claims
    expect(first).toEqual({
      key: expect.stringMatching(/^[0-9a-f]{64}$/),
      maxUses: 5,
      owner: expect.stringMatching(/^[0-9a-f-]{36}$/),
      leaseMs: 60_000,
      expiresAt: new Date(expiresAt.getTime() + 60_000),
      delivery: expect.stringMatching(/^fp:[0-9a-f]{64}$/),
    })
    expect(second?.key).toBe(first?.key)
    expect(second?.owner).not.toBe(first?.owner)
  })

  test('two calls for each run: a claim and a commit', async () => {
    const store = watch()
    await countingReceiver(store).send(once())
    expect(store.calls).toEqual(['claim', 'commit'])
  })

  test('a renewal in each third of the lease while the handler runs, and none after maxLease', async () => {
    const store = watch()
    await countingReceiver({ store, lease: '1s', maxLease: '1s' }, () => sleep(1800)).send(once())
    const renewals = store.calls.filter((call) => call === 'renew').length
    expect([store.calls.at(0), renewals === 2 || renewals === 3, store.calls.at(-1)]).toEqual(['claim', true, 'commit'])
  })
})

describe.concurrent('a store that fails', () => {
  const never = () => new Promise<never>(() => {})
  const fail = () => Promise.reject(new Error('no connection to redis://:hunter2@db'))
  const claims: readonly [what: string, claim: () => unknown][] = [
    ['errs', fail],
    ['throws at once', () => raise(new Error('broken'))],
    ['never answers', never],
    ['gives an answer that is none', async () => 'OK'],
  ]
  for (const [what, claim] of claims) {
    test(`a claim that ${what}: 503 in half a second, and no run`, async () => {
      const { send, runs, codes } = countingReceiver(watch({ claim: claim as UseStore['reserve'] }))
      const { response, ms } = await timed(send(once()))
      expect([summarize(response), response.header('retry-after')]).toEqual(['503 store_unavailable', '5'])
      expect(response.text).not.toContain('hunter2')
      expect([ms < 1000, runs(), codes]).toEqual([true, 0, ['store_unavailable']])
      const page = await send({ ...once(), headers: browserHeaders })
      expect(summarize(page)).toBe('503 This does not work right now')
    })
  }

  test('a claim that is answered too late is given back', async () => {
    const memory = memoryUseStore()
    const late: UseStore = {
      ...memory,
      reserve: async (use) => {
        const answer = await memory.reserve(use)
        await sleep(700)
        return answer
      },
    }
    const request = once()
    expect(summarize(await countingReceiver(late).send(request))).toBe('503 store_unavailable')
    expect(summarize(await countingReceiver(memory).send(request))).toBe('503 busy')
    await sleep(300)
    expect(summarize(await countingReceiver(memory).send(request))).toBe('200 ok')
  })

  test('in at-most-once, a use that cannot be spent is not run', async () => {
    for (const commit of [fail, never, async () => false]) {
      const { send, runs } = countingReceiver({ store: watch({ commit }), mode: 'at-most-once' })
      const { response, ms } = await timed(send(once()))
      expect([summarize(response), runs(), ms < 1100]).toEqual(['503 store_unavailable', 0, true])
    }
  })

  test('a commit that fails is tried again, and the answer does not wait for it', async () => {
    const memory = memoryUseStore()
    let failures = 5
    const commit: UseStore['commit'] = (...given) => (failures-- > 0 ? fail() : memory.commit(...given))
    const { send, runs, errors } = countingReceiver({ ...memory, commit })
    const request = once()
    const { response, ms } = await timed(send(request))
    expect([summarize(response), ms < 1000]).toEqual(['200 ok', true])
    await eventually(async () => expect(await send(request).then(summarize)).toBe('200 repeated'))
    expect([runs(), errors]).toEqual([1, []])
  })

  test('a commit that fails until the lease ends is told to onError', async () => {
    const { send, errors } = countingReceiver({ store: watch({ commit: fail }), lease: '1s' })
    expect(summarize(await send(once()))).toBe('200 ok')
    await eventually(async () => expect(errors).toHaveLength(1))
    expect(errors.map((error) => isHookurlError(error) && [error.code, error.message])).toEqual([
      ['store_unavailable', 'a use was run and could not be counted: it can be used again'],
    ])
  })

  test('a use that was lost while its handler ran is told to onError', async () => {
    const { send, errors } = countingReceiver(watch({ commit: async () => false }))
    expect(summarize(await send(once()))).toBe('200 ok')
    expect(String(errors[0])).toContain('a use was lost while its handler ran')
  })

  test('a release that fails changes nothing in the answer', async () => {
    for (const release of [fail, never]) {
      const { send, errors } = countingReceiver(watch({ release }), () => raise(new Error('failed')))
      const { response, ms } = await timed(send(once()))
      expect([summarize(response), ms < 1000, errors.map(String)]).toEqual(['500 handler_failed', true, ['Error: failed']])
    }
  })
})

describe('a mistake in the options of uses is reported when it is made', () => {
  const store = memoryUseStore()
  const mistakes: readonly [what: string, uses: unknown, message: RegExp][] = [
    ['no store', {}, /uses needs a store/],
    ['half a store', { claim: () => {}, renew: () => {} }, /no option "claim"/],
    ['half a store, as an option', { store: { claim: () => {} } }, /uses needs a store/],
    ['a number', 1, /uses takes an object/],
    ['null', null, /uses takes an object/],
    ['a misspelt option', { store, leases: '60s' }, /no option "leases"/],
    ['a mode of its own', { store, mode: 'exactly-once' }, /mode of uses must be/],
    ['a lease without a unit', { store, lease: '60' }, /lease of uses must be/],
    ['a lease too short', { store, lease: '900ms' }, /lease of uses must be 1 second/],
    ['a lease too long', { store, lease: '25h' }, /lease of uses must be/],
    ['a maxLease of nothing', { store, maxLease: 0 }, /maxLease of uses must be/],
  ]
  for (const [what, uses, message] of mistakes) {
    test(what, async () => {
      const options = { keys: key, handlers: { '*': () => undefined }, uses } as ReceiverOptions
      await expectOptionError(() => createReceiver(options), message)
    })
  }

  test('memoryUses takes a clock, and nothing else', async () => {
    await expectOptionError(() => memoryUseStore({ size: 1 } as never), /no option "size"/)
    await expectOptionError(() => memoryUseStore({ now: 1 } as never), /now must be/)
  })
})

function raise(error: unknown): never {
  throw error
}
