// Guards, handlers and options as users write them: compiled by `published.test.ts`, strictly, with every resolution.
import { createServer, IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import {
  type AuthorizedHook,
  createReceiver,
  createVerifier,
  defineCommands,
  type GuardedHook,
  type Handler,
  type Hook,
  isHookurlError,
  type ReceivedHook,
} from '@hookurl/verify'
import { hookurl as forExpress } from '@hookurl/verify/express'
import { hookurl as forFastify } from '@hookurl/verify/fastify'
import { hookurl as forFetch } from '@hookurl/verify/fetch'
import { hookurl as forHono } from '@hookurl/verify/hono'
import { hookurl as forKoa } from '@hookurl/verify/koa'
import { hookurl as forLambda } from '@hookurl/verify/lambda'
import { hookurl as forNest, type GuardedRequest } from '@hookurl/verify/nest'
import { hookurl as forNext } from '@hookurl/verify/next'
import { hookurl as forNode } from '@hookurl/verify/node'
import express from 'express'
import fastify, { type FastifyRequest } from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'

/** A Standard Schema, as zod, valibot and arktype make them. */
interface Schema<T> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly types?: { readonly input: T; readonly output: T }
    validate(value: unknown): { readonly value: T }
  }
}
declare const orderSchema: Schema<{ order: number }>
declare const paidSchema: Schema<{ paid: boolean }>

const keys = 'hks_'
const commands = defineCommands({
  '/pay': { content: orderSchema, payload: paidSchema },
  '/refund': { content: paidSchema },
  '/plain': {},
})
const guard = { keys, commands, command: '/pay' } as const

// Behind every guard, the content has the type of its schema.
const app = express()
app.use(
  '/a',
  forExpress(guard, (req, res) => void res.json(req.hook.content.order.toFixed() + req.params.id)),
)
app.all(
  '/a/:id',
  forExpress(guard, (req, res) => void res.status(200).send(req.hook.content.order.toFixed())),
)
app.use(forExpress(guard, async (req: express.Request, res: express.Response) => void res.send(req.baseUrl)))
express.Router().post(
  '/b',
  forExpress({ ...guard, command: '*' }, (req, res) => void res.send(req.hook.command)),
)
const onFastify = forFastify.route(guard, async (request, reply) => {
  void reply.code(200)
  return [request.id, request.hook.content.order.toFixed()]
})
fastify().all('/a/*', onFastify)
fastify().route({ method: ['GET', 'POST'], url: '/a/*', ...onFastify })
new Hono().all('/a/*', forHono(guard), (c) => c.text(c.get('hook').content.order.toFixed() + c.var.hook.userId))
new Hono<{ Variables: { name: string } }>()
  .use('/a/*', forHono(guard))
  .post('/a/*', (c) => c.text(c.get('hook').content.order.toFixed() + c.get('name')))
new Koa().use(forKoa(guard)).use((ctx) => ctx.state.hook.content.order.toFixed())
createServer(
  forNode(guard, (request, response) => void response.writeHead(200).end(request.hook.content.order.toFixed())),
)
createHttp2Server(forNode(guard, (request, response) => void response.end(request.hook.content.order.toFixed())))
forFetch(guard, (_request, hook) => new Response(hook.content.order.toFixed()))
forNext(guard, (_request, hook) => new Response(hook.content.order.toFixed()))
forLambda(guard, (_event, hook) => hook.content.order.toFixed())
export function onNest({ hook }: GuardedRequest<typeof commands, '/pay'>): string {
  return hook.content.order.toFixed()
}
export const NestGuard = forNest({ ...guard, user: (req: express.Request) => req.get('x-user') })
export const NestGuardWithProvider = forNest({
  inject: [Koa],
  useFactory: (provider: Koa) => ({ ...guard, purpose: provider.env }),
})

// For several commands, the command tells which content it is.
forExpress({ keys, commands, command: ['/pay', '/refund'] }, ({ hook }) =>
  hook.command === '/pay' ? hook.content.order.toFixed() : hook.content.paid,
)
// @ts-expect-error the content has no such member
forExpress(guard, (req) => req.hook.content.price)
// @ts-expect-error the content has no such member
forFastify.route(guard, (request) => request.hook.content.price)
// @ts-expect-error the content has no such member
new Hono().all('/a/*', forHono(guard), (c) => c.json(c.get('hook').content.price))
// @ts-expect-error the content has no such member
new Koa().use(forKoa(guard)).use((ctx) => ctx.state.hook.content.price)
// @ts-expect-error the content has no such member
export const wrongOnNest = ({ hook }: GuardedRequest<typeof commands, '/pay'>): number => hook.content.price
// @ts-expect-error the command is unknown
forNest({ keys, commands, command: '/nope' })
// @ts-expect-error the command is unknown
forNest({ inject: [], useFactory: () => ({ keys, commands, command: '/nope' }) })
// @ts-expect-error the content has no such member
forNode(guard, (request) => request.hook.content.price)
// @ts-expect-error a receiver accepts no route
forExpress({ keys, handlers: {} }, () => {})

// In a chain, and without `commands`, the hook is typed without its content.
app.use('/b', forExpress(guard), (req, res) => void res.json(req.hook satisfies AuthorizedHook | undefined))
fastify().all(
  '/b/*',
  { preHandler: forFastify.preHandler(guard) },
  async (request: FastifyRequest) => request.hook?.userId,
)
forNode({ keys, command: '/a' }, ({ hook }) => hook.content satisfies unknown)

// The hook is on Node's own request, also where the types of a framework are not installed.
export function listen(request: IncomingMessage, response: ServerResponse): void {
  const hook: AuthorizedHook | undefined = request.hook
  response.end(hook?.userId)
}
export const message: Pick<IncomingMessage, 'hook'> = new IncomingMessage(null as never)

// Handlers and routes in files of their own.
export const onPay: Handler<typeof commands, '/pay'> = ({ content, payload }) => content.order.toFixed() + payload.paid
export const onAny: Handler = async (hook) => [hook.command, hook.content]
export const onBoth: Handler<typeof commands, '/pay' | '/plain'> = (hook) =>
  hook.command === '/pay' ? hook.content.order : hook.payload
export function refund(hook: ReceivedHook<typeof commands, '/refund'>): Response {
  return Response.json(hook.content.paid)
}
export function approve({ content }: GuardedHook<typeof commands, '/pay'>): number {
  return content.order
}
forFetch(guard, (_request, hook) => Response.json(approve(hook)))
createReceiver({ keys, commands, handlers: { '/pay': onPay, '/refund': refund, '/plain': onBoth, '*': onAny } })
// @ts-expect-error the handler is for another command
createReceiver({ keys, commands, handlers: { '/pay': refund } })

// A schema for one command does not forbid handlers for others, whose content is unknown.
createReceiver({
  keys,
  commands,
  handlers: {
    '/pay': (hook) => hook.content.order.toFixed() + hook.payload.paid,
    '/other': (hook) => [hook.command.length, hook.content satisfies unknown],
    '*': (hook) => hook.command satisfies '/pay' | '/refund' | '/plain',
  },
})
createReceiver({
  keys,
  commands,
  handlers: {
    // @ts-expect-error the content is unknown
    '/other': (hook) => hook.content.order,
  },
})

// What a program with a receiver needs is exported by one package.
export async function verify(url: string): Promise<Hook | undefined> {
  try {
    return await createVerifier({ keys }).verify(url)
  } catch (error) {
    if (isHookurlError(error)) return error.hook
    throw error
  }
}
