import { describe, expect, test } from 'vitest'
import { type Fleet, simulate } from '../../bench/rotation/fleet.ts'
import { createPlans } from '../../bench/rotation/plans.ts'

// Slow roll-outs of short-lived URLs: what goes wrong, goes wrong often. `npm run rotation` is the whole simulation.
const delays = { rollOut: 86_400, lifetime: 259_200 }
const fleet: Fleet = { minters: 12, receivers: 12, urls: 2000, seed: 1, ids: 'without ids', ...delays }
const plans = createPlans(delays)
const documented = plans.filter(({ isDocumented }) => isDocumented)
const wrong = plans.filter(({ isDocumented }) => !isDocumented)

describe('a key that is rolled through a fleet', () => {
  test.each(['with ids', 'without ids'] as const)('loses no URL in the documented order, %s', (ids) => {
    const seed = Number(process.env.HOOKURL_SEED ?? Math.floor(Math.random() * 2 ** 31))
    const outcomes = documented.map((plan) => simulate(plan, { ...fleet, ids, seed }))
    expect(outcomes, `HOOKURL_SEED=${seed} does it again`).toMatchObject([{ calls: 6000, lost: 0, codes: {} }])
  })

  test.each(wrong)('loses URLs otherwise: $name', (plan) => {
    const { lost, lostUrls, codes } = simulate(plan, fleet)
    expect(lost).toBeGreaterThan(0)
    expect(lostUrls).toBeLessThanOrEqual(lost)
    expect(codes).toEqual({ invalid_signature: lost })
    expect(simulate(plan, { ...fleet, ids: 'with ids' }).codes).toEqual({ unknown_key: lost })
  })

  test('is simulated again by the same seed', () => {
    const [plan] = wrong
    if (plan === undefined) throw new Error('there is no wrong order')
    expect(simulate(plan, fleet)).toEqual(simulate(plan, fleet))
    expect(simulate(plan, { ...fleet, seed: 2 }).lost).not.toBe(simulate(plan, fleet).lost)
  })
})
