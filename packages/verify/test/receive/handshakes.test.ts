import type { HandshakeOptions } from '@hookurl/verify'
import { hookurl } from '@hookurl/verify/express'
import express from 'express'
import { describe, expect, test } from 'vitest'
import { sendToPort } from '../support/clients.ts'
import { mintPath, policy, seconds } from '../support/fixtures.ts'
import { listen } from '../support/serve.ts'

describe('handshakes behind express.json()', () => {
  const sendBehindParser = async (handshakes: HandshakeOptions, body: string, headers: Record<string, string> = {}) => {
    const errors: unknown[] = []
    const onError = (error: unknown): void => void errors.push(error)
    const handlers = { '*': () => {} }
    const app = express().use(express.json(), hookurl({ ...policy, handlers, handshakes, onError }))
    const send = sendToPort(await listen(app))
    const request = {
      method: 'POST',
      path: mintPath(),
      headers: { 'content-type': 'application/json', ...headers },
      body,
    }
    return { response: await send(request), errors }
  }

  test('custom gets the JSON', async () => {
    const custom = async (request: Request): Promise<Response> => Response.json(await request.json())
    const { response } = await sendBehindParser({ custom }, '{"op": "ping"}')
    expect(response.json()).toEqual({ op: 'ping' })
  })

  test('the test of Zoom is rejected with body_already_consumed and a fix', async () => {
    const body = '{"event":"endpoint.url_validation","payload":{"plainToken":"abc"}}'
    const headers = { 'x-zm-request-timestamp': `${seconds}`, 'x-zm-signature': `v0=${'0'.repeat(64)}` }
    const { response, errors } = await sendBehindParser({ zoom: { secretToken: 'secretValueTest' } }, body, headers)
    expect(response.status).toBe(500)
    expect(response.json()).toMatchObject({ code: 'body_already_consumed' })
    expect(errors).toHaveLength(1)
  })
})
