import type { DerivedKey } from './keyring.ts'

/** The encoded segments of a compact JWE with `dir`. The second segment, the encrypted key, is empty. */
export interface JweSegments {
  readonly header: string
  readonly iv: string
  readonly ciphertext: string
  readonly tag: string
}

const algorithms = { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] }

let jose: typeof import('jose') | undefined

/** Encrypts claims as a compact JWE (RFC 7516), `dir` with A256GCM, using jose, which is loaded only when needed. */
export async function encrypt(key: DerivedKey, claims: string): Promise<string> {
  const { CompactEncrypt } = await loadJose()
  const { id } = key.ref
  const header = { alg: 'dir', enc: 'A256GCM', ...(id === undefined ? {} : { kid: id }) }
  const plaintext = new TextEncoder().encode(claims)
  return new CompactEncrypt(plaintext).setProtectedHeader(header).encrypt(await key.getEncryptionKey())
}

/** Decrypts a JWE whose header has been checked. Returns `undefined` if the tag is invalid. */
export async function decrypt(key: DerivedKey, segments: JweSegments): Promise<Uint8Array | undefined> {
  const { flattenedDecrypt } = await loadJose()
  const { header, iv, ciphertext, tag } = segments
  const encryptionKey = await key.getEncryptionKey()
  try {
    return (await flattenedDecrypt({ protected: header, iv, ciphertext, tag }, encryptionKey, algorithms)).plaintext
  } catch {
    return undefined
  }
}

// The module is cached, because each import() would look it up again. Its promise is not: a failed import must be
// retried, and on Workers, a request cannot await a promise that belongs to another request.
async function loadJose(): Promise<typeof import('jose')> {
  jose ??= await import('jose')
  return jose
}
