import type {
  AnyCommands,
  ChoiceFields,
  CommandDefinitions,
  CommandName,
  Duration,
  Hook,
  HookurlError,
  PayloadOutput,
  State,
  TraceEvent,
} from '@hookurl/core'
import type { QueryParams } from '../request/payload.ts'
import type { Pages } from '../response/page-options.ts'
import type { UseOptions } from '../uses/options.ts'
import type { SqlExecutor } from '../uses/sql-executor.ts'
import type { UseStore } from '../uses/store.ts'
import type { PolicyOptions } from '../verifier/policy.ts'
import type { VerifiedHook } from '../verifier/verifier.ts'
import type { SignatureScheme } from './signatures/schemes.ts'

/** What came with the request. The caller controls all of it, so never trust it like the hook's signed fields. */
export interface RequestData<Payload = unknown> {
  /**
   * The body, parsed by its content type: a JSON value, form fields (files as `File`), a string or bytes. Without a
   * body, the query parameters or, on a URL minted with `requireSignature`, `undefined`.
   */
  readonly payload: Payload
  /** The URL's query parameters, without the token. */
  readonly query: QueryParams
  readonly method: string
  readonly headers: Headers
  /**
   * The request with its body, as a web-standard `Request` created on first access. If a body parser has already consumed
   * the body, reading it fails with `body_already_consumed`.
   */
  readonly request: Request
  /**
   * Identifies this delivery and its retries: an opaque hash of the ID that the sender put in a header, or of
   * everything that a retry repeats.
   */
  readonly deliveryId: string
  /**
   * The scheme of the valid signature, on a URL minted with `requireSignature`. The signature covers the body, unless the
   * scheme sends the secret itself; it never covers the query or headers outside the scheme.
   */
  readonly signedBy?: SignatureScheme
  /**
   * The ID of the user who acted, from the option `user`: a number as its decimal representation. Absent if the option is
   * not set, if no one is signed in, or if the request may come from another site.
   */
  readonly actor?: string
  /**
   * Commits the use of a hook with `maxUses` at once, for handlers that can still fail after their work. Resolves to
   * whether it is committed. Not enumerable.
   */
  commitUse(): Promise<boolean>
  /**
   * Commits the use in your transaction on the database of `sqlUseStore`, so that the use and the work are committed
   * together or not at all. Call it first in the transaction, and end the transaction before the handler. `execute` runs a
   * statement with the client of the transaction. Resolves to `true`, or to `false` for a hook without `maxUses`.
   *
   * @throws {HookurlError} `lease_lost` if another request has reserved the use in the meantime: roll back; and
   *   `invalid_option` in at-most-once mode, on SQLite, and with stores that do not support it
   */
  commitUse(execute: SqlExecutor): Promise<boolean>
  /** The same for SQLite, whose transactions end before anything is awaited. Begin them with `BEGIN IMMEDIATE`. */
  commitUseSync(execute: SqlExecutor): boolean
  /**
   * Releases the use, so that the URL can be used again. Resolves to whether it was released, which is not possible
   * after a commit, once the headers of the response were sent, or in at-most-once mode. Not enumerable.
   */
  releaseUse(): Promise<boolean>
  /**
   * Returns the exact bytes of the body, for verifying the service's own signature. A compressed body is inflated; with
   * `encoded: true`, its bytes are returned as received.
   *
   * @throws {HookurlError} `body_already_consumed` if a body parser has already consumed the body, or inflated it
   */
  rawBody(options?: { encoded?: boolean | undefined }): Uint8Array
  /**
   * The state that the option `state` returned; `undefined` for a URL that is not bound to a state. Use it as a condition
   * of the change, as in `UPDATE … WHERE password_hash = $old`, so that only one of several concurrent requests succeeds.
   * Not enumerable.
   */
  readonly state: State | undefined
  /** Lets work continue after the response. If it fails, `onError` receives the error. */
  waitUntil(work: Promise<unknown>): void
}

/** What a handler receives: the signed hook, and the data that the caller sent. */
export type ReceivedHook<D extends CommandDefinitions = AnyCommands, C extends CommandName<D> = CommandName<D>> = {
  [Name in C]: VerifiedHook<D, Name> & RequestData<PayloadOutput<D, Name>> & ChoiceFields<D, Name>
}[C]

/**
 * The type of a handler, for handlers in a separate file. If it returns a `Response` that it created, that response
 * is sent. Any other value is ignored, and the caller gets the default response.
 *
 * @example
 * export const onPayment: Handler<typeof commands, '/onPayment'> = ({ content }) => console.log(content.order)
 */
export type Handler<D extends CommandDefinitions = AnyCommands, C extends CommandName<D> = CommandName<D>> = (
  hook: ReceivedHook<D, C>,
) => unknown

