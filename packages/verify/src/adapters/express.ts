import type { AnyCommands, CommandDefinitions, CommandName } from '@hookurl/core'
// biome-ignore lint/suspicious/noTsIgnore: users without the framework have no types of it
/** @ts-ignore */
import type { Request, Response } from 'express'
import type { Receiver } from '../create-receiver.ts'
import type { NodeRequest, NodeResponse } from '../hosts/node.ts'
import type { AuthorizedHook, GuardedHook, GuardOptions, ReceiverOptions } from '../receive/options.ts'
import type { IfInstalled } from './if-installed.ts'
import { hookurl as nodeHookurl } from './node.ts'

declare global {
  namespace Express {
    /** A request in Express. */
    interface Request {
      /** The verified hook, set by a guard. */
      hook?: AuthorizedHook
    }
  }
}

type ExpressRequest = IfInstalled<Request, NodeRequest & Express.Request>
type ExpressResponse = IfInstalled<Response, NodeResponse>

/** Middleware for Express 4 and 5. */
export type ExpressMiddleware = (
  request: NodeRequest,
  response: NodeResponse,
  next: (error?: unknown) => void,
) => Promise<void>

/**
 * A receiver or, without `handlers`, a guard for Express 4 and 5. Body parsers may be mounted before or after it.
 *
 * @throws {HookurlError} `invalid_option`, `invalid_key`
 * @example
 * app.use('/hooks', hookurl({ keys, handlers: { '/onWebhook': (hook) => console.log(hook.payload) } }))
 * app.use('/approve', hookurl({ keys, command: '/approve' }), (req, res) => res.json(req.hook))
 */
export function hookurl<const D extends CommandDefinitions = AnyCommands, R extends NodeRequest = ExpressRequest>(
  given: ReceiverOptions<D, R> | GuardOptions<D, CommandName<D> | '*', R> | Receiver,
): ExpressMiddleware
/**
 * A guard with its route, in which `req.hook` has the types of `commands`.
 *
 * @throws {HookurlError} `invalid_option`, `invalid_key`
 * @example
 * app.use('/approve', hookurl({ keys, commands, command: '/approve' }, (req, res) => res.json(req.hook.content)))
 */
export function hookurl<
  const D extends CommandDefinitions = AnyCommands,
  const C extends CommandName<D> | '*' = CommandName<D> | '*',
  R extends NodeRequest = ExpressRequest,
  S extends NodeResponse = ExpressResponse,
>(
  options: GuardOptions<D, C, R>,
  route: (request: R & { readonly hook: GuardedHook<D, C> }, response: S, next: (error?: unknown) => void) => unknown,
): ExpressMiddleware
export function hookurl(
  given: ReceiverOptions<AnyCommands, never> | GuardOptions<AnyCommands, string, never> | Receiver,
  route?: (request: never, response: never, next: (error?: unknown) => void) => unknown,
): ExpressMiddleware {
  return nodeHookurl(given as GuardOptions, route as () => unknown)
}
