import type { SqlExecutor } from '../sql-executor.ts'
import type { ReserveRequest, ReserveResult, UseStore } from '../store.ts'
import { expectEqual } from './expect-equal.ts'

/** The facts about a store: names, and functions that throw if the store behaves differently. */
export type StoreFacts = Readonly<Record<string, (subject: StoreSubject) => Promise<void>>>

/** A store that is tested with one hook, whose ID is new for each fact. */
export interface StoreSubject {
  readonly id: string
  readonly store: UseStore
  /** A second instance of the store, on the same data. */
  readonly otherStore: UseStore
  /** A lease that ends soon. */
  readonly leaseMs: number
  readonly execute: SqlExecutor | undefined
  now(): number
  advance(milliseconds: number): Promise<void>
  /** Advances the time to the end of every short lease. */
  endLease(): Promise<void>
  /** Reserves a use under a lease that outlasts the test. Resolves to the result. */
  reserve(owner: string, more?: Partial<ReserveRequest>): Promise<ReserveResult['result']>
  /** Reserves a use under a short lease. */
  reserveBriefly(owner: string, more?: Partial<ReserveRequest>): Promise<ReserveResult['result']>
  commit(owner: string, deliveryId?: string): Promise<boolean>
  renew(owner: string): Promise<boolean>
  release(owner: string): Promise<void>
  /** Makes a request to reserve a use, under a lease that outlasts the test. */
  createRequest(owner: string, more?: Partial<ReserveRequest>): ReserveRequest
  /** Checks the result of a reservation. */
  expectReserve(owner: string, result: ReserveResult['result'], more?: Partial<ReserveRequest>): Promise<void>
}

/** What the tests of a store have in common. */
export interface SubjectContext
  extends Pick<StoreSubject, 'store' | 'otherStore' | 'leaseMs' | 'execute' | 'now' | 'advance'> {}

const LONG_LEASE_MS = 600_000
// A timer may end a few milliseconds early, and a database may round.
const LEASE_MARGIN = 1.1

/** Creates a subject with a new hook. */
export function createSubject(context: SubjectContext): StoreSubject {
  const { store, leaseMs, now, advance } = context
  const id = createId()
  const createRequest = (owner: string, more: Partial<ReserveRequest> = {}): ReserveRequest => ({
    id,
    maxUses: 1,
    owner,
    leaseMs: LONG_LEASE_MS,
    expiresAt: new Date(now() + 1e9),
    deliveryId: undefined,
    duplicateMs: 1e9,
    ...more,
  })
  const reserve: StoreSubject['reserve'] = async (owner, more) =>
    (await store.reserve(createRequest(owner, more))).result
  return {
    ...context,
    id,
    endLease: () => advance(leaseMs * LEASE_MARGIN),
    reserve,
    reserveBriefly: (owner, more) => reserve(owner, { leaseMs, ...more }),
    commit: (owner, deliveryId) => store.commit(id, owner, deliveryId),
    renew: (owner) => store.renew(id, owner, leaseMs),
    release: (owner) => store.release(id, owner),
    createRequest,
    expectReserve: async (owner, result, more) =>
      expectEqual(await reserve(owner, more), result, `the reservation of ${owner}`),
  }
}

/** Creates an ID as receivers do: 64 hexadecimal digits. */
export function createId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
