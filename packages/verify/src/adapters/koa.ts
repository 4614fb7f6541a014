import type { AnyCommands, CommandDefinitions, Hook } from '@hookurl/core'
import { type Receiver, toPipeline } from '../create-receiver.ts'
import {
  endLeaseOnResponse,
  type NodeRequest,
  type NodeResponse,
  presetHeaders,
  send,
  toExchange,
} from '../hosts/node.ts'
import type { GuardOptions, ReceiverOptions } from '../receive/options.ts'

// Where the framework is not installed, this declares nothing and harms nothing.
declare module 'koa' {
  interface DefaultState {
    /** The verified hook, behind a guard. */
    hook?: Hook
  }
}

/** As much of a Koa context as is needed here. */
export interface KoaContext {
  readonly req: NodeRequest
  readonly res: NodeResponse
  readonly originalUrl: string
  /** Where body parsers leave what they read. */
  readonly request: { readonly rawBody?: unknown; readonly body?: unknown }
  state: { hook?: Hook }
  respond?: boolean
}

/** A Koa middleware. */
export type KoaMiddleware = (context: KoaContext, next: () => Promise<unknown>) => Promise<void>

/**
 * A receiver, or without `handlers` a guard, for Koa 3. A guard sets `ctx.state.hook`. Body parsers may be mounted
 * before it.
 *
 * @throws {HookurlError} `invalid_option`, `invalid_key`
 * @example
 * app.use(hookurl({ keys, handlers: { '/onWebhook': (hook) => console.log(hook.payload) } }))
 * router.all('/approve/:token', hookurl({ keys, command: '/approve' }), (ctx) => void (ctx.body = ctx.state.hook))
 */
export function hookurl<const D extends CommandDefinitions = AnyCommands>(
  given: ReceiverOptions<D> | GuardOptions<D> | Receiver,
): KoaMiddleware {
  const way = toPipeline(given)
  return async (context, next) => {
    const { req, res, originalUrl, request } = context
    const received = await way.receive(toExchange(req, { originalUrl, rawBody: request.rawBody, body: request.body }))
    if (received.kind === 'answer') {
      // Koa would write an answer of its own.
      context.respond = false
      return send(req, res, received.answer)
    }
    if (received.kind === 'hook') {
      context.state.hook = received.hook
      presetHeaders(res, received.headers)
      endLeaseOnResponse(res, received.settle)
    }
    await next()
  }
}
