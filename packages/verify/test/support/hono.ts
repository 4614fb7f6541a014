import type { Hook } from '@hookurl/core'
import { hookurl } from '@hookurl/verify/hono'
import { type Context, Hono, type Next } from 'hono'
import { sendToPort } from './clients.ts'
import { listenFetch } from './serve.ts'
import type { Setup, Subject } from './subjects.ts'

/** Hono on Node. */
export const honoSubject: Subject = {
  name: 'hono, node',
  receiver: async (options, setup = {}) => {
    const app = prepare(setup).use(`${setup.at ?? '/hooks'}/*`, hookurl(options))
    return sendToPort(await listenFetch(app.fetch))
  },
  guard: async (options, route, setup = {}) => {
    const app = prepare(setup).all(`${setup.at ?? '/hooks'}/*`, hookurl(options), async (c) => {
      const { text, ...init } = route(c.get('hook') as Hook, await c.req.text())
      return new Response(text, init)
    })
    return sendToPort(await listenFetch(app.fetch))
  },
}

function prepare({ parsers = false }: Setup): Hono {
  const app = new Hono()
  return parsers ? app.use(readBodyFirst) : app
}

// Validators and loggers read the body this way.
async function readBodyFirst(c: Context, next: Next): Promise<void> {
  const type = c.req.header('content-type') ?? ''
  if (type.includes('json')) await c.req.json()
  else if (type.includes('form')) await c.req.parseBody()
  else if (type.includes('text')) await c.req.text()
  else await c.req.arrayBuffer()
  await next()
}
