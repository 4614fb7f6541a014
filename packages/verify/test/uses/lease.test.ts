import { setTimeout as sleep } from 'node:timers/promises'
import { createMinter, isHookurlError } from '@hookurl/core'
import {
  createReceiver,
  memoryUseStore,
  type ReceiverOptions,
  type ReserveRequest,
  type UseStore,
} from '@hookurl/verify'
import { hookurl as fetchHookurl } from '@hookurl/verify/fetch'
import { describe, expect, test } from 'vitest'
import { browserHeaders } from '../contract/shared.ts'
import { sendToHandler, type TestRequest } from '../support/clients.ts'
import { countingReceiver, eventually, singleUseRequest, summarize, timed } from '../support/counting-receiver.ts'
import { key, mintPath } from '../support/fixtures.ts'

interface SpyStore extends UseStore {
  /** The names of the calls, in order. */
  readonly calls: string[]
  readonly reservations: ReserveRequest[]
}

/** Creates a memory store that records its calls; `overrides` replace single methods. */
function spyStore(overrides: Partial<UseStore> = {}): SpyStore {
  const store = { ...memoryUseStore(), ...overrides }
  const calls: string[] = []
  const reservations: ReserveRequest[] = []
  return {
    calls,
    reservations,
    reserve: (request) => {
      calls.push('reserve')
      reservations.push(request)
      return store.reserve(request)
    },
    renew: (...given) => {
      calls.push('renew')
      return store.renew(...given)
    },
    commit: (...given) => {
      calls.push('commit')
      return store.commit(...given)
    },
    release: (...given) => {
      calls.push('release')
      return store.release(...given)
    },
  }
}

function singleUseBrowserRequest(options: Parameters<typeof singleUseRequest>[0] = {}): TestRequest {
  return { ...singleUseRequest(options), headers: browserHeaders }
}

function withHeaders(request: TestRequest, headers: Record<string, string>): TestRequest {
  return { ...request, headers: { ...request.headers, ...headers } }
}

