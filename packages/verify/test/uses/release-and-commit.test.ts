import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { inspect } from 'node:util'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import {
  type AuthorizedHook,
  createReceiver,
  type FetchContext,
  type GuardOptions,
  memoryUseStore,
  type ReceivedHook,
  type ResultEvent,
  type UseOptions,
} from '@hookurl/verify'
import { hookurl as expressHookurl } from '@hookurl/verify/express'
import { hookurl as fetchHookurl } from '@hookurl/verify/fetch'
import { hookurl as honoHookurl } from '@hookurl/verify/hono'
import { hookurl as koaHookurl } from '@hookurl/verify/koa'
import { hookurl as nodeHookurl } from '@hookurl/verify/node'
import express from 'express'
import { Hono } from 'hono'
import Koa from 'koa'
import { describe, expect, test } from 'vitest'
import { sendToHandler, sendToPort, type TestRequest, writeRaw } from '../support/clients.ts'
import { singleUseRequest, summarize } from '../support/counting-receiver.ts'
import { key } from '../support/fixtures.ts'
import { listen, listenFetch } from '../support/serve.ts'

const command = '/refund'

function createRequest(): TestRequest {
  const { method, path, body } = singleUseRequest({ command })
  return { method, path, body }
}

function createOptions(uses: UseOptions | ReturnType<typeof memoryUseStore> = memoryUseStore()): GuardOptions {
  return { keys: key, command, uses, onError: () => {} }
}

/** Starts a guarded fetch route, and returns how often it ran. */
function guardRoute(route: (hook: AuthorizedHook) => Promise<Response> | Response, options = createOptions()) {
  let runs = 0
  const guard = fetchHookurl(options, async (_request, hook) => {
    runs++
    return route(hook)
  })
  return { send: sendToHandler(guard), runs: () => runs }
}

const statuses: readonly [status: number, effect: 'commits' | 'releases'][] = [
  [200, 'commits'],
  [204, 'commits'],
  [302, 'commits'],
  [304, 'commits'],
  [400, 'commits'],
  [401, 'commits'],
  [404, 'commits'],
  [406, 'commits'],
  [412, 'commits'],
  [416, 'commits'],
  [429, 'commits'],
  [499, 'commits'],
  [500, 'releases'],
  [502, 'releases'],
  [503, 'releases'],
]

describe('the status of a guarded route', () => {
  for (const [status, effect] of statuses) {
    test(`${status} ${effect} the use on fetch`, async () => {
      const { send, runs } = guardRoute(() => new Response(null, { status }))
      const request = createRequest()
      await send(request)
      await send(request)
      expect(runs()).toBe(effect === 'commits' ? 1 : 2)
    })

    test(`${status} ${effect} the use on node:http`, async () => {
      let runs = 0
      const guard = nodeHookurl(createOptions())
      const send = sendToPort(
        await listen((request, response) => {
          void guard(request as never, response as never, () => {
            runs++
            response.statusCode = status
            response.end()
          })
        }),
      )
      const request = createRequest()
      await send(request)
      await sleep(20)
      await send(request)
      expect(runs).toBe(effect === 'commits' ? 1 : 2)
    })
  }
})

describe('what a guarded route throws', () => {
  const thrown: readonly [what: string, value: unknown, effect: 'commits' | 'releases'][] = [
    ['an Error', new Error('failed'), 'releases'],
    ['a string', 'failed', 'releases'],
    ['undefined', undefined, 'releases'],
    ['an error with the status 404', Object.assign(new Error(), { status: 404 }), 'commits'],
    ['an error with the status 503', Object.assign(new Error(), { status: 503 }), 'releases'],
    ['an error with the statusCode 412', Object.assign(new Error(), { statusCode: 412 }), 'commits'],
    ['a Boom error of 409', Object.assign(new Error(), { output: { statusCode: 409 } }), 'commits'],
    ['a Nest exception of 403', Object.assign(new Error(), { getStatus: () => 403 }), 'commits'],
    ['a Nest exception of 500', Object.assign(new Error(), { getStatus: () => 500 }), 'releases'],
    ['a Response of 406', new Response(null, { status: 406 }), 'commits'],
    ['a Response of 500', new Response(null, { status: 500 }), 'releases'],
    ["SvelteKit's redirect", { status: 303, location: '/done' }, 'commits'],
    ["SvelteKit's error", { status: 400, body: { message: 'bad' } }, 'commits'],
    ["Next's redirect", Object.assign(new Error(), { digest: 'NEXT_REDIRECT;replace;/done;307;' }), 'commits'],
    ["Next's notFound", Object.assign(new Error(), { digest: 'NEXT_HTTP_ERROR_FALLBACK;404' }), 'commits'],
    ['an error with a status that is none', Object.assign(new Error(), { status: 'x' }), 'releases'],
    [
      'an error whose getStatus throws',
      {
        getStatus: () => {
          throw new Error('failed')
        },
      },
      'releases',
    ],
  ]
  for (const [what, value, effect] of thrown) {
    test(`${what} ${effect} the use`, async () => {
      const { send, runs } = guardRoute(() => Promise.reject(value))
      const request = createRequest()
      await send(request).catch(() => {})
      await send(request).catch(() => {})
      expect(runs()).toBe(effect === 'commits' ? 1 : 2)
    })
  }
})

