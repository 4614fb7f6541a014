import { request as createHttp1Request, type ServerResponse } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import { setTimeout as sleep } from 'node:timers/promises'
import { type GuardOptions, memoryUseStore, type UseStore } from '@hookurl/verify'
import { hookurl as expressHookurl } from '@hookurl/verify/express'
import { hookurl as fetchHookurl } from '@hookurl/verify/fetch'
import { hookurl as nextHookurl } from '@hookurl/verify/next'
import { hookurl as nodeHookurl } from '@hookurl/verify/node'
import express from 'express'
import { describe, expect, test } from 'vitest'
import { browserHeaders } from '../contract/shared.ts'
import { sendToHandler, sendToHttp2Port, sendToPort, type TestRequest } from '../support/clients.ts'
import { singleUseRequest, summarize } from '../support/counting-receiver.ts'
import { key } from '../support/fixtures.ts'
import { listen, listen2 } from '../support/serve.ts'
import { type Subject, subjects } from '../support/subjects.ts'

const command = '/approve'

function createRequest(options: object = {}): TestRequest {
  const { method, path, body } = singleUseRequest({ command, ...options })
  return { method, path, body }
}

function createGuardOptions(uses: UseStore): GuardOptions {
  return { keys: key, command, uses, onError: () => {} }
}

for (const subject of subjects) describe(`a guard on ${subject.name}`, () => describeGuard(subject))

function describeGuard(subject: Subject): void {
  async function start(statuses: number[] = []) {
    const bodies: string[] = []
    const send = await subject.guard(createGuardOptions(memoryUseStore()), (_hook, body) => {
      bodies.push(body)
      return { status: statuses.shift() ?? 200, text: 'from the route' }
    })
    return { bodies, getSummary: async (request: TestRequest) => summarize(await send(request)) }
  }

  test('the use is committed when the route responds below 500', async () => {
    const { bodies, getSummary } = await start([201])
    const request = createRequest()
    expect(await getSummary(request)).toBe('201 from the route')
    await expect.poll(() => getSummary(request)).toBe('410 already_used')
    expect(await getSummary({ ...request, headers: browserHeaders })).toBe('410 This link was already used')
    expect(bodies).toEqual(['x'])
  })

  test('the use is committed when the route responds with a status that its caller can steer', async () => {
    const { bodies, getSummary } = await start([412])
    const request = createRequest()
    expect(await getSummary(request)).toBe('412 from the route')
    await expect.poll(() => getSummary(request)).toBe('410 already_used')
    expect(bodies).toHaveLength(1)
  })

  test('the use is released when the route responds with 500 or more', async () => {
    const { bodies, getSummary } = await start([500, 503])
    const request = createRequest()
    for (const status of [500, 503]) {
      await expect.poll(() => getSummary(request)).toBe(`${status} from the route`)
    }
    await expect.poll(() => getSummary(request)).toBe('200 from the route')
    await expect.poll(() => getSummary(request)).toBe('410 already_used')
    expect(bodies).toHaveLength(3)
  })

  test('a retry with the same delivery id header is a duplicate, and another delivery reaches the route', async () => {
    const { bodies, getSummary } = await start()
    const request = createRequest({ maxUses: 2 })
    const first = { ...request, headers: { 'webhook-id': '1' } }
    expect(await getSummary(first)).toBe('200 from the route')
    await expect.poll(() => getSummary(first)).toBe('200 duplicate')
    expect(await getSummary({ ...first, headers: { ...browserHeaders, 'webhook-id': '1' } })).toBe('200 Done')
    expect(await getSummary({ ...request, headers: { 'webhook-id': '2' } })).toBe('200 from the route')
    expect(bodies).toHaveLength(2)
  })

  test('the confirm page and HEAD leave the use for the POST of the browser', async () => {
    const { bodies, getSummary } = await start()
    const request = createRequest()
    expect(await getSummary({ ...request, method: 'GET', headers: browserHeaders, body: undefined })).toMatch(/^200/)
    expect(await getSummary({ ...request, method: 'HEAD', body: undefined })).toMatch(/^200/)
    expect(await getSummary({ ...request, headers: browserHeaders })).toBe('200 from the route')
    expect(bodies).toEqual(['x'])
  })
}

