import type { AnyCommands, CommandDefinitions } from '@hookurl/core'
import { invalidOption } from '@hookurl/core/internal'
import { responseAnswer } from '../answer.ts'
import { notFoundAnswer, type Receiver, wayOf } from '../create-receiver.ts'
import { type FetchContext, toExchange, toResponse } from '../shells/fetch.ts'
import type { GuardOptions, ReceiverOptions } from '../types.ts'
import type { VerifiedHook } from '../verifier.ts'

/** A fetch-style handler; what the host passes beside the request (`env`, `ctx`, …) is passed on. */
export type FetchHandler<Rest extends readonly unknown[]> = (request: Request, ...rest: Rest) => Promise<Response>

/**
 * A receiver for fetch-style hosts: Workers, Bun, Deno and others; 404 where the URL bears no token.
 *
 * @throws {HookurlError} `invalid_option`, `key_invalid`
 * @example
 * export default { fetch: hookurl({ keys, handlers: { '/onWebhook': (hook) => console.log(hook.payload) } }) }
 */
export function hookurl<const D extends CommandDefinitions = AnyCommands>(
  options: ReceiverOptions<D> | Receiver,
): FetchHandler<readonly unknown[]>
/**
 * A guard in front of a route, which gets the verified hook as its second argument.
 *
 * @throws {HookurlError} `invalid_option`, `key_invalid`
 * @example
 * export default { fetch: hookurl({ keys, command: '/approve' }, (request, hook) => Response.json(hook.userId)) }
 */
export function hookurl<const D extends CommandDefinitions, const Rest extends readonly unknown[]>(
  options: GuardOptions<D>,
  route: (request: Request, hook: VerifiedHook<D>, ...rest: Rest) => Response | Promise<Response>,
): FetchHandler<Rest>
export function hookurl(
  given: ReceiverOptions | Receiver | GuardOptions,
  route?: (request: Request, hook: VerifiedHook, ...rest: readonly unknown[]) => Response | Promise<Response>,
): FetchHandler<readonly unknown[]> {
  const way = wayOf(given)
  const isGuard = !('receive' in given) && !('handlers' in given)
  if (isGuard !== (typeof route === 'function')) {
    throw invalidOption(
      isGuard ? 'a guard needs the route it stands in front of' : 'a receiver takes no route: its handlers answer',
      'Write hookurl({ keys, command }, route) or hookurl({ keys, handlers }).',
    )
  }
  return async (request, ...rest) => {
    const exchange = toExchange(request, rest.find(isContext))
    const received = await way.receive(exchange)
    if (received.kind === 'answer') return toResponse(received.answer)
    if (received.kind === 'hook' && route !== undefined) {
      return toResponse(responseAnswer(await route(request, received.hook, ...rest), received.headers))
    }
    return toResponse(notFoundAnswer(exchange))
  }
}

function isContext(value: unknown): value is FetchContext {
  return typeof value === 'object' && value !== null && 'waitUntil' in value && typeof value.waitUntil === 'function'
}
