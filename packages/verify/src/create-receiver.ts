import { type AnyCommands, type CommandDefinitions, isHookurlError } from '@hookurl/core'
import { invalidOption } from '@hookurl/core/internal'
import type { Admitted } from './admit.ts'
import { isResponse, refusalAnswer } from './answer.ts'
import type { Answer, Exchange } from './exchange.ts'
import { isNavigation } from './negotiate.ts'
import type { PageMaker } from './own-pages.ts'
import type { Refusal } from './policy.ts'
import { type Received, receive } from './receiver.ts'
import { type Settings, toGuardSettings, toReceiverSettings } from './settings.ts'
import { type FetchContext, toExchange, toResponse } from './shells/fetch.ts'
import type { GuardOptions, ReceiverOptions } from './types.ts'

/** The way of a request, for an adapter. */
export interface Way {
  /** Takes a request from its host to what came of it. */
  receive(exchange: Exchange): Promise<Received>
  /** The answer to a request that is not ours, where nobody else is there. */
  notFound(exchange: Exchange): Answer
}

/** Turns requests into answers: verifies, runs the command's handler, answers or redirects. */
export interface Receiver extends Way {
  /** For Workers, Bun, Deno, Next, Hono and every other fetch-style host; 404 where the URL bears no token. */
  fetch(request: Request, context?: FetchContext): Promise<Response>
  /** The same as a middleware: a request whose URL bears no token goes to `next`. */
  handle(request: Request, next: () => Response | Promise<Response>, context?: FetchContext): Promise<Response>
}

/**
 * Makes a receiver. Every mistake in the options is reported here.
 *
 * @throws {HookurlError} `invalid_option`, `key_invalid`
 * @example
 * const receiver = createReceiver({ keys, handlers: { '/onWebhook': (hook) => console.log(hook.payload) } })
 * export default { fetch: (request) => receiver.fetch(request) }
 */
export function createReceiver<const D extends CommandDefinitions = AnyCommands>(
  options: ReceiverOptions<D>,
): Receiver {
  const way = toWay(toReceiverSettings(options as unknown as ReceiverOptions<CommandDefinitions>))
  return {
    ...way,
    handle: async (request, next, context) => {
      const received = await way.receive(toExchange(request, context))
      return received.kind === 'answer' ? toResponse(received.answer) : next()
    },
    fetch: async (request, context) => {
      const exchange = toExchange(request, context)
      const received = await way.receive(exchange)
      return toResponse(received.kind === 'answer' ? received.answer : way.notFound(exchange))
    },
  }
}

/**
 * Makes a guard, which verifies in front of somebody's own route.
 *
 * @throws {HookurlError} `invalid_option`, `key_invalid`
 */
export function createGuard<const D extends CommandDefinitions = AnyCommands>(options: GuardOptions<D>): Way {
  return toWay(toGuardSettings(options as unknown as GuardOptions<CommandDefinitions>))
}

/** What an adapter was given, as the way it stands for: a receiver made elsewhere, a receiver's options, or a guard's. */
export function wayOf<const D extends CommandDefinitions>(given: Way | ReceiverOptions<D> | GuardOptions<D>): Way {
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
export function checkRoute(given: object, route: unknown): void {
  const isGuard = !('receive' in given) && !('handlers' in given)
  if (isGuard === (typeof route === 'function')) return
  throw invalidOption(
    isGuard ? 'a guard needs the route it stands in front of' : 'a receiver takes no route: its handlers answer',
    'Write hookurl({ keys, command }, route) or hookurl({ keys, handlers }).',
  )
}

/** Runs the route behind a guard, and ends the use of its hook by the status that came back. */
export async function runRoute<T>(
  { settle }: Pick<Admitted, 'settle'>,
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

function toWay(settings: Settings): Way {
  return {
    notFound: (exchange) => answerTo({ ok: false, code: 'no_token' }, exchange, settings.pages),
    receive: (exchange) =>
      receive(exchange, settings).catch((error: unknown) => {
        // Keys that are read at first use can be wrong only now.
        if (!isHookurlError(error)) throw error
        const refusal: Refusal = { ok: false, code: error.code, message: error.message, fix: error.fix }
        settings.onRefusal(refusal, exchange)
        return { kind: 'answer', answer: answerTo(refusal, exchange, settings.pages) }
      }),
  }
}

function answerTo(refusal: Refusal, exchange: Exchange, pages: PageMaker): Answer {
  const page = (): string => pages.refused(refusal.code, { exchange })
  return refusalAnswer(refusal, { audience: isNavigation(exchange) ? 'navigation' : 'machine', now: 0, page })
}