describe('a guard whose route is slow', () => {
  /** How long the route takes, and the status it responds with. */
  interface RouteBehavior {
    readonly ms: number
    readonly status: number
    readonly onStart?: () => void
  }
  const respond = async (
    { ms, status, onStart }: RouteBehavior,
    response: Pick<ServerResponse, 'statusCode' | 'end'>,
  ) => {
    onStart?.()
    await sleep(ms)
    response.statusCode = status
    response.end('from the route')
  }

  const hosts = {
    'node, HTTP/1': async (route: RouteBehavior) => {
      const guard = nodeHookurl(createGuardOptions(memoryUseStore()))
      return listen((request, response) => void guard(request, response, () => void respond(route, response)))
    },
    'node, HTTP/2': async (route: RouteBehavior) => {
      const guard = nodeHookurl(createGuardOptions(memoryUseStore()))
      return listen2((request, response) => void guard(request, response, () => void respond(route, response)))
    },
    express: async (route: RouteBehavior) => {
      const app = express().use(expressHookurl(createGuardOptions(memoryUseStore())))
      return listen(app.use((_request, response) => void respond(route, response)))
    },
  }

  for (const [name, host] of Object.entries(hosts)) {
    const isHttp2 = name.includes('2')

    test(`on ${name}, another request is in_progress during the route, and already_used after it`, async () => {
      const port = await host({ ms: 300, status: 200 })
      const send = isHttp2 ? sendToHttp2Port(port) : sendToPort(port)
      const request = createRequest()
      const first = send(request)
      await sleep(100)
      expect(summarize(await send(request))).toBe('503 in_progress')
      expect(summarize(await first)).toBe('200 from the route')
      expect(summarize(await send(request))).toBe('410 already_used')
    })

    for (const status of [200, 500]) {
      test(`on ${name}, a disconnect commits the use, although the route ends with ${status}`, async () => {
        let hasStarted = false
        const port = await host({ ms: 300, status, onStart: () => (hasStarted = true) })
        const send = isHttp2 ? sendToHttp2Port(port) : sendToPort(port)
        const request = createRequest()
        await sendAndDisconnect(port, request.path, isHttp2 ? 'HTTP/2' : 'HTTP/1', () => hasStarted)
        await expect.poll(() => send(request).then(summarize)).toBe('410 already_used')
        await sleep(300)
        expect(summarize(await send(request))).toBe('410 already_used')
      })
    }
  }
})

describe('a guard whose route throws', () => {
  test('on fetch, the use is released', async () => {
    const results = [() => Promise.reject(new Error('failed')), () => new Response('from the route')]
    const guard = fetchHookurl(createGuardOptions(memoryUseStore()), async () => results.shift()?.() as Response)
    const send = sendToHandler(guard)
    const request = createRequest()
    await expect(send(request)).rejects.toThrow('failed')
    expect(summarize(await send(request))).toBe('200 from the route')
    expect(summarize(await send(request))).toBe('410 already_used')
  })

  test('on express, the use is released', async () => {
    let isBroken = true
    const app = express()
      .set('env', 'test')
      .use(expressHookurl(createGuardOptions(memoryUseStore())))
    app.use(async (_request, response) => {
      if (isBroken) throw new Error('failed')
      response.end('from the route')
    })
    const send = sendToPort(await listen(app))
    const request = createRequest()
    expect((await send(request)).status).toBe(500)
    isBroken = false
    expect(summarize(await send(request))).toBe('200 from the route')
    await expect.poll(() => send(request).then(summarize)).toBe('410 already_used')
  })

  test('on node without a next, the use is released', async () => {
    const store = memoryUseStore()
    const port = await listen(nodeHookurl(createGuardOptions(store)))
    const request = createRequest()
    expect((await sendToPort(port)(request)).status).toBe(500)
    const send = sendToHandler(fetchHookurl(createGuardOptions(store), () => new Response('from the route')))
    expect(summarize(await send(request))).toBe('200 from the route')
  })

  const thrown: readonly [what: string, thrown: unknown, effect: string, runs: number][] = [
    [
      'a redirect of Next',
      Object.assign(new Error('NEXT_REDIRECT'), { digest: 'NEXT_REDIRECT;replace;/done;307;' }),
      'commits',
      1,
    ],
    ['a 404 of Next', Object.assign(new Error('x'), { digest: 'NEXT_HTTP_ERROR_FALLBACK;404' }), 'commits', 1],
    ['an error', new Error('broken'), 'releases', 2],
    ['a redirect Response', new Response(null, { status: 303 }), 'commits', 1],
  ]
  for (const [what, error, effect, runs] of thrown) {
    test(`on next, a route that throws ${what} ${effect} the use`, async () => {
      let count = 0
      const guard = nextHookurl(createGuardOptions(memoryUseStore()), () => {
        count++
        throw error
      })
      const { path } = createRequest()
      for (const id of ['1', '2']) {
        const request = new Request(`http://localhost${path}`, { method: 'POST', headers: { 'webhook-id': id } })
        await guard(request, undefined).catch(() => {})
      }
      expect(count).toBe(runs)
    })
  }
})

/** Sends a POST and disconnects while the route runs. */
async function sendAndDisconnect(
  port: number,
  path: string,
  protocol: 'HTTP/1' | 'HTTP/2',
  hasStarted: () => boolean,
): Promise<void> {
  if (protocol === 'HTTP/2') {
    const session = connectHttp2(`http://127.0.0.1:${port}`).on('error', () => {})
    session
      .request({ ':method': 'POST', ':path': path })
      .on('error', () => {})
      .end('x')
    await expect.poll(hasStarted, { interval: 5 }).toBe(true)
    session.destroy()
  } else {
    const request = createHttp1Request({ port, path, method: 'POST' }).on('error', () => {})
    request.end('x')
    await expect.poll(hasStarted, { interval: 5 }).toBe(true)
    request.destroy()
  }
  await sleep(50)
}
