import { chain, constantTimeEqual, encodeBytes, hmac, type MaybePromise } from '@hookurl/core/internal'
import type { IncomingRequest } from '../../request/incoming-request.ts'
import { toBase64, toHex } from '../handshakes/hmac.ts'
import type { ClaimedSignature, SchemeDefinition, SignatureScheme } from './schemes.ts'

/** A request, and what its signature is checked with. */
export interface SignedRequest {
  readonly request: IncomingRequest
  /** The 32 bytes of the signing secret. */
  readonly secret: Uint8Array
  /** The body as received, and inflated if it was compressed; `undefined` if its exact bytes are unknown. */
  readonly bodies: readonly Uint8Array[] | undefined
  /** In epoch milliseconds. */
  readonly now: number
}

/** Returns the first scheme that holds, or `undefined`. */
export async function findScheme(
  schemes: readonly SchemeDefinition[],
  signed: SignedRequest,
): Promise<SignatureScheme | undefined> {
  const { request, now, bodies = [] } = signed
  const secret = encodeBytes(signed.secret)
  const signer = createSigner(signed.secret, new TextEncoder().encode(secret))
  for (const scheme of schemes) {
    if (scheme.kind === 'sent') {
      if (constantTimeEqual(request.header(scheme.header) ?? '', secret)) return scheme.name
      continue
    }
    for (const claimed of scheme.find(request, now)) {
      for (const body of bodies) if (await holds(claimed, signer(claimed, body))) return scheme.name
    }
  }
  return undefined
}

async function holds({ signatures }: ClaimedSignature, signing: MaybePromise<string>): Promise<boolean> {
  const expected = await signing
  return signatures.some((signature) => constantTimeEqual(signature, expected))
}

type Signer = (claimed: ClaimedSignature, body: Uint8Array) => MaybePromise<string>

/** Signs each combination of hash function, key, prefix and body once, however many signatures a caller sends. */
function createSigner(bytes: Uint8Array, plain: Uint8Array): Signer {
  const known = new Map<string, MaybePromise<string>>()
  const bodies: Uint8Array[] = []
  return ({ algorithm, key, encoding, prefix }, body) => {
    if (!bodies.includes(body)) bodies.push(body)
    const id = [algorithm, key, encoding, bodies.indexOf(body), prefix].join(' ')
    const earlier = known.get(id)
    if (earlier !== undefined) return earlier
    const mac = sign(algorithm, key === 'bytes' ? bytes : plain, prefix === '' ? body : join(prefix, body))
    const signature = chain(mac, encoding === 'hex' ? toHex : toBase64)
    known.set(id, signature)
    return signature
  }
}

function sign(
  algorithm: ClaimedSignature['algorithm'],
  key: Uint8Array,
  message: Uint8Array,
): MaybePromise<Uint8Array> {
  return algorithm === 'SHA-256' ? hmac(key, message) : signWithWebCrypto(algorithm, key, message)
}

// Few senders use the longer hash functions, so these are not in core's engines.
async function signWithWebCrypto(hash: string, key: Uint8Array, message: Uint8Array): Promise<Uint8Array> {
  const raw = new Uint8Array(key)
  const imported = await crypto.subtle.importKey('raw', raw, { name: 'HMAC', hash }, false, ['sign'])
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, message as Uint8Array<ArrayBuffer>))
}

function join(prefix: string, body: Uint8Array): Uint8Array {
  const start = new TextEncoder().encode(prefix)
  const message = new Uint8Array(start.length + body.length)
  message.set(start)
  message.set(body, start.length)
  return message
}
