import { setTimeout as sleep } from 'node:timers/promises'
import { createReceiver, memoryUseStore, type ResultEvent } from '@hookurl/verify'
import { describe, expect, test } from 'vitest'
import { abortUpload, sendToPort, sendTwice } from '../support/clients.ts'
import { command, mintPath, policy } from '../support/fixtures.ts'
import { listen } from '../support/serve.ts'
import type { Subject } from '../support/subjects.ts'
import { getUnsupportedReason } from './cases.ts'
import { apiHeaders, createTestReceiver } from './shared.ts'

const binary = Buffer.from([0, 255, 128, 10, 13])
const bodies: readonly [type: string, body: string | Uint8Array, payload: unknown][] = [
  ['application/json', '{"a":1}', { a: 1 }],
  ['application/x-www-form-urlencoded', 'a=1&b=x&b=y', { a: '1', b: ['x', 'y'] }],
  ['text/plain', 'Grüße', 'Grüße'],
  ['application/octet-stream', binary, binary],
]

/** What hosts, body parsers, mount paths and proxies do to requests. */
export function describeHosts(subject: Subject): void {
  const silent = { ...policy, onError: () => {} }

  describe('hosts', () => {
    if (getUnsupportedReason(subject, 'parsers') === undefined) {
      for (const [type, body, payload] of bodies) {
        test(`behind body parsers, ${type} is read completely within a second`, async () => {
          const payloads: unknown[] = []
          const handlers = { [command]: (hook: { payload: unknown }) => void payloads.push(hook.payload) }
          const send = await subject.receiver({ ...silent, handlers }, { parsers: true })
          const start = performance.now()
          const response = await send({ method: 'POST', path: mintPath(), headers: { 'content-type': type }, body })
          expect(response.status).toBe(200)
          expect(payloads.map((one) => (one instanceof Uint8Array ? Buffer.from(one) : one))).toEqual([payload])
          expect(performance.now() - start).toBeLessThan(1000)
        })
      }

      test('a guard behind body parsers leaves the parsed body to the route', async () => {
        const received: string[] = []
        const route = (_hook: unknown, body: string) => ({ text: String(received.push(body)) })
        const send = await subject.guard({ ...silent, command }, route, { parsers: true })
        const headers = { 'content-type': 'application/json' }
        const response = await send({ method: 'POST', path: mintPath(), headers, body: '{"a":1}' })
        expect(response.status).toBe(200)
        expect(received).toEqual(['{"a":1}'])
      })
    }

    test('a receiver runs at a sub-path', async () => {
      const send = await subject.receiver(
        { ...silent, handlers: { [command]: () => Response.json('ran') } },
        { at: '/a/b/hooks' },
      )
      expect((await send({ method: 'POST', path: `/a/b${mintPath()}` })).json()).toBe('ran')
    })

    async function startProxy() {
      const send = await createTestReceiver(subject, () => Response.json('ran'))
      const port = await listen(async (incoming, outgoing) => {
        const headers = { 'x-forwarded-prefix': '/public', accept: String(incoming.headers.accept) }
        const { method = 'GET', url = '/' } = incoming
        const response = await send({ method, path: url.replace('/public', ''), headers })
        outgoing.writeHead(response.status).end(response.bytes)
      })
      return sendToPort(port)
    }

    test('a receiver runs behind a proxy that strips a prefix', async () => {
      const send = await startProxy()
      expect((await send({ method: 'POST', path: `/public${mintPath()}` })).json()).toBe('ran')
    })

    test('a receiver behind a proxy that strips a prefix rejects a truncated token', async () => {
      const send = await startProxy()
      expect((await send({ method: 'POST', path: `/public${mintPath().slice(0, -1)}` })).status).toBe(400)
    })

    test('an adapter accepts an existing receiver', async () => {
      const receiver = createReceiver({ ...silent, handlers: { [command]: () => Response.json('ran') } })
      const send = await subject.receiver(receiver as never)
      expect((await send({ method: 'POST', path: mintPath() })).json()).toBe('ran')
    })

    if (getUnsupportedReason(subject, 'sockets') === undefined) {
      for (const [size, length] of [
        ['small', 10],
        ['large', 500_000],
      ] as const) {
        test(`a request after a rejected ${size} body succeeds, on the same connection or a new one`, async () => {
          const { port = 0 } = await createTestReceiver(subject, () => Response.json('ran'))
          const bad = { method: 'POST', path: `${mintPath()}A`, body: Buffer.alloc(length) }
          const [rejected, ran] = await sendTwice(port, bad, { method: 'POST', path: mintPath(), body: '' })
          expect(rejected?.status).toBe(400)
          expect(ran?.status).toBe(200)
          expect(ran?.text).toBe('"ran"')
        })
      }
    }

    if (getUnsupportedReason(subject, 'aborts') === undefined) {
      test('an aborted upload is rejected as request_aborted and runs nothing', async () => {
        const codes: unknown[] = []
        const onResult = ({ error }: ResultEvent): void => void codes.push(error?.code)
        let runs = 0
        const send = await createTestReceiver(subject, () => runs++, { onResult })
        await abortUpload(send, { path: mintPath(), headers: { 'content-type': 'application/json' }, body: '{"a":' })
        await expect.poll(() => codes, { timeout: 3000 }).toEqual(['request_aborted'])
        expect(runs).toBe(0)
      })

      test('an aborted upload does not affect the next request', async () => {
        const send = await createTestReceiver(subject, () => undefined)
        await abortUpload(send, { path: mintPath(), headers: { 'content-type': 'application/json' }, body: '{"a":' })
        expect((await send({ method: 'POST', path: mintPath() })).status).toBe(200)
      })
    }

    const isProcess = getUnsupportedReason(subject, 'background work') === undefined
    const slowHandler = async () => {
      let finished = 0
      const options = { ackAfter: '30ms' }
      const send = await createTestReceiver(subject, () => sleep(150).then(() => void finished++), options)
      const response = await send({ method: 'POST', path: mintPath(), headers: apiHeaders })
      return { response, countFinished: () => finished }
    }

    if (isProcess) {
      test('a handler slower than ackAfter results in 202 and runs to its end', async () => {
        const { response, countFinished } = await slowHandler()
        expect(response.status).toBe(202)
        await expect.poll(countFinished).toBe(1)
      })
    } else {
      test('ackAfter results in 500 and no run, since the host cannot continue after the response', async () => {
        const { response, countFinished } = await slowHandler()
        expect(response.status).toBe(500)
        expect(countFinished()).toBe(0)
      })
    }

    test('a guard releases the use when the route responds with 500, and commits it otherwise', async () => {
      const routeStatuses = [500, 404]
      const uses = memoryUseStore({ now: policy.now })
      const route = () => ({ status: routeStatuses.shift() ?? 200, text: 'from the route' })
      const send = await subject.guard({ ...silent, command, uses }, route)
      const path = mintPath({ maxUses: 1, id: 'one' })
      const statuses: number[] = []
      for (let index = 0; index < 3; index++) {
        statuses.push((await send({ method: 'POST', path, headers: { 'x-index': String(index) } })).status)
      }
      expect(statuses).toEqual([500, 404, 410])
    })
  })
}
