import { createHmac, createSecretKey, randomBytes } from 'node:crypto'
import { createMinter, findToken, generateKey, type Minter } from '@hookurl/core'
import { createVerifier, type Verifier } from '@hookurl/verify'
import { hook } from './claims.ts'

/** Ours, with one fresh key, and the floor under it. */
export interface Ours {
  readonly minter: Minter
  readonly verifier: Verifier
  readonly url: string
  readonly token: string
  /** What signing and verifying cannot do without: one HMAC over what is signed. */
  floor(): string
}

/** Prepares what the benchmarks measure. */
export function createOurs(): Ours {
  const keys = generateKey()
  const minter = createMinter({ keys, baseUrl: 'https://bot.example.com/hooks', expiresIn: '30d' })
  const url = minter.mintSync(hook)
  const token = findToken(url)
  return { minter, verifier: createVerifier({ keys }), url, token, floor: createFloor(token) }
}

function createFloor(token: string): () => string {
  const input = token.slice(0, token.lastIndexOf('.'))
  const key = createSecretKey(randomBytes(32))
  return () => createHmac('sha256', key).update(input).digest('base64url')
}
