import { describe, expect, test } from 'vitest'
import { type Fleet, simulate } from '../../bench/rotation/fleet.ts'
import { createPlans } from '../../bench/rotation/plans.ts'

// Slow rollouts and short-lived URLs make losses frequent. `npm run bench:rotation` runs the full simulation.
const delays = { rollOut: 86_400, lifetime: 259_200 }
const fleet: Fleet = { minters: 12, receivers: 12, urls: 2000, seed: 1, ids: 'without ids', ...delays }
const plans = createPlans(delays)
const documented = plans.filter(({ isDocumented }) => isDocumented)
const undocumented = plans.filter(({ isDocumented }) => !isDocumented)

describe('the rotation of a key in a fleet', () => {
  test.each(['with ids', 'without ids'] as const)('loses no URL in the documented order (%s)', (ids) => {
    const seed = Number(process.env.HOOKURL_SEED ?? Math.floor(Math.random() * 2 ** 31))
    const outcomes = documented.map((plan) => simulate(plan, { ...fleet, ids, seed }))
    expect(outcomes, `HOOKURL_SEED=${seed} repeats the run`).toMatchObject([{ calls: 6000, lost: 0, codes: {} }])
  })

  test.each(undocumented)('loses URLs in another order: $name', (plan) => {
    const { lost, lostUrls, codes } = simulate(plan, fleet)
    expect(lost).toBeGreaterThan(0)
    expect(lostUrls).toBeLessThanOrEqual(lost)
    expect(codes).toEqual({ invalid_signature: lost })
    expect(simulate(plan, { ...fleet, ids: 'with ids' }).codes).toEqual({ unknown_key: lost })
  })

  test('is reproducible by its seed', () => {
    const [plan] = undocumented
    if (plan === undefined) throw new Error('there is no undocumented order')
    expect(simulate(plan, fleet)).toEqual(simulate(plan, fleet))
    expect(simulate(plan, { ...fleet, seed: 2 }).lost).not.toBe(simulate(plan, fleet).lost)
  })
})
