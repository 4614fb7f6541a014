/** The JSON that the inspector page and `hookurl listen` exchange. */

/** How a request ended: the `Outcome` of @hookurl/verify. */
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

/** A row of the request list. */
export interface RequestSummary {
  readonly id: number
  /** When the request arrived, in ISO 8601. */
  readonly time: string
  readonly method: string
  /** The request target, with every token redacted. */
  readonly target: string
  readonly status: number
  readonly outcome: Outcome
  /** The error code of a rejection. */
  readonly code?: string
  readonly command?: string
  readonly userId?: string
  /** What the request is about, in one line. */
  readonly about?: string
  /** The content type of the request, as sent. */
  readonly contentType?: string
  /** The length of the request body. */
  readonly bytes: number
  readonly durationMs: number
  /** The same for every attempt to deliver one hook. */
  readonly deliveryKey: string
  /** The request that the page sent again as this one. */
  readonly resentFrom?: number
}

/** The size of the body of a request or a response. The bytes are fetched separately. */
export interface CapturedBody {
  /** The length of the body in bytes. */
  readonly length: number
  /** The number of bytes that were captured and are still available. */
  readonly captured: number
  /** Whether all bytes are available. */
  readonly isComplete: boolean
}

export type HeaderPair = readonly [name: string, value: string]

/** A request and its response, without the bytes of their bodies. */
export interface RequestDetail extends RequestSummary {
  /** The request target as received, including the token. */
  readonly url: string
  readonly headers: readonly HeaderPair[]
  readonly body: CapturedBody
  readonly response: { readonly headers: readonly HeaderPair[]; readonly body: CapturedBody }
  /** The verified hook, with the literals of the numbers in its content. */
  readonly hook?: object
  /** Whether the body was parsed, and the result is available. */
  readonly hasPayload: boolean
  readonly query?: Readonly<Record<string, unknown>>
  readonly error?: Problem
}

/** A body that can be fetched. The payload is JSON, with the literals of its numbers. */
export type BodyPart = 'body' | 'response-body' | 'payload'

export interface Problem {
  readonly code: string
  readonly message: string
  readonly fix: string
}

export interface ServerInfo {
  /** Differs for every run of `listen`, because request IDs start again at 1. */
  readonly runId: string
  /** The origin of the receiver. */
  readonly receiver: string
  /** The base URL for minting. */
  readonly baseUrl: string
}

/** A line of the event stream. The first one is `start`; `heartbeat` keeps the connection open. */
export type StreamMessage =
  | { readonly type: 'start'; readonly server: ServerInfo; readonly requests: readonly RequestSummary[] }
  | { readonly type: 'request'; readonly request: RequestSummary }
  | { readonly type: 'clear' }
  | { readonly type: 'heartbeat' }

export interface VerificationResult {
  readonly valid: boolean
  /** The key that signed a valid URL, and the number of keys: `2 of 3`. */
  readonly key?: string
  readonly error?: Problem
}

/** The fields of the mint form, as typed. An empty string means that the field was left empty. */
export interface MintRequest {
  readonly command: string
  readonly userId: string
  readonly content: string
  readonly contentIsJson: boolean
  readonly redirectTo: string
  readonly expiresIn: string
  readonly maxUses: string
  readonly allowGet: boolean
  readonly requireSignature: boolean
  readonly requireUser: boolean
  readonly encrypt: boolean
  readonly baseUrl: string
}

export interface MintResult {
  readonly url?: string
  readonly error?: Problem
}

/** A request to send to the receiver. */
export interface SendRequest {
  readonly method: string
  /** The request target: a path, and a query if there is one. */
  readonly url: string
  readonly headers: readonly HeaderPair[]
  /** In base64. If absent, the body of the request `from` is sent. */
  readonly body?: string
  /** The request that is sent again, perhaps with changes. */
  readonly from?: number
}

export interface SendResult {
  /** The status of the response. */
  readonly status?: number
  /** The sent request in the list; absent if it was not recorded in time. */
  readonly id?: number
  readonly error?: Problem
}

export interface SearchResult {
  /** The requests that match. */
  readonly ids: readonly number[]
}

export type ExportFormat = 'har' | 'ndjson'
