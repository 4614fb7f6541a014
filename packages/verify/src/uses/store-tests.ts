import { assertOptions, invalidOption } from '@hookurl/core/internal'
import { deliveryFacts } from './contract/deliveries.ts'
import { leaseFacts } from './contract/leases.ts'
import { parallelFacts } from './contract/parallel.ts'
import { randomFacts } from './contract/random-calls.ts'
import { recordFacts } from './contract/records.ts'
import { reservationFacts } from './contract/reservations.ts'
import { createSubject, type StoreFacts, type SubjectContext } from './contract/subject.ts'
import { transactionFacts } from './contract/transactions.ts'
import { sleep } from './sleep.ts'
import type { SqlExecutor } from './sql-executor.ts'
import type { UseStore } from './store.ts'

/** A test of a use store, for the `test` function of vitest, Jest, node:test, Deno or Bun. */
export interface StoreTest {
  /** What the store must do. */
  readonly name: string
  /** Rejects if the store does something else. */
  readonly run: () => Promise<void>
}

/** A clock that tests can advance. */
export interface StoreTestClock {
  /** The current time, in epoch milliseconds. */
  now(): number
  /** Advances the time of the store. */
  advance(milliseconds: number): unknown
}

/** The options of `createStoreTests`. */
export interface StoreTestOptions {
  /** The clock of the store, if tests can advance it. By default, they wait. */
  clock?: StoreTestClock | undefined
  /** How long the leases are that tests wait for, in milliseconds: at least ten times as long as a call; 500 by default. */
  leaseMs?: number | undefined
  /**
   * Runs SQL on one connection, which the store does not use for other calls during a transaction. Adds the tests of
   * `transactions`, if the store has them.
   */
  execute?: SqlExecutor | undefined
}

const optionNames: ReadonlySet<string> = new Set(['clock', 'leaseMs', 'execute'])
const DEFAULT_LEASE_MS = 500

/**
 * Returns the tests that every use store passes. They call `openStore` twice, for two instances that share their data,
 * and use new IDs, so the store may contain other records. Run them one after another.
 *
 * @throws {HookurlError} `invalid_option`
 * @example
 * for (const { name, run } of createStoreTests(() => customUseStore(client))) test(name, run)
 */
export function createStoreTests(
  openStore: () => UseStore | Promise<UseStore>,
  options: StoreTestOptions = {},
): readonly StoreTest[] {
  if (typeof openStore !== 'function') {
    throw invalidOption('createStoreTests needs a function that opens the store', 'Pass () => customUseStore(client).')
  }
  assertOptions(options, optionNames, 'createStoreTests')
  const { clock, leaseMs = DEFAULT_LEASE_MS, execute } = options
  if (!(leaseMs > 0)) throw invalidOption('leaseMs must be a positive number', 'Leave it out for 500.')
  let opening: Promise<SubjectContext> | undefined

  async function open(): Promise<SubjectContext> {
    const [store, otherStore] = await Promise.all([openStore(), openStore()])
    return {
      store,
      otherStore,
      leaseMs,
      execute,
      now: clock === undefined ? Date.now : () => clock.now(),
      advance: clock === undefined ? sleep : async (milliseconds) => void (await clock.advance(milliseconds)),
    }
  }

  const facts: StoreFacts = {
    ...reservationFacts,
    ...deliveryFacts,
    ...leaseFacts,
    ...recordFacts,
    ...parallelFacts,
    ...randomFacts,
    ...(execute === undefined ? {} : transactionFacts),
  }
  return Object.entries(facts).map(([name, check]) => ({
    name,
    run: async () => {
      opening ??= open()
      await check(createSubject(await opening))
    },
  }))
}
