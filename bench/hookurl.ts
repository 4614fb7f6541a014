import { createHmac, createSecretKey, randomBytes } from 'node:crypto'
import { createMinter, findToken, generateKey, type Minter } from '@hookurl/core'
import { createVerifier, type Verifier } from '@hookurl/verify'
import { hook } from './claims.ts'

/** hookurl with a new key, and the baseline to compare it to. */
export interface HookurlSubject {
  readonly minter: Minter
  readonly verifier: Verifier
  readonly url: string
  readonly token: string
  /** The least that signing and verifying need: one HMAC over the signed input. */
  baseline(): string
}

/** Creates what the benchmarks measure. */
export function createHookurlSubject(): HookurlSubject {
  const keys = generateKey()
  const minter = createMinter({ keys, baseUrl: 'https://bot.example.com/hooks', expiresIn: '30d' })
  const url = minter.mintSync(hook)
  const token = findToken(url)
  return { minter, verifier: createVerifier({ keys }), url, token, baseline: createBaseline(token) }
}

function createBaseline(token: string): () => string {
  const input = token.slice(0, token.lastIndexOf('.'))
  const key = createSecretKey(randomBytes(32))
  return () => createHmac('sha256', key).update(input).digest('base64url')
}
