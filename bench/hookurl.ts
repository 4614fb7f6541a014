import { createHmac, createSecretKey, hash, randomBytes } from 'node:crypto'
import { createMinter, findToken, generateKey, type Minter } from '@hookurl/core'
import { createVerifier, type Verifier } from '@hookurl/verify'
import { hook } from './claims.ts'

// Of SHA-256, in bytes.
const BLOCK_LENGTH = 64
const HASH_LENGTH = 32

/** hookurl with a new key, and what to compare it to. */
export interface HookurlSubject {
  readonly minter: Minter
  readonly verifier: Verifier
  readonly url: string
  readonly token: string
  /** The usual way to sign on Node: one HMAC over the signed input. */
  baseline(): string
  /** The least that a signature costs: the two hashes of an HMAC (RFC 2104 §2), each as one call. */
  limit(): unknown
  /** The least that a verification costs: a signature, decoding the claims and parsing their JSON. */
  verifyLimit(): unknown
}

/** Creates what the benchmarks measure. */
export function createHookurlSubject(): HookurlSubject {
  const keys = generateKey()
  const minter = createMinter({ keys, baseUrl: 'https://bot.example.com/hooks', expiresIn: '30d' })
  const url = minter.mintSync(hook)
  const token = findToken(url)
  const input = token.slice(0, token.lastIndexOf('.'))
  const [baseline, limit] = [createBaseline(input), createLimit(input)]
  const claims = input.slice(input.indexOf('.') + 1)
  const verifyLimit = (): unknown => [limit(), JSON.parse(Buffer.from(claims, 'base64url').toString())]
  return { minter, verifier: createVerifier({ keys }), url, token, baseline, limit, verifyLimit }
}

function createBaseline(input: string): () => string {
  const key = createSecretKey(randomBytes(32))
  return () => createHmac('sha256', key).update(input).digest('base64url')
}

function createLimit(input: string): () => unknown {
  const inner = Buffer.concat([randomBytes(BLOCK_LENGTH), Buffer.from(input)])
  const outer = randomBytes(BLOCK_LENGTH + HASH_LENGTH)
  // `buffer` as the encoding takes nearly twice as long.
  return () => [hash('sha256', inner, 'base64url'), hash('sha256', outer, 'base64url')]
}