describe.concurrent('a URL with maxUses', () => {
  test('a single-use URL runs once', async () => {
    const { send, runs } = countingReceiver(memoryUseStore())
    const request = singleUseRequest()
    expect(summarize(await send(request))).toBe('200 ok')
    expect(summarize(await send({ ...request, body: 'y' }))).toBe('410 already_used')
    expect(runs()).toBe(1)
  })

  test('a retried delivery gets {"ok":true,"duplicate":true} and does not run again', async () => {
    const { send, runs } = countingReceiver(memoryUseStore())
    const request = singleUseRequest()
    await send(request)
    const response = await send(request)
    expect(response.status).toBe(200)
    expect(response.json()).toEqual({ ok: true, duplicate: true })
    expect(runs()).toBe(1)
  })

  const otherDeliveries: readonly [what: string, change: (request: TestRequest) => TestRequest][] = [
    ['query', (request) => ({ ...request, path: `${request.path}?a=1` })],
    ['body', (request) => ({ ...request, body: new Uint8Array([120, 0]) })],
    ['method', ({ path }) => ({ method: 'GET', path })],
  ]
  for (const [what, change] of otherDeliveries) {
    test(`a request with a different ${what} is a different delivery`, async () => {
      const { send } = countingReceiver(memoryUseStore())
      const request = singleUseRequest({ allowGet: true })
      await send(request)
      expect(summarize(await send(change(request)))).toBe('410 already_used')
    })
  }

  for (const header of ['webhook-id', 'idempotency-key', 'x-github-delivery', 'i-twilio-idempotency-token']) {
    test(`requests with the same ${header} are the same delivery, whatever their bodies`, async () => {
      const { send } = countingReceiver(memoryUseStore())
      const request = withHeaders(singleUseRequest({ maxUses: 2 }), { [header]: '1' })
      expect(summarize(await send(request))).toBe('200 ok')
      expect(summarize(await send({ ...request, body: 'another body' }))).toBe('200 duplicate')
    })

    test(`requests with a different ${header} are different deliveries, although their bodies are equal`, async () => {
      const { send } = countingReceiver(memoryUseStore())
      const request = singleUseRequest({ maxUses: 2 })
      expect(summarize(await send(withHeaders(request, { [header]: '1' })))).toBe('200 ok')
      expect(summarize(await send(withHeaders(request, { [header]: '2' })))).toBe('200 ok')
      expect(summarize(await send(withHeaders(request, { [header]: '3' })))).toBe('410 already_used')
    })
  }

  const failures: readonly [what: string, result: () => unknown, status: number][] = [
    ['rejects', () => Promise.reject(new Error('failed')), 500],
    ['responds with 401', () => new Response('who are you?', { status: 401 }), 401],
    ['responds with 503', () => new Response('later', { status: 503 }), 503],
  ]
  for (const [what, result, status] of failures) {
    test(`a handler that ${what} releases the use`, async () => {
      const results = [result, () => undefined]
      const { send, runs } = countingReceiver(memoryUseStore(), () => results.shift()?.())
      const request = singleUseRequest()
      expect((await send(request)).status).toBe(status)
      expect(summarize(await send(request))).toBe('200 ok')
      expect(runs()).toBe(2)
    })
  }

  test('a handler that responds below 400 commits the use', async () => {
    const redirect = () => new Response(null, { status: 302, headers: { location: '/' } })
    const { send, runs } = countingReceiver(memoryUseStore(), redirect)
    const request = singleUseRequest()
    expect((await send(request)).status).toBe(302)
    expect((await send({ ...request, body: 'y' })).status).toBe(410)
    expect(runs()).toBe(1)
  })

  const fail = () => {
    throw new Error('failed')
  }

  test('with at-most-once, a handler that fails uses up the URL', async () => {
    const uses = { store: memoryUseStore(), mode: 'at-most-once', lease: '1s' } as const
    const { send, runs } = countingReceiver(uses, fail)
    const request = singleUseRequest()
    expect(summarize(await send(request))).toBe('500 handler_failed')
    expect(summarize(await send({ ...request, body: 'y' }))).toBe('410 already_used')
    expect(runs()).toBe(1)
  })

  test('with at-most-once, a retry of a failed delivery is not a duplicate', async () => {
    const uses = { store: memoryUseStore(), mode: 'at-most-once', lease: '1s' } as const
    const { send } = countingReceiver(uses, fail)
    const request = singleUseRequest()
    await send(request)
    expect(summarize(await send(request))).toBe('410 already_used')
  })

  test('with at-most-once, a retry of a successful delivery is a duplicate', async () => {
    const { send, runs } = countingReceiver({ store: memoryUseStore(), mode: 'at-most-once', lease: '1s' })
    const request = singleUseRequest()
    expect(summarize(await send(request))).toBe('200 ok')
    expect(summarize(await send(request))).toBe('200 duplicate')
    expect(runs()).toBe(1)
  })

  test('an API client gets 503 with Retry-After while the URL is in progress', async () => {
    const { send } = countingReceiver(memoryUseStore(), () => sleep(300))
    const request = singleUseRequest()
    const first = send(request)
    await sleep(50)
    const second = await send(request)
    expect(summarize(second)).toBe('503 in_progress')
    expect(second.header('retry-after')).toBe('2')
    expect(summarize(await first)).toBe('200 ok')
  })

  test('a browser waits while the URL is in progress, and is redirected like the first request', async () => {
    const { send, runs } = countingReceiver(memoryUseStore(), () => sleep(300))
    const redirectTo = 'https://example.com/done'
    const request = { method: 'POST', path: mintPath({ maxUses: 1, redirectTo }), headers: browserHeaders }
    const first = send(request)
    await sleep(50)
    const { response, ms } = await timed(send(request))
    expect(summarize(response)).toBe(`303 ${redirectTo}`)
    expect(ms).toBeLessThan(1500)
    expect(summarize(await first)).toBe(`303 ${redirectTo}`)
    expect(runs()).toBe(1)
  })

  test('a browser waits at most 3 seconds', async () => {
    let finish: (() => void) | undefined
    const { send, runs } = countingReceiver(memoryUseStore(), () => new Promise<void>((resolve) => (finish = resolve)))
    const request = singleUseBrowserRequest()
    const first = send(request)
    const { response, ms } = await timed(send(request))
    finish?.()
    expect(summarize(response)).toBe('503 This link is being processed')
    expect(ms).toBeGreaterThan(2500)
    expect(summarize(await first)).toBe('200 Done')
    expect(runs()).toBe(1)
  })

  test('a browser that waits for a run that fails runs the command again', async () => {
    const results = [() => sleep(200).then(() => Promise.reject(new Error('failed'))), () => undefined]
    const { send, runs } = countingReceiver(memoryUseStore(), () => results.shift()?.())
    const request = singleUseBrowserRequest()
    const responses = await Promise.all([send(request), sleep(50).then(() => send(request))])
    expect(responses.map(summarize)).toEqual(['500 Something went wrong', '200 Done'])
    expect(runs()).toBe(2)
  })

  test('three equal browser requests to a URL with three uses run three times', async () => {
    const { send, runs } = countingReceiver(memoryUseStore())
    const request = { ...singleUseBrowserRequest({ maxUses: 3 }), body: '' }
    for (let count = 0; count < 3; count++) expect(summarize(await send(request))).toBe('200 Done')
    expect(summarize(await send(request))).toBe('410 This link was already used')
    expect(runs()).toBe(3)
  })

  test('of two URLs with the same id, only one runs', async () => {
    const { send, runs } = countingReceiver(memoryUseStore())
    const id = 'decision-17'
    await send(singleUseRequest({ command: '/approve', id }))
    const other = singleUseRequest({ command: '/reject', id })
    expect(summarize(await send(withHeaders(other, browserHeaders)))).toBe('410 This link was already used')
    expect(summarize(await send(withHeaders(other, { 'idempotency-key': 'k' })))).toBe('410 already_used')
    expect(runs()).toBe(1)
  })

  test('a retry of the URL that ran is a duplicate, although another URL has the same id', async () => {
    const { send } = countingReceiver(memoryUseStore())
    const id = 'decision-17'
    const approve = singleUseRequest({ command: '/approve', id })
    await send(approve)
    await send(singleUseRequest({ command: '/reject', id }))
    expect(summarize(await send(approve))).toBe('200 duplicate')
  })

  test('the full and the short form of a token are the same delivery', async () => {
    const { send, runs } = countingReceiver(memoryUseStore())
    const request = singleUseRequest()
    const start = request.path.lastIndexOf('/') + 1
    const shortToken = request.path.slice(start).split('.').slice(1).join('.')
    expect(summarize(await send(request))).toBe('200 ok')
    expect(summarize(await send({ ...request, path: request.path.slice(0, start) + shortToken }))).toBe('200 duplicate')
    expect(runs()).toBe(1)
  })

  test('the uses of an encrypted token are counted', async () => {
    const minter = createMinter({ keys: key, baseUrl: 'https://bot.example.com', expiresIn: '1h' })
    const url = await minter.mint({ command: '/a', maxUses: 1, encrypt: true })
    const { send } = countingReceiver(memoryUseStore())
    const request = { method: 'POST', path: new URL(url).pathname, body: 'x' }
    expect(summarize(await send(request))).toBe('200 ok')
    expect(summarize(await send(request))).toBe('200 duplicate')
    expect(summarize(await send({ ...request, body: 'y' }))).toBe('410 already_used')
  })

  test('two purposes do not share a record', async () => {
    const store = memoryUseStore()
    const run = async (purpose: string) => {
      const minter = createMinter({ keys: key, baseUrl: 'https://bot.example.com', expiresIn: '1h', purpose })
      const path = new URL(minter.mintSync({ command: '/a', maxUses: 1, id: 'same' })).pathname
      return summarize(await countingReceiver(store, undefined, { purpose }).send({ method: 'POST', path }))
    }
    expect(await run('mail')).toBe('200 ok')
    expect(await run('chat')).toBe('200 ok')
    expect(await run('mail')).toBe('200 duplicate')
  })

  test('a duplicate one-click unsubscribe is treated as an API client', async () => {
    const { send } = countingReceiver(memoryUseStore())
    const headers = { ...browserHeaders, 'content-type': 'application/x-www-form-urlencoded' }
    const request = {
      ...singleUseRequest({ redirectTo: 'https://example.com/' }),
      headers,
      body: 'List-Unsubscribe=One-Click',
    }
    expect(summarize(await send(request))).toBe('200 ok')
    expect(summarize(await send(request))).toBe('200 duplicate')
  })

  const redirects: readonly [redirect: 'always' | 'never', client: string, headers: object, summary: string][] = [
    ['always', 'an API client', {}, '303 https://example.com/'],
    ['always', 'a browser', browserHeaders, '303 https://example.com/'],
    ['never', 'an API client', {}, '200 duplicate'],
    ['never', 'a browser', browserHeaders, '200 Done'],
  ]
  for (const [redirect, client, headers, summary] of redirects) {
    test(`with redirect: '${redirect}', a duplicate from ${client} gets ${summary}`, async () => {
      const { send } = countingReceiver(memoryUseStore(), undefined, { redirect })
      const request = withHeaders(singleUseRequest({ redirectTo: 'https://example.com/' }), { ...headers })
      await send(request)
      expect(summarize(await send(request))).toBe(summary)
    })
  }

  const json = { 'content-type': 'application/json' }
  const unused: readonly [what: string, options: object, request: Partial<TestRequest>, status: number][] = [
    ['HEAD', {}, { method: 'HEAD' }, 200],
    ['OPTIONS', {}, { method: 'OPTIONS' }, 204],
    ['the confirm page', {}, { method: 'GET', headers: browserHeaders }, 200],
    ['a GET of an API client', {}, { method: 'GET' }, 405],
    ['a prefetch', { allowGet: true }, { method: 'GET', headers: { 'sec-purpose': 'prefetch' } }, 503],
    ['a link preview', { allowGet: true }, { method: 'GET', headers: { 'user-agent': 'TelegramBot' } }, 200],
    ['a handshake', { allowGet: true }, { method: 'GET', headers: { 'x-okta-verification-challenge': 'a' } }, 200],
    [
      'a handshake in the body',
      {},
      { headers: json, body: '{"type":"url_verification","token":"t","challenge":"c"}' },
      200,
    ],
    ['a malformed body', {}, { headers: json, body: '{' }, 400],
    ['a body with an unknown coding', {}, { headers: { 'content-encoding': 'zstd' }, body: 'x' }, 415],
    ['a body that is not compressed as declared', {}, { headers: { 'content-encoding': 'gzip' }, body: 'x' }, 400],
  ]
  for (const [what, options, request, status] of unused) {
    test(`${what} does not call the store and leaves the use`, async () => {
      const store = spyStore()
      const { send, runs } = countingReceiver(store)
      const valid = singleUseRequest(options)
      expect((await send({ ...valid, body: undefined, headers: {}, ...request })).status).toBe(status)
      expect(store.calls).toEqual([])
      expect(runs()).toBe(0)
      expect(summarize(await send(valid))).toBe('200 ok')
    })
  }

  const rejected: readonly [what: string, options: Partial<ReceiverOptions>, status: number][] = [
    ['a token with an invalid signature', { purpose: 'another' }, 403],
    ['an expired token', { now: () => 9e12 }, 410],
  ]
  for (const [what, options, status] of rejected) {
    test(`${what} does not call the store`, async () => {
      const store = spyStore()
      const response = await countingReceiver(store, undefined, options).send(singleUseRequest())
      expect(response.status).toBe(status)
      expect(store.calls).toEqual([])
    })
  }

  for (const mode of ['at-least-once', 'at-most-once'] as const) {
    test(`with ${mode}, a hook that authorize rejects releases its use`, async () => {
      const store = spyStore()
      const denying = countingReceiver({ store, mode }, undefined, { authorize: () => false })
      expect((await denying.send(singleUseRequest())).status).toBe(403)
      expect(store.calls).toEqual(['reserve', 'release'])
      expect(summarize(await countingReceiver({ store, mode }).send(singleUseRequest()))).toBe('200 ok')
    })

    test(`with ${mode}, a duplicate that authorize would reject gets its first response`, async () => {
      let isDone = false
      const { send, runs } = countingReceiver({ store: memoryUseStore(), mode }, undefined, {
        authorize: () => !isDone,
      })
      const request = singleUseRequest()
      expect(summarize(await send(request))).toBe('200 ok')
      isDone = true
      expect(summarize(await send(request))).toBe('200 duplicate')
      expect(runs()).toBe(1)
    })
  }

  test('a URL without maxUses does not call the store', async () => {
    const store = spyStore()
    const { send } = countingReceiver(store)
    expect(summarize(await send({ method: 'POST', path: mintPath() }))).toBe('200 ok')
    expect(store.calls).toEqual([])
  })

  test('without a use store, a URL with maxUses is rejected with 503 and a fix', async () => {
    const fixes: unknown[] = []
    const receiver = createReceiver({
      keys: key,
      handlers: { '*': () => undefined },
      onResult: ({ error }) => void fixes.push(error?.fix),
      onError: () => {},
    })
    const url = `http://bot.example.com${singleUseRequest().path}`
    const response = await receiver.fetch(new Request(url, { method: 'POST' }))
    expect(response.status).toBe(503)
    expect(fixes).toEqual([expect.stringContaining('use store')])
  })
})

