import { type Hook, HookurlError } from '@hookurl/core'
import type { Body, IncomingRequest } from '../request/incoming-request.ts'
import type { QueryParams } from '../request/payload.ts'
import type { ReceivedHook } from './options.ts'

interface Parts {
  readonly hook: Hook
  readonly payload: unknown
  readonly query: QueryParams
  readonly body: Body
  readonly exchange: IncomingRequest
  onError(error: unknown, hook: Hook): void
}

/** What a handler gets: the hook and what the caller sent. Costly objects are made when they are asked for. */
export function createHandlerHook(parts: Parts): ReceivedHook {
  return Object.freeze(new LazyReceivedHook(parts)) as unknown as ReceivedHook
}

// A class for its getters: as an object's own they cost more than all the rest of it, and a handler that returns or
// copies its hook would call them.
class LazyReceivedHook {
  readonly #parts: Parts
  #request: Request | undefined

  constructor(parts: Parts) {
    const { hook, payload, query, body, exchange, onError } = parts
    this.#parts = parts
    Object.assign(this, hook, {
      payload,
      query,
      method: exchange.method,
      rawBody: () => rawBody(body),
      waitUntil: (work: Promise<unknown>) => {
        const watched = Promise.resolve(work).catch((error: unknown) => onError(error, hook))
        if (exchange.waitUntil !== undefined) exchange.waitUntil(watched)
        else exchange.hold?.(watched)
      },
    })
  }

  get headers(): Headers {
    return this.#parts.exchange.headers
  }

  get request(): Request {
    const { body, exchange } = this.#parts
    this.#request ??= exchange.request(body.kind === 'none' ? undefined : rawBody(body))
    return this.#request
  }
}

// All hooks share it: no handler may change what others get.
Object.freeze(LazyReceivedHook.prototype)

function rawBody(body: Body): Uint8Array {
  if (body.kind === 'none') return new Uint8Array()
  if (body.kind === 'bytes') return body.bytes
  throw new HookurlError('body_already_consumed', {
    message: 'the exact bytes are gone: a body parser read them before',
    fix:
      'Mount hookurl before the body parser, or let the parser keep the bytes: ' +
      'express.json({ verify: (req, _res, bytes) => { req.rawBody = bytes } }).',
  })
}
