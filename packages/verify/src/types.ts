import type {
  AnyCommands,
  CommandDefinitions,
  CommandName,
  Duration,
  Hook,
  HookurlError,
  PayloadOutput,
} from '@hookurl/core'
import type { Parameters } from './payload.ts'
import type { PolicyOptions } from './policy.ts'
import type { VerifiedHook } from './verifier.ts'

/** What came with the request. The caller chose all of it: never trust it as the hook's own fields. */
export interface Delivery<Payload = unknown> {
  /** The body by its content type: JSON value, form fields, text or bytes; without a body, the query's parameters. */
  readonly payload: Payload
  /** The URL's parameters other than the token. */
  readonly query: Parameters
  readonly method: string
  readonly headers: Headers
  /** The request with its body, as a web standard object, made when it is asked for. */
  readonly request: Request
  /**
   * The body's exact bytes, to check the service's own signature.
   *
   * @throws {HookurlError} `payload_unread` where a body parser took the body before
   */
  rawBody(): Uint8Array
  /** Lets work go on after the answer; what fails in it goes to `onError`. */
  waitUntil(work: Promise<unknown>): void
}

/** What a handler gets: the hook, which was signed, and what the caller sent. */
export type HandlerHook<D extends CommandDefinitions = AnyCommands, C extends CommandName<D> = CommandName<D>> = {
  [Name in C]: VerifiedHook<D, Name> & Delivery<PayloadOutput<D, Name>>
}[C]

/** The handlers by command; `'*'` takes every other command. */
export type Handlers<D extends CommandDefinitions = AnyCommands> =
  string extends CommandName<D>
    ? { readonly [command: string]: (hook: HandlerHook<D>) => unknown }
    : { readonly [C in CommandName<D>]?: (hook: HandlerHook<D, C>) => unknown } & {
        readonly '*'?: (hook: HandlerHook<D>) => unknown
      }

/** A request that was refused, as far as a log may know it. */
export interface RefusedRequest {
  readonly method: string
  /** Its target, with every token redacted. */
  readonly target: string
  readonly headers: Headers
}

interface CommonOptions<D extends CommandDefinitions> extends PolicyOptions<D> {
  /** The origins whose pages may call hook URLs with `fetch`, such as `'https://app.example.com'`. */
  cors?: readonly string[]
  /** Told of every refusal; without it, those that are the server's own fault are written to the console. */
  onRefusal?: (error: HookurlError, request: RefusedRequest) => void
}

/** How a receiver works. */
export interface ReceiverOptions<D extends CommandDefinitions = AnyCommands> extends CommonOptions<D> {
  handlers: Handlers<NoInfer<D>>
  /** Whether to send on to `redirectTo`: people only (`'auto'`, the default), everyone, or nobody. */
  redirect?: 'auto' | 'always' | 'never'
  /** The longest body, in bytes; 1 MiB unless told. */
  maxBody?: number
  /** How long a body may take to arrive; 10 s unless told. */
  bodyTimeout?: Duration
  /** Told of everything a handler throws; without it, errors are written to the console. */
  onError?: (error: unknown, hook: Hook) => void
}

/** How a guard works. */
export interface GuardOptions<D extends CommandDefinitions = AnyCommands> extends CommonOptions<D> {
  /** The command, or commands, that the route behind the guard is for; `'*'`, said on purpose: any. */
  command: CommandName<NoInfer<D>> | readonly CommandName<NoInfer<D>>[] | '*'
}