describe.concurrent('the calls of a store', () => {
  test('a reservation has a hashed id and delivery id, and outlives the URL for every receiver that may accept it', async () => {
    const store = spyStore()
    const { send } = countingReceiver(store, undefined, { clockTolerance: '60s' })
    const expiresAt = new Date(Math.ceil(Date.now() / 1000) * 1000 + 3_600_000)
    await send(singleUseRequest({ id: 'order-17', maxUses: 5, expiresAt, content: 'hunter2' }))
    expect(store.reservations).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f]{64}$/),
        maxUses: 5,
        owner: expect.stringMatching(/^[0-9a-f-]{36}$/),
        leaseMs: 60_000,
        // The largest tolerance, the timeout of the body, and 70 minutes.
        expiresAt: new Date(expiresAt.getTime() + 300_000 + 10_000 + 4_200_000),
        deliveryId: expect.stringMatching(/^fp:[0-9a-f]{64}$/),
        duplicateMs: Number.MAX_SAFE_INTEGER,
      },
    ])
  })

  test('two requests to one URL have the same id and different owners', async () => {
    const store = spyStore()
    const { send } = countingReceiver(store)
    const request = singleUseRequest({ maxUses: 5 })
    await send(request)
    await send(request)
    const [first, second] = store.reservations
    expect(second?.id).toBe(first?.id)
    expect(second?.owner).not.toBe(first?.owner)
  })

  test('a run reserves and commits', async () => {
    const store = spyStore()
    await countingReceiver(store).send(singleUseRequest())
    expect(store.calls).toEqual(['reserve', 'commit'])
  })

  test('a lease is renewed every third of its length, until maxLease', async () => {
    const store = spyStore()
    await countingReceiver({ store, lease: '1s', maxLease: '1s' }, () => sleep(1800)).send(singleUseRequest())
    const renewals = store.calls.filter((call) => call === 'renew').length
    expect(store.calls.at(0)).toBe('reserve')
    expect([2, 3]).toContain(renewals)
    expect(store.calls.at(-1)).toBe('commit')
  })
})

