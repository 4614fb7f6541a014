/** Any JSON value. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json }

/** A verified hook as plain JSON; moments are epoch seconds, what a hook has not is absent. */
export interface ExpectedHook {
  command: string
  userId?: string
  content?: Json
  redirectTo?: string
  allowGet: boolean
  expiresAt?: number
  notBefore?: number
  issuedAt?: number
  id?: string
  uses?: number
  key: { index: number; id?: string }
}

/** What is verified: a token or a URL, by whom, when, and what comes of it. */
export interface VerifyRow {
  name: string
  /** The keyring, newest first. */
  keys: string
  /** Absent: the empty purpose. */
  purpose?: string
  /** The bare token, or the URL it is in. */
  token?: string
  url?: string
  /** Epoch seconds, perhaps with a fraction. */
  now: number
  /** Seconds; absent: 0. */
  clockTolerance?: number
  redirectHosts?: string[]
  /** The command, or the commands, that are accepted; absent: any. */
  command?: string | string[]
  /** The HTTP method; absent: not asked. */
  method?: string
  /** Whether a hook with `uses` is accepted although nothing is counted. */
  uncounted?: true
  /** One of the two. */
  hook?: ExpectedHook
  code?: string
}

/** What is minted: the options, and the exact URL that they make. */
export interface MintRow {
  name: string
  keys: string
  purpose?: string
  baseUrl: string
  now: number
  form?: 'full' | 'short'
  tokenIn?: 'path' | 'query'
  maxUrlLength?: number
  redirectHosts?: string[]
  /** As in the options of `mint`, with `expiresAt` and `notBefore` as epoch seconds. */
  mint: { [name: string]: Json }
  url?: string
  code?: string
}

/** What is derived from a key for a purpose (HKDF-SHA-256), in base64url. */
export interface KeyRow {
  name: string
  key: string
  purpose: string
  signing: string
  sealing: string
}

/** One file of vectors. */
export interface VectorFile<Row> {
  about: string
  rows: Row[]
}

/** All vectors. */
export interface Vectors {
  verify: VerifyRow[]
  mint: MintRow[]
  keys: KeyRow[]
}
