import type { AnyCommands, CommandDefinitions, Hook } from '@hookurl/core'
import { invalidOption, isThenable } from '@hookurl/core/internal'
import { safetyHeaders } from '../answer.ts'
import { type Receiver, wayOf } from '../create-receiver.ts'
import { logError } from '../settings.ts'
import { type NodeRequest, type NodeResponse, presetHeaders, send, settleWith, toExchange } from '../shells/node.ts'
import type { GuardOptions, ReceiverOptions } from '../types.ts'

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
 * @throws {HookurlError} `invalid_option`, `key_invalid`
 * @example
 * createServer(hookurl({ keys, handlers: { '/onWebhook': (hook) => console.log(hook.payload) } })).listen(8787)
 */
export function hookurl<const D extends CommandDefinitions = AnyCommands>(
  given: ReceiverOptions<D> | GuardOptions<D> | Receiver,
): NodeHandler {
  const way = wayOf(given)
  return async (request, response, next) => {
    try {
      const exchange = toExchange(request)
      const received = await way.receive(exchange)
      if (received.kind === 'answer') {
        const sending = send(request, response, received.answer)
        return isThenable(sending) ? await sending : undefined
      }
      if (received.kind === 'hook') {
        if (next === undefined) {
          await received.settle(undefined)
          throw invalidOption('a guard needs a next to call', 'Pass next, or set handlers.')
        }
        request.hook = received.hook
        presetHeaders(response, received.headers)
        settleWith(response, received.settle)
      }
      if (next === undefined) return await send(request, response, way.notFound(exchange))
    } catch (error) {
      if (next !== undefined) return next(error)
      logError(error)
      return await send(request, response, { status: 500, headers: safetyHeaders, body: undefined })
    }
    next()
  }
}
