import type { AnyCommands, CommandDefinitions, Hook } from '@hookurl/core'
import { invalidOption, isPromiseLike } from '@hookurl/core/internal'
import { type Receiver, toPipeline } from '../create-receiver.ts'
import {
  endLeaseOnResponse,
  type NodeRequest,
  type NodeResponse,
  presetHeaders,
  send,
  toExchange,
} from '../hosts/node.ts'
import { logError } from '../receive/config.ts'
import type { GuardOptions, ReceiverOptions } from '../receive/options.ts'
import { securityHeaders } from '../response/response.ts'

/** A request that a guard has let through. */
export interface HookRequest extends NodeRequest {
  hook?: Hook
}

/** A handler for `http.createServer`, `http2.createServer`, and everything that takes connect-style middleware. */
export type NodeHandler = (
  request: HookRequest,
  response: NodeResponse,
  next?: (error?: unknown) => void,
) => Promise<void>

/**
 * A receiver, or without `handlers` a guard, for `node:http`. A receiver passes a request whose URL bears no token on
 * to `next`, or answers 404 where there is none; a guard sets `request.hook` and calls `next`.
 *
 * @throws {HookurlError} `invalid_option`, `invalid_key`
 * @example
 * createServer(hookurl({ keys, handlers: { '/onWebhook': (hook) => console.log(hook.payload) } })).listen(8787)
 */
export function hookurl<const D extends CommandDefinitions = AnyCommands>(
  given: ReceiverOptions<D> | GuardOptions<D> | Receiver,
): NodeHandler {
  const way = toPipeline(given)
  return async (request, response, next) => {
    try {
      const exchange = toExchange(request)
      const received = await way.receive(exchange)
      if (received.kind === 'answer') {
        const sending = send(request, response, received.answer)
        return isPromiseLike(sending) ? await sending : undefined
      }
      if (received.kind === 'hook') {
        if (next === undefined) {
          await received.settle(undefined)
          throw invalidOption('a guard needs a next to call', 'Pass next, or set handlers.')
        }
        request.hook = received.hook
        presetHeaders(response, received.headers)
        endLeaseOnResponse(response, received.settle)
      }
      if (next === undefined) return await send(request, response, way.notFound(exchange))
    } catch (error) {
      if (next !== undefined) return next(error)
      logError(error)
      return await send(request, response, { status: 500, headers: securityHeaders, body: undefined })
    }
    next()
  }
}
