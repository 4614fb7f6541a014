import { gzipSync } from 'node:zlib'
import { hookurl } from '@hookurl/verify/fetch'
import { expect, test } from 'vitest'
import { command, mint, policy } from '../support/fixtures.ts'
import { listen } from '../support/serve.ts'

// `fetch` decodes a compressed body but keeps the header.
test('a compressed response that a guarded route fetched is sent decoded and without Content-Encoding', async () => {
  const body = 'x'.repeat(3000)
  const port = await listen((_request, response) => {
    response.setHeader('content-encoding', 'gzip').end(gzipSync(body))
  })
  const route = hookurl({ ...policy, command }, () => fetch(`http://localhost:${port}`))
  const response = await route(new Request(mint(), { method: 'POST' }))
  expect(response.headers.get('content-encoding')).toBeNull()
  expect(await response.text()).toBe(body)
})

// As in srvx 0.11, once another method has read the body.
class ReadRequest extends Request {
  override get body(): never {
    throw new TypeError('Response body object should not be disturbed or locked')
  }
}

test('a request whose body cannot be accessed is rejected with body_already_consumed', async () => {
  const receive = hookurl({ ...policy, handlers: { [command]: () => {} }, onError: () => {} })
  const response = await receive(new ReadRequest(mint(), { method: 'POST', body: '{}' }))
  expect(response.status).toBe(500)
  expect(await response.json()).toMatchObject({ code: 'body_already_consumed' })
})
