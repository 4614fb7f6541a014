import { once } from 'node:events'
import { request as createHttp1Request } from 'node:http'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { hookurl } from '@hookurl/verify/node'
import { expect, onTestFinished, test } from 'vitest'
import { type NodeRequest, readBody } from '../../src/hosts/node-body.ts'
import { sendToPort } from '../support/clients.ts'
import { command, mintPath, policy } from '../support/fixtures.ts'
import { listen } from '../support/serve.ts'

const limits = { maxBodySize: 100, timeoutMs: 1000 }

/** Creates a request whose body has arrived completely. */
async function createIncoming(body: string): Promise<Readable & NodeRequest> {
  const stream = new Readable({ read: () => {} })
  stream.push(body)
  await sleep(0)
  return Object.assign(stream, { headers: { 'content-length': String(body.length) }, httpVersionMajor: 1 })
}

test('a request that was aborted is rejected, although its body has arrived', async () => {
  const incoming = await createIncoming('{"a":1}')
  incoming.destroy()
  expect(await readBody({ incoming, framework: {} }, limits)).toEqual({ kind: 'unread', code: 'request_aborted' })
})

test('a connection that fails after the body was read throws no uncaught exception', async () => {
  const uncaught: unknown[] = []
  const listener = (error: unknown): void => void uncaught.push(error)
  process.on('uncaughtException', listener)
  onTestFinished(() => void process.off('uncaughtException', listener))
  const incoming = await createIncoming('{"a":1}')
  expect(await readBody({ incoming, framework: {} }, limits)).toMatchObject({ kind: 'bytes' })
  incoming.destroy(new Error('reset'))
  await sleep(10)
  expect(uncaught).toEqual([])
})

test('a request that a middleware paused is read', async () => {
  const receive = hookurl({
    ...policy,
    bodyTimeout: '2s',
    handlers: { [command]: (hook) => Response.json(hook.payload) },
  })
  const port = await listen((request, response) => {
    request.pause()
    setTimeout(() => receive(request as never, response as never), 20)
  })
  const headers = { 'content-type': 'application/json' }
  const response = await sendToPort(port)({ method: 'POST', path: mintPath(), headers, body: '[1]' })
  expect(response.json()).toEqual([1])
})

test('a string over maxBodySize that a parser left in request.body is rejected', async () => {
  const receive = hookurl({ ...policy, maxBodySize: 1000, handlers: { [command]: () => {} } })
  const port = await listen((request, response) => {
    const chunks: Buffer[] = []
    request
      .on('data', (chunk) => chunks.push(chunk))
      .on('end', () => {
        Object.assign(request, { body: Buffer.concat(chunks).toString() })
        receive(request as never, response as never)
      })
  })
  // Sent without a Content-Length.
  const options = { port, path: mintPath(), method: 'POST', headers: { 'content-type': 'text/plain' } }
  const request = createHttp1Request(options)
  request.write('x'.repeat(2000))
  request.end()
  const [response] = await once(request, 'response')
  expect(response.statusCode).toBe(413)
  response.resume()
})
