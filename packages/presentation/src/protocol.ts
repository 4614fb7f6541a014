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
  /** The length of the request body. */
  readonly bytes: number
  readonly durationMs: number
}

/** The body of a request or a response. */
export interface CapturedBody {
  readonly base64: string
  /** The length of the body in bytes. `base64` contains fewer if `isComplete` is false. */
  readonly length: number
  readonly isComplete: boolean
}

export type HeaderPair = readonly [name: string, value: string]

/** A request and its response, in full. */
export interface RequestDetail extends RequestSummary {
  /** The request target as received, including the token. */
  readonly url: string
  readonly headers: readonly HeaderPair[]
  readonly body: CapturedBody
  readonly response: { readonly headers: readonly HeaderPair[]; readonly body: CapturedBody }
  /** The verified hook, with the literals of the numbers in its content. */
  readonly hook?: object
  /** The parsed body, with the literals of its numbers; absent if it was not read. */
  readonly payload?: unknown
  readonly query?: Readonly<Record<string, unknown>>
  readonly error?: Problem
}

export interface Problem {
  readonly code: string
  readonly message: string
  readonly fix: string
}

export interface ServerInfo {
  /** The origin of the receiver. */
  readonly receiver: string
  /** The base URL for minting. */
  readonly baseUrl: string
}

/** A line of the event stream. The first one is `start`; `heartbeat` keeps the connection open. */
export type StreamMessage =
  | { readonly type: 'start'; readonly server: ServerInfo; readonly requests: readonly RequestSummary[] }
  | { readonly type: 'request'; readonly request: RequestSummary }
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
  readonly encrypt: boolean
  readonly baseUrl: string
}

export interface MintResult {
  readonly url?: string
  readonly error?: Problem
}

export interface ReplayResult {
  /** The status of the response. */
  readonly status?: number
  readonly error?: Problem
}