/**
 * The handlers, keyed by command; `'*'` handles every other command, with `commands` every other one that is defined. A
 * command that is not in `commands` may have a handler too: its content and payload are `unknown`.
 */
export type Handlers<D extends CommandDefinitions = AnyCommands> =
  string extends CommandName<D>
    ? { readonly [command: string]: Handler<D> | undefined }
    : {
        readonly [C in CommandName<D> | '*' | OtherName]?:
          | (C extends CommandName<D> ? Handler<D, C> : C extends '*' ? Handler<D> : OtherHandler)
          | undefined
      }

/** Every name. Unlike `string`, it keeps the names that are listed besides it. */
type OtherName = string & {}
/** Types the hook of an inline function. The handlers of defined commands must match it too, so it accepts every function. */
// biome-ignore lint/complexity/noBannedTypes: has no signature, from which the hook would become `any`
type OtherHandler = Handler | Function

/**
 * The result of a request: its handler or guarded route ran (`handled`), or is still running after the response
 * (`accepted`); the delivery had already been handled; a browser received the confirm page; the request was a link
 * preview, a prefetch, a service's handshake, `HEAD` or `OPTIONS`, none of which run the handler; or it was rejected.
 */
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
  /** The request target, with every token redacted: at most its first 2,048 characters, followed by `…`. */
  readonly target: string
  /** The status of the response; `undefined` if a guarded route ended without one. */
  readonly status: number | undefined
  /** The error of a rejection. */
  readonly error?: HookurlError
  /** The service whose handshake was recognized: one name, or several that share it. */
  readonly service?: string
  /** The command of the hook, if it was verified. */
  readonly command?: string
  /** Identifies this delivery and its retries; the same as `hook.deliveryId`. */
  readonly deliveryId?: string
  /** From the arrival of the request to its response, in milliseconds. */
  readonly durationMs: number
  /** The verified hook, with the request data if the payload was read. Not enumerable, to keep it out of logs. */
  readonly hook?: Hook | ReceivedHook
}

/**
 * What the tracing channel `hookurl:receive` of `node:diagnostics_channel` publishes about a request with a token: created
 * at `start`, completed at `asyncStart`, for a guard once its route has responded. It contains no token, key, content or
 * user.
 */
export interface ReceiveTrace extends TraceEvent {
  readonly kind: 'receiver' | 'guard'
  readonly method: string
  /** Absent if the request was left to the application. */
  outcome?: Outcome
  /** The status of the response; absent if a guarded route ended without one. */
  status?: number
  /** The command of the hook, if it was verified. */
  command?: string
  /** The index of the key that signed the hook, if it was verified. */
  keyIndex?: number
  /** The service whose handshake was recognized. */
  service?: string
  /** Identifies this delivery and its retries: an opaque hash, the same as `hook.deliveryId`. */
  deliveryId?: string
}

/** The handshakes that are off by default. Invalid options throw `invalid_option` when the receiver is created. */
export interface HandshakeOptions {
  /** Echoes `hub.challenge` as JSON, which Strava expects; Meta and WebSub expect text. */
  strava?: boolean | undefined
  /**
   * Stores the secret that Asana will sign its deliveries with. The response then echoes it. Anyone who has the URL can
   * send a secret, so reject a second one for the same hook: return `false`, or throw.
   */
  asana?: ((secret: string, hook: Hook) => unknown) | undefined
  /**
   * Signs `crc_token`, at most 128 characters of base64 or base64url, for X and ArcGIS. For ArcGIS, `consumerSecret` is
   * the webhook's secret.
   */
  x?: { readonly consumerSecret: string } | undefined
  /**
   * Signs `plainToken` for Zoom, if Zoom signed the request at most 5 minutes ago. Requires the exact bytes of the body
   * (otherwise, the response is 500 `body_already_consumed`), so it has no effect at a guard.
   */
  zoom?: { readonly secretToken: string } | undefined
  /** Signs `challengeCode`, a UUID, for LinkedIn. */
  linkedin?: { readonly clientSecret: string } | undefined
  /** Hashes `challenge_code` for eBay. `endpoint` is the complete hook URL, exactly as entered at eBay. */
  ebay?: { readonly verificationToken: string; readonly endpoint: string } | undefined
  /**
   * Completes any other handshake by GET or POST: returns the response to it, or `undefined` for any other request.
   * Called after `authorize` for every request with a valid token that is not another handshake, a prefetch or a link
   * preview. The handler does not run, and no use is consumed. The request has a copy of the body; if a parser has
   * already consumed the body, only JSON can be copied. At a guard, the request has no body. If the function throws, or
   * returns anything else, the response is 500 `handler_failed`, and `onError` receives the error. `authorize` is called
   * again for a URL with `maxUses`, once a use is reserved.
   */
  custom?: ((request: Request, hook: Hook) => Response | undefined | Promise<Response | undefined>) | undefined
}

