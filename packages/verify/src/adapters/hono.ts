import type { AnyCommands, CommandDefinitions } from '@hookurl/core'
import { type Receiver, toPipeline } from '../create-receiver.ts'
import { type FetchContext, findFetchContext, toIncomingRequest, toWebResponse } from '../hosts/fetch.ts'
import { fromText } from '../hosts/text-body.ts'
import { runGuardedRoute } from '../receive/enter-route.ts'
import type { AuthorizedHook, GuardOptions, ReceiverOptions } from '../receive/options.ts'
import type { BodyLimits } from '../request/body-limits.ts'
import type { Body, IncomingRequest, UnreadBody } from '../request/incoming-request.ts'

// If the framework is not installed, this has no effect.
declare module 'hono' {
  interface ContextVariableMap {
    /** The verified hook, set by a guard. */
    hook?: AuthorizedHook
  }
}

/** The parts of a Hono context that hookurl uses. */
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
  set(name: 'hook', hook: AuthorizedHook): void
  header(name: string, value: string, options?: { append?: boolean }): void
}

/** A Hono middleware. */
export type HonoMiddleware = (context: HonoContext, next: () => Promise<void>) => Promise<Response | undefined>

/**
 * A receiver or, without `handlers`, a guard for Hono 4 on every runtime. A guard sets `c.get('hook')`.
 *
 * @throws {HookurlError} `invalid_option`, `invalid_key`
 * @example
 * app.use('/hooks/*', hookurl({ keys, handlers: { '/onWebhook': (hook) => console.log(hook.payload) } }))
 * app.all('/approve/*', hookurl({ keys, command: '/approve' }), (c) => c.json(c.get('hook')))
 */
export function hookurl<const D extends CommandDefinitions = AnyCommands>(
  given: ReceiverOptions<D> | GuardOptions<D> | Receiver,
): HonoMiddleware {
  const pipeline = toPipeline(given)
  return async (context, next) => {
    const fetchContext = findFetchContext([getExecutionContext(context), context.env])
    const incoming = toIncomingRequest(context.req.raw, fetchContext)
    const result = await pipeline.receive({ ...incoming, readBody: (limits) => readBody(context, incoming, limits) })
    if (result.kind === 'response') return toWebResponse(result.response)
    if (result.kind === 'next') {
      await next()
      return undefined
    }
    context.set('hook', result.hook)
    await runGuardedRoute(result, { run: next, getStatus: () => context.res.status })
    for (const [name, value] of Object.entries(result.headers)) {
      if (name === 'vary') context.header(name, value, { append: true })
      else if (!context.res.headers.has(name)) context.header(name, value)
    }
    return undefined
  }
}

/** The parts of a Node request that hookurl uses. */
interface NodeMessage {
  readonly httpVersionMajor: number
  readonly destroyed: boolean
}

const bodyTimeout = new Error('the body did not arrive in time')

// Hono caches a body that is read through `c.req`, which consumes the request itself.
async function readBody(
  context: HonoContext,
  incoming: IncomingRequest,
  limits: BodyLimits,
): Promise<Body | UnreadBody> {
  const { req, env } = context
  const contentLength = incoming.header('content-length')
  const cached = Object.keys(req.bodyCache)
  // On Node, reading a web stream costs more than everything else. It is unnecessary if the body is the caller's own
  // rather than one that middleware put in its place, because no more bytes can then arrive than were declared.
  const message = findNodeMessage(env)
  const isDeclared = Number(contentLength) <= limits.maxBodySize && wrapsMessage(req.raw, message)
  if (cached.length === 0 && (!isDeclared || req.raw.bodyUsed)) return incoming.readBody(limits)
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(bodyTimeout), limits.timeoutMs)
  })
  try {
    if (cached.length === 0 || cached.includes('arrayBuffer') || cached.includes('blob')) {
      const bytes = new Uint8Array(await Promise.race([req.arrayBuffer(), timeout]))
      if (bytes.byteLength > limits.maxBodySize) return { kind: 'unread', code: 'body_too_large' }
      return bytes.byteLength === 0 ? { kind: 'none' } : { kind: 'bytes', bytes }
    }
    if (!cached.includes('text')) return { kind: 'unread', code: 'body_already_consumed' }
    return fromText(await Promise.race([req.text(), timeout]), { ...limits, contentLength })
  } catch (error) {
    if (error === bodyTimeout) return { kind: 'unread', code: 'body_timeout' }
    const isConsumed = cached.length === 0 && message?.destroyed !== true
    return { kind: 'unread', code: isConsumed ? 'body_already_consumed' : 'request_aborted' }
  } finally {
    clearTimeout(timer)
  }
}

// The request that `@hono/node-server` creates refers to its Node request; a copy of it does not.
function wrapsMessage(raw: Request, message: NodeMessage | undefined): boolean {
  if (message === undefined) return false
  return Object.getOwnPropertySymbols(raw).some((name) => Reflect.get(raw, name) === message)
}

// On a host without an execution context, such as Node, Hono throws when it is accessed.
function getExecutionContext(context: HonoContext): unknown {
  if (findNodeMessage(context.env) !== undefined) return undefined
  try {
    return context.executionCtx
  } catch {
    return undefined
  }
}

// `@hono/node-server` passes the Node request as `env.incoming`.
function findNodeMessage(env: unknown): NodeMessage | undefined {
  const { incoming } = Object(env) as { incoming?: Partial<NodeMessage> }
  return typeof incoming?.httpVersionMajor === 'number' ? (incoming as NodeMessage) : undefined
}
