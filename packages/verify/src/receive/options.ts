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
import type { QueryParams } from '../request/payload.ts'
import type { UseOptions } from '../uses/options.ts'
import type { UseStore } from '../uses/store.ts'
import type { PolicyOptions } from '../verifier/policy.ts'
import type { VerifiedHook } from '../verifier/verifier.ts'

/** What came with the request. The caller chose all of it: never trust it as the hook's own fields. */
export interface RequestData<Payload = unknown> {
  /**
   * The body by its content type: JSON value, form fields (files as `File`), text or bytes; without a body, the query's
   * parameters.
   */
  readonly payload: Payload
  /** The URL's parameters other than the token. */
  readonly query: QueryParams
  readonly method: string
  readonly headers: Headers
  /** The request with its body, as a web standard object, made when it is asked for. */
  readonly request: Request
  /**
   * The body's exact bytes, to check the service's own signature.
   *
   * @throws {HookurlError} `body_already_consumed` where a body parser took the body before
   */
  rawBody(): Uint8Array
  /** Lets work go on after the answer; what fails in it goes to `onError`. */
  waitUntil(work: Promise<unknown>): void
}

/** What a handler gets: the hook, which was signed, and what the caller sent. */
export type ReceivedHook<D extends CommandDefinitions = AnyCommands, C extends CommandName<D> = CommandName<D>> = {
  [Name in C]: VerifiedHook<D, Name> & RequestData<PayloadOutput<D, Name>>
}[C]

/** The handlers by command; `'*'` takes every other command. */
export type Handlers<D extends CommandDefinitions = AnyCommands> =
  string extends CommandName<D>
    ? { readonly [command: string]: (hook: ReceivedHook<D>) => unknown }
    : { readonly [C in CommandName<D>]?: (hook: ReceivedHook<D, C>) => unknown } & {
        readonly '*'?: (hook: ReceivedHook<D>) => unknown
      }

/** What a receiver or guard did with a request. */
export type Outcome =
  | 'handled'
  | 'accepted'
  | 'duplicate'
  | 'confirm_page'
  | 'preview'
  | 'prefetch'
  | 'handshake'
  | 'head'
  | 'options'
  | 'rejected'

/** One request and its result, for logs, metrics and tracing. It contains no token. */
export interface ResultEvent {
  readonly outcome: Outcome
  readonly method: string
  /** The request target, with every token redacted. */
  readonly target: string
  /** The status of the response; `undefined` where a guarded route ended without one. */
  readonly status: number | undefined
  /** The error of a rejection. */
  readonly error?: HookurlError
  readonly command?: string
  /** Identifies this delivery and its retries; the same as `hook.deliveryId`. */
  readonly deliveryId?: string
  /** From the arrival of the request to its response, in milliseconds. */
  readonly durationMs: number
  /** The verified hook, and the request data once the payload was read. Not enumerable, so that it stays out of logs. */
  readonly hook?: Hook | ReceivedHook
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
export interface PageText {
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
export type Page<Context extends PageContext = PageContext> = (context: Context) => PageText | string | undefined

/** Your own texts or pages. */
export interface Pages {
  /** Asks a person before the command runs. */
  confirm?: Page<PageContext & { readonly hook: Hook }>
  /** Says that the command has run, where there is no redirect. */
  done?: Page<PageContext & { readonly hook: Hook }>
  /** Says why a URL was refused. */
  rejected?: Page<PageContext & { readonly code: ErrorCode }>
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
  /** Receives every request and its result, after the response is decided. */
  onResult?: (event: ResultEvent) => void
  /**
   * Receives every error that is the server's own: what a handler or `authorize` throws, an unavailable store, invalid
   * keys. By default they are written to the console.
   */
  onError?: (error: unknown, hook?: Hook) => void
}

/** How a receiver works. */
export interface ReceiverOptions<D extends CommandDefinitions = AnyCommands> extends CommonOptions<D> {
  handlers: Handlers<NoInfer<D>>
  /** Whether to send on to `redirectTo`: people only (`'auto'`, the default), everyone, or nobody. */
  redirect?: 'auto' | 'always' | 'never'
  /** The longest body, in bytes; 1 MiB unless told. */
  maxBodySize?: number
  /** How long a body may take to arrive; 10 s unless told. */
  bodyTimeout?: Duration
  /**
   * When to answer: after the handler (the default), or with 202 once it has taken so long. It then goes on, what it
   * returns is dropped, what it throws goes to `onError` only, and the sender will not try again. Needs a host that
   * goes on after an answer: a Node process, or one that passes `waitUntil`.
   */
  ackAfter?: Duration
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
