import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { type NodeRequest, readBody } from '../../src/hosts/node-body.ts'

const limits = { maxBodySize: 100, timeoutMs: 1000 }

// A request whose whole body has arrived.
async function arrive(body: string): Promise<Readable & NodeRequest> {
  const stream = new Readable({ read: () => {} })
  stream.push(body)
  await sleep(0)
  return Object.assign(stream, { headers: { 'content-length': String(body.length) }, httpVersionMajor: 1 })
}

test('a request whose caller has gone is refused, whether or not its body had arrived', async () => {
  const request = await arrive('{"a":1}')
  request.destroy()
  expect(await readBody({ request, prior: {} }, limits)).toEqual({ kind: 'unread', code: 'request_aborted' })
})

test('a connection that fails after the body was read ends nothing', async () => {
  const uncaught: unknown[] = []
  const listen = (error: unknown): void => void uncaught.push(error)
  process.on('uncaughtException', listen)
  onTestFinished(() => void process.off('uncaughtException', listen))
  const request = await arrive('{"a":1}')
  expect(await readBody({ request, prior: {} }, limits)).toMatchObject({ kind: 'bytes' })
  request.destroy(new Error('reset'))
  await sleep(10)
  expect(uncaught).toEqual([])
})
