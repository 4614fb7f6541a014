import { setTimeout as sleep } from 'node:timers/promises'
import type { UseStore } from '@hookurl/verify'
import { redisUseStore } from '@hookurl/verify/redis'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { countingReceiver, summarize, timed } from '../../packages/verify/test/support/counting-receiver.ts'
import { mintPath } from '../../packages/verify/test/support/fixtures.ts'
import type { RedisServer } from '../../packages/verify/test/support/redis.ts'
import { type Fault, leaseMs, openSite, openWay } from './faults.ts'

export type Mode = 'at-least-once' | 'at-most-once'
export type ClientName = 'node-redis' | 'ioredis'
/** A call of the store; at most once, a use is spent before the run, and a failed run ended after it. */
export type Call = 'claim' | 'spend' | 'renew' | 'commit' | 'release' | 'end'

/** One call that a fault meets. */
export interface Scenario {
  readonly client: ClientName
  readonly mode: Mode
  readonly call: Call
  readonly fault: Fault
}

/** What came of it. */
export interface Outcome {
  readonly scenario: Scenario
  /** The first answer, and in how many milliseconds beyond the handler's own time. */
  readonly first: string
  readonly ms: number
  /** What another caller was told while the fault went on, where the handler still ran. */
  readonly meanwhile: string | undefined
  /** The answer to the same delivery afterwards, to it again, and to another delivery. */
  readonly after: readonly string[]
  readonly runs: number
}

export const calls: Readonly<Record<Mode, readonly Call[]>> = {
  'at-least-once': ['claim', 'renew', 'commit', 'release'],
  'at-most-once': ['claim', 'spend', 'renew', 'commit', 'end'],
}
const maxTries = 3
export const clientNames: readonly ClientName[] = ['node-redis', 'ioredis']

// As their documentation shows them: no special settings.
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

/** Each call of each mode, under each of the faults, through each client. */
export function createScenarios(faults: readonly Fault[]): Scenario[] {
  const modes = Object.keys(calls) as Mode[]
  return clientNames.flatMap((client) =>
    modes.flatMap((mode) => calls[mode].flatMap((call) => faults.map((fault) => ({ client, mode, call, fault })))),
  )
}

/** Plays scenarios, several at a time. */
export async function playAll(
  scenarios: readonly Scenario[],
  { shared, atOnce }: { readonly shared: RedisServer; readonly atOnce: number },
): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  const queue = scenarios.entries()
  const work = async (): Promise<void> => {
    for (const [index, scenario] of queue) outcomes[index] = await play(scenario, shared)
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return outcomes
}

/** Meets one call with one fault, and then counts what was run. */
export async function play(scenario: Scenario, shared: RedisServer): Promise<Outcome> {
  for (let tries = 1; tries <= maxTries; tries++) {
    const outcome = await tryToPlay(scenario, shared)
    if (outcome !== 'not met') return outcome
  }
  throw new Error(`this machine is too busy: ${scenario.call} was not called in ${maxTries} tries`)
}

// Where the claim before is too slow for its time limit, the call that is meant is never made.
async function tryToPlay(scenario: Scenario, shared: RedisServer): Promise<Outcome | 'not met'> {
  const { client: name, mode, call, fault } = scenario
  const site = fault.ownServer === true ? await openSite() : await openWay(shared)
  const [client, disconnect] = await connections[name](site.proxy.port)
  try {
    let healing: Promise<unknown> | undefined
    const meet = async (): Promise<void> => {
      if (healing !== undefined) return
      const begun = fault.begin(site)
      healing = Promise.resolve(begun)
        .then(() => sleep(fault.ms))
        .then(() => fault.end(site))
      // It is waited for below; until then nobody listens.
      healing.catch(() => {})
      await begun
    }
    const workMs = call === 'renew' ? leaseMs / 3 + fault.ms + 300 : 0
    let failsNow = call === 'release' || call === 'end'
    const { send, runs } = countingReceiver(
      { store: between(redisUseStore(client), call, meet), mode, lease: leaseMs / 1000 },
      async () => {
        const fails = failsNow
        failsNow = false
        if (runs() === 1) await sleep(workMs)
        if (fails) throw new Error('this handler is meant to fail')
      },
    )
    await warmUp(client)
    const path = mintPath({ maxUses: 1 })
    const ask = (body: string): Promise<string> =>
      send({ method: 'POST', path, body, headers: { 'content-type': 'text/plain' } }).then(summarize)

    const other = workMs === 0 || fault.ms > leaseMs ? undefined : sleep(leaseMs / 3 + 200).then(() => ask('another'))
    const { response: reply, ms } = await timed(
      send({ method: 'POST', path, body: 'one', headers: { 'content-type': 'text/plain' } }),
    )
    const isMet = healing !== undefined
    const meanwhile = await other
    await healing
    if (!isMet) return 'not met'
    const after = [
      await persist(() => ask('one')),
      await persist(() => ask('one')),
      await persist(() => ask('another')),
    ]
    return { scenario, first: summarize(reply), ms: Math.round(ms - workMs), meanwhile, after, runs: runs() }
  } finally {
    disconnect()
    await site.close()
  }
}

/** A store that says when a call is about to be made. */
function between(store: UseStore, meant: Call, meet: () => Promise<void>): UseStore {
  const before = async <T>(call: Call, next: () => Promise<T>): Promise<T> => {
    if (call === meant) await meet()
    return next()
  }
  return {
    reserve: (use) => before('claim', () => store.reserve(use)),
    renew: (key, owner, ms) => before(ms === 0 ? 'end' : 'renew', () => store.renew(key, owner, ms)),
    commit: (key, owner, delivery) =>
      before(delivery === undefined ? 'spend' : 'commit', () => store.commit(key, owner, delivery)),
    release: (key, owner) => before('release', () => store.release(key, owner)),
  }
}

/** Lets the first, slow requests of a connection be others. */
async function warmUp(client: Parameters<typeof redisUseStore>[0]): Promise<void> {
  const { send } = countingReceiver(redisUseStore(client))
  const path = mintPath({ maxUses: 1 })
  await persist(() => send({ method: 'POST', path }).then(summarize))
}

/** Asks as a sender does: again, until the answer is not 503. */
async function persist(ask: () => Promise<string>): Promise<string> {
  const begin = performance.now()
  for (;;) {
    const answer = await ask()
    if (!answer.startsWith('503') || performance.now() - begin > 15_000) return answer
    await sleep(150)
  }
}
