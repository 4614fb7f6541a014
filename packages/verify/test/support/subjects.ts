import type { RequestListener } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Hook } from '@hookurl/core'
import type { GuardOptions, ReceiverOptions } from '@hookurl/verify'
import { hookurl as expressHookurl } from '@hookurl/verify/express'
import { hookurl as fetchHookurl } from '@hookurl/verify/fetch'
import { hookurl as nodeHookurl } from '@hookurl/verify/node'
import express from 'express'
import express4 from 'express4'
import { type Send, toHandler, toPort, toPort2 } from './clients.ts'
import { fastifySubject } from './fastify.ts'
import { honoSubject } from './hono.ts'
import { koaSubject } from './koa.ts'
import { lambdaSubject } from './lambda.ts'
import { nextSubject } from './next.ts'
import { listen, listen2 } from './serve.ts'

/** A route behind a guard: gets the hook and the body that it reads itself. */
export type Route = (hook: Hook, body: string) => { status?: number; headers?: Record<string, string>; text: string }

/** How a subject is set up. */
export interface Setup {
  /** Behind the body parsers that its users mount first. */
  readonly parsers?: boolean
  /** Where it is mounted, unless at `/hooks`. */
  readonly at?: string
}

/** A way to run hookurl: the contract suite runs against each. */
export interface Subject {
  readonly name: string
  receiver(options: ReceiverOptions, setup?: Setup): Promise<Send>
  guard(options: GuardOptions, route: Route, setup?: Setup): Promise<Send>
}

type Listener = (...given: Parameters<RequestListener>) => void
type NodeGuard = (request: unknown, response: unknown, next: (error?: unknown) => void) => Promise<void>

export const subjects: readonly Subject[] = [
  {
    name: 'fetch',
    receiver: async (options) => toHandler(fetchHookurl(options)),
    guard: async (options, route) =>
      toHandler(
        fetchHookurl(options, async (request, hook) => {
          const { text, ...init } = route(hook, await request.text())
          return new Response(text, init)
        }),
      ),
  },
  {
    name: 'node, HTTP/1',
    receiver: async (options) => toPort(await listen(nodeHookurl(options))),
    guard: async (options, route) => toPort(await listen(guardNode(nodeHookurl(options) as NodeGuard, route))),
  },
  {
    name: 'node, HTTP/2',
    receiver: async (options) => toPort2(await listen2(nodeHookurl(options))),
    guard: async (options, route) => toPort2(await listen2(guardNode(nodeHookurl(options) as NodeGuard, route))),
  },
  expressSubject('express 5', express),
  expressSubject('express 4', express4),
  fastifySubject,
  honoSubject,
  koaSubject,
  nextSubject,
  lambdaSubject('lambda 1.0', '1.0'),
  lambdaSubject('lambda 2.0', '2.0'),
]

function guardNode(guard: NodeGuard, route: Route): Listener {
  return (request, response) =>
    void guard(request, response, async (error) => {
      const given = error === undefined ? (request as unknown as { hook: Hook }).hook : undefined
      const { status = 200, headers = {}, text: answer } = given ? route(given, await text(request)) : { text: 'error' }
      response.statusCode = given ? status : 500
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
      response.end(answer)
    })
}

// Mounted under a prefix, which Express strips from the request's URL.
function expressSubject(name: string, create: typeof express): Subject {
  const prepare = ({ parsers = false }: Setup): express.Express => {
    const app = create()
    return parsers ? app.use(create.json(), create.urlencoded({ extended: true }), create.text()) : app
  }
  return {
    name,
    receiver: async (options, setup = {}) =>
      toPort(await listen(prepare(setup).use(setup.at ?? '/hooks', expressHookurl(options)))),
    guard: async (options, route, setup = {}) =>
      toPort(
        await listen(
          prepare(setup).use(setup.at ?? '/hooks', expressHookurl(options), async (request, response) => {
            const body = request.readableEnded ? JSON.stringify(request.body) : await text(request)
            const { status = 200, headers = {}, text: answer } = route(request.hook as Hook, body)
            response.status(status).set(headers).end(answer)
          }),
        ),
      ),
  }
}
