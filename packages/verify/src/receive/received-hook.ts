import { type Hook, HookurlError, type State } from '@hookurl/core'
import { invalidOption } from '@hookurl/core/internal'
import { isEncoded } from '../request/content-encoding.ts'
import type { Body, IncomingRequest, RequestBody } from '../request/incoming-request.ts'
import { getJsonText } from '../request/payload.ts'
import type { SqlExecutor } from '../uses/sql-executor.ts'
import type { Decision } from './choices.ts'
import type { RequestContext } from './context.ts'
import type { ReceivedHook, RequestData } from './options.ts'

/** Creates what a handler receives: the hook and the request data. Costly members are created on first access. */
export function createReceivedHook(ctx: RequestContext, hook: Hook, sent: SentData): ReceivedHook {
  return Object.freeze(new LazyReceivedHook(ctx, hook, sent)) as unknown as ReceivedHook
}

/** What the caller sent in the body. */
interface SentData extends Decision {
  readonly payload: unknown
}

// A class, for its getters. As own properties, they would cost more than everything else in the object, and a handler
// that returns or copies its hook would call them.
class LazyReceivedHook {
  readonly #ctx: RequestContext
  #request: Request | undefined

  constructor(ctx: RequestContext, hook: Hook, sent: SentData) {
    const { request, query, body, config, actor } = ctx
    this.#ctx = ctx
    Object.assign(this, hook, actor !== undefined && { actor }, sent, {
      query,
      method: request.method,
      rawBody: (options?: { encoded?: boolean }) =>
        options?.encoded === true ? getEncodedBody(request, body) : getRawBody(body),
      waitUntil: (work: Promise<unknown>) => {
        const watched = Promise.resolve(work).catch((error: unknown) => config.onError(error, hook))
        keepAlive(request, watched)
      },
    })
    if (ctx.signedBy !== undefined) Object.assign(this, { signedBy: ctx.signedBy })
  }

  static getPayloadJson(hook: LazyReceivedHook): string | undefined {
    const { request, body } = hook.#ctx
    return body === undefined ? undefined : getJsonText(body, request.header('content-type'))
  }

  get headers(): Headers {
    return this.#ctx.request.headers
  }

  get commitUse(): RequestData['commitUse'] {
    return (execute?: SqlExecutor) => commitUse(this.#ctx, execute)
  }

  get commitUseSync(): RequestData['commitUseSync'] {
    return (execute) => commitUseSync(this.#ctx, execute)
  }

  get releaseUse(): RequestData['releaseUse'] {
    return () => releaseUse(this.#ctx)
  }

  get state(): State | undefined {
    return this.#ctx.state
  }

  get deliveryId(): string | undefined {
    return this.#ctx.delivery?.id
  }

  get request(): Request {
    const { request, body } = this.#ctx
    this.#request ??= createRequest(
      request,
      body === undefined || body.kind === 'none' ? undefined : toRequestBody(body),
    )
    return this.#request
  }
}

// All hooks share this prototype, so no handler may change it for the others.
Object.freeze(LazyReceivedHook.prototype)

/** Returns the JSON that a hook's payload was parsed from, or `undefined` if it was not JSON. */
export function getPayloadJson(hook: ReceivedHook): string | undefined {
  return LazyReceivedHook.getPayloadJson(hook as unknown as LazyReceivedHook)
}

/**
 * Adds `commitUse`, `commitUseSync`, `releaseUse` and `state` to a hook. They are not enumerable, so that a copy or log of the hook has
 * neither methods nor the state.
 */
export function defineHiddenMembers(hook: object, ctx: RequestContext): void {
  Object.defineProperties(hook, {
    commitUse: { value: (execute?: SqlExecutor) => commitUse(ctx, execute) },
    commitUseSync: { value: (execute: SqlExecutor) => commitUseSync(ctx, execute) },
    releaseUse: { value: () => releaseUse(ctx) },
    state: { value: ctx.state },
  })
}

async function commitUse({ lease }: RequestContext, execute: SqlExecutor | undefined): Promise<boolean> {
  if (lease === undefined) return false
  return execute === undefined ? lease.commit() : lease.commitIn(checkExecutor(execute))
}

function commitUseSync({ lease }: RequestContext, execute: SqlExecutor): boolean {
  return lease === undefined ? false : lease.commitInSync(checkExecutor(execute))
}

function checkExecutor(execute: SqlExecutor): SqlExecutor {
  if (typeof execute === 'function') return execute
  throw invalidOption(
    'commitUse needs the function that runs SQL in your transaction',
    'Pass (sql, values) => client.query(sql, values), with the client of the transaction.',
  )
}

async function releaseUse(ctx: RequestContext): Promise<boolean> {
  return ctx.canRelease() ? (ctx.lease?.release() ?? false) : false
}

/** Keeps the host alive for work that continues after the response, or delays the response on hosts that stop after it. */
export function keepAlive(request: IncomingRequest, work: Promise<unknown>): void {
  if (request.waitUntil !== undefined) request.waitUntil(work)
  else request.deferResponse?.(work)
}

/** Creates the request with the body that was read. The headers that describe a compressed body are removed. */
export function createRequest(incoming: IncomingRequest, body: RequestBody | undefined): Request {
  const request = incoming.request(body)
  if (body !== undefined && isEncoded(incoming.header('content-encoding'))) {
    for (const name of ['content-encoding', 'content-length']) request.headers.delete(name)
  }
  return request
}

/** Returns the bytes of a body or, if they are lost, a stream that fails with `body_already_consumed` once it is read. */
export function toRequestBody(body: Body): RequestBody {
  if (body.kind === 'bytes') return body.bytes as Uint8Array<ArrayBuffer>
  const pull = (controller: ReadableStreamDefaultController): void => controller.error(createLostBytesError())
  return new ReadableStream({ pull }, { highWaterMark: 0 })
}

function getEncodedBody(request: IncomingRequest, body: Body | undefined): Uint8Array {
  if (body !== undefined && 'encoded' in body && body.encoded !== undefined) return body.encoded
  if (isEncoded(request.header('content-encoding')) && body?.kind !== 'none') {
    throw new HookurlError('body_already_consumed', {
      message: 'the compressed bytes are lost: the framework has already inflated the body',
      fix: 'Mount hookurl before the body parser.',
    })
  }
  return getRawBody(body)
}

/** @throws {HookurlError} `body_already_consumed` */
export function getRawBody(body: Body | undefined): Uint8Array {
  if (body === undefined || body.kind === 'none') return new Uint8Array()
  if (body.kind === 'bytes') return body.bytes
  throw createLostBytesError()
}

function createLostBytesError(): HookurlError {
  return new HookurlError('body_already_consumed', {
    message: 'the exact bytes are lost: a body parser consumed them before',
    fix:
      'Mount hookurl before the body parser, or let the parser keep the bytes: ' +
      'express.json({ verify: (req, _res, bytes) => { req.rawBody = bytes } }).',
  })
}
