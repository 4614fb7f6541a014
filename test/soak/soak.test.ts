import { expect, test } from 'vitest'
import { findBreaches, getGrowth } from './find-breaches.ts'
import { soak } from './soak.ts'

test('10,000 mixed requests get the expected responses, run the expected handlers and leak no memory', async () => {
  const seed = Math.floor(Math.random() * 2 ** 31)
  const result = await soak({ requests: 10_000, seed, step: 5_000 })
  const [rss, heapUsed] = (['rss', 'heapUsed'] as const).map((name) => getGrowth(result.memory, name).toFixed(2))
  console.log(`10,000 requests (seed ${seed}) in ${result.seconds.toFixed(1)} s, rss × ${rss}, heapUsed × ${heapUsed}`)
  // The process is still warming up, so only a leak of kilobytes per request is detected.
  expect(findBreaches(result, { rss: 1.5, heapUsed: 1.5 })).toEqual([])
}, 120_000)
