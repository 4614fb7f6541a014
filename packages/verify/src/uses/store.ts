/** A use that somebody wants to make. */
export interface ReserveRequest {
  /** Whose uses: the SHA-256, in hex, of the purpose and the hook's id. */
  readonly id: string
  /** How many there are in all, 1 to 1000. */
  readonly maxUses: number
  /** The one who claims: a random text, new for each request. */
  readonly owner: string
  /** How long the use is held before others may have it, in milliseconds, unless it is renewed. */
  readonly leaseMs: number
  /** When the URL stops working, and the record may vanish. */
  readonly expiresAt: Date
  /**
   * What tells a delivery that is sent again from another one; a text of at most 80 characters that begins with `id:`
   * (the sender named it in a header: it is a repeat whenever it was committed before) or with `fp:` (a fingerprint of
   * the request: a repeat only where the answer would be `already_used`, and one use was committed with it; several, such as
   * those of people who press the same button, tell nobody apart). Undefined: nothing tells it.
   */
  readonly deliveryId: string | undefined
}

/**
 * What came of a claim: the use is the owner's; all uses are taken, and one of them is being run; all are used up; or
 * this delivery was committed before.
 */
export type ReserveResult = 'reserved' | 'in_progress' | 'already_used' | 'duplicate'

/**
 * Where uses are counted. Every call is atomic, over every process that shares the store, and may be sent twice by the
 * same owner without changing more than the first did. One that throws, or does not answer in time, is taken as failed:
 * the handler does not run.
 *
 * A record holds at most `uses` entries, each with the owner, the delivery and the end of the lease. An entry that is
 * neither committed nor renewed in time no longer counts once somebody else claims.
 */
export interface UseStore {
  /**
   * Takes a use for its owner, if there is one left. A named delivery (`id:`) that is being run is `in_progress`, even where
   * uses are left.
   */
  reserve(use: ReserveRequest): Promise<ReserveResult>
  /** Holds a use for `leaseMs` more, from now on, 0 included; false: it is not the owner's any more. */
  renew(key: string, owner: string, leaseMs: number): Promise<boolean>
  /**
   * Spends a claimed use for good; with a delivery it also says that this was carried out, which may be said later, by
   * a second call. False: the use is not the owner's any more. It must not need memory that a full store refuses.
   */
  commit(key: string, owner: string, delivery: string | undefined): Promise<boolean>
  /** Gives a claimed use back; one that was committed stays spent. */
  release(key: string, owner: string): Promise<void>
}
