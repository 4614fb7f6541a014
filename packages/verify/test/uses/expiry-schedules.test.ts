import { setTimeout as realSleep } from 'node:timers/promises'
import { memoryUseStore, type UseStore } from '@hookurl/verify'
import { lmdbUseStore } from '@hookurl/verify/lmdb'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { redisAbsence } from '../support/redis.ts'
import { createRandom, runSchedule, type ScheduleResult, type World } from '../support/schedules.ts'
import { createTempFolder, stopServers, storeKinds } from '../support/use-stores.ts'

const isComplete = process.env.HOOKURL_ALL === '1'
const firstSeed = Number(process.env.HOOKURL_SEED ?? 1)

afterEach(() => void vi.useRealTimers())
afterAll(stopServers)

/** Simulated time: timers and the monotonic clock advance together, the wall clock may jump. */
function createSimulation() {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  let offset = 1_800_000_000_000
  const monotonic = (): number => performance.now()
  const world: World = {
    now: () => Math.floor(performance.now()) + offset,
    sleep: (ms) => new Promise((resolve) => void setTimeout(resolve, ms)),
    jump: (ms) => {
      offset += ms
    },
  }
  return { world, monotonic }
}

/** Counts the calls of a store that are pending: simulated time must not pass a store that works outside of it. */
function countPending(store: UseStore): { readonly store: UseStore; readonly pending: () => number } {
  let pending = 0
  const counted = Object.fromEntries(
    (['reserve', 'renew', 'commit', 'release'] as const).map((name) => [
      name,
      (...args: unknown[]) => {
        pending++
        return (store[name] as (...given: unknown[]) => Promise<unknown>)(...args).finally(() => pending--)
      },
    ]),
  )
  return { store: counted as unknown as UseStore, pending: () => pending }
}

async function simulate(world: World, realStore: UseStore, seed: number): Promise<ScheduleResult> {
  const { store, pending } = countPending(realStore)
  const scale = { lifetime: 300_000, bodyDelay: 9000, routeDelay: 4000, after: 4_500_000 }
  let result: ScheduleResult | undefined
  const running = runSchedule({ store, random: createRandom(seed) }, world, scale).then((ended) => (result = ended))
  while (result === undefined) {
    await vi.advanceTimersToNextTimerAsync()
    while (pending() > 0) await new Promise((resolve) => setImmediate(resolve))
  }
  await running
  return result
}

function getSeeds(count: number): number[] {
  return Array.from({ length: count }, (_, index) => firstSeed + index)
}

function expectNoneDoubled(results: readonly (ScheduleResult & { readonly seed: number })[]): void {
  expect(results.filter(({ isDoubled }) => isDoubled)).toEqual([])
  // Otherwise the schedules would prove nothing.
  expect(results.filter(({ successes }) => successes === 1).length).toBeGreaterThan(results.length / 3)
}

test('with memory, no schedule of clocks, late bodies and leases doubles a use', async () => {
  const results = []
  for (const seed of getSeeds(isComplete ? 1000 : 300)) {
    const { world, monotonic } = createSimulation()
    const store = memoryUseStore({ now: world.now, monotonic })
    results.push({ seed, ...(await simulate(world, store, seed)) })
  }
  expectNoneDoubled(results)
}, 120_000)

test('with LMDB, no schedule of clocks, late bodies and leases doubles a use', async () => {
  const results = []
  const { path, remove } = createTempFolder()
  const { world, monotonic } = createSimulation()
  const store = lmdbUseStore(path, { now: world.now, monotonic })
  for (const seed of getSeeds(isComplete ? 1000 : 50)) {
    results.push({ seed, ...(await simulate(world, store, seed)) })
  }
  await store.close()
  remove()
  expectNoneDoubled(results)
}, 300_000)

test('with Redis, no schedule of clocks, late bodies and leases doubles a use', async (context) => {
  if (redisAbsence !== undefined) return context.skip(redisAbsence)
  const kind = storeKinds.find(({ name }) => name === 'Redis, node-redis')
  if (kind === undefined) throw new Error('there is no Redis store')
  const { store, close } = await kind.open()
  const scale = { lifetime: 3000, bodyDelay: 800, routeDelay: 2500, after: 2000 }
  const results: (ScheduleResult & { readonly seed: number })[] = []
  const seeds = getSeeds(isComplete ? 1000 : 100)
  for (let at = 0; at < seeds.length; at += 100) {
    const batch = seeds.slice(at, at + 100).map(async (seed) => {
      // Each schedule has a machine of its own; the server's clock is real, and does not jump.
      let offset = 0
      const world: World = {
        now: () => Date.now() + offset,
        sleep: (ms) => realSleep(ms),
        jump: (ms) => {
          offset += ms
        },
      }
      results.push({ seed, ...(await runSchedule({ store, random: createRandom(seed) }, world, scale)) })
    })
    await Promise.all(batch)
  }
  await close()
  expectNoneDoubled(results)
}, 300_000)
