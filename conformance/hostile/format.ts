import type { VerifyRow } from '../format.ts'

/** A token that somebody might try, and what comes of it; controls, which are good, are rows too. */
export interface TokenRow extends VerifyRow {
  reason: string
}

/** A redirect, and what comes of it at mint and where it stands in a signed token. */
export interface RedirectRow {
  name: string
  reason: string
  /** Absent: any host. */
  redirectHosts?: string[]
  redirect: string
  /** What gets signed, or the code of the refusal. */
  minted: string | { code: string }
  /** The hook's redirect is then the text itself. */
  verified: 'allowed' | { code: string }
}

/** A body, and what the receiver answers. */
export interface BodyRow {
  name: string
  reason: string
  contentType: string
  headers?: Record<string, string>
  /** The body: text, bytes in base64, or texts that are each repeated. */
  body: string | { base64: string } | { repeat: [text: string, times: number][] }
  status: number
  /** Absent: the handler runs and gets `payload`. */
  code?: string
  /** What the handler gets, where that is said. */
  payload?: unknown
}

/** One corpus. */
export interface Corpus<Row> {
  about: string
  rows: Row[]
}
