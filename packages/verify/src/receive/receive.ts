import type { GuardConfig, ReceiverConfig } from './config.ts'
import type { RequestContext, Responded } from './context.ts'
import { type Authorized, enterRoute } from './enter-route.ts'
import { runHandler } from './run-handler.ts'
import { type Next, verifyRequest } from './verify-request.ts'

/**
 * The result of a request: its response, `next` to leave it to the application, or a hook whose guarded route may run.
 *
 * @internal
 */
export type ReceiveResult = Responded | Next | Authorized

/** Runs a request through a receiver. */
export async function receive(ctx: RequestContext<ReceiverConfig>): Promise<Responded | Next> {
  const verified = await verifyRequest(ctx)
  return verified.kind === 'verified' ? runHandler(ctx, verified.hook) : verified
}

/** Runs a request through a guard, up to its route. */
export async function guard(ctx: RequestContext<GuardConfig>): Promise<ReceiveResult> {
  const verified = await verifyRequest(ctx)
  return verified.kind === 'verified' ? enterRoute(ctx, verified.hook) : verified
}
