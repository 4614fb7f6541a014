import type { AnyCommands, CommandDefinitions, CommandName } from '@hookurl/core'
import { chain, invalidOption } from '@hookurl/core/internal'
// biome-ignore lint/suspicious/noTsIgnore: users without the framework have no types of it
/** @ts-ignore */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { assertRoute, type Receiver, toPipeline } from '../create-receiver.ts'
import { endLeaseOnResponse, type NodeRequest, type NodeResponse, send, toIncomingRequest } from '../hosts/node.ts'
import type { FrameworkRequest } from '../hosts/node-body.ts'
import type { AuthorizedHook, GuardedHook, GuardOptions, ReceiverOptions } from '../receive/options.ts'
import type { IncomingRequest } from '../request/incoming-request.ts'
import type { OutgoingResponse } from '../response/response.ts'
import type { IfInstalled } from './if-installed.ts'

// If the framework is not installed, this has no effect.
declare module 'fastify' {
  interface FastifyRequest {
    /** The verified hook, set by a guard. */
    hook?: AuthorizedHook
  }
}

/** The parts of a Fastify request that hookurl uses. */
export interface FastifyRequestLike {
  readonly raw: NodeRequest
  readonly originalUrl: string
  readonly protocol: string
  readonly body?: unknown
  readonly rawBody?: unknown
  hook?: AuthorizedHook
}

/** The parts of a Fastify reply that hookurl uses. */
export interface FastifyReplyLike {
  readonly raw: NodeResponse
  getHeaders(): Record<string, number | string | string[] | undefined>
  hasHeader(name: string): boolean
  header(name: string, value: string): unknown
  hijack(): unknown
  callNotFound(): unknown
}

/** A Fastify hook, or a handler. */
export type FastifyGuard = (request: FastifyRequestLike, reply: FastifyReplyLike) => Promise<unknown>

/** The parts of a Fastify application that hookurl uses. */
export interface FastifyLike {
  readonly prefix: string
  addHook(name: 'onRequest', hook: FastifyGuard): unknown
  all(path: string, handler: FastifyGuard): unknown
}

/** A Fastify plugin. Register it with a `prefix`. */
export type FastifyPlugin = (app: FastifyLike) => Promise<void>

/** A guarded route: the options of a Fastify route, with its handler. */
export interface FastifyGuardedRoute {
  readonly preHandler: FastifyGuard
  readonly handler: (request: FastifyRequestLike, reply: FastifyReplyLike) => unknown
}

/** The options of `register` itself. */
interface RegisterOptions {
  prefix?: string | undefined
  logLevel?: string | undefined
  logSerializers?: object | undefined
}

/** A receiver as a plugin, and a guard as a hook. */
export interface FastifyHookurl {
  /**
   * A receiver for Fastify 5. It is encapsulated in its plugin: the application's parsers and routes are unchanged, and
   * no parser reads a hook's body.
   *
   * @throws {HookurlError} `invalid_option`, `invalid_key`
   * @example
   * app.register(hookurl({ keys, handlers }), { prefix: '/hooks' })
   */
  <const D extends CommandDefinitions = AnyCommands, R extends FastifyRequestLike = FastifyRequestLike>(
    given: ReceiverOptions<D, R> | Receiver,
  ): FastifyPlugin
  /**
   * The same receiver, passed directly to `register`, which takes its options.
   *
   * @throws {HookurlError} `invalid_option`, `invalid_key`
   * @example
   * app.register(hookurl, { prefix: '/hooks', keys, handlers })
   */
  <const D extends CommandDefinitions = AnyCommands, R extends FastifyRequestLike = FastifyRequestLike>(
    app: FastifyLike,
    options: (ReceiverOptions<D, R> | Receiver) & RegisterOptions,
  ): Promise<void>
  /**
   * A guard for one route, which sets `request.hook`. As an `onRequest` hook, it rejects requests before Fastify parses
   * the body. The route ends in a wildcard, because Fastify rejects parameters longer than 100 characters.
   *
   * @throws {HookurlError} `invalid_option`, `invalid_key`
   * @example
   * app.all('/approve/*', { preHandler: hookurl.preHandler({ keys, command: '/approve' }) }, (request) => request.hook)
   */
  preHandler<const D extends CommandDefinitions = AnyCommands, R extends FastifyRequestLike = FastifyRequestLike>(
    given: GuardOptions<D, CommandName<D> | '*', R>,
  ): FastifyGuard
  /**
   * A guard with its handler, in which `request.hook` has the types of `commands`.
   *
   * @throws {HookurlError} `invalid_option`, `invalid_key`
   * @example
   * app.all('/approve/*', hookurl.route({ keys, commands, command: '/approve' }, async ({ hook }) => hook.content))
   */
  route<
    const D extends CommandDefinitions = AnyCommands,
    const C extends CommandName<D> | '*' = CommandName<D> | '*',
    R extends FastifyRequestLike = IfInstalled<FastifyRequest, FastifyRequestLike>,
    S extends FastifyReplyLike = IfInstalled<FastifyReply, FastifyReplyLike>,
  >(
    options: GuardOptions<D, C, R>,
    handler: (request: R & { readonly hook: GuardedHook<D, C> }, reply: S) => unknown,
  ): FastifyGuardedRoute
}