/** The ID of a user. `undefined`, `null` and `''` mean that no one is signed in. */
export type UserId = string | number | bigint | null | undefined

// `user` and `signIn` have the types of methods, so that their parameter may be a framework's own object.
interface CommonOptions<D extends CommandDefinitions, Native> extends PolicyOptions<D> {
  /**
   * Returns the ID of the signed-in user, such as the user of the session. It is called with what the framework passes to
   * its own handlers. A safe integer or bigint is compared as its decimal representation. Required for URLs minted with
   * `requireUser`; sets `hook.actor` on all URLs. If it throws, or takes longer than 2 seconds, the request is rejected
   * (`user_unavailable`).
   */
  user?: { method(request: Native): UserId | Promise<UserId> }['method'] | undefined
  /**
   * Returns the URL of the sign-in page. Browsers are redirected to it if no one is signed in. `returnTo` is the path to
   * return to: the requested path, with a handle in place of the token. Only the user of the URL can use the handle, for
   * 10 minutes.
   */
  signIn?:
    | { method(returnTo: string, request: Native): string | undefined | Promise<string | undefined> }['method']
    | undefined
  /** The origins whose pages may call hook URLs with `fetch`, such as `'https://app.example.com'`. */
  cors?: readonly string[] | undefined
  /**
   * The handshakes that services use to test a URL. They are completed without running the handler; `false` disables
   * them. A guard completes only those that do not depend on the body.
   */
  handshakes?: false | HandshakeOptions | undefined
  /** What browsers see: your name, logo, color and support link, other languages, custom copy or pages. */
  pages?: Pages | undefined
  /**
   * The schemes that are accepted on URLs minted with `requireSignature`; all by default. A guard can check a signed body
   * only where the host keeps its exact bytes; elsewhere, signed requests are rejected (`not_configured`).
   */
  signatureSchemes?: readonly SignatureScheme[] | undefined
  /**
   * Where uses are counted: a store, or a store with options. Without one, a URL with `maxUses` is rejected. A guard
   * commits the use unless the route responds with a status of 500 or more to a client that is still connected, or calls
   * `hook.releaseUse()` before it responds.
   */
  uses?: UseStore | UseOptions | undefined
  /** Called once for every request, with its result. Errors that it throws are logged to the console. */
  onResult?: ((event: ResultEvent) => void) | undefined
  /**
   * Receives every error on your side: what a handler or another function of yours throws, an unavailable store, invalid
   * keys. By default, errors are logged to the console, those of an unavailable service at most once a minute.
   */
  onError?: ((error: unknown, hook?: Hook) => void) | undefined
}

/** The options of a receiver. */
export interface ReceiverOptions<D extends CommandDefinitions = AnyCommands, Native = unknown>
  extends CommonOptions<D, Native> {
  handlers: Handlers<NoInfer<D>>
  /**
   * The path that the receiver is mounted at, such as `'/hooks'`. Requests to other paths are left to the application.
   * The comparison with the path as received is case-sensitive and by complete segments.
   */
  basePath?: string | undefined
  /** Which clients are redirected to `redirectTo`: only browsers (`'auto'`, the default), all of them, or none. */
  redirect?: 'auto' | 'always' | 'never' | undefined
  /** The maximum size of a body, in bytes; 1 MiB by default. */
  maxBodySize?: number | undefined
  /** How long a body may take to arrive; 10 s by default. */
  bodyTimeout?: Duration | undefined
  /**
   * Responds with 202, or with the redirect to a browser, once the handler has run for this long; by default, the
   * response waits for the handler. The handler keeps running, but its result is discarded and its errors go only to
   * `onError`, so the sender does not retry. Requires a host that keeps running after the response: a Node process, or a
   * host that passes `waitUntil`.
   */
  ackAfter?: Duration | undefined
}

/** The options of a guard. */
export interface GuardOptions<
  D extends CommandDefinitions = AnyCommands,
  C extends CommandName<D> | '*' = CommandName<D> | '*',
  Native = unknown,
> extends CommonOptions<D, Native> {
  /** The command, or commands, that the guarded route is for; `'*'` accepts any. */
  command: C | readonly C[]
}

/** A hook that a guard accepted. */
export type AuthorizedHook<H extends Hook = Hook> = H &
  Pick<RequestData, 'actor' | 'commitUse' | 'commitUseSync' | 'releaseUse' | 'state'> & {
    /** Identifies this delivery and its retries, if the sender named it in a header or is a browser: an opaque hash. */
    readonly deliveryId?: string
    /** The scheme of the valid signature, on a URL minted with `requireSignature`. */
    readonly signedBy?: SignatureScheme
  }

/** The hook that a guard passes to its route, for one of the guard's commands. */
export type GuardedHook<D extends CommandDefinitions, C extends string> = AuthorizedHook<
  '*' extends C ? VerifiedHook<D> : VerifiedHook<D, Extract<C, CommandName<D>>>
>
