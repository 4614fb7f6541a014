import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { hookurl } from '@hookurl/verify/node'
import { handle, receiver } from './app.ts'

const receive = hookurl(receiver)
const respondFromApp = getRequestListener(handle)

const server = createServer((request, response) => {
  if (request.url === '/require') return response.end(requireAll())
  return request.url?.startsWith('/node/') ? receive(request, response) : respondFromApp(request, response)
})
server.listen(0, '127.0.0.1', () => console.log(`listening on ${(server.address() as AddressInfo).port}`))

// The packages have CommonJS too.
function requireAll(): string {
  const require = createRequire(import.meta.url)
  const names = ['@hookurl/core', '@hookurl/core/webhooks', '@hookurl/verify', '@hookurl/verify/express']
  const empty = names.filter((name) => Object.keys(require(name) as object).length === 0)
  return empty.length === 0 ? 'ok' : `no exports in ${empty.join(', ')}`
}
