import { setTimeout as sleep } from 'node:timers/promises'
import type { UseStore } from '@hookurl/verify'
import { countingReceiver, summarize, timed } from '../../packages/verify/test/support/counting-receiver.ts'
import { mintPath } from '../../packages/verify/test/support/fixtures.ts'
import type { ChaosClient, ChaosSession, FaultFacts } from './chaos-clients.ts'
import { leaseMs } from './faults.ts'

export type Mode = 'at-least-once' | 'at-most-once'
/**
 * A call of the store. With at-most-once, `consume` commits the use before the run, and `end` ends the lease of a failed
 * run. In a transaction, `commitUse` commits the use, `endTransaction` everything, and `isCommitted` finds out whether.
 */
export type Call =
  | 'reserve'
  | 'consume'
  | 'renew'
  | 'commit'
  | 'release'
  | 'end'
  | 'commitUse'
  | 'endTransaction'
  | 'isCommitted'

/** A fault during one call of the store. */
export interface Scenario {
  readonly client: ChaosClient
  readonly mode: Mode
  readonly call: Call
  readonly fault: FaultFacts
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
  /** How long the fault lasted; a killed server takes a while to start. */
  readonly faultMs: number
  /** How often the work of the handler was committed, if it was in a transaction. */
  readonly work: number | undefined
}

const calls: Readonly<Record<Mode, readonly Call[]>> = {
  'at-least-once': ['reserve', 'renew', 'commit', 'release'],
  'at-most-once': ['reserve', 'consume', 'renew', 'commit', 'end'],
}
const transactionCalls: readonly Call[] = ['commitUse', 'endTransaction', 'isCommitted']
const maxTries = 3

/** Returns a scenario for each call of each mode, and each fault. */
export function createScenarios(client: ChaosClient, faults: readonly FaultFacts[] = client.faults): Scenario[] {
  const modes = Object.keys(calls) as Mode[]
  return modes.flatMap((mode) => {
    const withTransactions = client.hasTransactions && mode === 'at-least-once'
    const all = withTransactions ? [...calls[mode], ...transactionCalls] : calls[mode]
    return all.flatMap((call) => faults.map((fault) => ({ client, mode, call, fault })))
  })
}

/** Plays scenarios, `atOnce` at a time. */
export async function playAll(scenarios: readonly Scenario[], atOnce: number): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  const queue = scenarios.entries()
  const work = async (): Promise<void> => {
    for (const [index, scenario] of queue) outcomes[index] = await playScenario(scenario)
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return outcomes
}

/** Starts a fault when a call is made, ends it, and counts the runs. */
export async function playScenario(scenario: Scenario): Promise<Outcome> {
  for (let tries = 1; tries <= maxTries; tries++) {
    const outcome = await tryToPlay(scenario)
    if (outcome !== 'not called') return outcome
  }
  throw new Error(
    `this machine is too busy: ${scenario.client.name}, ${scenario.call}, ${scenario.fault.name} in ${maxTries} tries`,
  )
}

// If an earlier call exceeds its time limit, the call of the scenario is never made.
async function tryToPlay(scenario: Scenario): Promise<Outcome | 'not called'> {
  const { client, mode, call, fault } = scenario
  const session = await client.open(fault)
  const { transact } = session
  try {
    let recovery: Promise<unknown> | undefined
    let faultMs = 0
    const startFault = async (): Promise<void> => {
      if (recovery !== undefined) return
      const begin = performance.now()
      const started = session.beginFault()
      recovery = Promise.resolve(started)
        .then(() => sleep(fault.ms))
        .then(() => session.endFault())
        .then(() => (faultMs = performance.now() - begin))
      // It is awaited below; until then a rejection must not be reported as unhandled.
      recovery.catch(() => {})
      await started
    }
    const workMs = call === 'renew' ? leaseMs / 3 + fault.ms + 300 : 0
    let failsNext = call === 'release' || call === 'end'
    const { send, runs } = countingReceiver(
      { store: callBefore(session.store, call, startFault), mode, lease: leaseMs / 1000 },
      async (hook) => {
        const fails = failsNext
        failsNext = false
        if (runs() === 1) await sleep(workMs)
        if (fails) throw new Error('this handler fails once')
        if (transact === undefined || !transactionCalls.includes(call)) return
        await transact(hook, async (step) => {
          if (call === (step === 'end' ? 'endTransaction' : 'commitUse')) await startFault()
        })
      },
    )
    await warmUp(session)
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
      faultMs,
      work: transactionCalls.includes(call) ? await session.countWork?.() : undefined,
    }
  } finally {
    await session.close()
  }
}

/** Wraps a store, and calls `start` before each call of one kind. */
function callBefore(store: UseStore, awaited: Call, start: () => Promise<void>): UseStore {
  const { transactions } = store
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
    ...(transactions !== undefined && {
      transactions: {
        ...transactions,
        isCommitted: (id, owner) => before('isCommitted', () => transactions.isCommitted(id, owner)),
      },
    }),
  }
}

/** Makes the slow first calls of a connection in advance. */
async function warmUp({ store }: ChaosSession): Promise<void> {
  const { send } = countingReceiver(store)
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