describe('hook.releaseUse and hook.commitUse behind a guard', () => {
  test('releaseUse frees the URL for another try, whatever the status', async () => {
    const { send, runs } = guardRoute(async (hook) => {
      expect(await hook.releaseUse()).toBe(true)
      return new Response('the form is invalid', { status: 422 })
    })
    const request = createRequest()
    await send(request)
    await send(request)
    expect(runs()).toBe(2)
  })

  test('commitUse keeps the URL used, although the route fails afterwards', async () => {
    const { send, runs } = guardRoute(async (hook) => {
      expect(await hook.commitUse()).toBe(true)
      throw new Error('failed after the refund')
    })
    const request = createRequest()
    await expect(send(request)).rejects.toThrow('failed after the refund')
    expect(summarize(await send(request))).toBe('410 already_used')
    expect(runs()).toBe(1)
  })

  test('the first of the two wins, and repeating it changes nothing', async () => {
    const results: boolean[] = []
    const { send } = guardRoute(async (hook) => {
      for (const call of [hook.commitUse, hook.commitUse, hook.releaseUse]) results.push(await call())
      return new Response('done')
    })
    await send(createRequest())
    expect(results).toEqual([true, true, false])
  })

  test('releaseUse resolves to false in at-most-once mode', async () => {
    const results: boolean[] = []
    const options = createOptions({ store: memoryUseStore(), mode: 'at-most-once' })
    const { send, runs } = guardRoute(async (hook) => {
      results.push(await hook.releaseUse())
      return new Response('done')
    }, options)
    const request = createRequest()
    await send(request)
    await send(request)
    expect([results, runs()]).toEqual([[false], 1])
  })

  test('releaseUse resolves to false once the headers were sent', async () => {
    const results: boolean[] = []
    const app = express().use(expressHookurl(createOptions()), async (request, response) => {
      response.status(200).write('sent')
      results.push(await (request.hook as AuthorizedHook).releaseUse())
      response.end()
    })
    const send = sendToPort(await listen(app))
    const request = createRequest()
    await send(request)
    await sleep(20)
    expect(summarize(await send(request))).toBe('410 already_used')
    expect(results).toEqual([false])
  })

  test('both resolve to false for a URL without maxUses', async () => {
    const results: boolean[] = []
    const { send } = guardRoute(async (hook) => {
      results.push(await hook.commitUse(), await hook.releaseUse())
      return new Response('done')
    })
    await send({ ...createRequest(), path: singleUseRequest({ command, maxUses: undefined }).path })
    expect(results).toEqual([false, false])
  })

  test('they appear neither in a copy nor in a log of the hook', async () => {
    const seen: string[] = []
    const { send } = guardRoute((hook) => {
      seen.push(...Object.keys({ ...hook }), inspect(hook), JSON.stringify(hook))
      return new Response('done')
    })
    await send(createRequest())
    expect(seen.join()).toContain(command)
    expect(seen.join()).not.toMatch(/commitUse|releaseUse/)
  })
})

describe('hook.releaseUse and hook.commitUse in a handler', () => {
  function createCountingReceiver(handler: (hook: ReceivedHook) => unknown) {
    let runs = 0
    const receiver = createReceiver({
      keys: key,
      uses: memoryUseStore(),
      onError: () => {},
      handlers: {
        '*': (hook) => {
          runs++
          return handler(hook)
        },
      },
    })
    return { send: sendToHandler((request) => receiver.fetch(request)), runs: () => runs }
  }

  test('releaseUse frees the URL, although the handler returns', async () => {
    const { send, runs } = createCountingReceiver(async (hook) => void (await hook.releaseUse()))
    const request = createRequest()
    await send(request)
    await send(request)
    expect(runs()).toBe(2)
  })

  test('commitUse keeps the URL used, although the handler throws', async () => {
    const { send, runs } = createCountingReceiver(async (hook) => {
      await hook.commitUse()
      throw new Error('failed after the work')
    })
    const request = createRequest()
    await send(request)
    await send({ ...request, body: 'another' })
    expect(runs()).toBe(1)
  })
})

test('a use that outlasts maxLease is committed behind a guard, and stays used when its route fails later', async () => {
  const options = createOptions({ store: memoryUseStore(), lease: '1s', maxLease: '1s' })
  const { send, runs } = guardRoute(async () => {
    await sleep(2000)
    throw new Error('failed too late')
  }, options)
  const request = createRequest()
  await send(request).catch(() => {})
  expect(summarize(await send(request))).toBe('410 already_used')
  expect(runs()).toBe(1)
})

