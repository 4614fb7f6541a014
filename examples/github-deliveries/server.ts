import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { createMinter } from '@hookurl/core'
import { hookurl } from '@hookurl/verify/node'
import { z } from 'zod'

const { HOOKURL_KEYS: keys = '', PORT = '8787', ORIGIN } = process.env

const commands = {
  '/onGithub': {
    content: z.object({ repository: z.string() }),
    payload: z.looseObject({ repository: z.object({ full_name: z.string() }), ref: z.string().optional() }),
  },
}

const receive = hookurl({
  keys,
  commands,
  // Only what GitHub signs, so that no other header proves anything.
  signatureSchemes: ['x-hub-signature-256'],
  handlers: {
    '/onGithub': ({ content, payload, headers }) => {
      // The body is signed, and the headers are not: the event is only a hint.
      if (payload.repository.full_name !== content.repository)
        return new Response('another repository', { status: 422 })
      console.log(`${content.repository}: ${headers.get('x-github-event')} ${payload.ref ?? ''}`.trimEnd())
      return undefined
    },
  },
})

const server = createServer((request, response) =>
  receive(request, response, (error) => void (error === undefined ? addWebhook(request, response) : fail(response))),
)

// Put this behind your login. Nothing is stored: the secret of a URL is derived again for every delivery.
async function addWebhook(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'POST' || request.url !== '/webhooks') return void response.writeHead(404).end()
  const { repository } = (await json(request)) as { repository: string }
  const minter = createMinter({ keys, commands, baseUrl: `${ORIGIN ?? getOrigin()}/hooks`, expiresIn: '365d' })
  const url = minter.mintSync({ command: '/onGithub', content: { repository }, requireSignature: true })
  const secret = minter.signingSecretSync(url, { encoding: 'plain' })
  response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify({ url, secret }))
}

function fail(response: ServerResponse): void {
  response.writeHead(500).end()
}

function getOrigin(): string {
  return `http://localhost:${(server.address() as AddressInfo).port}`
}

server.listen(Number(PORT), () => console.log(`listening on ${getOrigin()}`))
