import { gzipSync } from 'node:zlib'
import { createReceiver } from '@hookurl/verify'
import { hookurl as nodeHookurl } from '@hookurl/verify/node'
import { describe, expect, test } from 'vitest'
import { command, mint, mintPath, policy } from '../support/fixtures.ts'
import { listen } from '../support/serve.ts'

// `fetch` decodes a compressed body but keeps the header.
describe('a compressed response that a handler fetched', () => {
  const body = 'x'.repeat(3000)

  async function createHandlers() {
    const port = await listen((_request, response) => {
      response.setHeader('content-encoding', 'gzip').end(gzipSync(body))
    })
    return { [command]: () => fetch(`http://localhost:${port}`) }
  }

  test('is sent decoded and without Content-Encoding by receiver.fetch', async () => {
    const receiver = createReceiver({ ...policy, handlers: await createHandlers() })
    const response = await receiver.fetch(new Request(mint(), { method: 'POST' }))
    expect(response.headers.get('content-encoding')).toBeNull()
    expect(await response.text()).toBe(body)
  })

  test('is sent decoded by node:http', async () => {
    const port = await listen(nodeHookurl({ ...policy, handlers: await createHandlers() }))
    const response = await fetch(`http://localhost:${port}${mintPath()}`, { method: 'POST' })
    expect(await response.text()).toBe(body)
  })
})
