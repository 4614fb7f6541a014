import type { AnyCommands, CommandDefinitions, CommandName } from '@hookurl/core'
import { invalidOption } from '@hookurl/core/internal'
import { assertRoute, type Receiver, runGuardedRoute, toPipeline } from '../create-receiver.ts'
import { addHeaders, type LambdaEvent, type LambdaResult, methodOf, toExchange, toResult } from '../hosts/lambda.ts'
import type { GuardedHook, GuardOptions, ReceiverOptions } from '../receive/options.ts'
import { isResponse, wrapResponse } from '../response/response.ts'
import type { VerifiedHook } from '../verifier/verifier.ts'

export type { LambdaEvent, LambdaResult } from '../hosts/lambda.ts'

/** A function for AWS Lambda. */
export type LambdaHandler<E extends LambdaEvent, C> = (event: E, context: C) => Promise<LambdaResult>

/** A function behind a guard; it gives a result for the gateway, or a web standard response. */
export type LambdaRoute<E extends LambdaEvent, H, C> = (event: E, hook: H, context: C) => unknown

/**
 * A receiver for AWS Lambda behind API Gateway (payload formats 1.0 and 2.0) or a function URL; 404 where the URL bears
 * no token.
 *
 * @throws {HookurlError} `invalid_option`, `invalid_key`
 * @example
 * export const handler = hookurl({ keys, handlers: { '/onWebhook': (hook) => console.log(hook.payload) } })
 */
export function hookurl<const D extends CommandDefinitions = AnyCommands>(
  options: ReceiverOptions<D> | Receiver,
): LambdaHandler<LambdaEvent, unknown>
/**
 * A guard in front of a function, which gets the verified hook as its second argument.
 *
 * @throws {HookurlError} `invalid_option`, `invalid_key`
 * @example
 * export const handler = hookurl({ keys, command: '/approve' }, async (event, hook) => ({ statusCode: 204 }))
 */
export function hookurl<
  const D extends CommandDefinitions = AnyCommands,
  const Name extends CommandName<D> | '*' = CommandName<D> | '*',
  E extends LambdaEvent = LambdaEvent,
  C = unknown,
>(options: GuardOptions<D, Name>, route: LambdaRoute<E, GuardedHook<D, Name>, C>): LambdaHandler<E, C>
export function hookurl(
  given: ReceiverOptions | Receiver | GuardOptions,
  route?: LambdaRoute<LambdaEvent, VerifiedHook, unknown>,
): LambdaHandler<LambdaEvent, unknown> {
  const way = toPipeline(given)
  assertRoute(given, route)
  return async (event, context) => {
    if (methodOf(event) === undefined) {
      throw invalidOption('the event is no HTTP request', 'Invoke the function through API Gateway or a function URL.')
    }
    const held: Promise<unknown>[] = []
    const exchange = toExchange(event, held)
    const received = await way.receive(exchange)
    await Promise.all(held)
    if (received.kind === 'answer') return toResult(event, received.answer)
    if (received.kind === 'pass' || route === undefined) return toResult(event, way.notFound(exchange))
    const result = await runGuardedRoute(received, { route: () => route(event, received.hook, context), statusOf })
    await Promise.all(held)
    if (isResponse(result)) return toResult(event, wrapResponse(result, received.headers))
    return addHeaders(result, received.headers)
  }
}

function statusOf(result: unknown): number {
  const { status, statusCode } = (result ?? {}) as { status?: unknown; statusCode?: unknown }
  return Number(isResponse(result) ? status : (statusCode ?? 200))
}
