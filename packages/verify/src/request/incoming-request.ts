import type { ErrorCode } from '@hookurl/core'
import type { MaybePromise } from '@hookurl/core/internal'
import type { BodyLimits } from './body-limits.ts'

/**
 * A field of a form: its name and its value.
 *
 * @internal
 */
export type FormPair = readonly [name: string, value: string | File]

/**
 * A body: its exact bytes, or what a framework's parser has made of it. The `digest` of a form covers its files.
 *
 * @internal
 */
export type Body =
  | { readonly kind: 'none'; readonly encoded?: Uint8Array }
  | {
      readonly kind: 'bytes'
      readonly bytes: Uint8Array
      /** Whether the bytes come from a framework, which may have inflated them. */
      readonly isKept?: boolean
      /** The bytes as received, if they were compressed. */
      readonly encoded?: Uint8Array
    }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'form'; readonly pairs: readonly FormPair[]; readonly digest: string }
  | {
      readonly kind: 'parsed'
      readonly value: unknown
      /** Whether the parser cannot have stored files elsewhere. */
      readonly isComplete?: boolean
    }

/**
 * The body of a web-standard `Request`.
 *
 * @internal
 */
export type RequestBody = Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>

/**
 * A body that could not be read.
 *
 * @internal
 */
export interface UnreadBody {
  readonly kind: 'unread'
  readonly code: Extract<
    ErrorCode,
    | 'malformed_body'
    | 'body_too_large'
    | 'body_timeout'
    | 'request_aborted'
    | 'body_already_consumed'
    | 'unsupported_encoding'
  >
}

/**
 * A request, in a form that every host can provide.
 *
 * @internal
 */
export interface IncomingRequest {
  readonly method: string
  /** The request target or URL, as received. */
  readonly target: string
  /** The target to which earlier middleware rewrote the request, if it did. */
  readonly rewrittenTarget?: string | undefined
  /** What the framework passes to its own handlers: a request, context or event. */
  readonly native: unknown
  /** Returns the value of a header. The name must be lowercase. */
  header(name: string): string | undefined
  /** Reads the complete body, once. */
  readBody(limits: BodyLimits): MaybePromise<Body | UnreadBody>
  /**
   * Returns the exact bytes of a body that the host, framework or a parser has kept, without consuming them; absent on
   * hosts that keep none.
   */
  getKeptBody?(): MaybePromise<Body | UnreadBody | undefined>
  /** All headers, created on first access. */
  readonly headers: Headers
  /** Creates a web-standard `Request` with the body that was read. */
  request(body: RequestBody | undefined): Request
  /** Whether the headers of the response were sent, where the host can tell. */
  headersSent?(): boolean
  /** Whether the client disconnected, where the host can tell. */
  isAborted?(): boolean
  /** Keeps the host alive for work that continues after the response; absent where the host cannot. */
  waitUntil?(work: Promise<unknown>): void
  /** Delays the response until the work is done, on hosts that stop after the response. */
  deferResponse?(work: Promise<unknown>): void
}
