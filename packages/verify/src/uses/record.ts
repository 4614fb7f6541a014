import type { ReserveRequest, ReserveResult } from './store.ts'

/** One use: reserved under a lease, committed, or committed with its delivery handled. */
interface Entry {
  readonly owner: string
  readonly deliveryId: string | undefined
  /** The end of the lease, in epoch milliseconds. */
  readonly leasedUntil: number
  readonly state: 'leased' | 'committed' | 'completed'
}

/** The uses of one hook, for stores that change records in this process. */
export interface UseRecord {
  readonly entries: readonly Entry[]
  /** When the record may be removed, in epoch milliseconds. */
  readonly expiresAt: number
}

/** The result of a change. `record`, if present, is written, or removed if it has no entries. */
export interface Change<T> {
  readonly result: T
  readonly record?: UseRecord
}

/** Reserves a use, if one is left. */
export function reserveIn(record: UseRecord | undefined, request: ReserveRequest, now: number): Change<ReserveResult> {
  const { owner, deliveryId, maxUses } = request
  const entries = (record?.entries ?? []).filter(({ state, leasedUntil }) => state !== 'leased' || leasedUntil > now)
  // A client that lost its connection may send a reservation again.
  if (entries.some((entry) => entry.owner === owner)) return { result: 'reserved' }

  const same = deliveryId === undefined ? [] : entries.filter((entry) => entry.deliveryId === deliveryId)
  const isCompleted = same.some(({ state }) => state === 'completed')
  const isRunning = same.some(({ state, leasedUntil }) => state !== 'completed' && leasedUntil > now)
  const isNamed = deliveryId?.startsWith('id:') === true
  if (isNamed && isCompleted) return { result: 'duplicate' }
  if (isNamed && isRunning) return { result: 'in_progress' }
  if (entries.length >= maxUses) {
    // A fingerprint that several uses share, such as that of an empty form, does not identify a delivery.
    if (isCompleted && same.length === 1) return { result: 'duplicate' }
    const isLeased = entries.some(({ state }) => state === 'leased')
    return { result: isRunning || isLeased ? 'in_progress' : 'already_used' }
  }
  const leasedUntil = now + request.leaseMs
  const expiresAt = Math.max(record?.expiresAt ?? 0, request.expiresAt.getTime(), leasedUntil)
  const entry: Entry = { owner, deliveryId, leasedUntil, state: 'leased' }
  return { result: 'reserved', record: { entries: [...entries, entry], expiresAt } }
}

/** Extends a lease. */
export function renewIn(record: UseRecord | undefined, owner: string, leasedUntil: number): Change<boolean> {
  const entry = findEntry(record, owner)
  if (record === undefined || entry === undefined || entry.state === 'completed') return { result: false }
  const expiresAt = Math.max(record.expiresAt, leasedUntil)
  return { result: true, record: { ...replaceEntry(record, { ...entry, leasedUntil }), expiresAt } }
}

/** Commits a use. */
export function commitIn(
  record: UseRecord | undefined,
  owner: string,
  deliveryId: string | undefined,
): Change<boolean> {
  const entry = findEntry(record, owner)
  if (record === undefined || entry === undefined) return { result: false }
  const isUnchanged = entry.state === 'completed' || (entry.state === 'committed' && deliveryId === undefined)
  if (isUnchanged) return { result: true }
  const next: Entry =
    deliveryId === undefined ? { ...entry, state: 'committed' } : { ...entry, deliveryId, state: 'completed' }
  return { result: true, record: replaceEntry(record, next) }
}

/** Releases a use. */
export function releaseIn(record: UseRecord | undefined, owner: string): Change<undefined> {
  if (record === undefined || findEntry(record, owner)?.state !== 'leased') return { result: undefined }
  return { result: undefined, record: { ...record, entries: record.entries.filter((entry) => entry.owner !== owner) } }
}

function findEntry(record: UseRecord | undefined, owner: string): Entry | undefined {
  return record?.entries.find((entry) => entry.owner === owner)
}

function replaceEntry(record: UseRecord, next: Entry): UseRecord {
  return { ...record, entries: record.entries.map((entry) => (entry.owner === next.owner ? next : entry)) }
}
