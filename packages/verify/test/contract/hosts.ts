import { setTimeout as sleep } from 'node:timers/promises'
import { createReceiver, memoryUseStore } from '@hookurl/verify'
import { describe, expect, test } from 'vitest'
import { sendTwice, toPort, withhold } from '../support/clients.ts'
import { command, mintPath, policy } from '../support/fixtures.ts'
import { listen } from '../support/serve.ts'
import type { Subject } from '../support/subjects.ts'
import { lackOf } from './cases.ts'
import { program, receive } from './shared.ts'

const binary = Buffer.from([0, 255, 128, 10, 13])
const sent: readonly [type: string, body: string | Uint8Array, payload: unknown][] = [
  ['application/json', '{"a":1}', { a: 1 }],
  ['application/x-www-form-urlencoded', 'a=1&b=x&b=y', { a: '1', b: ['x', 'y'] }],
  ['text/plain', 'Grüße', 'Grüße'],
  ['application/octet-stream', binary, binary],
]

/** What hosts, and what stands around them, do to requests. */
export function describeHosts(subject: Subject): void {
  const silent = { ...policy, onError: () => {} }

  describe('hosts', () => {
    if (lackOf(subject, 'parsers') === undefined) {
      for (const [type, body, payload] of sent) {
        test(`behind body parsers, ${type} arrives whole and soon`, async () => {
          const got: unknown[] = []
          const handlers = { [command]: (hook: { payload: unknown }) => void got.push(hook.payload) }
          const send = await subject.receiver({ ...silent, handlers }, { parsers: true })
          const started = performance.now()
          const reply = await send({ method: 'POST', path: mintPath(), headers: { 'content-type': type }, body })
          expect(reply.status).toBe(200)
          expect(got.map((one) => (one instanceof Uint8Array ? Buffer.from(one) : one))).toEqual([payload])
          expect(performance.now() - started).toBeLessThan(1000)
        })
      }

      test('a guard behind body parsers leaves what they read to the route', async () => {
        const opened: string[] = []
        const send = await subject.guard(
          { ...silent, command },
          (_hook, body) => ({ text: String(opened.push(body)) }),
          { parsers: true },
        )
        const headers = { 'content-type': 'application/json' }
        expect((await send({ method: 'POST', path: mintPath(), headers, body: '{"a":1}' })).status).toBe(200)
        expect(opened).toEqual(['{"a":1}'])
      })
    }

    test('runs at a sub-path', async () => {
      const send = await subject.receiver({ ...silent, handlers: { [command]: () => 'ran' } }, { at: '/a/b/hooks' })
      expect((await send({ method: 'POST', path: `/a/b${mintPath()}` })).json()).toBe('ran')
    })

    test('runs behind a proxy that strips a prefix', async () => {
      const send = await receive(subject, () => 'ran')
      const proxy = await listen(async (request, response) => {
        const headers = { 'x-forwarded-prefix': '/public', accept: String(request.headers.accept) }
        const { method = 'GET', url = '/' } = request
        const reply = await send({ method, path: url.replace('/public', ''), headers })
        response.writeHead(reply.status).end(reply.bytes)
      })
      const ask = toPort(proxy)
      expect((await ask({ method: 'POST', path: `/public${mintPath()}` })).json()).toBe('ran')
      expect((await ask({ method: 'POST', path: `/public${mintPath().slice(0, -1)}` })).status).toBe(400)
    })

    test('takes a receiver made elsewhere', async () => {
      const receiver = createReceiver({ ...silent, handlers: { [command]: () => 'ran' } })
      const send = await subject.receiver(receiver as never)
      expect((await send({ method: 'POST', path: mintPath() })).json()).toBe('ran')
    })

    if (lackOf(subject, 'sockets') === undefined) {
      for (const [what, length] of [
        ['a small', 10],
        ['a large', 500_000],
      ] as const) {
        test(`${what} body that was refused leaves the connection, or the next one, good`, async () => {
          const { port = 0 } = await receive(subject, () => 'ran')
          const bad = { method: 'POST', path: `${mintPath()}A`, body: Buffer.alloc(length) }
          const [refused, ran] = await sendTwice(port, bad, { method: 'POST', path: mintPath(), body: '' })
          expect([refused?.status, ran?.status, ran?.text]).toEqual([400, 200, '"ran"'])
        })
      }
    }

    if (lackOf(subject, 'aborts') === undefined) {
      test('never runs where the upload breaks off', async () => {
        const told: string[] = []
        const onRefusal = ({ code }: { code: string }): void => void told.push(code)
        let runs = 0
        const send = await receive(subject, () => runs++, { onRefusal })
        await withhold(send, { path: mintPath(), headers: { 'content-type': 'application/json' }, body: '{"a":' })
        await expect.poll(() => told, { timeout: 3000 }).toEqual(['request_aborted'])
        expect(runs).toBe(0)
        expect((await send({ method: 'POST', path: mintPath() })).status).toBe(200)
      })
    }

    const slow = { ackAfter: '30ms' }
    test('answers 202 where the handler is slower than ack and the host goes on, and lets it finish', async () => {
      let finished = 0
      const send = await receive(subject, () => sleep(150).then(() => void finished++), slow)
      const reply = await send({ method: 'POST', path: mintPath(), headers: program })
      const isProcess = lackOf(subject, 'ack') === undefined
      expect(reply.status).toBe(isProcess ? 202 : 500)
      if (isProcess) await expect.poll(() => finished).toBe(1)
      else expect(finished).toBe(0)
    })

    test('a guard spends the use of a URL where the route answers below 400, and gives it back otherwise', async () => {
      const statuses = [500, 404, 201]
      const uses = memoryUseStore({ now: policy.now })
      const route = () => ({ status: statuses.shift() ?? 200, text: 'open' })
      const send = await subject.guard({ ...silent, command, uses }, route)
      const path = mintPath({ maxUses: 1, id: 'one' })
      const got: number[] = []
      for (const at of [1, 2, 3, 4])
        got.push((await send({ method: 'POST', path, headers: { 'x-at': String(at) } })).status)
      expect(got).toEqual([500, 404, 201, 410])
    })
  })
}
