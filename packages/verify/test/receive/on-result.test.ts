import { setTimeout as sleep } from 'node:timers/promises'
import { inspect } from 'node:util'
import { createMinter, isHookurlError } from '@hookurl/core'
import {
  createReceiver,
  type GuardOptions,
  memoryUseStore,
  type Outcome,
  type ReceivedHook,
  type ReceiverOptions,
  type ResultEvent,
} from '@hookurl/verify'
import { hookurl as fetchHookurl } from '@hookurl/verify/fetch'
import { hookurl as nodeHookurl } from '@hookurl/verify/node'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { apiHeaders, browserHeaders } from '../contract/shared.ts'
import { type SendRequest, sendToHandler, sendToPort, type TestRequest } from '../support/clients.ts'
import { baseUrl, command, getToken, key, mintPath, policy } from '../support/fixtures.ts'
import { listen } from '../support/serve.ts'

const consoleError = vi.spyOn(console, 'error')

beforeEach(() => {
  consoleError.mockReset()
  consoleError.mockImplementation(() => {})
})

interface Recorder {
  readonly send: SendRequest
  readonly events: ResultEvent[]
}

function recordReceiver(options: Partial<ReceiverOptions> = {}): Recorder {
  const events: ResultEvent[] = []
  const receiver = createReceiver({
    ...policy,
    uses: memoryUseStore({ now: policy.now }),
    handlers: { [command]: () => undefined },
    onResult: (event) => void events.push(event),
    onError: () => {},
    ...options,
  })
  return { events, send: sendToHandler((request) => receiver.fetch(request, { waitUntil: () => {} })) }
}

function recordGuard(route: () => Response | Promise<Response>, options: Partial<GuardOptions> = {}): Recorder {
  const events: ResultEvent[] = []
  const guard = fetchHookurl(
    {
      ...policy,
      command,
      uses: memoryUseStore({ now: policy.now }),
      onResult: (event) => void events.push(event),
      onError: () => {},
      ...options,
    },
    route,
  )
  return { events, send: sendToHandler(guard) }
}

interface Row {
  readonly outcome: Outcome
  readonly status: number
  readonly what: string
  readonly request?: Partial<TestRequest>
  readonly allowGet?: boolean
}

const cors = ['https://app.example.com']
const preflight = { origin: 'https://app.example.com', 'access-control-request-method': 'POST' }
const prefetch = { ...browserHeaders, 'sec-purpose': 'prefetch' }
const rows: readonly Row[] = [
  { outcome: 'handled', status: 200, what: 'a POST' },
  { outcome: 'handled', status: 200, what: 'a GET with allowGet', request: { method: 'GET' }, allowGet: true },
  {
    outcome: 'confirm_page',
    status: 200,
    what: 'a browser GET',
    request: { method: 'GET', headers: browserHeaders },
  },
  {
    outcome: 'preview',
    status: 200,
    what: 'a link preview',
    request: { method: 'GET', headers: { 'user-agent': 'TelegramBot' } },
  },
  { outcome: 'prefetch', status: 503, what: 'a prefetch', request: { method: 'GET', headers: prefetch } },
  {
    outcome: 'handshake',
    status: 200,
    what: 'a handshake',
    request: { method: 'GET', headers: { 'x-okta-verification-challenge': 'abc' } },
  },
  { outcome: 'head', status: 200, what: 'HEAD', request: { method: 'HEAD' } },
  { outcome: 'options', status: 204, what: 'OPTIONS', request: { method: 'OPTIONS' } },
  { outcome: 'options', status: 204, what: 'a preflight', request: { method: 'OPTIONS', headers: preflight } },
  { outcome: 'rejected', status: 405, what: 'PUT', request: { method: 'PUT' } },
]