describe.concurrent('a store that fails', () => {
  const hang = () => new Promise<never>(() => {})
  const reject = () => Promise.reject(new Error('no connection to redis://:hunter2@db'))
  const brokenReserve: readonly [what: string, reserve: () => unknown][] = [
    ['rejects', reject],
    ['throws', () => raise(new Error('broken'))],
    ['hangs', hang],
    ['returns an unknown result', async () => 'OK'],
  ]
  for (const [what, reserve] of brokenReserve) {
    test(`a reserve that ${what} results in 503 within a second, and no run`, async () => {
      const { send, runs, codes } = countingReceiver(spyStore({ reserve: reserve as UseStore['reserve'] }))
      const { response, ms } = await timed(send(singleUseRequest()))
      expect(summarize(response)).toBe('503 store_unavailable')
      expect(response.header('retry-after')).toBe('5')
      expect(response.text).not.toContain('hunter2')
      expect(ms).toBeLessThan(1000)
      expect(runs()).toBe(0)
      expect(codes).toEqual(['store_unavailable'])
    })

    test(`a reserve that ${what} results in a page for a browser`, async () => {
      const { send } = countingReceiver(spyStore({ reserve: reserve as UseStore['reserve'] }))
      expect(summarize(await send(singleUseBrowserRequest()))).toBe('503 This link cannot be used right now')
    })
  }

  test('a reservation whose result arrives too late is released', async () => {
    const memory = memoryUseStore()
    const slow: UseStore = {
      ...memory,
      reserve: async (request) => {
        const result = await memory.reserve(request)
        await sleep(700)
        return result
      },
    }
    const request = singleUseRequest()
    expect(summarize(await countingReceiver(slow).send(request))).toBe('503 store_unavailable')
    expect(summarize(await countingReceiver(memory).send(request))).toBe('503 in_progress')
    await sleep(300)
    expect(summarize(await countingReceiver(memory).send(request))).toBe('200 ok')
  })

  const brokenCommit: readonly [what: string, commit: UseStore['commit']][] = [
    ['rejects', reject],
    ['hangs', hang],
    ['resolves to false', async () => false],
  ]
  for (const [what, commit] of brokenCommit) {
    test(`with at-most-once, a commit that ${what} results in 503 and no run`, async () => {
      const { send, runs } = countingReceiver({ store: spyStore({ commit }), mode: 'at-most-once' })
      const { response, ms } = await timed(send(singleUseRequest()))
      expect(summarize(response)).toBe('503 store_unavailable')
      expect(ms).toBeLessThan(1100)
      expect(runs()).toBe(0)
    })
  }

  test('a commit that fails is retried, and the response does not wait for it', async () => {
    const memory = memoryUseStore()
    let failures = 5
    const commit: UseStore['commit'] = (...given) => (failures-- > 0 ? reject() : memory.commit(...given))
    const { send, runs, errors } = countingReceiver({ ...memory, commit })
    const request = singleUseRequest()
    const { response, ms } = await timed(send(request))
    expect(summarize(response)).toBe('200 ok')
    expect(ms).toBeLessThan(1000)
    await eventually(async () => expect(await send(request).then(summarize)).toBe('200 duplicate'))
    expect(runs()).toBe(1)
    expect(errors).toEqual([])
  })

  test('onError receives store_unavailable when a commit fails until the lease ends', async () => {
    const { send, errors } = countingReceiver({ store: spyStore({ commit: reject }), lease: '1s' })
    expect(summarize(await send(singleUseRequest()))).toBe('200 ok')
    await eventually(async () => expect(errors).toHaveLength(1))
    const [error] = errors
    expect(isHookurlError(error) && error.code).toBe('store_unavailable')
    expect(String(error)).toContain('could not be committed: the URL can be used again')
  })

  test('onError receives an error when a use was lost while its handler ran', async () => {
    const { send, errors } = countingReceiver(spyStore({ commit: async () => false }))
    expect(summarize(await send(singleUseRequest()))).toBe('200 ok')
    expect(String(errors[0])).toContain('a use was lost while its handler ran')
  })

  for (const [what, release] of [
    ['rejects', reject],
    ['hangs', hang],
  ] as const) {
    test(`a release that ${what} does not change the response`, async () => {
      const { send, errors } = countingReceiver(spyStore({ release }), () => raise(new Error('failed')))
      const { response, ms } = await timed(send(singleUseRequest()))
      expect(summarize(response)).toBe('500 handler_failed')
      expect(ms).toBeLessThan(1000)
      expect(errors.map(String)).toEqual(['Error: failed'])
    })
  }
})

