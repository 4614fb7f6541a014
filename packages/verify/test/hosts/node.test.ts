import { hookurl } from '@hookurl/verify/node'
import { expect, test } from 'vitest'
import { sendToPort } from '../support/clients.ts'
import { command, mintPath, policy } from '../support/fixtures.ts'
import { listen } from '../support/serve.ts'

test('a Host header with credentials does not appear in the URL of hook.request', async () => {
  const receive = hookurl({ ...policy, handlers: { [command]: (hook) => Response.json(hook.request.url) } })
  const send = sendToPort(await listen(receive))
  const path = mintPath()
  const response = await send({ method: 'POST', path, headers: { host: 'u:p@x' } })
  expect(response.status).toBe(200)
  expect(response.json()).toBe(`http://localhost${path}`)
})

test('a Vary header of an earlier middleware is kept next to Origin', async () => {
  const receive = hookurl({ ...policy, cors: ['https://a.example'], handlers: { [command]: () => {} } })
  const port = await listen((request, response) => {
    response.setHeader('vary', 'Accept-Encoding')
    receive(request, response)
  })
  const { header } = await sendToPort(port)({ method: 'POST', path: mintPath() })
  expect(header('vary')).toBe('Accept-Encoding, Origin')
})

test('a request target with credentials has none in the URL of hook.request', async () => {
  const receive = hookurl({ ...policy, handlers: { [command]: (hook) => Response.json(hook.request.url) } })
  const path = mintPath()
  const response = await sendToPort(await listen(receive))({ method: 'POST', path: `http://u:p@x.example${path}` })
  expect(response.json()).toBe(`http://x.example${path}`)
})