/** A receiver for Fastify 5; `hookurl.preHandler`, a guard for one route; and `hookurl.route`, the same with its handler. */
export const hookurl: FastifyHookurl = Object.assign(register, { preHandler, route })

type Given<D extends CommandDefinitions> = ReceiverOptions<D, never> | Receiver

function register<D extends CommandDefinitions>(given: Given<D>): FastifyPlugin
function register<D extends CommandDefinitions>(app: FastifyLike, options: Given<D> & RegisterOptions): Promise<void>
function register<D extends CommandDefinitions>(
  given: FastifyLike | Given<D>,
  options?: Given<D> & RegisterOptions,
): FastifyPlugin | Promise<void> {
  if (!isApp(given)) return toPlugin(given)
  const { prefix, logLevel, logSerializers, ...own } = options ?? {}
  return toPlugin(own as Given<D>)(given)
}

function isApp(given: object): given is FastifyLike {
  return typeof Reflect.get(Object(given), 'addHook') === 'function'
}

function preHandler<D extends CommandDefinitions>(given: GuardOptions<D, CommandName<D> | '*', never>): FastifyGuard {
  const pipeline = toPipeline(given)
  return async (request, reply): Promise<unknown> => {
    const result = await pipeline.receive(adaptRequest(request, reply))
    if (result.kind === 'response') return sendReply(request, reply, result.response)
    if (result.kind === 'next') return reply.callNotFound()
    request.hook = result.hook
    for (const [name, value] of Object.entries(result.headers)) {
      if (!reply.hasHeader(name)) reply.header(name, value)
    }
    endLeaseOnResponse({ request: request.raw, response: reply.raw }, result.end)
    return undefined
  }
}

function route(given: GuardOptions<AnyCommands, string, never>, handler: unknown): FastifyGuardedRoute {
  assertRoute(given, handler)
  return { preHandler: preHandler(given), handler: handler as FastifyGuardedRoute['handler'] }
}

function toPlugin<D extends CommandDefinitions>(given: Given<D>): FastifyPlugin {
  const pipeline = toPipeline(given)
  if (!('receive' in given || 'handlers' in given)) {
    throw invalidOption('the plugin is a receiver and needs handlers', 'Use hookurl.preHandler for a guard.')
  }
  return async (app) => {
    // Runs before Fastify looks for a parser, because Fastify rejects content types without one.
    app.addHook('onRequest', async (request, reply) => {
      const result = await pipeline.receive(adaptRequest(request, reply))
      return result.kind === 'response' ? sendReply(request, reply, result.response) : reply.callNotFound()
    })
    // Without a prefix, the plugin must not declare the route `/`, which belongs to the application.
    const base = app.prefix === '' ? pipeline.basePath : ''
    for (const path of [base || '/', `${base}/*`]) app.all(path, async (_request, reply) => reply.callNotFound())
  }
}

function adaptRequest(request: FastifyRequestLike, reply: FastifyReplyLike): IncomingRequest {
  const framework = new FastifyFrameworkRequest(request)
  return toIncomingRequest(request.raw, reply.raw, { framework, native: request })
}

// A class, because a getter in an object literal costs more than everything else here.
class FastifyFrameworkRequest implements FrameworkRequest {
  readonly originalUrl: string
  readonly rawBody: unknown
  readonly body: unknown
  readonly #request: FastifyRequestLike

  constructor(request: FastifyRequestLike) {
    this.originalUrl = request.originalUrl
    this.rawBody = request.rawBody
    this.body = request.body
    this.#request = request
  }

  get protocol(): string {
    return this.#request.protocol
  }
}

function sendReply(
  request: FastifyRequestLike,
  reply: FastifyReplyLike,
  response: OutgoingResponse,
): FastifyReplyLike | Promise<FastifyReplyLike> {
  // Without this, the headers that earlier hooks set, such as a CORS plugin's, would be lost.
  const headers = reply.getHeaders()
  reply.hijack()
  for (const name in headers) {
    const value = headers[name]
    if (value !== undefined) reply.raw.setHeader(name, typeof value === 'number' ? String(value) : value)
  }
  return chain(send(request.raw, reply.raw, response), () => reply)
}