for (const [name, record] of [
  ['a receiver', (options) => recordReceiver(options)],
  ['a guard', (options) => recordGuard(() => new Response('from the route'), options)],
] as const satisfies readonly [string, (options: { cors: readonly string[] }) => Recorder][]) {
  describe(`onResult of ${name}`, () => {
    for (const { outcome, status, what, request, allowGet = false } of rows) {
      test(`it receives one event for ${what}: ${outcome}, ${status}`, async () => {
        const { send, events } = record({ cors })
        const response = await send({ method: 'POST', path: mintPath({ allowGet }), ...request })
        expect(response.status).toBe(status)
        expect(events).toEqual([
          expect.objectContaining({ outcome, status, method: request?.method ?? 'POST', command }),
        ])
      })
    }

    test('it receives one event for a retried delivery: duplicate, 200', async () => {
      const { send, events } = record({ cors })
      const request = { method: 'POST', path: mintPath({ maxUses: 1 }), headers: { 'webhook-id': '1' } }
      await send(request)
      await send(request)
      expect(events).toHaveLength(2)
      expect(events[1]).toMatchObject({ outcome: 'duplicate', status: 200, command })
    })

    test('it receives one event for a used URL: rejected, 410', async () => {
      const { send, events } = record({ cors })
      const path = mintPath({ maxUses: 1 })
      await send({ method: 'POST', path, headers: { 'webhook-id': '1' } })
      await send({ method: 'POST', path, headers: { 'webhook-id': '2' } })
      expect(events).toHaveLength(2)
      expect(events[1]).toMatchObject({ outcome: 'rejected', status: 410, command })
      expect(events[1]?.error?.code).toBe('already_used')
    })

    test('a verified hook that is rejected has its command in the event', async () => {
      const { send, events } = record({ cors })
      await send({ method: 'PUT', path: mintPath({ userId: 7 }) })
      expect(events[0]?.command).toBe(command)
      expect(events[0]?.hook?.userId).toBe('7')
    })

    test('an unverified URL has neither command, hook nor delivery id in the event', async () => {
      const { send, events } = record({ cors })
      const path = `${mintPath()}A`
      await send({ method: 'POST', path, headers: { 'webhook-id': '1' } })
      expect(events).toHaveLength(1)
      expect(events[0]).toMatchObject({ outcome: 'rejected', status: 400 })
      expect(events[0]).not.toHaveProperty('command')
      expect(events[0]).not.toHaveProperty('deliveryId')
      expect(events[0]?.hook).toBeUndefined()
    })

    test('only a rejection has an error in the event', async () => {
      const { send, events } = record({ cors })
      await send({ method: 'POST', path: mintPath() })
      await send({ method: 'PUT', path: mintPath() })
      expect(events[0]).not.toHaveProperty('error')
      expect(isHookurlError(events[1]?.error)).toBe(true)
    })

    test('the target in the event is redacted', async () => {
      const { send, events } = record({ cors })
      const path = mintPath()
      await send({ method: 'POST', path: `${path}?a=1` })
      expect(events[0]?.target).toMatch(/\/hooks\/\[hook [0-9a-f]{6}\]\?a=1$/)
      expect(events[0]?.target).not.toContain(getToken(path).slice(-20))
    })

    test('the hook in the event is not enumerable', async () => {
      const { send, events } = record({ cors })
      await send({ method: 'POST', path: mintPath({ userId: 7 }) })
      expect(Object.keys(events[0] ?? {})).not.toContain('hook')
      expect(events[0]?.hook).toMatchObject({ command, userId: '7' })
    })

    for (const [what, options] of [
      ['a handled request', {}],
      ['a rejection', { command: '/other' }],
    ] as const) {
      test(`the event of ${what} contains neither token, content nor payload when it is printed`, async () => {
        const { send, events } = record({ cors })
        const path = mintPath({ ...options, content: { pin: 'secret-content' } })
        const headers = { ...apiHeaders, 'content-type': 'application/json' }
        await send({ method: 'POST', path, headers, body: '{"pin":"secret-payload"}' })
        const [event] = events
        const output = `${JSON.stringify(event)}${inspect(event, { depth: 9 })}`
        expect(output).toContain('POST')
        expect(output).not.toMatch(/secret-/)
        for (const part of getToken(path).split('.')) expect(output).not.toContain(part)
      })
    }

    test('the duration in the event is a number of milliseconds', async () => {
      const { send, events } = record({ cors })
      await send({ method: 'POST', path: mintPath() })
      expect(events[0]?.durationMs).toBeGreaterThanOrEqual(0)
      expect(events[0]?.durationMs).toBeLessThan(5000)
    })

    const failing: readonly [what: string, onResult: () => void][] = [
      ['throws', () => raise(new Error('broken'))],
      ['rejects', () => Promise.reject(new Error('broken later')) as unknown as undefined],
    ]
    for (const [what, onResult] of failing) {
      test(`an onResult that ${what} does not change a response`, async () => {
        const { send } = record({ cors, onResult } as never)
        expect((await send({ method: 'POST', path: mintPath() })).status).toBe(200)
      })

      test(`an onResult that ${what} does not change a rejection`, async () => {
        const { send } = record({ cors, onResult } as never)
        const response = await send({ method: 'POST', path: `${mintPath()}A` })
        expect(response.status).toBe(400)
        expect(response.json()).toMatchObject({ code: 'malformed_token' })
      })

      test(`the error of an onResult that ${what} is written to the console`, async () => {
        const { send } = record({ cors, onResult } as never)
        await send({ method: 'POST', path: mintPath() })
        await expect.poll(() => consoleError.mock.calls.length).toBe(1)
        expect(String(consoleError.mock.calls[0]?.[0])).toContain('broken')
      })
    }
  })
}

