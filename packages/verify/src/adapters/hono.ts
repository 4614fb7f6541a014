import type { AnyCommands, CommandDefinitions, CommandName } from '@hookurl/core'
// biome-ignore lint/suspicious/noTsIgnore: users without the framework have no types of it
/** @ts-ignore */
import type { MiddlewareHandler } from 'hono'
import { type Receiver, toPipeline } from '../create-receiver.ts'
import { type FetchContext, findFetchContext, toIncomingRequest, toWebResponse } from '../hosts/fetch.ts'
import { toBody } from '../hosts/kept-body.ts'
import { endLeaseOnResponse, type NodeRequest, type NodeResponse } from '../hosts/node.ts'
import { readBody as readNodeBody } from '../hosts/node-body.ts'
import { fromText } from '../hosts/text-body.ts'
import { withTimeout } from '../hosts/with-timeout.ts'
import { runGuardedRoute } from '../receive/enter-route.ts'
import type { AuthorizedHook, GuardedHook, GuardOptions, ReceiverOptions } from '../receive/options.ts'
import { type BodyLimits, DEFAULT_BODY_TIMEOUT_SECONDS } from '../request/body-limits.ts'
import type { Body, IncomingRequest, UnreadBody } from '../request/incoming-request.ts'
import type { IfInstalled } from './if-installed.ts'

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
  }
  readonly res: Response
  readonly executionCtx: FetchContext
  readonly env: unknown
  set(name: 'hook', hook: AuthorizedHook): void
  header(name: string, value: string, options?: { append?: boolean }): void
}

/** A Hono middleware. */
export type HonoMiddleware = (context: HonoContext, next: () => Promise<void>) => Promise<Response | undefined>

/** A Hono middleware that sets `c.get('hook')`, and its type in the handlers after it. */
export type HonoGuard<H extends AuthorizedHook = AuthorizedHook> = IfInstalled<
  MiddlewareHandler<{ Variables: { hook: H } }>,
  HonoMiddleware
>

/**
 * A receiver for Hono 4 on every runtime.
 *
 * @throws {HookurlError} `invalid_option`, `invalid_key`
 * @example
 * app.use('/hooks/*', hookurl({ keys, handlers: { '/onWebhook': (hook) => console.log(hook.payload) } }))
 */
export function hookurl<const D extends CommandDefinitions = AnyCommands, Native = HonoContext>(
  given: ReceiverOptions<D, Native> | Receiver,
): HonoMiddleware
/**
 * A guard for Hono 4 on every runtime, which sets `c.get('hook')`.
 *
 * @throws {HookurlError} `invalid_option`, `invalid_key`
 * @example
 * app.all('/approve/*', hookurl({ keys, command: '/approve' }), (c) => c.json(c.get('hook')))
 */
export function hookurl<
  const D extends CommandDefinitions = AnyCommands,
  const C extends CommandName<D> | '*' = CommandName<D> | '*',
  Native = HonoContext,
>(given: GuardOptions<D, C, Native>): HonoGuard<GuardedHook<D, C>>
export function hookurl(
  given: ReceiverOptions<AnyCommands, never> | GuardOptions<AnyCommands, string, never> | Receiver,
): HonoMiddleware {
  const pipeline = toPipeline(given)
  return async (context, next) => {
    const fetchContext = findFetchContext([getExecutionContext(context), context.env])
    const incoming = toIncomingRequest(context.req.raw, fetchContext)
    const result = await pipeline.receive({
      ...incoming,
      native: context,
      readBody: (limits) => readBody(context, incoming, limits),
      getKeptBody: async () => readKeptBody(context, incoming, keptBodyLimits),
      headersSent: () => findNodeResponse(context.env)?.headersSent === true,
    })
    if (result.kind === 'response') return toWebResponse(result.response)
    if (result.kind === 'next') {
      await next()
      return undefined
    }
    context.set('hook', result.hook)
    const request = findNodeMessage(context.env)
    const response = findNodeResponse(context.env)
    if (request === undefined || response === undefined) {
      await runGuardedRoute(result, incoming, { run: next, getStatus: () => context.res.status })
    } else {
      // On Node, the response itself tells whether it was sent.
      let hasReturned = false
      endLeaseOnResponse({ request, response, hasReturned: () => hasReturned }, result.end)
      try {
        await next()
      } finally {
        hasReturned = true
      }
    }
    for (const [name, value] of Object.entries(result.headers)) {
      if (name === 'vary') context.header(name, value, { append: true })
      else if (!context.res.headers.has(name)) context.header(name, value)
    }
    return undefined
  }
}

