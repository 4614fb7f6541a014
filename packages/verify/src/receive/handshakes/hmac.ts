// Uses Web Crypto because it exists on every runtime and its `verify` compares in constant time.
const algorithm = { name: 'HMAC', hash: 'SHA-256' }
const encoder = new TextEncoder()
// Formatting each byte again would take longer than the hash of a small body.
const hexBytes = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Returns the HMAC-SHA-256 of a string. */
export async function signHmac(secret: string, message: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.sign('HMAC', await importKey(secret, 'sign'), encoder.encode(message)))
}

/** Whether a signature of 64 hex digits is the HMAC-SHA-256 of a string followed by bytes. */
export async function verifyHmac(
  secret: string,
  signature: string,
  [prefix, bytes]: readonly [string, Uint8Array],
): Promise<boolean> {
  const start = encoder.encode(prefix)
  const message = new Uint8Array(start.length + bytes.length)
  message.set(start)
  message.set(bytes, start.length)
  return crypto.subtle.verify('HMAC', await importKey(secret, 'verify'), fromHex(signature), message)
}

export function toHex(bytes: Uint8Array): string {
  let hex = ''
  for (const byte of bytes) hex += hexBytes[byte]
  return hex
}

export function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
}

function fromHex(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16))
}

function importKey(secret: string, use: 'sign' | 'verify'): ReturnType<typeof crypto.subtle.importKey> {
  return crypto.subtle.importKey('raw', encoder.encode(secret), algorithm, false, [use])
}
