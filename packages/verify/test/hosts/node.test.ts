import { hookurl } from '@hookurl/verify/node'
import { expect, test } from 'vitest'
import { sendToPort } from '../support/clients.ts'
import { command, mintPath, policy } from '../support/fixtures.ts'
import { listen } from '../support/serve.ts'

test('a Vary header of an earlier middleware is kept next to Origin', async () => {
  const receive = hookurl({ ...policy, cors: ['https://a.example'], handlers: { [command]: () => {} } })
  const port = await listen((request, response) => {
    response.setHeader('vary', 'Accept-Encoding')
    receive(request, response)
  })
  const { header } = await sendToPort(port)({ method: 'POST', path: mintPath() })
  expect(header('vary')).toBe('Accept-Encoding, Origin')
})
