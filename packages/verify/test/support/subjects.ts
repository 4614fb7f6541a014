import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createServer2, type Http2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Hook } from '@hookurl/core'
import type { GuardOptions, ReceiverOptions } from '@hookurl/verify'
import { hookurl as expressHookurl } from '@hookurl/verify/express'
import { hookurl as fetchHookurl } from '@hookurl/verify/fetch'
import { hookurl as nodeHookurl } from '@hookurl/verify/node'
import express from 'express'
import express4 from 'express4'
import { onTestFinished } from 'vitest'
import { type Send, toHandler, toPort, toPort2 } from './clients.ts'

/** A route behind a guard: gets the hook and the body that it reads itself. */
export type Route = (hook: Hook, body: string) => { status?: number; headers?: Record<string, string>; text: string }

/** A way to run hookurl: the contract suite runs against each. */
export interface Subject {
  readonly name: string
  receiver(options: ReceiverOptions): Promise<Send>
  guard(options: GuardOptions, route: Route): Promise<Send>
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
]

/** Serves a listener on a free port until the test is over. */
export async function listen(listener: Listener): Promise<number> {
  return open(createServer(listener))
}

/** The same over HTTP/2, without TLS. */
export async function listen2(listener: Listener): Promise<number> {
  return open(createServer2(listener as never))
}

async function open(server: Server | Http2Server) {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    if ('closeAllConnections' in server) server.closeAllConnections()
  })
  return (server.address() as AddressInfo).port
}

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
  return {
    name,
    receiver: async (options) => toPort(await listen(create().use('/hooks', expressHookurl(options)))),
    guard: async (options, route) =>
      toPort(
        await listen(
          create().use('/hooks', expressHookurl(options), async (request, response) => {
            const { status = 200, headers = {}, text: answer } = route(request.hook as Hook, await text(request))
            response.status(status).set(headers).end(answer)
          }),
        ),
      ),
  }
}
