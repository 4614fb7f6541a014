import { setTimeout as sleep } from 'node:timers/promises'
import type { UseStore } from '@hookurl/verify'
import { redisUseStore } from '@hookurl/verify/redis'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { countingReceiver, summarize, timed } from '../../packages/verify/test/support/counting-receiver.ts'
import { mintPath } from '../../packages/verify/test/support/fixtures.ts'
import type { RedisServer } from '../../packages/verify/test/support/redis.ts'
import { type Fault, leaseMs, openSharedSite, openSite } from './faults.ts'

export type Mode = 'at-least-once' | 'at-most-once'
export type ClientName = 'node-redis' | 'ioredis'
/** A call of the store. With at-most-once, `consume` commits the use before the run, and `end` ends the lease of a failed run. */
export type Call = 'reserve' | 'consume' | 'renew' | 'commit' | 'release' | 'end'

/** A fault during one call of the store. */
export interface Scenario {
  readonly client: ClientName
  readonly mode: Mode
  readonly call: Call
  readonly fault: Fault
}

export interface Outcome {
  readonly scenario: Scenario
  /** The response to the first delivery. */
  readonly firstResponse: string
  /** The time to the first response without the handler's own time, in milliseconds. */
  readonly ms: number
  /** The response to another delivery during the fault, if the handler was still running. */
  readonly concurrentResponse: string | undefined
  /** After the fault: the responses to the same delivery, to the same again, and to another one. */
  readonly laterResponses: readonly string[]
  readonly runs: number
}

export const calls: Readonly<Record<Mode, readonly Call[]>> = {
  'at-least-once': ['reserve', 'renew', 'commit', 'release'],
  'at-most-once': ['reserve', 'consume', 'renew', 'commit', 'end'],
}
const maxTries = 3
export const clientNames: readonly ClientName[] = ['node-redis', 'ioredis']

// The clients have their default settings, as in their documentation.
const connections: Readonly<
  Record<ClientName, (port: number) => Promise<[Parameters<typeof redisUseStore>[0], () => void]>>
> = {
  'node-redis': async (port) => {
    const client = createClient({ url: `redis://127.0.0.1:${port}` }).on('error', () => {})
    return [await client.connect(), () => client.destroy()]
  },
  ioredis: async (port) => {
    const client = new Redis(port, '127.0.0.1').on('error', () => {})
    await client.ping()
    return [client, () => client.disconnect()]
  },
}

/** Returns a scenario for each client, each call of each mode, and each fault. */
export function createScenarios(faults: readonly Fault[]): Scenario[] {
  const modes = Object.keys(calls) as Mode[]
  return clientNames.flatMap((client) =>
    modes.flatMap((mode) => calls[mode].flatMap((call) => faults.map((fault) => ({ client, mode, call, fault })))),
  )
}

/** Plays scenarios, `atOnce` at a time. */
export async function playAll(
  scenarios: readonly Scenario[],
  { shared, atOnce }: { readonly shared: RedisServer; readonly atOnce: number },
): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  const queue = scenarios.entries()
  const work = async (): Promise<void> => {
    for (const [index, scenario] of queue) outcomes[index] = await playScenario(scenario, shared)
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return outcomes
}

/** Starts a fault when a call is made, ends it, and counts the runs. */
export async function playScenario(scenario: Scenario, shared: RedisServer): Promise<Outcome> {
  for (let tries = 1; tries <= maxTries; tries++) {
    const outcome = await tryToPlay(scenario, shared)
    if (outcome !== 'not called') return outcome
  }
  throw new Error(`this machine is too busy: ${scenario.call} was not called in ${maxTries} tries`)
}

// If an earlier call exceeds its time limit, the call of the scenario is never made.
async function tryToPlay(scenario: Scenario, shared: RedisServer): Promise<Outcome | 'not called'> {
  const { client: name, mode, call, fault } = scenario
  const site = fault.ownServer === true ? await openSite() : await openSharedSite(shared)
  const [client, disconnect] = await connections[name](site.proxy.port)
  try {
    let recovery: Promise<unknown> | undefined
    const startFault = async (): Promise<void> => {
      if (recovery !== undefined) return
      const started = fault.begin(site)
      recovery = Promise.resolve(started)
        .then(() => sleep(fault.ms))
        .then(() => fault.end(site))
      // It is awaited below; until then a rejection must not be reported as unhandled.
      recovery.catch(() => {})
      await started
    }
    const workMs = call === 'renew' ? leaseMs / 3 + fault.ms + 300 : 0
    let failsNext = call === 'release' || call === 'end'
    const { send, runs } = countingReceiver(
      { store: callBefore(redisUseStore(client), call, startFault), mode, lease: leaseMs / 1000 },
      async () => {
        const fails = failsNext
        failsNext = false
        if (runs() === 1) await sleep(workMs)
        if (fails) throw new Error('this handler fails once')
      },
    )
    await warmUp(client)
    const path = mintPath({ maxUses: 1 })
    const deliver = (body: string): Promise<string> =>
      send({ method: 'POST', path, body, headers: { 'content-type': 'text/plain' } }).then(summarize)

    const other =
      workMs === 0 || fault.ms > leaseMs ? undefined : sleep(leaseMs / 3 + 200).then(() => deliver('another'))
    const { response, ms } = await timed(
      send({ method: 'POST', path, body: 'one', headers: { 'content-type': 'text/plain' } }),
    )
    const isCalled = recovery !== undefined
    const concurrentResponse = await other
    await recovery
    if (!isCalled) return 'not called'
    const laterResponses = [
      await retry(() => deliver('one')),
      await retry(() => deliver('one')),
      await retry(() => deliver('another')),
    ]
    return {
      scenario,
      firstResponse: summarize(response),
      ms: Math.round(ms - workMs),
      concurrentResponse,
      laterResponses,
      runs: runs(),
    }
  } finally {
    disconnect()
    await site.close()
  }
}

/** Wraps a store, and calls `start` before each call of one kind. */
function callBefore(store: UseStore, awaited: Call, start: () => Promise<void>): UseStore {
  const before = async <T>(call: Call, next: () => Promise<T>): Promise<T> => {
    if (call === awaited) await start()
    return next()
  }
  return {
    reserve: (request) => before('reserve', () => store.reserve(request)),
    renew: (id, owner, ms) => before(ms === 0 ? 'end' : 'renew', () => store.renew(id, owner, ms)),
    commit: (id, owner, deliveryId) =>
      before(deliveryId === undefined ? 'consume' : 'commit', () => store.commit(id, owner, deliveryId)),
    release: (id, owner) => before('release', () => store.release(id, owner)),
  }
}

/** Makes the slow first calls of a connection in advance. */
async function warmUp(client: Parameters<typeof redisUseStore>[0]): Promise<void> {
  const { send } = countingReceiver(redisUseStore(client))
  const path = mintPath({ maxUses: 1 })
  await retry(() => send({ method: 'POST', path }).then(summarize))
}

/** Retries a delivery while the response is 503, as webhook senders do. */
async function retry(deliver: () => Promise<string>): Promise<string> {
  const begin = performance.now()
  for (;;) {
    const response = await deliver()
    if (!response.startsWith('503') || performance.now() - begin > 15_000) return response
    await sleep(150)
  }
}
