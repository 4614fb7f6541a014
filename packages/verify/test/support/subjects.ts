import type { RequestListener } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Hook } from '@hookurl/core'
import type { GuardOptions, ReceiverOptions } from '@hookurl/verify'
import { hookurl as expressHookurl } from '@hookurl/verify/express'
import { hookurl as fetchHookurl } from '@hookurl/verify/fetch'
import { hookurl as nodeHookurl } from '@hookurl/verify/node'
import express from 'express'
import express4 from 'express4'
import { type SendRequest, sendToHandler, sendToHttp2Port, sendToPort } from './clients.ts'
import { fastifySubject } from './fastify.ts'
import { h3Subject, h3Version1Subject } from './h3.ts'
import { honoSubject } from './hono.ts'
import { koaSubject } from './koa.ts'
import { createLambdaSubject } from './lambda.ts'
import { createNestSubject, nestPlatforms } from './nest.ts'
import { nextSubject } from './next.ts'
import { listen, listen2 } from './serve.ts'

/** A route behind a guard; it receives the hook and the body that it reads itself. */
export type Route = (hook: Hook, body: string) => { status?: number; headers?: Record<string, string>; text: string }

/** How a subject is set up. */
export interface Setup {
  /** Mounts the framework's usual body parsers first. */
  readonly parsers?: boolean
  /** The mount path; `/hooks` by default. */
  readonly at?: string
}

/** A host that the contract suite runs against. */
export interface Subject {
  readonly name: string
  receiver(options: ReceiverOptions, setup?: Setup): Promise<SendRequest>
  guard(options: GuardOptions, route: Route, setup?: Setup): Promise<SendRequest>
}

type Listener = (...given: Parameters<RequestListener>) => void
type NodeGuard = (request: unknown, response: unknown, next: (error?: unknown) => void) => Promise<void>

export const subjects: readonly Subject[] = [
  {
    name: 'fetch',
    receiver: async (options) => sendToHandler(fetchHookurl(options)),
    guard: async (options, route) =>
      sendToHandler(
        fetchHookurl(options, async (request, hook) => {
          const { text, ...init } = route(hook, await request.text())
          return new Response(text, init)
        }),
      ),
  },
  {
    name: 'node, HTTP/1',
    receiver: async (options) => sendToPort(await listen(nodeHookurl(options))),
    guard: async (options, route) => sendToPort(await listen(guardNodeRoute(nodeHookurl(options) as NodeGuard, route))),
  },
  {
    name: 'node, HTTP/2',
    receiver: async (options) => sendToHttp2Port(await listen2(nodeHookurl(options))),
    guard: async (options, route) =>
      sendToHttp2Port(await listen2(guardNodeRoute(nodeHookurl(options) as NodeGuard, route))),
  },
  createExpressSubject('express 5', express),
  createExpressSubject('express 4', express4),
  fastifySubject,
  h3Subject,
  h3Version1Subject,
  honoSubject,
  koaSubject,
  ...nestPlatforms.map(createNestSubject),
  nextSubject,
  createLambdaSubject('1.0'),
  createLambdaSubject('2.0'),
  createLambdaSubject('ALB'),
  createLambdaSubject('ALB, multi-value'),
]

function guardNodeRoute(guard: NodeGuard, route: Route): Listener {
  return (request, response) =>
    void guard(request, response, async (error) => {
      const given = error === undefined ? (request as unknown as { hook: Hook }).hook : undefined
      const { status = 200, headers = {}, text: body } = given ? route(given, await text(request)) : { text: 'error' }
      response.statusCode = given ? status : 500
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
      response.end(body)
    })
}

// Express strips the mount path from the request's URL.
function createExpressSubject(name: string, create: typeof express): Subject {
  const prepare = ({ parsers = false }: Setup): express.Express => {
    const app = create()
    return parsers ? app.use(create.json(), create.urlencoded({ extended: true }), create.text()) : app
  }
  return {
    name,
    receiver: async (options, setup = {}) =>
      sendToPort(await listen(prepare(setup).use(setup.at ?? '/hooks', expressHookurl(options)))),
    guard: async (options, route, setup = {}) =>
      sendToPort(
        await listen(
          prepare(setup).use(setup.at ?? '/hooks', expressHookurl(options), async (request, response) => {
            const sent = request.readableEnded ? JSON.stringify(request.body) : await text(request)
            const { status = 200, headers = {}, text: body } = route(request.hook as Hook, sent)
            response.status(status).set(headers).end(body)
          }),
        ),
      ),
  }
}
