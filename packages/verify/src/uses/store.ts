import type { SqlExecutor } from './sql-executor.ts'

/** A request to take one use of a hook. */
export interface ReserveRequest {
  /** Identifies the hook: the SHA-256, in hex, of the purpose and the hook's ID. */
  readonly id: string
  /** How many uses the hook has in total, 1 to 1000. */
  readonly maxUses: number
  /** Identifies this attempt: a random string, new for each request. */
  readonly owner: string
  /** How long the use is reserved, in milliseconds, unless it is renewed. */
  readonly leaseMs: number
  /** The time from which no receiver accepts the URL; the record then no longer counts, and may be removed. */
  readonly expiresAt: Date
  /**
   * Distinguishes a retried delivery from a new one: a string of at most 80 characters that begins with `id:` or `fp:`.
   * With `id:`, the sender put an ID in a header; the delivery is a duplicate whenever it has already been committed.
   * With `fp:`, it is a fingerprint of the request; the delivery is a duplicate only if the result would otherwise be
   * `already_used` and exactly one use was committed with it, because different users may send identical requests.
   * `undefined` if the delivery cannot be identified.
   */
  readonly deliveryId: string | undefined
  /** How long after its commit a delivery with the same id is a duplicate, in milliseconds; later it is a new one. */
  readonly duplicateMs: number
}

/** The result of a reservation. */
export interface ReserveResult {
  /**
   * The use is reserved for its owner; every use is taken and one of them is being processed; every use is committed; or
   * this delivery was committed before.
   */
  readonly result: 'reserved' | 'in_progress' | 'already_used' | 'duplicate'
  /** When the last use was committed, in epoch milliseconds, for `already_used`. */
  readonly at?: number | undefined
}

/**
 * Counts uses. Every call is atomic across all processes that share the store, and idempotent per owner, because a
 * client may send it twice. A call that throws or does not settle in time has failed, and the handler does not run.
 *
 * `createStoreTests` of `@hookurl/verify/store-tests` tests all of this.
 *
 * A record has at most `maxUses` entries, each with its owner, delivery and end of lease. An entry that is neither
 * committed nor renewed in time no longer counts at the next reservation.
 */
export interface UseStore {
  /**
   * Reserves a use for its owner, if one is left. A delivery with an `id:` that is being processed is `in_progress`,
   * even if uses are left.
   */
  reserve(request: ReserveRequest): Promise<ReserveResult>
  /** Sets the lease to end `leaseMs` from now, which may be 0. Resolves to `false` if the owner has lost the use. */
  renew(id: string, owner: string, leaseMs: number): Promise<boolean>
  /**
   * Commits a reserved use. With a delivery ID, it also records that this delivery was handled, which a second call may
   * do later. Resolves to `false` if the owner has lost the use. It must succeed even if the store is out of memory.
   */
  commit(id: string, owner: string, deliveryId: string | undefined): Promise<boolean>
  /** Releases a reserved use; a committed one stays committed. */
  release(id: string, owner: string): Promise<void>
  /** Commits in transactions of the application, for `hook.commitUse(execute)`, if the store is in its database. */
  readonly transactions?: UseTransactions | undefined
}

/** A use to commit. */
export interface UseCommit {
  readonly id: string
  readonly owner: string
  readonly deliveryId: string | undefined
}

/**
 * Commits uses in transactions that the application begins and ends. Has `commit` or `commitSync`. Both lock the record
 * until the transaction ends, commit the use with its delivery, return `false` if the owner has lost it, and may be
 * called again, also in another transaction after the first was rolled back.
 */
export interface UseTransactions {
  commit?: ((execute: SqlExecutor, use: UseCommit) => Promise<boolean>) | undefined
  commitSync?: ((execute: SqlExecutor, use: UseCommit) => boolean) | undefined
  /** Resolves to whether the use is committed, outside any transaction. */
  isCommitted(id: string, owner: string): Promise<boolean>
}
