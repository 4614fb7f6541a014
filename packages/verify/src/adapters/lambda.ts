import type { AnyCommands, CommandDefinitions, CommandName } from '@hookurl/core'
import { invalidOption } from '@hookurl/core/internal'
import { assertRoute, type Receiver, toPipeline } from '../create-receiver.ts'
import {
  addHeaders,
  getMethod,
  type LambdaEvent,
  type LambdaResult,
  toIncomingRequest,
  toResult,
} from '../hosts/lambda.ts'
import { runGuardedRoute } from '../receive/enter-route.ts'
import type { AuthorizedHook, GuardedHook, GuardOptions, ReceiverOptions } from '../receive/options.ts'
import { isResponse, wrapResponse } from '../response/response.ts'

export type { LambdaEvent, LambdaResult } from '../hosts/lambda.ts'

/** A function for AWS Lambda. It matches the handler types of `@types/aws-lambda`. */
export type LambdaHandler<E extends LambdaEvent, C> = (event: E, context?: C) => Promise<LambdaResult>

/** A guarded function, which returns a result for the gateway or a web-standard `Response`. */
export type LambdaRoute<E extends LambdaEvent, H, C> = (event: E, hook: H, context: C) => unknown

/**
 * A receiver for AWS Lambda behind API Gateway (payload formats 1.0 and 2.0), a function URL or an Application Load
 * Balancer. Responds with 404 if the URL contains no token.
 *
 * @throws {HookurlError} `invalid_option`, `invalid_key`
 * @example
 * export const handler = hookurl({ keys, handlers: { '/onWebhook': (hook) => console.log(hook.payload) } })
 */
export function hookurl<const D extends CommandDefinitions = AnyCommands, E extends LambdaEvent = LambdaEvent>(
  options: ReceiverOptions<D, E> | Receiver,
): LambdaHandler<E, unknown>
/**
 * A guard for a function, which receives the verified hook as its second argument.
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
>(options: GuardOptions<D, Name, E>, route: LambdaRoute<E, GuardedHook<D, Name>, C>): LambdaHandler<E, C>
export function hookurl(
  given: ReceiverOptions<AnyCommands, never> | Receiver | GuardOptions<AnyCommands, string, never>,
  route?: LambdaRoute<LambdaEvent, AuthorizedHook, unknown>,
): LambdaHandler<LambdaEvent, unknown> {
  const pipeline = toPipeline(given)
  assertRoute(given, route)
  return async (event, context) => {
    if (getMethod(event) === undefined) {
      throw invalidOption(
        'the event is not an HTTP request of API Gateway, a function URL or an Application Load Balancer',
        'Invoke the function through one of these. WebSocket APIs, authorizers, Lambda@Edge and VPC Lattice are not supported.',
      )
    }
    const deferred: Promise<unknown>[] = []
    const incoming = toIncomingRequest(event, deferred)
    const result = await pipeline.receive(incoming)
    await Promise.all(deferred)
    if (result.kind === 'response') return toResult(event, result.response)
    if (result.kind === 'next' || route === undefined) return toResult(event, pipeline.notFound(incoming))
    const returned = await runGuardedRoute(result, incoming, {
      run: () => route(event, result.hook, context),
      getStatus,
    })
    await Promise.all(deferred)
    if (isResponse(returned)) return toResult(event, wrapResponse(returned, result.headers))
    return addHeaders(event, returned, result.headers)
  }
}

function getStatus(returned: unknown): number {
  const { status, statusCode } = (returned ?? {}) as { status?: unknown; statusCode?: unknown }
  return Number(isResponse(returned) ? status : (statusCode ?? 200))
}
