import type {
  AnyCommands,
  CommandDefinitions,
  CommandName,
  Duration,
  ErrorCode,
  Hook,
  HookurlError,
  PayloadOutput,
} from '@hookurl/core'
import type { Parameters } from './payload.ts'
import type { PolicyOptions } from './policy.ts'
import type { UseStore } from './stores/store.ts'
import type { UseOptions } from './use-settings.ts'
import type { VerifiedHook } from './verifier.ts'

/** What came with the request. The caller chose all of it: never trust it as the hook's own fields. */
export interface Delivery<Payload = unknown> {
  /**
   * The body by its content type: JSON value, form fields (files as `File`), text or bytes; without a body, the query's
   * parameters.
   */
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

/** What a page is about. It never holds the token. */
export interface PageContext {
  /** What was signed; absent where the URL could not be verified. Escape it in HTML of your own. */
  readonly hook?: Hook
  /** The title of the command, where one is defined. */
  readonly title?: string
  /** The languages that the browser asks for, the preferred one first, such as `['de-AT', 'de', 'en']`. */
  readonly languages: readonly string[]
}

/** What a page says, in plain text, which is escaped. What is left out stays as it is. */
export interface PageTexts {
  /** The heading, which is also the window's title. */
  readonly title?: string
  readonly text?: string
  /** A line in smaller print; `''` for none. */
  readonly note?: string
  /** The label of the confirm page's button. */
  readonly button?: string
  /** The language of these texts, such as `'de'`. */
  readonly language?: string
}

/**
 * A page of your own: texts, or the whole page as HTML, or nothing to leave it as it is. HTML goes out under the same
 * policy, without scripts and without anything loaded; a confirm page of your own needs `<form method="post">` with a
 * button and without an action.
 */
export type Page<Context extends PageContext = PageContext> = (context: Context) => PageTexts | string | undefined

/** Your own texts or pages. */
export interface Pages {
  /** Asks a person before the command runs. */
  confirm?: Page<PageContext & { readonly hook: Hook }>
  /** Says that the command has run, where there is no redirect. */
  done?: Page<PageContext & { readonly hook: Hook }>
  /** Says why a URL was refused. */
  refused?: Page<PageContext & { readonly code: ErrorCode }>
}

/** The handshakes that have to be asked for. */
export interface HandshakeOptions {
  /** Answers `hub.challenge` as Strava wants it, in JSON; Meta and WebSub want text. */
  strava?: boolean
  /**
   * Remembers the secret with which Asana will sign its deliveries; then Asana gets it back. Whoever holds the URL can
   * send one, so refuse a second for the same hook: return `false`, or throw.
   */
  asana?: (secret: string, hook: Hook) => unknown
}

interface CommonOptions<D extends CommandDefinitions> extends PolicyOptions<D> {
  /** The origins whose pages may call hook URLs with `fetch`, such as `'https://app.example.com'`. */
  cors?: readonly string[]
  /**
   * The handshakes with which services test a URL are answered without running the handler; `false` answers none. A
   * guard answers those that are made without a body.
   */
  handshakes?: false | HandshakeOptions
  /** Your own texts or pages for people. */
  pages?: Pages
  /**
   * Where uses are counted: a store, or a store with how it is used. Without one, a URL with `uses` is refused. A guard
   * spends the use where the route answers below 400.
   */
  uses?: UseStore | UseOptions
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
  /**
   * When to answer: after the handler (the default), or with 202 once it has taken so long. It then goes on, what it
   * returns is dropped, what it throws goes to `onError` only, and the sender will not try again. Needs a host that
   * goes on after an answer: a Node process, or one that passes `waitUntil`.
   */
  ack?: 'after' | { within: Duration }
  /** Told of everything a handler throws; without it, errors are written to the console. */
  onError?: (error: unknown, hook: Hook) => void
}

/** How a guard works. */
export interface GuardOptions<
  D extends CommandDefinitions = AnyCommands,
  C extends CommandName<D> | '*' = CommandName<D> | '*',
> extends CommonOptions<D> {
  /** The command, or commands, that the route behind the guard is for; `'*'`, said on purpose: any. */
  command: C | readonly Exclude<C, '*'>[]
}

/** The hook that a guard lets through: one of its commands. */
export type GuardedHook<D extends CommandDefinitions, C extends string> = '*' extends C
  ? VerifiedHook<D>
  : VerifiedHook<D, Extract<C, CommandName<D>>>
