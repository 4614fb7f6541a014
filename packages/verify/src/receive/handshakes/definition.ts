import type { Hook } from '@hookurl/core'
import type { MaybePromise } from '@hookurl/core/internal'
import type { IncomingRequest } from '../../request/incoming-request.ts'
import type { QueryParams } from '../../request/payload.ts'
import type { OutgoingResponse } from '../../response/response.ts'
import type { HandshakeOptions } from '../options.ts'

/** The validated option `handshakes`. */
export type HandshakesConfig = HandshakeOptions

/** The options that a definition receives: the one that it names is set. */
export type EnabledOptions = Required<HandshakesConfig>

/** A request that may be a handshake. */
export interface HandshakeRequest {
  readonly request: IncomingRequest
  readonly hook: Hook
  readonly query: QueryParams
}

/** A request with a JSON body that may be a handshake. */
export interface HandshakeBody {
  readonly request: IncomingRequest
  readonly payload: unknown
  /** The clock, in epoch milliseconds. */
  now(): number
  /** Whether the request is signed with the URL's signing secret, or its URL does not require it. */
  isSigned(): MaybePromise<boolean>
  /**
   * Returns the exact bytes of the body.
   *
   * @throws {HookurlError} `body_already_consumed`
   */
  rawBody(): Uint8Array
}

/** How a service tests a URL. */
interface HandshakeDefinition<R> {
  readonly service: string
  /** The option that enables it, if it is off by default. */
  readonly option?: keyof HandshakeOptions
  /** Returns the value to echo or hash, if the request is this handshake. */
  find(handshake: R): unknown
  /** Returns `undefined` if the request turns out not to be a handshake. */
  respond(value: string, handshake: R, options: EnabledOptions): MaybePromise<OutgoingResponse | undefined>
}

/** How a service tests a URL with a request's method, query and headers. */
export interface HeadHandshakeDefinition extends HandshakeDefinition<HandshakeRequest> {
  readonly method: 'GET' | 'POST' | 'OPTIONS'
  respond(value: string, handshake: HandshakeRequest, options: EnabledOptions): MaybePromise<OutgoingResponse>
  /** Calls the application before the response is sent. */
  confirm?(value: string, handshake: HandshakeRequest, options: EnabledOptions): unknown
}

/** How a service tests a URL with a JSON body. */
export interface BodyHandshakeDefinition extends HandshakeDefinition<HandshakeBody> {
  /** Whether the service signs its test with the signing secret, like its deliveries. */
  readonly isSigned?: true
}

/** Returns a member of a JSON object, or `undefined`. */
export function getMember(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined
}

/** Whether a JSON value is an object. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
