import { synchronous } from '@hookurl/core/internal'
import { createVerifier } from '@hookurl/verify'
import { expect, test } from 'vitest'
import { chooseSeed, formatOutcomes, fuzz } from './fuzz.ts'

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
  'not_configured',
  'state_changed',
]

test('the verifier agrees with the reference implementation on mutated tokens', { timeout: 60_000 }, async () => {
  const seed = chooseSeed(process.env.HOOKURL_SEED)
  console.log(`fuzz: seed ${seed} (HOOKURL_SEED=${seed} repeats it)`)
  const result = await fuzz({ count: synchronous ? 3000 : 1500, seed })
  console.log(`fuzz: ${formatOutcomes(result)}`)
  // Every outcome occurs; otherwise the agreement would mean little.
  for (const outcome of ['accepted', ...codes]) expect(result.outcomes.get(outcome) ?? 0, outcome).toBeGreaterThan(0)
})

test('a verifier that disagrees by one second is reported with the seed', async () => {
  const createLateVerifier: typeof createVerifier = (options) =>
    createVerifier({ ...options, now: () => (options.now?.() ?? 0) + 1000 })
  await expect(fuzz({ count: 5000, seed: 7, createVerifier: createLateVerifier })).rejects.toThrow(
    /seed: 7[\s\S]*the reference/,
  )
})