describe('onResult of a receiver', () => {
  test('it receives accepted and 202 for a handler slower than ackAfter, and nothing when it finishes', async () => {
    let finished = 0
    const handlers = { [command]: () => sleep(60).then(() => void finished++) }
    const { send, events } = recordReceiver({ ackAfter: '10ms', handlers })
    await send({ method: 'POST', path: mintPath() })
    expect(events).toEqual([expect.objectContaining({ outcome: 'accepted', status: 202, command })])
    await expect.poll(() => finished).toBe(1)
    expect(events).toHaveLength(1)
  })

  test('it receives handshake and 200 for a handshake in the body', async () => {
    const { send, events } = recordReceiver()
    const body = '{"token":"x","challenge":"abc","type":"url_verification"}'
    await send({ method: 'POST', path: mintPath(), headers: { 'content-type': 'application/json' }, body })
    const service = 'Slack, Feishu, Lark'
    expect(events).toEqual([expect.objectContaining({ outcome: 'handshake', status: 200, command, service })])
  })

  test('it receives handled and the status of a Response', async () => {
    const { send, events } = recordReceiver({ handlers: { [command]: () => new Response(null, { status: 418 }) } })
    await send({ method: 'POST', path: mintPath() })
    expect(events).toEqual([expect.objectContaining({ outcome: 'handled', status: 418 })])
  })

  test('it receives rejected and handler_failed for a handler that throws', async () => {
    const { send, events } = recordReceiver({ handlers: { [command]: () => raise(new Error('x')) } })
    await send({ method: 'POST', path: mintPath() })
    expect(events).toEqual([expect.objectContaining({ outcome: 'rejected', status: 500, command })])
    expect(events[0]?.error?.code).toBe('handler_failed')
  })

  test('its event has the hook with the payload once the handler was called', async () => {
    const { send, events } = recordReceiver()
    const headers = { 'content-type': 'application/json' }
    await send({ method: 'POST', path: `${mintPath()}?a=1`, headers, body: '{"b":2}' })
    expect(events[0]?.hook).toMatchObject({ command, payload: { b: 2 }, query: { a: '1' } })
  })

  test('its event has the delivery id of the hook', async () => {
    const ids: unknown[] = []
    const handlers = { [command]: ({ deliveryId }: ReceivedHook) => void ids.push(deliveryId) }
    const { send, events } = recordReceiver({ handlers })
    await send({ method: 'POST', path: mintPath(), body: 'x' })
    expect(events[0]?.deliveryId).toEqual(expect.any(String))
    expect(ids).toEqual([events[0]?.deliveryId])
  })

  test('it receives rejected and no_token for a URL without a token that receiver.fetch handles', async () => {
    const { send, events } = recordReceiver()
    await send({ method: 'POST', path: '/hooks/none' })
    expect(events).toEqual([expect.objectContaining({ outcome: 'rejected', status: 404, target: expect.any(String) })])
    expect(events[0]?.error?.code).toBe('no_token')
  })

  test('it receives nothing for a URL without a token that is passed to next', async () => {
    const events: ResultEvent[] = []
    const onResult = (event: ResultEvent): void => void events.push(event)
    const receive = nodeHookurl({ ...policy, onResult, handlers: { [command]: () => undefined } })
    const port = await listen((request, response) => void receive(request, response, () => response.end('next')))
    expect((await sendToPort(port)({ path: '/other' })).text).toBe('next')
    expect(events).toEqual([])
  })

  test('it receives nothing for a preflight from an unlisted origin that is passed to next', async () => {
    const events: ResultEvent[] = []
    const onResult = (event: ResultEvent): void => void events.push(event)
    const receive = nodeHookurl({ ...policy, cors, onResult, handlers: { [command]: () => undefined } })
    const port = await listen((request, response) => void receive(request, response, () => response.end('next')))
    const headers = { ...preflight, origin: 'https://other.example' }
    expect((await sendToPort(port)({ method: 'OPTIONS', path: mintPath(), headers })).text).toBe('next')
    expect(events).toEqual([])
  })
})

