import { setTimeout as sleep } from 'node:timers/promises'
import { type GuardOptions, memoryUseStore, type UseOptions, type UseStore } from '@hookurl/verify'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import {
  type AdversarialClient,
  adversarialClients,
  disconnectAfter,
  sendPlainly,
} from '../support/adversarial-clients.ts'
import { key, mintPath } from '../support/fixtures.ts'
import { type SteerableHost, steerableHosts } from '../support/steerable-hosts.ts'
import { stopServers, storeKinds } from '../support/use-stores.ts'

const command = '/refund'
const modes = ['at-least-once', 'at-most-once'] as const
const usedStores = storeKinds.filter(({ name }) => ['memory', 'LMDB', 'Redis, node-redis'].includes(name))
// All combinations take minutes: by default, every host meets every client on one store, and two hosts meet all stores.
const isComplete = process.env.HOOKURL_ALL === '1'

afterAll(stopServers)

/** Attacks a single-use URL several times, then sends it as intended. Returns how often the route ran. */
async function countRuns(host: SteerableHost, client: AdversarialClient, uses: UseStore | UseOptions): Promise<number> {
  let runs = 0
  const options: GuardOptions = { keys: key, command, uses, onError: () => {} }
  const port = await host.start(options, () => void runs++)
  const target = { port, path: mintPath({ command, maxUses: 1 }), isHttp2: host.isHttp2 === true }
  for (let round = 0; round < 3; round++) {
    await client.attack(target)
    await sleep(5)
  }
  for (let attempt = 0; runs === 0 && attempt < 20; attempt++) await sendPlainly(target)
  await sendPlainly(target)
  return runs
}

describe.each(steerableHosts)('on $name, a guarded route of a single-use URL runs once', (host) => {
  test.each(adversarialClients)('although its caller controls $name', async (client) => {
    expect(await countRuns(host, client, memoryUseStore())).toBe(1)
  })
})

/** A store that takes 300 milliseconds to reserve, and how its uses ended. */
function createSlowStore() {
  const ends: string[] = []
  const store = memoryUseStore()
  const slow: UseStore = {
    ...store,
    reserve: async (use) => {
      const result = await store.reserve(use)
      await sleep(300)
      return result
    },
    commit: async (...use) => {
      ends.push('commit')
      return await store.commit(...use)
    },
    release: async (...use) => {
      ends.push('release')
      return await store.release(...use)
    },
  }
  return { store: slow, ends }
}

// Lambda sees no disconnect.
test.each(steerableHosts.filter(({ name }) => name !== 'lambda'))(
  'on $name, a use whose caller disconnected before its route began is committed',
  async (host) => {
    const { store, ends } = createSlowStore()
    const options: GuardOptions = { keys: key, command, uses: store, onError: () => {} }
    const port = await host.start(options, () => {})
    const target = { port, path: mintPath({ command, maxUses: 1 }), isHttp2: host.isHttp2 === true }
    await disconnectAfter(target, 100)
    await expect.poll(() => ends).toEqual(['commit'])
  },
)

describe.each(usedStores)('with $name, a guarded route of a single-use URL runs once', ({ name, absence, open }) => {
  beforeEach((context) => (absence === undefined ? undefined : context.skip(absence)))

  const hosts = isComplete ? steerableHosts : steerableHosts.filter(({ name }) => ['express', 'fetch'].includes(name))
  const combinations = hosts.flatMap((host) => modes.map((mode) => ({ host, mode, name: `${host.name}, ${mode}` })))

  test.each(combinations)(
    'on $name, although its caller controls the request',
    async ({ host, mode }) => {
      const { store, close } = await open()
      try {
        const clients = isComplete || !name.startsWith('Redis') ? adversarialClients : adversarialClients.slice(0, 6)
        for (const client of clients) {
          const runs = await countRuns(host, client, { store, mode })
          // In at-most-once mode, a use may also be lost.
          expect(runs, client.name).toBeLessThanOrEqual(1)
          if (mode === 'at-least-once') expect(runs, client.name).toBe(1)
        }
      } finally {
        await close()
      }
    },
    120_000,
  )
})
