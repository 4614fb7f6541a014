import type { AnyCommands, CommandDefinitions, CommandName } from '@hookurl/core'
import { invalidOption } from '@hookurl/core/internal'
import { createGuard, type Receiver } from '../create-receiver.ts'
import type { NodeRequest, NodeResponse } from '../hosts/node.ts'
import type { GuardedHook, GuardOptions } from '../receive/options.ts'
import { type FastifyReplyLike, type FastifyRequestLike, hookurl as fastifyHookurl } from './fastify.ts'
import { hookurl as nodeHookurl } from './node.ts'

/** A request behind a guard, for a parameter with `@Req()`. */
export interface GuardedRequest<
  D extends CommandDefinitions = AnyCommands,
  C extends CommandName<D> | '*' = CommandName<D> | '*',
> {
  /** The verified hook. */
  readonly hook: GuardedHook<D, C>
}

/** What Nest passes to its handlers: the request of Express, or of Fastify. */
export type NestRequest = NodeRequest | FastifyRequestLike

/** The parts of Nest's `ExecutionContext` that hookurl uses. */
export interface NestContext {
  getType(): string
  switchToHttp(): { getRequest(): unknown; getResponse(): unknown }
}

/** A guard for Nest. */
export interface NestGuard {
  canActivate(context: NestContext): Promise<boolean>
}

/** The class of a guard, for `@UseGuards`. */
export type NestGuardClass = new (...providers: never[]) => NestGuard

/** The options of a guard that are made from providers. */
export interface NestGuardFactory<
  D extends CommandDefinitions = AnyCommands,
  C extends CommandName<D> | '*' = CommandName<D> | '*',
  Native = NestRequest,
> {
  /** The providers that `useFactory` receives: classes, or other tokens. */
  readonly inject: readonly unknown[]
  /** Returns the options. It is called for every module that uses the guard, so create a use store outside of it. */
  useFactory(...providers: never[]): GuardOptions<D, C, Native>
}

/**
 * Creates the class of a guard for Nest 10 to 12, on Express and Fastify. It sets the `hook` of the request.
 *
 * @throws {HookurlError} `invalid_option`, `invalid_key`; for options from `useFactory`, when Nest creates the guard
 * @example
 * const ApproveGuard = hookurl({ keys, commands, command: '/approve' })
 * // In a controller:
 * // @All('approve/*token') @UseGuards(ApproveGuard)
 * // approve(@Req() { hook }: GuardedRequest<typeof commands, '/approve'>) { return hook.content }
 */
export function hookurl<
  const D extends CommandDefinitions = AnyCommands,
  const C extends CommandName<D> | '*' = CommandName<D> | '*',
  Native = NestRequest,
>(given: GuardOptions<D, C, Native> | NestGuardFactory<D, C, Native>): NestGuardClass
export function hookurl(
  given: GuardOptions<AnyCommands, string, never> | NestGuardFactory<AnyCommands, string, never>,
): NestGuardClass {
  if (!isFactory(given)) {
    const canActivate = createGuardFunction(given)
    return class HookurlGuard {
      readonly canActivate = canActivate
    }
  }
  const { inject, useFactory } = given
  class HookurlGuard {
    readonly canActivate: NestGuard['canActivate']

    constructor(...providers: never[]) {
      this.canActivate = createGuardFunction(useFactory(...providers))
    }
  }
  defineDependencies(HookurlGuard, inject)
  return HookurlGuard
}

function isFactory(given: object): given is NestGuardFactory<AnyCommands, string, never> {
  return typeof given === 'object' && given !== null && 'useFactory' in given
}

// TypeScript emits the same metadata for a class with a decorator.
function defineDependencies(target: object, inject: readonly unknown[]): void {
  const define: unknown = Reflect.get(Reflect, 'defineMetadata')
  if (typeof define !== 'function') {
    throw invalidOption('inject needs the package reflect-metadata', "Import 'reflect-metadata' before hookurl.")
  }
  define('design:paramtypes', [...inject], target)
}

function createGuardFunction(options: GuardOptions<AnyCommands, string, never>): NestGuard['canActivate'] {
  const pipeline = createGuard(options) as Receiver
  const onNode = nodeHookurl(pipeline)
  const onFastify = fastifyHookurl.preHandler(pipeline as never)
  // If the guard responds, the promise never settles: Nest would otherwise run the route, or respond a second time.
  // Nothing refers to it once the request has ended, so it is garbage-collected.
  return (context) =>
    new Promise((resolve, reject) => {
      if (context.getType() !== 'http') {
        throw invalidOption('the guard protects HTTP routes only', 'Remove it from gateways, resolvers and the like.')
      }
      const http = context.switchToHttp()
      const [request, response] = [http.getRequest(), http.getResponse()]
      if (isFastifyReply(response)) {
        onFastify(request as FastifyRequestLike, response).then(() => {
          if (!response.sent) resolve(true)
        }, reject)
        return
      }
      void onNode(request as NodeRequest, response as NodeResponse, (error) => {
        if (error === undefined) resolve(true)
        else reject(error)
      })
    })
}

function isFastifyReply(response: unknown): response is FastifyReplyLike & { readonly sent: boolean } {
  return typeof Reflect.get(Object(response), 'hijack') === 'function'
}
