// Calls the route handlers as Next does: the handler of the method, with the request and the path parameters.
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'

type Handler = (request: Request, context: { params: Promise<{ token?: string[] }> }) => Promise<Response>

type Route = Readonly<Record<string, unknown>>

const routes: Readonly<Record<string, Route>> = {
  hooks: await import(new URL('../app/hooks/[[...token]]/route.ts', import.meta.url).href),
  approve: await import(new URL('../app/approve/[[...token]]/route.ts', import.meta.url).href),
}

async function handleRequest(request: Request): Promise<Response> {
  const [, folder = '', ...token] = new URL(request.url).pathname.split('/')
  const route = routes[folder]
  if (route === undefined) return new Response(null, { status: 404 })
  const handler = route[request.method] as Handler | undefined
  if (handler === undefined) return new Response(null, { status: 405 })
  return handler(request, { params: Promise.resolve(token.length === 0 ? {} : { token }) })
}

const server = serve({ fetch: handleRequest, port: 0, hostname: '127.0.0.1' }, () => {
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
