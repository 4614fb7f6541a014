/** Any JSON value. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json }

/** A verified hook as plain JSON. Timestamps are epoch seconds; undefined members are absent. */
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
  maxUses?: number
  isStateBound?: true
  requiresSignature?: true
  requiresUser?: true
  key: { index: number; id?: string }
}

/** A token or URL to verify, the options of the verifier, and the expected result. */
export interface VerifyRow {
  name: string
  /** The keyring, newest key first. */
  keys: string
  /** Absent: the empty purpose. */
  purpose?: string
  /** The bare token, or the URL that contains it. */
  token?: string
  url?: string
  /** Epoch seconds, may have a fraction. */
  now: number
  /** Seconds; absent: 0. */
  clockTolerance?: number
  redirectHosts?: string[]
  /** The accepted command or commands; absent: any. */
  command?: string | string[]
  /** The HTTP method; absent: not checked. */
  method?: string
  /** What is not checked: `['uses']` accepts a hook with `maxUses`. */
  ignore?: ('uses' | 'state' | 'user' | 'signature')[]
  /** The current state; absent: the verifier is not configured to compare states. */
  state?: StateJson
  /** There is no current state, as for a user that no longer exists. */
  noState?: true
  /** Exactly one of `hook` and `code` is set. */
  hook?: ExpectedHook
  code?: string
}

/** The options of a minter and of one URL, and the exact URL that they result in. */
export interface MintRow {
  name: string
  keys: string
  purpose?: string
  baseUrl: string
  now: number
  tokenFormat?: 'full' | 'short'
  tokenIn?: 'path' | 'query'
  maxUrlLength?: number
  redirectHosts?: string[]
  /** The options of `mint`, with `expiresAt` and `notBefore` in epoch seconds. */
  mint: { [name: string]: Json }
  url?: string
  code?: string
}

/** The keys derived from a key for a purpose (HKDF-SHA-256), in base64url. */
export interface KeyRow {
  name: string
  key: string
  purpose: string
  signing: string
  encryption: string
}

/** A state as JSON. A bigint is written as its decimal string, which is the same state. */
export type StateJson = string | number | boolean | null | (string | number | boolean | null)[]

/** A state, the exact JSON that is hashed, and the claim `sta` of the URL that it is bound to. */
export interface StateRow {
  name: string
  key: string
  purpose: string
  command: string
  userId?: string
  state: StateJson
  /** The key of state hashes, in base64url. */
  stateKey: string
  /** The JSON of the command, the user and the state (RFC 8785). */
  input: string
  sta: string
  /** The token of a URL that never expires. */
  token: string
}

/** A token and its signing secret in both encodings, or why there is none. */
export interface SigningSecretRow {
  name: string
  /** The keyring, newest key first. */
  keys: string
  purpose?: string
  token: string
  /** The key that the secret is derived with, in base64url. */
  callerKey?: string
  whsec?: string
  plain?: string
  code?: string
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
  states: StateRow[]
  signingSecrets: SigningSecretRow[]
}