function raise(error: unknown): never {
  throw error
}

describe.concurrent('a check that takes longer than maxLease', () => {
  const longCheck = 2600
  const lease = { lease: '1s', maxLease: '1s' } as const

  /** Creates a receiver whose first request is checked for longer than its lease lasts. */
  function slowReceiver(uses: UseStore, handler?: () => unknown, isAllowed = true) {
    const checks = [() => sleep(longCheck, isAllowed)]
    return countingReceiver({ store: uses, ...lease }, handler, { authorize: () => checks.pop()?.() })
  }

  test('does not run the handler if another request has reserved the use', async () => {
    const { send, runs } = slowReceiver(memoryUseStore(), () => sleep(600))
    const request = singleUseRequest()
    const first = send(request)
    await sleep(2300)
    expect(summarize(await send({ ...request, body: 'y' }))).toBe('200 ok')
    expect(summarize(await first)).toBe('503 in_progress')
    expect(runs()).toBe(1)
  })

  test('runs the handler if no other request has reserved the use', async () => {
    const { send, runs } = slowReceiver(memoryUseStore())
    const request = singleUseRequest()
    expect(summarize(await send(request))).toBe('200 ok')
    expect(summarize(await send({ ...request, body: 'y' }))).toBe('410 already_used')
    expect(runs()).toBe(1)
  })

  test('does not run the handler if the store fails to say whether the use was lost', async () => {
    const { send, runs, codes } = slowReceiver(spyStore({ renew: () => Promise.reject(new Error('down')) }))
    await send(singleUseRequest())
    expect(codes).toEqual(['store_unavailable'])
    expect(runs()).toBe(0)
  })

  test('does not run the handler if the store has lost the use', async () => {
    const { send, runs, codes } = slowReceiver(spyStore({ renew: async () => false }))
    await send(singleUseRequest())
    expect(codes).toEqual(['in_progress'])
    expect(runs()).toBe(0)
  })

  test('with at-most-once, does not run the handler if another request has reserved the use', async () => {
    const checks = [() => sleep(longCheck)]
    const uses = { store: memoryUseStore(), mode: 'at-most-once', ...lease } as const
    const { send, runs } = countingReceiver(uses, undefined, { authorize: () => checks.pop()?.() })
    const request = singleUseRequest()
    const first = send(request)
    await sleep(2300)
    expect(summarize(await send({ ...request, body: 'y' }))).toBe('200 ok')
    expect(summarize(await first)).toBe('503 store_unavailable')
    expect(runs()).toBe(1)
  })

  test('releases the use if it rejects', async () => {
    const { send } = slowReceiver(memoryUseStore(), undefined, false)
    const request = singleUseRequest()
    expect(summarize(await send(request))).toBe('403 denied')
    expect(summarize(await send(request))).toBe('200 ok')
  })

  test('releases the use of a guard if it rejects', async () => {
    const checks = [() => sleep(longCheck, false)]
    const uses = { store: memoryUseStore(), ...lease }
    const guard = fetchHookurl(
      { keys: key, uses, command: '*', authorize: () => checks.pop()?.() },
      () => new Response(),
    )
    const send = sendToHandler(guard)
    const request = singleUseRequest()
    expect(summarize(await send(request))).toBe('403 denied')
    expect((await send(request)).status).toBe(200)
  })

  test('leaves the handler the time of maxLease', async () => {
    const uses = { store: memoryUseStore(), lease: '1s', maxLease: '2s' } as const
    const checks = [() => sleep(1500)]
    const { send, runs } = countingReceiver(uses, () => sleep(2200), { authorize: () => checks.pop()?.() })
    const request = singleUseRequest()
    const first = send(request)
    await sleep(3400)
    expect(summarize(await send({ ...request, body: 'y' }))).toBe('503 in_progress')
    expect(summarize(await first)).toBe('200 ok')
    expect(runs()).toBe(1)
  })
})