// The forms in which Hono keeps a body that was read through `c.req`, exact bytes first.
const keptForms = ['arrayBuffer', 'blob', 'text', 'formData', 'json'] as const

// A middleware that has read a body has its own limits.
const keptBodyLimits: BodyLimits = {
  maxBodySize: Number.POSITIVE_INFINITY,
  timeoutMs: DEFAULT_BODY_TIMEOUT_SECONDS * 1000,
}

// If Hono has kept a body, the request itself is consumed.
async function readBody(
  context: HonoContext,
  incoming: IncomingRequest,
  limits: BodyLimits,
): Promise<Body | UnreadBody> {
  const { req, env } = context
  const contentLength = incoming.header('content-length')
  if (contentLength !== undefined && Number(contentLength) === 0) return { kind: 'none' }
  const kept = readKeptBody(context, incoming, limits)
  if (kept !== undefined) return kept
  // On Node, a web stream costs more than everything else. It is not needed unless a middleware has replaced the body.
  const message = findNodeMessage(env)
  const isOwn = message !== undefined && !req.raw.bodyUsed && isUnreadWrapper(req.raw, message)
  return isOwn ? readNodeBody({ incoming: message, framework: {} }, limits) : incoming.readBody(limits)
}

function readKeptBody(
  { req }: HonoContext,
  incoming: IncomingRequest,
  limits: BodyLimits,
): Promise<Body | UnreadBody> | undefined {
  const form = keptForms.find((name) => name in req.bodyCache)
  if (form === undefined) return undefined
  const [contentLength, contentType] = [incoming.header('content-length'), incoming.header('content-type')]
  const kept: Promise<unknown> = Promise.resolve(Reflect.get(req.bodyCache, form))
  const reading = kept.then(
    (value) =>
      typeof value === 'string' ? fromText(value, { ...limits, contentLength, contentType }) : toBody(value, limits),
    // A middleware that reads every body as a form has consumed those that are not forms.
    (): UnreadBody => ({ kind: 'unread', code: form === 'formData' ? 'body_already_consumed' : 'request_aborted' }),
  )
  // A middleware may still be reading the body.
  return withTimeout(reading, limits)
}

// The request that `@hono/node-server` creates refers to its Node request, which a copy of it does not, and to a web
// standard request as soon as other code accessed its body.
function isUnreadWrapper(raw: Request, message: NodeRequest): boolean {
  const members = Object.getOwnPropertySymbols(raw).map((name): unknown => Reflect.get(raw, name))
  return members.includes(message) && !members.some((member) => member instanceof Request)
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

// `@hono/node-server` passes the Node response as `env.outgoing`.
function findNodeResponse(env: unknown): NodeResponse | undefined {
  const { outgoing } = Object(env) as { outgoing?: Partial<NodeResponse> }
  return typeof outgoing?.writableEnded === 'boolean' ? (outgoing as NodeResponse) : undefined
}

// `@hono/node-server` passes the Node request as `env.incoming`.
function findNodeMessage(env: unknown): NodeRequest | undefined {
  const { incoming } = Object(env) as { incoming?: Partial<NodeRequest> }
  return typeof incoming?.httpVersionMajor === 'number' ? (incoming as NodeRequest) : undefined
}
