/** The encoded segments of a compact JWE with `dir` (RFC 7516 §7.1). The second segment, the encrypted key, is empty. */
export interface JweSegments {
  readonly header: string
  readonly iv: string
  readonly ciphertext: string
  readonly tag: string
}
