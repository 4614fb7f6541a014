import type { AnyCommands, CommandDefinitions, CommandName } from '@hookurl/core'
import { assertRoute, type Receiver, toPipeline } from '../create-receiver.ts'
import { findFetchContext, toIncomingRequest, toWebResponse } from '../hosts/fetch.ts'
import { runGuardedRoute } from '../receive/enter-route.ts'
import type { AuthorizedHook, GuardedHook, GuardOptions, ReceiverOptions } from '../receive/options.ts'
import { isResponse, wrapResponse } from '../response/response.ts'

/** A fetch-style handler; the host's other arguments (`env`, `ctx`, …) are passed to the route. */
export type FetchHandler<Rest extends readonly unknown[]> = (request: Request, ...rest: Rest) => Promise<Response>

/**
 * A receiver for `fetch` hosts such as Workers, Bun and Deno. Responds with 404 if the URL contains no token.
 *
 * @throws {HookurlError} `invalid_option`, `invalid_key`
 * @example
 * export default { fetch: hookurl({ keys, handlers: { '/onWebhook': (hook) => console.log(hook.payload) } }) }
 */
export function hookurl<const D extends CommandDefinitions = AnyCommands>(
  options: ReceiverOptions<D, Request> | Receiver,
): FetchHandler<readonly unknown[]>
/**
 * A guard for a route, which receives the verified hook as its second argument.
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
  options: GuardOptions<D, C, Request>,
  route: (request: Request, hook: GuardedHook<D, C>, ...rest: Rest) => Response | Promise<Response>,
): FetchHandler<Rest>
export function hookurl(
  given: ReceiverOptions<AnyCommands, never> | Receiver | GuardOptions<AnyCommands, string, never>,
  route?: (request: Request, hook: AuthorizedHook, ...rest: readonly unknown[]) => Response | Promise<Response>,
): FetchHandler<readonly unknown[]> {
  const pipeline = toPipeline(given)
  assertRoute(given, route)
  return async (request, ...rest) => {
    const incoming = toIncomingRequest(request, findFetchContext(rest))
    const result = await pipeline.receive(incoming)
    if (result.kind === 'response') return toWebResponse(result.response)
    if (result.kind === 'next' || route === undefined) return toWebResponse(pipeline.notFound(incoming))
    const response = await runGuardedRoute(result, incoming, {
      run: () => route(request, result.hook, ...rest),
      getStatus: (returned) => {
        if (!isResponse(returned)) throw new TypeError('a guarded route must return a Response')
        return returned.status
      },
    })
    return toWebResponse(wrapResponse(response, result.headers))
  }
}
