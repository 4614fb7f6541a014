import type { AnyCommands, CommandDefinitions, Hook } from '@hookurl/core'
import { type Receiver, runGuardedRoute, toPipeline } from '../create-receiver.ts'
import { contextOf, type FetchContext, toExchange, toWebResponse } from '../hosts/fetch.ts'
import { fromText } from '../hosts/text-body.ts'
import type { GuardOptions, ReceiverOptions } from '../receive/options.ts'
import type { Body, BodyLimits, IncomingRequest, Unread } from '../request/incoming-request.ts'

// Where the framework is not installed, this declares nothing and harms nothing.
declare module 'hono' {
  interface ContextVariableMap {
    /** The verified hook, behind a guard. */
    hook?: Hook
  }
}

/** As much of a Hono context as is needed here. */
export interface HonoContext {
  readonly req: {
    readonly raw: Request
    readonly bodyCache: object
    arrayBuffer(): Promise<ArrayBuffer>
    text(): Promise<string>
  }
  readonly res: Response
  readonly executionCtx: FetchContext
  readonly env: unknown
  set(name: 'hook', hook: Hook): void
  header(name: string, value: string, options?: { append?: boolean }): void
}

/** A Hono middleware. */
export type HonoMiddleware = (context: HonoContext, next: () => Promise<void>) => Promise<Response | undefined>

/**
 * A receiver, or without `handlers` a guard, for Hono 4 on every runtime. A guard sets `c.get('hook')`.
 *
 * @throws {HookurlError} `invalid_option`, `invalid_key`
 * @example
 * app.use('/hooks/*', hookurl({ keys, handlers: { '/onWebhook': (hook) => console.log(hook.payload) } }))
 * app.all('/approve/*', hookurl({ keys, command: '/approve' }), (c) => c.json(c.get('hook')))
 */
export function hookurl<const D extends CommandDefinitions = AnyCommands>(
  given: ReceiverOptions<D> | GuardOptions<D> | Receiver,
): HonoMiddleware {
  const way = toPipeline(given)
  return async (context, next) => {
    const exchange = toExchange(context.req.raw, contextOf([executionOf(context), context.env]))
    const received = await way.receive({ ...exchange, readBody: (limits) => readBody(context, exchange, limits) })
    if (received.kind === 'answer') return toWebResponse(received.answer)
    if (received.kind === 'pass') {
      await next()
      return undefined
    }
    context.set('hook', received.hook)
    await runGuardedRoute(received, { route: next, statusOf: () => context.res.status })
    for (const [name, value] of Object.entries(received.headers)) {
      if (name === 'vary') context.header(name, value, { append: true })
      else if (!context.res.headers.has(name)) context.header(name, value)
    }
    return undefined
  }
}

/** As much of a Node request as is needed here. */
interface Incoming {
  readonly httpVersionMajor: number
  readonly destroyed: boolean
}

const timedOut = new Error('the body did not arrive in time')

// Hono keeps a body that was read through `c.req`; the request itself is spent then.
async function readBody(context: HonoContext, exchange: IncomingRequest, limits: BodyLimits): Promise<Body | Unread> {
  const { req, env } = context
  const kept = Object.keys(req.bodyCache)
  // On Node a stream costs more than all the rest, and no more comes than was declared: of the caller's own body, in
  // whose place a middleware may have put another.
  const incoming = incomingOf(env)
  const isDeclared = Number(exchange.header('content-length')) <= limits.maxBodySize && isMadeOf(req.raw, incoming)
  if (kept.length === 0 && (!isDeclared || req.raw.bodyUsed)) return exchange.readBody(limits)
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(timedOut), limits.timeoutMs)
  })
  try {
    if (kept.length === 0 || kept.includes('arrayBuffer') || kept.includes('blob')) {
      const bytes = new Uint8Array(await Promise.race([req.arrayBuffer(), timeout]))
      if (bytes.byteLength > limits.maxBodySize) return { kind: 'unread', code: 'body_too_large' }
      return bytes.byteLength === 0 ? { kind: 'none' } : { kind: 'bytes', bytes }
    }
    if (!kept.includes('text')) return { kind: 'unread', code: 'body_already_consumed' }
    return fromText(await Promise.race([req.text(), timeout]), {
      ...limits,
      contentLength: exchange.header('content-length'),
    })
  } catch (error) {
    if (error === timedOut) return { kind: 'unread', code: 'body_timeout' }
    const isTaken = kept.length === 0 && incoming?.destroyed !== true
    return { kind: 'unread', code: isTaken ? 'body_already_consumed' : 'request_aborted' }
  } finally {
    clearTimeout(timer)
  }
}

// What `@hono/node-server` makes of a request keeps it; a request that was made of that one does not.
function isMadeOf(raw: Request, incoming: Incoming | undefined): boolean {
  if (incoming === undefined) return false
  return Object.getOwnPropertySymbols(raw).some((name) => Reflect.get(raw, name) === incoming)
}

// Where a host has none, as Node, Hono throws at the question.
function executionOf(context: HonoContext): unknown {
  if (incomingOf(context.env) !== undefined) return undefined
  try {
    return context.executionCtx
  } catch {
    return undefined
  }
}

// What `@hono/node-server` passes.
function incomingOf(env: unknown): Incoming | undefined {
  const { incoming } = Object(env) as { incoming?: Partial<Incoming> }
  return typeof incoming?.httpVersionMajor === 'number' ? (incoming as Incoming) : undefined
}
