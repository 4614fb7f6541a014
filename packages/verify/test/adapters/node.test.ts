import type { RequestListener } from 'node:http'
import { hookurl as expressHookurl } from '@hookurl/verify/express'
import { hookurl as fetchHookurl } from '@hookurl/verify/fetch'
import { hookurl as nodeHookurl } from '@hookurl/verify/node'
import express from 'express'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { sendToPort } from '../support/clients.ts'
import { command, key, mint, mintPath, policy } from '../support/fixtures.ts'
import { listen } from '../support/serve.ts'

const handlers = { [command]: () => 'ran' }
const logged = vi.spyOn(console, 'error')
const broken = (): never => {
  throw new Error(`nothing works at ${mint()}`)
}

beforeEach(() => {
  logged.mockReset()
  logged.mockImplementation(() => {})
})

describe('node', () => {
  const post = async (listener: RequestListener, path: string) =>
    sendToPort(await listen(listener))({ method: 'POST', path, headers: { 'x-a': '1' } })

  test('hands a request without a token to next, as it was', async () => {
    const receive = nodeHookurl({ ...policy, handlers })
    const listener: RequestListener = (request, response) =>
      void receive(request, response, () => response.end(`${request.url} ${response.getHeaderNames().length}`))
    expect((await post(listener, '/other?x=1')).text).toBe('/other?x=1 0')
    expect((await post(listener, mintPath())).json()).toBe('ran')
  })

  test('hands what went wrong to next, and answers 500 where there is none', async () => {
    const receive = nodeHookurl({ ...policy, now: broken, handlers })
    const passed = await post((request, response) => {
      receive(request, response, (error) => response.end(`told: ${error instanceof Error}`))
    }, mintPath())
    expect(passed.text).toBe('told: true')
    const { status, text, header } = await post(receive, mintPath())
    expect([status, text, header('cache-control')]).toEqual([500, '', 'no-store'])
    expect(logged).toHaveBeenCalledOnce()
    expect(String(logged.mock.calls[0]?.[0])).toMatch(/nothing works at .*\[hook [0-9a-f]{6}\]/)
  })

  test('keys that cannot be had are a 500 that says so in the log', async () => {
    const { status, text } = await post(nodeHookurl({ now: policy.now, keys: broken, handlers }), mintPath())
    expect([status, JSON.parse(text).code]).toEqual([500, 'invalid_key'])
    expect(String(logged.mock.calls[0]?.[0])).toContain('invalid_key')
  })

  test('a guard without a next to call opens nothing, and says why', async () => {
    const { status, text } = await post(nodeHookurl({ ...policy, command }), mintPath())
    expect([status, text]).toEqual([500, ''])
    expect(String(logged.mock.calls[0]?.[0])).toContain('a guard needs a next')
  })

  test('says nothing more where an answer is out already', async () => {
    const receive = nodeHookurl({ ...policy, handlers })
    const response = await post((request, response) => {
      response.write('first')
      receive(request, response).then(() => response.end(' and last'))
    }, mintPath())
    expect([response.status, response.text]).toEqual([200, 'first and last'])
    expect(logged).not.toHaveBeenCalled()
  })
})

