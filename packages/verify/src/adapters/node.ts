import type { AnyCommands, CommandDefinitions, CommandName } from '@hookurl/core'
import { invalidOption, isPromiseLike } from '@hookurl/core/internal'
import { type Receiver, toPipeline } from '../create-receiver.ts'
import {
  endLeaseOnResponse,
  type NodeRequest,
  type NodeResponse,
  send,
  setDefaultHeaders,
  toIncomingRequest,
} from '../hosts/node.ts'
import { logError } from '../receive/log-error.ts'
import type { AuthorizedHook, GuardOptions, ReceiverOptions } from '../receive/options.ts'
import { securityHeaders } from '../response/response.ts'

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
): NodeHandler {
  const pipeline = toPipeline(given)
  return async (request, response, next) => {
    try {
      const incoming = toIncomingRequest(request, response)
      const result = await pipeline.receive(incoming)
      if (result.kind === 'response') {
        const sending = send(request, response, result.response)
        return isPromiseLike(sending) ? await sending : undefined
      }
      if (result.kind === 'authorized') {
        if (next === undefined) {
          await result.end({ status: undefined, isDelivered: true })
          throw invalidOption('a guard must be called with next', 'Pass next, or set handlers.')
        }
        request.hook = result.hook
        setDefaultHeaders(response, result.headers)
        endLeaseOnResponse({ request, response }, result.end)
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
