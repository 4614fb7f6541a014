import { request as http1, type ServerResponse } from 'node:http'
import { connect as http2 } from 'node:http2'
import { setTimeout as sleep } from 'node:timers/promises'
import { type GuardOptions, memoryUseStore, type UseStore } from '@hookurl/verify'
import { hookurl as expressHookurl } from '@hookurl/verify/express'
import { hookurl as fetchHookurl } from '@hookurl/verify/fetch'
import { hookurl as nodeHookurl } from '@hookurl/verify/node'
import express from 'express'
import { describe, expect, test } from 'vitest'
import { browserHeaders } from '../contract/shared.ts'
import { type TestRequest, sendToHandler, sendToPort, sendToHttp2Port } from '../support/clients.ts'
import { key, mintPath } from '../support/fixtures.ts'
import { listen, listen2 } from '../support/serve.ts'
import { type Subject, subjects } from '../support/subjects.ts'
import { summarize } from '../support/counting-receiver.ts'

const command = '/approve'
const once = (more: object = {}): TestRequest => ({
  method: 'POST',
  path: mintPath({ command, maxUses: 1, ...more }),
  body: 'x',
})
const guard = (uses: UseStore): GuardOptions => ({ keys: key, command, uses, onError: () => {} })

for (const subject of subjects) describe(`a guard on ${subject.name}`, () => describeGuard(subject))

function describeGuard(subject: Subject): void {
  async function start(statuses: number[] = []) {
    const opened: string[] = []
    const send = await subject.guard(guard(memoryUseStore()), (_hook, body) => {
      opened.push(body)
      return { status: statuses.shift() ?? 200, text: 'open' }
    })
    return { opened, send, tell: async (request: TestRequest) => summarize(await send(request)) }
  }

  test('spends the use when the route answers below 400, and tells the next that it is used up', async () => {
    const { opened, tell } = await start([201])
    const request = once()
    expect(await tell(request)).toBe('201 open')
    await expect.poll(() => tell(request)).toBe('410 spent')
    expect(await tell({ ...request, headers: browserHeaders })).toBe('410 This link has been used')
    expect(opened).toEqual(['x'])
  })

  test('gives it back when the route answers 400 or more', async () => {
    const { opened, tell } = await start([401, 500, 404])
    const request = once()
    for (const status of [401, 500, 404]) await expect.poll(() => tell(request)).toBe(`${status} open`)
    await expect.poll(() => tell(request)).toBe('200 open')
    await expect.poll(() => tell(request)).toBe('410 spent')
    expect(opened).toHaveLength(4)
  })

  test('tells deliveries apart by what their sender calls them', async () => {
    const { opened, tell } = await start()
    const request = once({ maxUses: 2 })
    const [first, second] = ['1', '2'].map((id) => ({ ...request, headers: { 'webhook-id': id } })) as unknown as [TestRequest, TestRequest]
    expect(await tell(first)).toBe('200 open')
    await expect.poll(() => tell(first)).toBe('200 repeated')
    expect(await tell({ ...first, headers: { ...browserHeaders, 'webhook-id': '1' } })).toBe('200 Done')
    expect(await tell(second)).toBe('200 open')
    await expect.poll(() => tell(once({ maxUses: 2 }))).toBe('200 open')
    expect(opened).toHaveLength(3)
  })

  test('spends nothing on who only looks, and lets the person’s click through', async () => {
    const { opened, tell } = await start()
    const request = once()
    expect((await tell({ ...request, method: 'GET', headers: browserHeaders, body: undefined })).slice(0, 3)).toBe('200')
    expect((await tell({ ...request, method: 'HEAD', body: undefined })).slice(0, 3)).toBe('200')
    expect([await tell({ ...request, headers: browserHeaders }), opened]).toEqual(['200 open', ['x']])
  })
}

