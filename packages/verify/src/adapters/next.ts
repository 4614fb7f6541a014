import type { AnyCommands, CommandDefinitions, CommandName } from '@hookurl/core'
import type { Receiver } from '../create-receiver.ts'
import type { FetchContext } from '../hosts/fetch.ts'
import type { AuthorizedHook, GuardedHook, GuardOptions, ReceiverOptions } from '../receive/options.ts'
import { type FetchHandler, hookurl as fetchHookurl } from './fetch.ts'

/** A route handler for the Next.js App Router. */
export type NextHandler<R extends Request, C> = (request: R, context: C) => Promise<Response>

/** A guarded route handler, which also receives the hook. */
type Route<R extends Request, H, C> = (request: R, hook: H, context: C) => Response | Promise<Response>

/**
 * A receiver as a route handler for the Next.js App Router, in a file such as `app/hooks/[[...token]]/route.ts`. Export
 * it for every method, because Next.js itself responds to any that are missing.
 *
 * @throws {HookurlError} `invalid_option`, `invalid_key`
 * @example
 * const handler = hookurl({ keys: () => process.env.HOOKURL_KEYS, handlers })
 * export { handler as GET, handler as HEAD, handler as OPTIONS, handler as POST }
 */
export function hookurl<const D extends CommandDefinitions = AnyCommands, R extends Request = Request>(
  options: ReceiverOptions<D, R> | Receiver,
): NextHandler<R, unknown>
/**
 * A guard for a route handler, which receives the verified hook as its second argument.
 *
 * @throws {HookurlError} `invalid_option`, `invalid_key`
 * @example
 * const handler = hookurl({ keys, command: '/approve' }, (request, hook) => Response.json(hook.userId))
 */
export function hookurl<
  const D extends CommandDefinitions = AnyCommands,
  const Name extends CommandName<D> | '*' = CommandName<D> | '*',
  R extends Request = Request,
  C = unknown,
>(options: GuardOptions<D, Name, R>, route: Route<R, GuardedHook<D, Name>, C>): NextHandler<R, C>
export function hookurl(
  given: ReceiverOptions<AnyCommands, never> | Receiver | GuardOptions<AnyCommands, string, never>,
  route?: Route<Request, AuthorizedHook, unknown>,
): NextHandler<Request, unknown> {
  const handler =
    route === undefined
      ? fetchHookurl(given as ReceiverOptions)
      : fetchHookurl(given as GuardOptions, (request, hook, context: unknown) => route(request, hook, context))
  return (request, context) => (handler as FetchHandler<readonly unknown[]>)(request, context, getFetchContext())
}

// Serverless hosts use this symbol to pass Next.js a `waitUntil`. Without it, the host is `next start`, a process that
// keeps running.
function getFetchContext(): FetchContext {
  const host = Reflect.get(globalThis, Symbol.for('@next/request-context')) as { get?(): unknown } | undefined
  const context = host?.get?.() as FetchContext | undefined
  return { waitUntil: (work) => context?.waitUntil?.(work) }
}