describe('express', () => {
  test('hands a request without a token to the routes behind, a bad token not', async () => {
    const app = express().use(expressHookurl({ ...policy, handlers }))
    app.use((request, response) => void response.send(`route ${request.url} ${String(request.hook)}`))
    const send = sendToPort(await listen(app))
    expect((await send({ path: '/hooks/a?b=1' })).text).toBe('route /hooks/a?b=1 undefined')
    expect((await send({ method: 'POST', path: `${mintPath()}A` })).status).toBe(400)
    expect((await send({ method: 'POST', path: mintPath() })).json()).toBe('ran')
  })

  test('a guard leaves the headers that were set before it', async () => {
    const app = express().use((_request, response, next) => next(void response.set('referrer-policy', 'same-origin')))
    app.use(expressHookurl({ ...policy, command }), (_request, response) => void response.end())
    const { header } = await sendToPort(await listen(app))({ method: 'POST', path: mintPath() })
    expect([header('referrer-policy'), header('cache-control')]).toEqual(['same-origin', 'no-store'])
  })

  test('two guards in one application keep their doors apart', async () => {
    const app = express()
    for (const door of ['/unsubscribe', '/delete-account']) {
      app.all(`${door}{/*rest}`, expressHookurl({ ...policy, command: door }), (request, response) => {
        response.json(request.hook?.command)
      })
    }
    const send = sendToPort(await listen(app))
    const knock = async (door: string, command: string) =>
      (await send({ method: 'POST', path: mintPath({ command }).replace('/hooks', door) })).json()
    expect(await knock('/unsubscribe', '/unsubscribe')).toBe('/unsubscribe')
    expect(await knock('/delete-account', '/delete-account')).toBe('/delete-account')
    expect(await knock('/delete-account', '/unsubscribe')).toMatchObject({ code: 'wrong_command' })
    expect((await send({ method: 'POST', path: '/delete-account' })).json()).toMatchObject({ code: 'no_token' })
  })
})

describe('fetch', () => {
  const got: unknown[] = []
  const receive = fetchHookurl({
    ...policy,
    bodyTimeout: '100ms',
    onRefusal: ({ code }) => void got.push(code),
    handlers: { [command]: ({ payload }) => void got.push(payload) },
  })
  const post = (body: BodyInit | null): Request =>
    new Request(mint(), {
      method: 'POST',
      body,
      duplex: 'half',
      headers: { 'content-type': 'text/plain' },
    } as RequestInit)

  beforeEach(() => void got.splice(0))

  test('a body that somebody has read, or is reading, is never answered 2xx', async () => {
    const read = post('hello')
    await read.text()
    const locked = post('hello')
    locked.body?.getReader()
    expect([(await receive(read)).status, (await receive(locked)).status]).toEqual([500, 500])
    expect(got).toEqual(['body_already_consumed', 'body_already_consumed'])
  })

  test('a body that breaks off never runs', async () => {
    const broken = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode('hel')),
      pull: (controller) => controller.error(new Error('gone')),
    })
    expect((await receive(post(broken))).status).toBe(400)
    expect(got).toEqual(['request_aborted'])
  })

  test('a body that does not come is let go', async () => {
    let cancelled = false
    const cancel = (): void => {
      cancelled = true
    }
    expect((await receive(post(new ReadableStream({ cancel })))).status).toBe(408)
    expect([got, cancelled]).toEqual([['body_timeout'], true])
  })

  test('what the host passes beside the request reaches the route of a guard', async () => {
    const guard = fetchHookurl({ ...policy, command }, (_request, hook, env: { name: string }) =>
      Response.json([hook.command, env.name]),
    )
    expect(await (await guard(post(null), { name: 'worker' })).json()).toEqual([command, 'worker'])
  })
})

describe('the console, where nobody asked to be told', () => {
  const answer = async (options: object): Promise<string> => {
    await fetchHookurl({ ...policy, handlers, ...options })(new Request(mint(), { method: 'POST' }))
    return logged.mock.calls.flat().join('\n')
  }

  test('hears nothing of a caller’s mistakes', async () => {
    expect(await answer({ now: () => policy.now() * 2 })).toBe('')
    expect(await answer({ purpose: 'other' })).toBe('')
  })

  test('hears of a server’s own, with what to do, once', async () => {
    expect(await answer({ keys: () => undefined })).toMatch(/^hookurl: invalid_key: there is no key\. \S/)
    expect(logged).toHaveBeenCalledOnce()
  })

  test('hears of a handler that throws, once, without token or key', async () => {
    const fail = (): never => {
      throw new Error(`calling ${mint()}?x=1 failed`)
    }
    const text = await answer({ handlers: { [command]: fail } })
    expect(text).toMatch(/^hookurl: Error: calling \S+\/\[hook [0-9a-f]{6}\]\?x=1 failed/)
    expect(text).not.toContain(key)
    expect(logged).toHaveBeenCalledOnce()
  })
})