test('headers that were sent before the guard are not the route’s: a 500 among them commits', async () => {
  let runs = 0
  const guard = nodeHookurl(createOptions())
  const send = sendToPort(
    await listen((request, response) => {
      if (runs === 0) response.writeHead(500).write('too early')
      void guard(request as never, response as never, () => {
        runs++
        response.end()
      })
    }),
  )
  const request = createRequest()
  await send(request)
  await sleep(20)
  await send(request)
  expect(runs).toBe(1)
})

test('a host with waitUntil is kept alive until the route and its commit have ended', async () => {
  const work: Promise<unknown>[] = []
  let hasEnded = false
  const guard = fetchHookurl(createOptions(), async (_request, _hook, _context: FetchContext) => {
    expect(work).toHaveLength(1)
    await sleep(10)
    hasEnded = true
    return new Response('done')
  })
  const { path } = createRequest()
  const request = new Request(`https://bot.example.com${path}`, { method: 'POST' })
  void guard(request, { waitUntil: (promise: Promise<unknown>) => void work.push(promise) })
  await expect.poll(() => work.length).toBe(1)
  await work[0]
  expect(hasEnded).toBe(true)
})

describe('a use stays taken while its route runs, even if an earlier middleware has responded 503', () => {
  /** Responds after 10 milliseconds, as a middleware with a time limit does. */
  function respondEarly(response: ServerResponse): void {
    setTimeout(() => response.headersSent || response.writeHead(503).end(), 10)
  }

  async function expectOneRun(port: number, runs: () => number): Promise<void> {
    const send = sendToPort(port)
    const request = createRequest()
    expect((await send(request)).status).toBe(503)
    await send(request)
    expect(runs()).toBe(1)
  }

  test('on Koa', async () => {
    let runs = 0
    const app = new Koa()
    app.silent = true
    app.use((context, next) => {
      respondEarly(context.res)
      return next()
    })
    app.use(koaHookurl(createOptions())).use(async () => {
      runs++
      await sleep(100)
    })
    await expectOneRun(await listen(app.callback()), () => runs)
  })

  test('on Hono', async () => {
    let runs = 0
    const app = new Hono<{ Bindings: { outgoing: ServerResponse } }>()
    app.use((context, next) => {
      respondEarly(context.env.outgoing)
      return next()
    })
    app.all('/hooks/*', honoHookurl(createOptions()), async () => {
      runs++
      await sleep(100)
      return RESPONSE_ALREADY_SENT
    })
    await expectOneRun(await listenFetch(app.fetch as (request: Request) => Promise<Response>), () => runs)
  })

  test('on Express, whose caller completes the body after the response', async () => {
    let runs = 0
    const app = express().use((_request, response, next) => {
      respondEarly(response)
      next()
    })
    app.use(expressHookurl(createOptions()), express.json(), () => void runs++)
    const port = await listen(app)
    const { path } = createRequest()
    for (let round = 0; round < 2; round++) {
      const headers = { 'content-type': 'application/json', 'content-length': '2' }
      const request = httpRequest({ port, path, method: 'POST', headers })
      request.write('{')
      const [response] = (await once(request, 'response')) as [IncomingMessage]
      response.resume()
      request.end('}')
      await once(response, 'close')
      await sleep(20)
    }
    expect(runs).toBe(1)
  })
})

test('a use is committed if an earlier middleware responded while the request was verified', async () => {
  const results: unknown[] = []
  const options = {
    ...createOptions(),
    onResult: ({ outcome, status }: ResultEvent) => void results.push(outcome, status),
  }
  const guard = nodeHookurl({ ...options, authorize: () => sleep(50).then(() => true) })
  let runs = 0
  const send = sendToPort(
    await listen((request, response) => {
      response.writeHead(503).end()
      void guard(request as never, response as never, () => void runs++)
    }),
  )
  const request = createRequest()
  await send(request)
  await expect.poll(() => results).toEqual(['handled', 503])
  await send(request)
  await sleep(100)
  expect(runs).toBe(1)
})

test('100 pipelined requests add one listener to their socket', async () => {
  const counts: number[] = []
  const guard = nodeHookurl(createOptions())
  const port = await listen((request, response) => {
    void guard(request as never, response as never, async () => {
      counts.push(request.socket.listenerCount('close'))
      await sleep(50)
      response.end('done')
    })
  })
  const paths = Array.from({ length: 100 }, () => createRequest().path)
  await writeRaw(port, paths.map((path) => `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n`).join(''))
  expect(counts).toHaveLength(100)
  expect(Math.max(...counts)).toBe(Math.min(...counts))
})
