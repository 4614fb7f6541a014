import { expect, test } from 'vitest'
import { getGrowth, findBreaches } from './find-breaches.ts'
import { soak } from './soak.ts'

test('10,000 mixed requests: each answered as it must be, each good one run once, and nothing leaks', async () => {
  const seed = Math.floor(Math.random() * 2 ** 31)
  const result = await soak({ requests: 10_000, seed, step: 5_000 })
  const [rss, heapUsed] = (['rss', 'heapUsed'] as const).map((name) => getGrowth(result.memory, name).toFixed(2))
  console.log(`10,000 requests (seed ${seed}) in ${result.seconds.toFixed(1)} s, rss × ${rss}, heapUsed × ${heapUsed}`)
  // A short run has not warmed up: only a leak of kilobytes a request would show.
  expect(findBreaches(result, { rss: 1.5, heapUsed: 1.5 })).toEqual([])
}, 120_000)