describe('a guard whose route takes its time', () => {
  /** What the route is told to do: how long to work, and what to answer. */
  interface Work {
    readonly ms: number
    readonly status: number
  }
  const answer = async ({ ms, status }: Work, response: Pick<ServerResponse, 'statusCode' | 'end'>) => {
    await sleep(ms)
    response.statusCode = status
    response.end('open')
  }

  const hosts = {
    'node, HTTP/1': async (work: Work) => {
      const receive = nodeHookurl(guard(memoryUseStore()))
      return listen((request, response) => void receive(request, response, () => void answer(work, response)))
    },
    'node, HTTP/2': async (work: Work) => {
      const receive = nodeHookurl(guard(memoryUseStore()))
      return listen2((request, response) => void receive(request, response, () => void answer(work, response)))
    },
    express: async (work: Work) => {
      const app = express().use(expressHookurl(guard(memoryUseStore())))
      return listen(app.use((_request, response) => void answer(work, response)))
    },
  }

  for (const [name, host] of Object.entries(hosts)) {
    const isHttp2 = name.includes('2')

    test(`on ${name}, another request is told to come back, and after it that the use is spent`, async () => {
      const port = await host({ ms: 300, status: 200 })
      const send = isHttp2 ? sendToHttp2Port(port) : sendToPort(port)
      const request = once()
      const first = send(request)
      await sleep(100)
      expect(summarize(await send(request))).toBe('503 busy')
      expect(summarize(await first)).toBe('200 open')
      expect(summarize(await send(request))).toBe('410 spent')
    })

    for (const [status, after] of [
      [200, '410 spent'],
      [500, '500 open'],
    ] as const) {
      test(`on ${name}, a caller who goes away changes nothing: ${status} counts when the route is done`, async () => {
        const port = await host({ ms: 400, status })
        const send = isHttp2 ? sendToHttp2Port(port) : sendToPort(port)
        const request = once()
        await abort(port, request.path, isHttp2)
        expect(summarize(await send(request))).toBe('503 busy')
        await expect.poll(() => send(request).then(summarize), { timeout: 3000 }).toBe(after)
      })
    }
  }

  test('on fetch, a route that throws gives the use back', async () => {
    const results = [() => Promise.reject(new Error('failed')), () => new Response('open')]
    const send = sendToHandler(fetchHookurl(guard(memoryUseStore()), async () => results.shift()?.() as Response))
    const request = once()
    await expect(send(request)).rejects.toThrow('failed')
    expect([summarize(await send(request)), summarize(await send(request))]).toEqual(['200 open', '410 spent'])
  })

  test('on express, a route that throws gives the use back', async () => {
    let fails = true
    const app = express()
      .set('env', 'test')
      .use(expressHookurl(guard(memoryUseStore())))
    app.use(async (_request, response) => {
      if (fails) throw new Error('failed')
      response.end('open')
    })
    const send = sendToPort(await listen(app))
    const request = once()
    expect((await send(request)).status).toBe(500)
    fails = false
    expect(summarize(await send(request))).toBe('200 open')
    await expect.poll(() => send(request).then(summarize)).toBe('410 spent')
  })

  test('on node, a guard without a next gives the use back', async () => {
    const store = memoryUseStore()
    const port = await listen(nodeHookurl(guard(store)))
    const request = once()
    expect((await sendToPort(port)(request)).status).toBe(500)
    const send = sendToHandler(fetchHookurl(guard(store), () => new Response('open')))
    expect(summarize(await send(request))).toBe('200 open')
  })
})

/** Sends a POST and goes away while it is being worked on. */
async function abort(port: number, path: string, isHttp2: boolean): Promise<void> {
  if (isHttp2) {
    const session = http2(`http://127.0.0.1:${port}`).on('error', () => {})
    session
      .request({ ':method': 'POST', ':path': path })
      .on('error', () => {})
      .end('x')
    await sleep(150)
    session.destroy()
  } else {
    const request = http1({ port, path, method: 'POST' }).on('error', () => {})
    request.end('x')
    await sleep(150)
    request.destroy()
  }
  await sleep(50)
}
