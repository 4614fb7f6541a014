import type { DerivedKey } from './keyring.ts'

let jose: typeof import('jose') | undefined

/** Seals claims in a compact JWE (RFC 7516): `dir` with A256GCM, through jose, which is loaded only when needed. */
export async function seal(ringKey: DerivedKey, claims: string): Promise<string> {
  const { CompactEncrypt } = await loadJose()
  const { id } = ringKey.ref
  const header = { alg: 'dir', enc: 'A256GCM', ...(id === undefined ? {} : { kid: id }) }
  const plaintext = new TextEncoder().encode(claims)
  return new CompactEncrypt(plaintext).setProtectedHeader(header).encrypt(await ringKey.getEncryptionKey())
}

/** Opens a sealed token whose shape and header were checked: its claims' bytes, or undefined where the tag does not hold. */
export async function unseal(ringKey: DerivedKey, token: string): Promise<Uint8Array | undefined> {
  const { compactDecrypt } = await loadJose()
  const key = await ringKey.getEncryptionKey()
  try {
    const algorithms = { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] }
    return (await compactDecrypt(token, key, algorithms)).plaintext
  } catch {
    return undefined
  }
}

// Importing it anew each time would look it up each time. Not its promise is kept: one that failed is to be tried again,
// and Workers let no request wait for another's.
async function loadJose(): Promise<typeof import('jose')> {
  jose ??= await import('jose')
  return jose
}
