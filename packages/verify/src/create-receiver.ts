import { type AnyCommands, type CommandDefinitions, isHookurlError } from '@hookurl/core'
import { invalidOption } from '@hookurl/core/internal'
import { refusalAnswer } from './answer.ts'
import type { Answer, Exchange } from './exchange.ts'
import { isNavigation } from './negotiate.ts'
import type { Refusal } from './policy.ts'
import { type Received, receive } from './receiver.ts'
import { type Settings, toGuardSettings, toReceiverSettings } from './settings.ts'
import { type FetchContext, toExchange, toResponse } from './shells/fetch.ts'
import type { GuardOptions, ReceiverOptions } from './types.ts'

/** The way of a request, for an adapter. */
export interface Way {
  /** Takes a request from its host to what came of it. */
  receive(exchange: Exchange): Promise<Received>
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
      return toResponse(received.kind === 'answer' ? received.answer : notFoundAnswer(exchange))
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

/** The answer to a request that is not a receiver's, where nobody else is there. */
export function notFoundAnswer(exchange: Exchange): Answer {
  return refusalAnswer({ ok: false, code: 'no_token' }, isNavigation(exchange) ? 'navigation' : 'machine', 0)
}

function toWay(settings: Settings): Way {
  return {
    receive: async (exchange) => {
      try {
        return await receive(exchange, settings)
      } catch (error) {
        // Keys that are read at first use can be wrong only now.
        if (!isHookurlError(error)) throw error
        const refusal: Refusal = { ok: false, code: error.code, message: error.message, fix: error.fix }
        settings.onRefusal(refusal, exchange)
        return { kind: 'answer', answer: refusalAnswer(refusal, isNavigation(exchange) ? 'navigation' : 'machine', 0) }
      }
    },
  }
}
