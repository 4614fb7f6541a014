import { describe, expect, test } from 'vitest'
import { readVectors } from '../../conformance/read-vectors.ts'
import { checkRuntime } from './check-runtime.ts'
import { chromium } from './chromium.ts'
import { runtimes } from './programs.ts'

const vectors = readVectors()

// `npm run test:runtimes` does the same, and in each line of Node too.
for (const place of [...runtimes, chromium]) {
  describe(`the built packages in ${place.name}`, () => {
    test('receive as they should, and agree with every vector', async (context) => {
      const absence = await place.findAbsence()
      if (absence !== undefined) return context.skip(absence)
      const report = await checkRuntime(place, vectors)
      expect([...report.cases.failures, ...report.vectors.failures]).toEqual([])
      expect(report.cases.passed).toBeGreaterThan(30)
      expect(report.vectors.passed).toBeGreaterThan(700)
    })
  })
}

test('a place that does otherwise is noticed, case by case', async () => {
  const nothing = { ok: true, status: 200, location: null, body: '{"passed":0,"failures":[]}' }
  const { cases } = await checkRuntime(
    {
      name: 'a place that says yes to everything',
      engine: 'web',
      receivers: ['/hooks/'],
      getSkipReason: async () => undefined,
      start: (use) => use({ version: '1', send: async () => nothing }),
    },
    vectors,
  )
  expect(cases.passed).toBeLessThan(5)
  expect(cases.failures.map(({ name }) => name)).toContain('/hooks/ refuses what was altered')
})
