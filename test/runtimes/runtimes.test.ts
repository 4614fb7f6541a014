import { describe, expect, test } from 'vitest'
import { readVectors } from '../../conformance/read-vectors.ts'
import { checkRuntime } from './check-runtime.ts'
import { chromium } from './chromium.ts'
import { runtimes } from './programs.ts'

const vectors = readVectors()

// `npm run test:runtimes` also checks every supported release line of Node.
for (const runtime of [...runtimes, chromium]) {
  describe(`the built packages in ${runtime.name}`, () => {
    test('pass every receiver case and every vector', async (context) => {
      const skipReason = await runtime.getSkipReason()
      if (skipReason !== undefined) return context.skip(skipReason)
      const report = await checkRuntime(runtime, vectors)
      expect([...report.cases.failures, ...report.vectors.failures]).toEqual([])
      expect(report.cases.passed).toBeGreaterThan(30)
      expect(report.vectors.passed).toBeGreaterThan(700)
    })
  })
}

test('a runtime that responds with 200 to everything fails the cases', async () => {
  const response = { ok: true, status: 200, location: null, type: null, body: '{"passed":0,"failures":[]}' }
  const { cases } = await checkRuntime(
    {
      name: 'a runtime that accepts everything',
      engine: 'web',
      receivers: ['/hooks/'],
      getSkipReason: async () => undefined,
      start: (use) => use({ version: '1', send: async () => response }),
    },
    vectors,
  )
  expect(cases.passed).toBeLessThan(5)
  expect(cases.failures.map(({ name }) => name)).toContain('/hooks/ an altered URL is rejected with 403')
})
