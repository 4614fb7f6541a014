/** A request to take one use of a hook. */
export interface ReserveRequest {
  /** Identifies the hook: the SHA-256, in hex, of the purpose and the hook's id. */
  readonly id: string
  /** How many uses the hook has in total, 1 to 1000. */
  readonly maxUses: number
  /** Identifies this attempt: a random string, new for each request. */
  readonly owner: string
  /** How long the use is reserved, in milliseconds, unless it is renewed. */
  readonly leaseMs: number
  /** When the URL expires; the record may be removed then. */
  readonly expiresAt: Date
  /**
   * Tells a retried delivery from a new one; a string of at most 80 characters that begins with `id:` or `fp:`.
   * `id:`: the sender named the delivery in a header; it is a duplicate whenever it was committed before.
   * `fp:`: a fingerprint of the request; it is a duplicate only where the result would be `already_used` and exactly
   * one use was committed with it, because different users may send equal requests.
   * `undefined`: the delivery cannot be identified.
   */
  readonly deliveryId: string | undefined
}

/**
 * The result of a reservation: the use is reserved for its owner; every use is taken and one of them is being
 * processed; every use is committed; or this delivery was committed before.
 */
export type ReserveResult = 'reserved' | 'in_progress' | 'already_used' | 'duplicate'

/**
 * Counts uses. Every call is atomic across all processes that share the store, and idempotent per owner: a client may
 * send it twice. A call that throws, or does not settle in time, counts as failed, and the handler does not run.
 *
 * A record has at most `maxUses` entries, each with its owner, delivery and end of lease. An entry that is neither
 * committed nor renewed in time no longer counts at the next reservation.
 */
export interface UseStore {
  /**
   * Reserves a use for its owner, if one is left. A named delivery (`id:`) that is being processed is `in_progress`,
   * even if uses are left.
   */
  reserve(request: ReserveRequest): Promise<ReserveResult>
  /** Extends the lease to `leaseMs` from now, 0 included. Resolves to `false` if the owner lost the use. */
  renew(id: string, owner: string, leaseMs: number): Promise<boolean>
  /**
   * Commits a reserved use; with a delivery id it also records that this delivery was handled, which a second call may
   * do later. Resolves to `false` if the owner lost the use. It must not need memory that a full store denies.
   */
  commit(id: string, owner: string, deliveryId: string | undefined): Promise<boolean>
  /** Releases a reserved use; a committed one stays committed. */
  release(id: string, owner: string): Promise<void>
}
