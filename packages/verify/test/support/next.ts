import { hookurl } from '@hookurl/verify/next'
import { sendToPort } from './clients.ts'
import { listenFetch } from './serve.ts'
import type { Subject } from './subjects.ts'

interface Context {
  readonly params: Promise<{ token?: string[] }>
}

type Handler = (request: Request, context: Context) => Promise<Response>

/** Route handlers of the Next app router, called the way Next calls them. */
export const nextSubject: Subject = {
  name: 'next',
  receiver: async (options) => sendToPort(await listenFetch(asNext(hookurl(options)))),
  guard: async (options, route) => {
    const handler = hookurl(options, async (request, hook, { params }: Context) => {
      await params
      const { text, ...init } = route(hook, await request.text())
      return new Response(text, init)
    })
    return sendToPort(await listenFetch(asNext(handler)))
  },
}

function asNext(handler: Handler): (request: Request) => Promise<Response> {
  return (request) => {
    const token = new URL(request.url).pathname.split('/').slice(2)
    return handler(request, { params: Promise.resolve({ token }) })
  }
}
