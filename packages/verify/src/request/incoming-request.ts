import type { ErrorCode } from '@hookurl/core'
import type { MaybePromise } from '@hookurl/core/internal'

/** What a body was found as: the exact bytes, or what a framework's parser had made of them before. */
export type Body =
  | { readonly kind: 'none' }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'parsed'; readonly value: unknown }

/** A body that could not be read. */
export interface Unread {
  readonly kind: 'unread'
  readonly code: Extract<
    ErrorCode,
    'body_too_large' | 'body_timeout' | 'request_aborted' | 'body_already_consumed' | 'unsupported_encoding'
  >
}

/** How much of a body is read, in bytes, and for how long, in milliseconds. */
export interface BodyLimits {
  readonly maxBodySize: number
  readonly timeoutMs: number
}

/** A request as every host can tell it: what the receiver works on. */
export interface IncomingRequest {
  readonly method: string
  /** The request's target or URL, as it arrived. */
  readonly target: string
  /** A header's value; the name is in lower case. */
  header(name: string): string | undefined
  /** Reads the whole body, once. */
  readBody(limits: BodyLimits): MaybePromise<Body | Unread>
  /** All headers, made when they are asked for. */
  readonly headers: Headers
  /** The request as a web standard object with the body that was read, made when it is asked for. */
  request(body: Uint8Array | undefined): Request
  /** Keeps the host alive for work that goes on after the answer, where it needs to be told. */
  waitUntil?(work: Promise<unknown>): void
  /** Keeps the answer back for such work, where nothing goes on after it. */
  hold?(work: Promise<unknown>): void
}

/** An answer as every host can give it. */
export interface OutgoingResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
  /** Closes the connection: the rest of the body is not wanted. */
  readonly close?: boolean
  /** A handler's own response, which goes out as it is; `headers` are added where it has none of that name. */
  readonly response?: Response
}
