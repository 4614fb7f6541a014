// biome-ignore lint/suspicious/noTsIgnore: users without the framework have no types of it
/** @ts-ignore */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AnyCommands, CommandDefinitions, CommandName } from '@hookurl/core'
import { invalidOption, isPromiseLike } from '@hookurl/core/internal'
import { assertRoute, type Receiver, toPipeline } from '../create-receiver.ts'
import {
  endLeaseOnResponse,
  type NodeRequest,
  type NodeResponse,
  send,
  setDefaultHeaders,
  toIncomingRequest,
} from '../hosts/node.ts'
import { logError } from '../receive/log-error.ts'
import type { AuthorizedHook, GuardedHook, GuardOptions, ReceiverOptions } from '../receive/options.ts'
import { securityHeaders } from '../response/response.ts'
import type { IfInstalled } from './if-installed.ts'

// Without the types of Node, these have no effect. Up to version 24 of the types, `http` declares what `node:http` exports
// again; since version 25, it is the reverse.
declare module 'http' {
  interface IncomingMessage {
    /** The verified hook, set by a guard. */
    hook?: AuthorizedHook
  }
}
declare module 'node:http' {
  interface IncomingMessage {
    hook?: AuthorizedHook
  }
}
declare module 'http2' {
  interface Http2ServerRequest {
    /** The verified hook, set by a guard. */
    hook?: AuthorizedHook
  }
}
declare module 'node:http2' {
  interface Http2ServerRequest {
    hook?: AuthorizedHook
  }
}

/** A request that a guard accepted. */
export interface HookRequest extends NodeRequest {
  hook?: AuthorizedHook
}

/** A handler for `http.createServer`, `http2.createServer`, and anything that accepts connect-style middleware. */
export type NodeHandler = (
  request: HookRequest,
  response: NodeResponse,
  next?: (error?: unknown) => void,
) => Promise<void>

/**
 * A receiver or, without `handlers`, a guard for `node:http`. If the URL contains no token, a receiver calls `next` or,
 * without a `next`, responds with 404. A guard sets `request.hook` and calls `next`.
 *
 * @throws {HookurlError} `invalid_option`, `invalid_key`
 * @example
 * createServer(hookurl({ keys, handlers: { '/onWebhook': (hook) => console.log(hook.payload) } })).listen(8787)
 */
export function hookurl<const D extends CommandDefinitions = AnyCommands, R extends NodeRequest = NodeRequest>(
  given: ReceiverOptions<D, R> | GuardOptions<D, CommandName<D> | '*', R> | Receiver,
): NodeHandler
/**
 * A guard with its route, in which `request.hook` has the types of `commands`. If the route throws, `next` receives the
 * error or, without a `next`, the response is 500.
 *
 * @throws {HookurlError} `invalid_option`, `invalid_key`
 * @example
 * createServer(hookurl({ keys, commands, command: '/approve' }, (request, response) => {
 *   response.end(request.hook.content.title)
 * }))
 */
export function hookurl<
  const D extends CommandDefinitions = AnyCommands,
  const C extends CommandName<D> | '*' = CommandName<D> | '*',
  R extends NodeRequest = IfInstalled<IncomingMessage, NodeRequest>,
  S extends NodeResponse = IfInstalled<ServerResponse, NodeResponse>,
>(
  options: GuardOptions<D, C, R>,
  route: (
    request: R & { readonly hook: GuardedHook<D, C> },
    response: S,
    next: ((error?: unknown) => void) | undefined,
  ) => unknown,
): NodeHandler
export function hookurl(
  given: ReceiverOptions<AnyCommands, never> | GuardOptions<AnyCommands, string, never> | Receiver,
  route?: (request: never, response: never, next: ((error?: unknown) => void) | undefined) => unknown,
): NodeHandler {
  const pipeline = toPipeline(given)
  if (route !== undefined) assertRoute(given, route)
  return async (request, response, next) => {
    try {
      const incoming = toIncomingRequest(request, response)
      const result = await pipeline.receive(incoming)
      if (result.kind === 'response') {
        const sending = send(request, response, result.response)
        return isPromiseLike(sending) ? await sending : undefined
      }
      if (result.kind === 'authorized') {
        if (next === undefined && route === undefined) {
          await result.end({ status: undefined, isDelivered: true })
          throw invalidOption('a guard must be called with next', 'Pass next or a route, or set handlers.')
        }
        request.hook = result.hook
        setDefaultHeaders(response, result.headers)
        endLeaseOnResponse({ request, response }, result.end)
        if (route !== undefined) {
          await route(request as never, response as never, next)
          return
        }
      }
      if (next === undefined) return await send(request, response, pipeline.notFound(incoming))
    } catch (error) {
      if (next !== undefined) return next(error)
      logError(error)
      return await send(request, response, { status: 500, headers: securityHeaders, body: undefined })
    }
    next()
  }
}
