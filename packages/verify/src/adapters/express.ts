import type { AnyCommands, CommandDefinitions, CommandName } from '@hookurl/core'
import type { Receiver } from '../create-receiver.ts'
import type { NodeRequest, NodeResponse } from '../hosts/node.ts'
import type { AuthorizedHook, GuardOptions, ReceiverOptions } from '../receive/options.ts'
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
export function hookurl<
  const D extends CommandDefinitions = AnyCommands,
  R extends NodeRequest = NodeRequest & Express.Request,
>(given: ReceiverOptions<D, R> | GuardOptions<D, CommandName<D> | '*', R> | Receiver): ExpressMiddleware {
  return nodeHookurl(given)
}
