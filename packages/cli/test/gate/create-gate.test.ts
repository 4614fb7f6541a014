import { once } from 'node:events'
import { createServer, type IncomingMessage, request as openRequest, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { createMinter } from '@hookurl/core'
import { memoryUseStore, type UseStore } from '@hookurl/verify'
import { afterEach, describe, expect, test } from 'vitest'
import { createGate } from '../../src/gate/create-gate.ts'
import type { RequestLogEntry } from '../../src/listen/request-log.ts'
import { testKeys } from '../support/run.ts'

// Longer than a busy machine needs until a use is reserved.
const timeoutMs = 2000
const minter = createMinter({ keys: testKeys, baseUrl: 'https://shop.example.com/hooks', expiresIn: '1h' })
const { pathname } = new URL(minter.mintSync({ command: '/onPayment', maxUses: 1 }))

let server: Server | undefined
let close = async (): Promise<void> => {}
afterEach(async () => {
  server?.close()
  await close()
})

/** Stops the process until every time limit of a request is over, and lets its timers run. */
async function passTime(): Promise<void> {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, timeoutMs + 50)
  for (let turn = 0; turn < 3; turn++) await setImmediate()
}

interface StartedGate {
  readonly entries: readonly RequestLogEntry[]
  readonly errors: readonly unknown[]
  /** Sends the request of nginx. */
  ask(): Promise<IncomingMessage>
}

async function startGate(store: UseStore): Promise<StartedGate> {
  const entries: RequestLogEntry[] = []
  const errors: unknown[] = []
  const gate = createGate({
    keys: testKeys,
    purpose: '',
    commands: ['/onPayment'],
    proxy: 'nginx',
    store,
    timeoutMs,
    onRequest: (entry) => entries.push(entry),
    onError: (error) => errors.push(error),
  })
  server = createServer((incoming, response) => void gate.handle(incoming, response)).listen(0, '127.0.0.1')
  close = gate.close
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const headers = { 'x-original-uri': pathname, 'x-original-method': 'POST' }
  async function ask(): Promise<IncomingMessage> {
    const outgoing = openRequest({ port, host: '127.0.0.1', headers, agent: false }).end()
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
    response.resume()
    return response
  }
  return { entries, errors, ask }
}

describe('when the time of a request is over', () => {
  test('a commit that is under way is awaited, and the request passes', async () => {
    const memory = memoryUseStore()
    let delay: () => Promise<void> = passTime
    const commit: UseStore['commit'] = async (...args) => {
      await delay()
      delay = async () => {}
      return memory.commit(...args)
    }
    const { ask, errors } = await startGate({ ...memory, commit })
    expect((await ask()).statusCode).toBe(204)
    expect((await ask()).headers['hookurl-result']).toBe('already_used')
    expect(errors).toEqual([])
  })

  test('a reservation is released, and the log names --timeout once', async () => {
    const memory = memoryUseStore()
    let delay: () => Promise<void> = passTime
    const reserve: UseStore['reserve'] = async (reservation) => {
      await delay()
      delay = async () => {}
      return memory.reserve(reservation)
    }
    const { ask, entries, errors } = await startGate({ ...memory, reserve })
    expect((await ask()).headers['hookurl-result']).toBe('store_unavailable')
    await expect.poll(() => entries[0]?.event.error?.message).toBe('verifying took longer than --timeout (2000 ms)')
    expect(errors).toEqual([])
    expect((await ask()).statusCode).toBe(204)
  })
})
