import type { RequestListener } from 'node:http'
import { hookurl } from '@hookurl/verify/fetch'
import { H3 } from 'h3'
import { toNodeHandler } from 'h3/node'
import { createApp, eventHandler, toNodeListener, toWebRequest } from 'h3-1'
import { type SendRequest, sendToPort } from './clients.ts'
import { listen } from './serve.ts'
import type { Subject } from './subjects.ts'

type Receive = (request: Request, context: unknown) => Promise<Response>

/** h3 2, whose requests on Node are those of srvx. */
export const h3Subject: Subject = createSubject('h3 2', (receive) => {
  const app = new H3().all('/**', (event) => receive(event.req, event))
  return toNodeHandler(app) as RequestListener
})

// Its events have no `waitUntil`; Node continues after a response.
const context = { waitUntil: () => {} }

/** h3 1, with a `Request` that it makes from Node's. */
export const h3Version1Subject: Subject = createSubject('h3 1', (receive) =>
  toNodeListener(createApp().use(eventHandler((event) => receive(toWebRequest(event), context)))),
)

function createSubject(name: string, toListener: (receive: Receive) => RequestListener): Subject {
  const mount = async (receive: Receive): Promise<SendRequest> => sendToPort(await listen(toListener(receive)))
  return {
    name,
    receiver: async (options) => mount(hookurl(options)),
    guard: async (options, route) =>
      mount(
        hookurl(options, async (request, hook, _context: unknown) => {
          const { text, ...init } = route(hook, await request.text())
          return new Response(text, init)
        }),
      ),
  }
}