describe('onResult of a guard', () => {
  for (const status of [201, 404, 500]) {
    test(`it receives handled and the ${status} of the route`, async () => {
      const { send, events } = recordGuard(() => new Response(null, { status }))
      await send({ method: 'POST', path: mintPath() })
      expect(events).toEqual([expect.objectContaining({ outcome: 'handled', status, command })])
    })
  }

  test('it receives handled and no status for a route that throws', async () => {
    const { send, events } = recordGuard(() => raise(new Error('x')))
    await expect(send({ method: 'POST', path: mintPath() })).rejects.toThrow('x')
    expect(events).toEqual([expect.objectContaining({ outcome: 'handled', status: undefined, command })])
  })

  test('it receives the event after the route has ended', async () => {
    let hasEnded = false
    const endedAtEvent: boolean[] = []
    const { send } = recordGuard(
      async () => {
        await sleep(20)
        hasEnded = true
        return new Response()
      },
      { onResult: () => void endedAtEvent.push(hasEnded) },
    )
    await send({ method: 'POST', path: mintPath() })
    expect(endedAtEvent).toEqual([true])
  })

  test('it receives rejected and no_token for a URL without a token', async () => {
    const { send, events } = recordGuard(() => new Response())
    await send({ method: 'POST', path: '/hooks/none' })
    expect(events).toEqual([expect.objectContaining({ outcome: 'rejected', status: 404 })])
    expect(events[0]?.error?.code).toBe('no_token')
  })
})

function raise(error: unknown): never {
  throw error
}

test.for(['%20', '%0D%0A', '%E3%80%80'])(
  'the target of an event does not contain a short token split by 100 times %s',
  async (space) => {
    const { send, events } = recordReceiver()
    const minter = createMinter({ keys: key, baseUrl, expiresIn: '1h', tokenFormat: 'short' })
    const token = getToken(minter.mintSync({ command }))
    await send({ method: 'POST', path: `/hooks/${token.slice(0, 20)}${space.repeat(100)}${token.slice(20)}` })
    expect(events).toHaveLength(1)
    expect(events[0]?.target.replaceAll(space, '')).not.toContain(token.slice(-16))
  },
)

test('the target of an event is cut after 2,048 characters', async () => {
  const { send, events } = recordReceiver()
  const path = `/hooks/${'a'.repeat(5000)}`
  await send({ method: 'POST', path })
  expect(events[0]?.target).toHaveLength(2049)
  expect(events[0]?.target).toMatch(/\/hooks\/a+…$/)
})

test('a token at the cut of a long target is redacted', async () => {
  const { send, events } = recordReceiver()
  const token = getToken(mintPath())
  await send({ method: 'POST', path: `/hooks?a=${'a'.repeat(1960)}&t=${token}` })
  expect(events[0]?.target).toMatch(/&t=\[hook [0-9a-f]{6}\]…?$/)
})
