import type { VerifyRow } from '../format.ts'

/** An adversarial token and the expected result; controls, which are valid, are rows too. */
export interface TokenRow extends VerifyRow {
  reason: string
}

/** A redirect, and the expected results at mint and in a signed token. */
export interface RedirectRow {
  name: string
  reason: string
  /** Absent: any host. */
  redirectHosts?: string[]
  redirect: string
  /** The redirect that gets signed, or the error code. */
  minted: string | { code: string }
  /** If it is allowed, the hook's redirect is `redirect`. */
  verified: 'allowed' | { code: string }
}

/** A body, and the expected response of the receiver. */
export interface BodyRow {
  name: string
  reason: string
  contentType: string
  headers?: Record<string, string>
  /** A string, bytes in base64, or strings that are each repeated. */
  body: string | { base64: string } | { repeat: [part: string, times: number][] }
  status: number
  /** Absent: the handler runs. */
  code?: string
  /** The payload that the handler receives; absent: not checked. */
  payload?: unknown
}

/** One corpus. */
export interface Corpus<Row> {
  about: string
  rows: Row[]
}
