import type { AnyCommands, CommandDefinitions, CommandName } from '@hookurl/core'
import { assertRoute, type Receiver, runGuardedRoute, toPipeline } from '../create-receiver.ts'
import { contextOf, toExchange, toWebResponse } from '../hosts/fetch.ts'
import type { GuardedHook, GuardOptions, ReceiverOptions } from '../receive/options.ts'
import { isResponse, wrapResponse } from '../response/response.ts'
import type { VerifiedHook } from '../verifier/verifier.ts'

/** A fetch-style handler; what the host passes beside the request (`env`, `ctx`, …) is passed on. */
export type FetchHandler<Rest extends readonly unknown[]> = (request: Request, ...rest: Rest) => Promise<Response>

/**
 * A receiver for fetch-style hosts: Workers, Bun, Deno and others; 404 where the URL bears no token.
 *
 * @throws {HookurlError} `invalid_option`, `invalid_key`
 * @example
 * export default { fetch: hookurl({ keys, handlers: { '/onWebhook': (hook) => console.log(hook.payload) } }) }
 */
export function hookurl<const D extends CommandDefinitions = AnyCommands>(
  options: ReceiverOptions<D> | Receiver,
): FetchHandler<readonly unknown[]>
/**
 * A guard in front of a route, which gets the verified hook as its second argument.
 *
 * @throws {HookurlError} `invalid_option`, `invalid_key`
 * @example
 * export default { fetch: hookurl({ keys, command: '/approve' }, (request, hook) => Response.json(hook.userId)) }
 */
export function hookurl<
  const D extends CommandDefinitions = AnyCommands,
  const C extends CommandName<D> | '*' = CommandName<D> | '*',
  const Rest extends readonly unknown[] = readonly unknown[],
>(
  options: GuardOptions<D, C>,
  route: (request: Request, hook: GuardedHook<D, C>, ...rest: Rest) => Response | Promise<Response>,
): FetchHandler<Rest>
export function hookurl(
  given: ReceiverOptions | Receiver | GuardOptions,
  route?: (request: Request, hook: VerifiedHook, ...rest: readonly unknown[]) => Response | Promise<Response>,
): FetchHandler<readonly unknown[]> {
  const way = toPipeline(given)
  assertRoute(given, route)
  return async (request, ...rest) => {
    const exchange = toExchange(request, contextOf(rest))
    const received = await way.receive(exchange)
    if (received.kind === 'answer') return toWebResponse(received.answer)
    if (received.kind === 'hook' && route !== undefined) {
      const response = await runGuardedRoute(received, {
        route: () => route(request, received.hook, ...rest),
        statusOf: (response) => {
          if (!isResponse(response)) throw new TypeError('the route behind a guard must return a Response')
          return response.status
        },
      })
      return toWebResponse(wrapResponse(response, received.headers))
    }
    return toWebResponse(way.notFound(exchange))
  }
}
