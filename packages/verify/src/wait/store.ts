/** A wait, as a store keeps it. */
export interface WaitRecord {
  /** The time after which the record may be removed, as it was passed to `create`. */
  readonly expiresAt: Date
  /** What the wait was settled with; `undefined` while it is open. */
  readonly value?: string | undefined
}

/**
 * Keeps waits, and what they received. A call that throws, or does not settle in 2 seconds, has failed.
 *
 * IDs are 64 lowercase hex digits. Values are ASCII and encrypted; they can be 4/3 of the largest payload and a few KB
 * long. A record that the store loses is a wait that has ended: the caller of its URL gets 410.
 */
export interface WaitStore {
  /** Adds an open wait. Each ID is created once. */
  create(id: string, expiresAt: Date): Promise<void>
  /**
   * Stores the value if the wait is open. Resolves to the value that the wait has now, which is that of the first call;
   * `undefined` if there is no such wait. Atomic across all processes that share the store.
   */
  settle(id: string, value: string): Promise<string | undefined>
  /** Reads up to 500 waits. Resolves to their records in the same order, `undefined` for a wait that does not exist. */
  read(ids: readonly string[]): Promise<readonly (WaitRecord | undefined)[]>
}
