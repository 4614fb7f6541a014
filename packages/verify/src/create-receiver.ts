import { type AnyCommands, type CommandDefinitions, isHookurlError } from '@hookurl/core'
import { invalidOption } from '@hookurl/core/internal'
import { type FetchContext, toExchange, toWebResponse } from './hosts/fetch.ts'
import type { Authorized } from './receive/authorize.ts'
import { type Settings, toGuardSettings, toReceiverSettings } from './receive/config.ts'
import type { GuardOptions, ReceiverOptions } from './receive/options.ts'
import { type ReceiveResult, receive } from './receive/receive.ts'
import { isNavigation } from './request/content-negotiation.ts'
import type { IncomingRequest, OutgoingResponse } from './request/incoming-request.ts'
import type { PageRenderer } from './response/pages.ts'
import { isResponse, rejectionResponse } from './response/response.ts'
import type { Rejection } from './verifier/policy.ts'

/** The way of a request, for an adapter. */
export interface RequestPipeline {
  /** Takes a request from its host to what came of it. */
  receive(exchange: IncomingRequest): Promise<ReceiveResult>
  /** The answer to a request that is not ours, where nobody else is there. */
  notFound(exchange: IncomingRequest): OutgoingResponse
}

/** Turns requests into answers: verifies, runs the command's handler, answers or redirects. */
export interface Receiver extends RequestPipeline {
  /** For Workers, Bun, Deno, Next, Hono and every other fetch-style host; 404 where the URL bears no token. */
  fetch(request: Request, context?: FetchContext): Promise<Response>
  /** The same as a middleware: a request whose URL bears no token goes to `next`. */
  handle(request: Request, next: () => Response | Promise<Response>, context?: FetchContext): Promise<Response>
}

/**
 * Makes a receiver. Every mistake in the options is reported here.
 *
 * @throws {HookurlError} `invalid_option`, `invalid_key`
 * @example
 * const receiver = createReceiver({ keys, handlers: { '/onWebhook': (hook) => console.log(hook.payload) } })
 * export default { fetch: (request) => receiver.fetch(request) }
 */
export function createReceiver<const D extends CommandDefinitions = AnyCommands>(
  options: ReceiverOptions<D>,
): Receiver {
  const way = createPipeline(toReceiverSettings(options as unknown as ReceiverOptions<CommandDefinitions>))
  return {
    ...way,
    handle: async (request, next, context) => {
      const received = await way.receive(toExchange(request, context))
      return received.kind === 'answer' ? toWebResponse(received.answer) : next()
    },
    fetch: async (request, context) => {
      const exchange = toExchange(request, context)
      const received = await way.receive(exchange)
      return toWebResponse(received.kind === 'answer' ? received.answer : way.notFound(exchange))
    },
  }
}

/**
 * Makes a guard, which verifies in front of somebody's own route.
 *
 * @throws {HookurlError} `invalid_option`, `invalid_key`
 */
export function createGuard<const D extends CommandDefinitions = AnyCommands>(
  options: GuardOptions<D>,
): RequestPipeline {
  return createPipeline(toGuardSettings(options as unknown as GuardOptions<CommandDefinitions>))
}

/** What an adapter was given, as the way it stands for: a receiver made elsewhere, a receiver's options, or a guard's. */
export function toPipeline<const D extends CommandDefinitions>(
  given: RequestPipeline | ReceiverOptions<D> | GuardOptions<D>,
): RequestPipeline {
  if (typeof given !== 'object' || given === null) {
    throw invalidOption(
      'hookurl takes an object of options, or a receiver',
      'Pass { keys, handlers } or { keys, command }.',
    )
  }
  if ('receive' in given) return given
  return 'handlers' in given ? createReceiver(given) : createGuard(given)
}

/**
 * Checks that a guard has the route it stands in front of, where that is its second argument, and a receiver none.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function assertRoute(given: object, route: unknown): void {
  const isGuard = !('receive' in given) && !('handlers' in given)
  if (isGuard === (typeof route === 'function')) return
  throw invalidOption(
    isGuard ? 'a guard needs the route it stands in front of' : 'a receiver takes no route: its handlers answer',
    'Write hookurl({ keys, command }, route) or hookurl({ keys, handlers }).',
  )
}

/** Runs the route behind a guard, and ends the use of its hook by the status that came back. */
export async function runGuardedRoute<T>(
  { settle }: Pick<Authorized, 'settle'>,
  { route, statusOf }: { route(): T | Promise<T>; statusOf(answer: T): number | undefined },
): Promise<T> {
  let status: number | undefined
  try {
    const answer = await route()
    status = statusOf(answer)
    return answer
  } catch (error) {
    status = statusOfThrown(error)
    throw error
  } finally {
    await settle(status)
  }
}

// Some frameworks leave a route by throwing its answer: a Response, or Next's `redirect()` and `notFound()`.
function statusOfThrown(thrown: unknown): number | undefined {
  if (isResponse(thrown)) return thrown.status
  if (typeof thrown !== 'object' || thrown === null || !('digest' in thrown)) return undefined
  const status = /^NEXT_(?:REDIRECT;.*;|HTTP_ERROR_FALLBACK;)(\d{3});?$/.exec(String(thrown.digest))?.[1]
  return status === undefined ? undefined : Number(status)
}

function createPipeline(settings: Settings): RequestPipeline {
  return {
    notFound: (exchange) => answerTo({ ok: false, code: 'no_token' }, exchange, settings.pages),
    receive: (exchange) =>
      receive(exchange, settings).catch((error: unknown) => {
        // Keys that are read at first use can be wrong only now.
        if (!isHookurlError(error)) throw error
        const refusal: Rejection = { ok: false, code: error.code, message: error.message, fix: error.fix }
        settings.onRefusal(refusal, exchange)
        return { kind: 'answer', answer: answerTo(refusal, exchange, settings.pages) }
      }),
  }
}

function answerTo(refusal: Rejection, exchange: IncomingRequest, pages: PageRenderer): OutgoingResponse {
  const page = (): string => pages.refused(refusal.code, { exchange })
  return rejectionResponse(refusal, { audience: isNavigation(exchange) ? 'navigation' : 'machine', now: 0, page })
}
