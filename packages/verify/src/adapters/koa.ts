import type { AnyCommands, CommandDefinitions, CommandName } from '@hookurl/core'
import { type Receiver, toPipeline } from '../create-receiver.ts'
import {
  endLeaseOnResponse,
  type NodeRequest,
  type NodeResponse,
  send,
  setDefaultHeaders,
  toIncomingRequest,
} from '../hosts/node.ts'
import type { AuthorizedHook, GuardedHook, GuardOptions, ReceiverOptions } from '../receive/options.ts'

// If the framework is not installed, this has no effect.
declare module 'koa' {
  interface DefaultState {
    /** The verified hook, set by a guard. */
    hook?: AuthorizedHook
  }
}

/** What a middleware knows about the state of a Koa context. */
export interface KoaState {
  hook?: AuthorizedHook
}

/** The parts of a Koa context that hookurl uses. */
export interface KoaContext<State = KoaState> {
  readonly req: NodeRequest
  readonly res: NodeResponse
  readonly originalUrl: string
  readonly protocol: string
  /** Where body parsers store what they read. */
  readonly request: { readonly rawBody?: unknown; readonly body?: unknown }
  state: State
  respond?: boolean
}

/** A Koa middleware. */
export type KoaMiddleware<State = KoaState> = (
  context: KoaContext<State>,
  next: () => Promise<unknown>,
) => Promise<void>

/**
 * A receiver for Koa 3. Body parsers may be mounted before it.
 *
 * @throws {HookurlError} `invalid_option`, `invalid_key`
 * @example
 * app.use(hookurl({ keys, handlers: { '/onWebhook': (hook) => console.log(hook.payload) } }))
 */
export function hookurl<const D extends CommandDefinitions = AnyCommands, Native = KoaContext>(
  given: ReceiverOptions<D, Native> | Receiver,
): KoaMiddleware
/**
 * A guard for Koa 3, which sets `ctx.state.hook`. Body parsers may be mounted before it.
 *
 * @throws {HookurlError} `invalid_option`, `invalid_key`
 * @example
 * router.all('/approve/:token', hookurl({ keys, command: '/approve' }), (ctx) => void (ctx.body = ctx.state.hook))
 */
export function hookurl<
  const D extends CommandDefinitions = AnyCommands,
  const C extends CommandName<D> | '*' = CommandName<D> | '*',
  Native = KoaContext,
>(given: GuardOptions<D, C, Native>): KoaMiddleware<{ hook: GuardedHook<D, C> }>
export function hookurl(
  given: ReceiverOptions<AnyCommands, never> | GuardOptions<AnyCommands, string, never> | Receiver,
): KoaMiddleware<never> {
  const pipeline = toPipeline(given)
  return async (context: KoaContext, next) => {
    const { req, res, originalUrl, request } = context
    let hasReturned = false
    const { rawBody, body } = request
    const framework = {
      originalUrl,
      rawBody,
      body,
      get protocol(): string {
        return context.protocol
      },
    }
    const result = await pipeline.receive(toIncomingRequest(req, res, { framework, native: context }))
    if (result.kind === 'response') {
      // Otherwise, Koa would send its own response.
      context.respond = false
      return send(req, res, result.response)
    }
    if (result.kind === 'authorized') {
      context.state.hook = result.hook
      setDefaultHeaders(res, result.headers)
      endLeaseOnResponse({ request: req, response: res, hasReturned: () => hasReturned }, result.end)
    }
    try {
      await next()
    } finally {
      hasReturned = true
    }
  }
}
