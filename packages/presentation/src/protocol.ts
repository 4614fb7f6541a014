/** What the inspector page and its server say to each other. */

/** A line of the list. */
export interface Summary {
  readonly id: number
  readonly time: string
  readonly method: string
  /** Without its token. */
  readonly target: string
  readonly status: number
  readonly verdict: string
  /** Whether the hook ran; a good URL that was only looked at did not. */
  readonly ran: boolean
  readonly command?: string
  readonly userId?: string
  readonly bytes: number
  readonly durationMs: number
}

/** The bytes of a message, in base64. */
export interface Bytes {
  readonly base64: string
  /** How many there were; more than are here where `isWhole` is false. */
  readonly length: number
  readonly isWhole: boolean
}

export type HeaderPair = readonly [name: string, value: string]

/** What there is to know of one request. */
export interface Detail extends Summary {
  /** The target as it arrived, token and all. */
  readonly url: string
  readonly headers: readonly HeaderPair[]
  readonly body: Bytes
  readonly answer: { readonly headers: readonly HeaderPair[]; readonly body: Bytes }
  /** What was signed. */
  readonly hook?: Readonly<Record<string, unknown>>
  /** What the caller sent. */
  readonly payload?: unknown
  readonly query?: Readonly<Record<string, unknown>>
  readonly error?: Problem
}

export interface Problem {
  readonly code: string
  readonly message: string
  readonly fix: string
}

/** Where things are. */
export interface Hello {
  /** The receiver. */
  readonly receiver: string
  /** Where URLs are minted to. */
  readonly base: string
}

/** One line of the stream of events; the first one says where hooks are received, and what arrived so far. */
export type Event =
  | { readonly kind: 'hello'; readonly hello: Hello; readonly entries: readonly Summary[] }
  | { readonly kind: 'arrival'; readonly entry: Summary }
  | { readonly kind: 'alive' }

/** What `listen` says of a URL. */
export interface Verdict {
  readonly valid: boolean
  /** Which key of how many; only of a good one. */
  readonly key?: string
  readonly error?: Problem
}

/** What the mint form asks for; texts as they were typed, empty where nothing was. */
export interface MintOrder {
  readonly command: string
  readonly userId: string
  readonly content: string
  readonly contentIsJson: boolean
  readonly redirectTo: string
  readonly expiresIn: string
  readonly uses: string
  readonly allowGet: boolean
  readonly seal: boolean
  readonly baseUrl: string
}

export interface Minted {
  readonly url?: string
  readonly error?: Problem
}

/** Where a replay came to. */
export interface Replayed {
  readonly status?: number
  readonly error?: Problem
}
