import { synchronous } from '@hookurl/core/internal'
import { createVerifier } from '@hookurl/verify'
import { expect, test } from 'vitest'
import { chooseSeed, fuzz, tellVerdicts } from './fuzz.ts'

const codes = [
  'malformed_token',
  'unknown_key',
  'invalid_signature',
  'invalid_claims',
  'expired',
  'not_yet_valid',
  'wrong_command',
  'redirect_forbidden',
  'method_not_allowed',
  'store_unavailable',
]

test('mutated tokens get the verdicts of jose and the rules of the specification', { timeout: 60_000 }, async () => {
  const seed = chooseSeed(process.env.HOOKURL_SEED)
  console.log(`fuzz: seed ${seed} (HOOKURL_SEED=${seed} does it again)`)
  const agreement = await fuzz({ count: synchronous ? 3000 : 1500, seed })
  console.log(`fuzz: ${tellVerdicts(agreement)}`)
  // Every verdict comes about, so that agreeing is worth something.
  for (const verdict of ['accepted', ...codes]) expect(agreement.verdicts.get(verdict) ?? 0, verdict).toBeGreaterThan(0)
})

test('a verifier that disagrees by a second is noticed, with the seed', async () => {
  const late: typeof createVerifier = (options) =>
    createVerifier({ ...options, now: () => (options.now?.() ?? 0) + 1000 })
  await expect(fuzz({ count: 5000, seed: 7, createVerifier: late })).rejects.toThrow(/seed: 7[\s\S]*the reference/)
})
