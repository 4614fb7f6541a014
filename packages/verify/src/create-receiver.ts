import { type AnyCommands, type CommandDefinitions, type CommandName, isHookurlError } from '@hookurl/core'
import { invalidOption } from '@hookurl/core/internal'
import { type FetchContext, toIncomingRequest, toWebResponse } from './hosts/fetch.ts'
import { findHostContext } from './hosts/host-context.ts'
import { type Config, createGuardConfig, createReceiverConfig } from './receive/config.ts'
import { RequestContext, reject } from './receive/context.ts'
import type { GuardOptions, ReceiverOptions } from './receive/options.ts'
import { guard, type ReceiveResult, receive } from './receive/receive.ts'
import { traceRequest } from './receive/trace-request.ts'
import type { IncomingRequest } from './request/incoming-request.ts'
import type { OutgoingResponse } from './response/response.ts'

/**
 * The parts of a receiver or guard that adapters use.
 *
 * @internal
 */
export interface RequestPipeline {
  /**
   * The option `basePath` of a receiver; empty if it accepts any path.
   *
   * @internal
   */
  readonly basePath: string
  /**
   * Processes a host's request and returns its result.
   *
   * @internal
   */
  receive(request: IncomingRequest): Promise<ReceiveResult>
  /**
   * Creates the response to a request that has no token, on a host without other routes.
   *
   * @internal
   */
  notFound(request: IncomingRequest): OutgoingResponse
}

/** Turns requests into responses: verifies the hook, runs its command's handler, and responds or redirects. */
export interface Receiver extends RequestPipeline {
  /** For Workers, Bun, Deno, Next.js, Hono and other `fetch` hosts. Responds with 404 if there is no token. */
  fetch(request: Request, context?: FetchContext): Promise<Response>
  /** Like `fetch`, but as middleware: calls `next` if the URL contains no token, or is not below `basePath`. */
  handle(request: Request, next: () => Response | Promise<Response>, context?: FetchContext): Promise<Response>
}

/**
 * Creates a receiver. All options are checked immediately.
 *
 * @throws {HookurlError} `invalid_option`, `invalid_key`
 * @example
 * const receiver = createReceiver({ keys, handlers: { '/onWebhook': (hook) => console.log(hook.payload) } })
 * export default { fetch: (request) => receiver.fetch(request) }
 */
export function createReceiver<const D extends CommandDefinitions = AnyCommands, Native = Request>(
  options: ReceiverOptions<D, Native>,
): Receiver {
  const config = createReceiverConfig(options as unknown as ReceiverOptions<CommandDefinitions>)
  const pipeline = createPipeline(config, receive)
  return {
    ...pipeline,
    handle: async (request, next, context) => {
      const result = await pipeline.receive(toIncomingRequest(request, context ?? findHostContext()))
      return result.kind === 'response' ? toWebResponse(result.response) : next()
    },
    fetch: async (request, context) => {
      const incoming = toIncomingRequest(request, context ?? findHostContext())
      const result = await pipeline.receive(incoming)
      return toWebResponse(result.kind === 'response' ? result.response : pipeline.notFound(incoming))
    },
  }
}

/**
 * Creates a guard, which verifies requests for an existing route.
 *
 * @throws {HookurlError} `invalid_option`, `invalid_key`
 */
export function createGuard<const D extends CommandDefinitions = AnyCommands, Native = Request>(
  options: GuardOptions<D, CommandName<D> | '*', Native>,
): RequestPipeline {
  return createPipeline(createGuardConfig(options as unknown as GuardOptions<CommandDefinitions>), guard)
}

/** Turns the argument of an adapter into its pipeline: an existing receiver, or the options of a receiver or guard. */
export function toPipeline<const D extends CommandDefinitions>(
  given: RequestPipeline | ReceiverOptions<D, never> | GuardOptions<D, CommandName<D> | '*', never>,
): RequestPipeline {
  if (typeof given !== 'object' || given === null) {
    throw invalidOption(
      'hookurl needs an object of options, or a receiver',
      'Pass { keys, handlers } or { keys, command }.',
    )
  }
  if ('receive' in given) return given
  return 'handlers' in given ? createReceiver(given) : createGuard(given)
}

/**
 * Checks that a guard was passed a route as the second argument, and that a receiver was not.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function assertRoute(given: object, route: unknown): void {
  const isGuard = !('receive' in given) && !('handlers' in given)
  if (isGuard === (typeof route === 'function')) return
  throw invalidOption(
    isGuard ? 'a guard needs the route that it protects' : 'a receiver takes no route: its handlers respond',
    'Write hookurl({ keys, command }, route) or hookurl({ keys, handlers }).',
  )
}

function createPipeline<C extends Config>(
  config: C,
  run: (ctx: RequestContext<C>) => Promise<ReceiveResult>,
): RequestPipeline {
  return {
    basePath: config.kind === 'receiver' ? config.basePath : '',
    notFound: (request) =>
      reject(new RequestContext<Config>(request, config), { ok: false, code: 'no_token' }).response,
    receive: (request) => traceRequest(request, config, runSafely),
  }

  async function runSafely(ctx: RequestContext<C>): Promise<ReceiveResult> {
    try {
      return await run(ctx)
    } catch (error) {
      // Keys that are loaded on first use may turn out to be invalid or unavailable only now.
      if (!isHookurlError(error)) throw error
      const { code, message, fix, cause } = error
      return reject(ctx as RequestContext, { ok: false, code, message, fix, cause })
    }
  }
}
