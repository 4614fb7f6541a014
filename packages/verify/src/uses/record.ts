import type { ReserveRequest, ReserveResult } from './store.ts'

/** One use: reserved under a lease, committed, or committed with its delivery handled. */
export interface Entry {
  readonly owner: string
  readonly deliveryId: string | undefined
  /** The end of the lease, in milliseconds of the monotonic clock. */
  readonly leasedUntil: number
  /** The length of the lease, in milliseconds. */
  readonly leaseMs: number
  /** When it was committed, in epoch milliseconds; 0 if not yet. */
  readonly committedAt: number
  readonly state: 'leased' | 'committed' | 'completed'
}

/** The uses of one hook, for stores that change records in this process. */
export interface UseRecord {
  readonly entries: readonly Entry[]
  /** When the record may be removed, in epoch milliseconds. */
  readonly expiresAt: number
  /** The same, in milliseconds of the monotonic clock. */
  readonly keptUntil: number
  /** How long it is kept from its last extension, in milliseconds. */
  readonly keptMs: number
}

/** The time of a change. The monotonic clock guards leases and records against jumps of the wall clock. */
export interface ChangeTime {
  /** Epoch milliseconds. */
  readonly now: number
  /** Milliseconds of a clock that never jumps. */
  readonly monotonic: number
}

/** The result of a change. `record`, if present, is written, or removed if it has no entries. */
export interface Change<T> {
  readonly result: T
  readonly record?: UseRecord
}

const reserved: ReserveResult = { result: 'reserved' }
const inProgress: ReserveResult = { result: 'in_progress' }
const duplicate: ReserveResult = { result: 'duplicate' }

/** Reserves a use, if one is left. */
export function reserveIn(
  record: UseRecord | undefined,
  request: ReserveRequest,
  time: ChangeTime,
): Change<ReserveResult> {
  const { owner, deliveryId, duplicateMs, leaseMs, maxUses } = request
  const kept = record === undefined || isRemovable(record, time) ? undefined : record
  const entries = (kept?.entries ?? []).filter((entry) => entry.state !== 'leased' || isLive(entry, time))
  // A client that lost its connection may send a reservation again.
  if (entries.some((entry) => entry.owner === owner)) return { result: reserved }

  const same = deliveryId === undefined ? [] : entries.filter((entry) => entry.deliveryId === deliveryId)
  const isDuplicate = same.some(
    ({ state, committedAt }) => state === 'completed' && Math.abs(time.now - committedAt) <= duplicateMs,
  )
  const isRunning = same.some((entry) => entry.state !== 'completed' && isLive(entry, time))
  const isNamed = deliveryId?.startsWith('id:') === true
  if (isNamed && isDuplicate) return { result: duplicate }
  if (isNamed && isRunning) return { result: inProgress }
  if (entries.length >= maxUses) {
    // A fingerprint that several uses share, such as that of an empty form, identifies no delivery.
    if (isDuplicate && same.length === 1) return { result: duplicate }
    if (isRunning || entries.some(({ state }) => state === 'leased')) return { result: inProgress }
    return { result: { result: 'already_used', at: Math.max(...entries.map(({ committedAt }) => committedAt)) } }
  }
  const entry: Entry = {
    owner,
    deliveryId,
    leasedUntil: time.monotonic + leaseMs,
    leaseMs,
    committedAt: 0,
    state: 'leased',
  }
  const expiresAt = Math.max(kept?.expiresAt ?? 0, request.expiresAt.getTime(), time.now + leaseMs)
  return { result: reserved, record: { entries: [...entries, entry], ...keepUntil(expiresAt, time) } }
}

/** Extends a lease. */
export function renewIn(
  record: UseRecord | undefined,
  { owner, leaseMs }: { readonly owner: string; readonly leaseMs: number },
  time: ChangeTime,
): Change<boolean> {
  const entry = findEntry(record, owner)
  if (record === undefined || entry === undefined || entry.state === 'completed') return { result: false }
  const renewed = replaceEntry(record, { ...entry, leasedUntil: time.monotonic + leaseMs, leaseMs })
  const expiresAt = time.now + leaseMs
  return {
    result: true,
    record: expiresAt > record.expiresAt ? { ...renewed, ...keepUntil(expiresAt, time) } : renewed,
  }
}

/** Commits a use. */
export function commitIn(
  record: UseRecord | undefined,
  { owner, deliveryId }: { readonly owner: string; readonly deliveryId: string | undefined },
  { now }: ChangeTime,
): Change<boolean> {
  const entry = findEntry(record, owner)
  if (record === undefined || entry === undefined) return { result: false }
  const isUnchanged = entry.state === 'completed' || (entry.state === 'committed' && deliveryId === undefined)
  if (isUnchanged) return { result: true }
  const committedAt = entry.state === 'leased' ? now : entry.committedAt
  const next: Entry =
    deliveryId === undefined
      ? { ...entry, committedAt, state: 'committed' }
      : { ...entry, committedAt, deliveryId, state: 'completed' }
  return { result: true, record: replaceEntry(record, next) }
}

/** Whether an owner's use is committed. */
export function isCommittedIn(record: UseRecord, owner: string): boolean {
  const entry = findEntry(record, owner)
  return entry !== undefined && entry.state !== 'leased'
}

/** Releases a use. */
export function releaseIn(record: UseRecord | undefined, owner: string): Change<undefined> {
  if (record === undefined || findEntry(record, owner)?.state !== 'leased') return { result: undefined }
  return { result: undefined, record: { ...record, entries: record.entries.filter((entry) => entry.owner !== owner) } }
}

/**
 * Whether a record is no longer needed according to both clocks, so that a jump of the wall clock alone removes
 * nothing.
 */
export function isRemovable({ entries, expiresAt, keptUntil, keptMs }: UseRecord, time: ChangeTime): boolean {
  if (time.now < expiresAt || isWithin(keptUntil, keptMs, time)) return false
  return !entries.some((entry) => isLive(entry, time))
}

function isLive({ leasedUntil, leaseMs }: Entry, time: ChangeTime): boolean {
  return isWithin(leasedUntil, leaseMs, time)
}

// The monotonic clock restarts with the machine: an end that is further away than its period is from before a restart.
function isWithin(end: number, periodMs: number, { monotonic }: ChangeTime): boolean {
  return end > monotonic && end - monotonic <= periodMs
}

function keepUntil(expiresAt: number, { now, monotonic }: ChangeTime): Omit<UseRecord, 'entries'> {
  const keptMs = expiresAt - now
  return { expiresAt, keptUntil: monotonic + keptMs, keptMs }
}

function findEntry(record: UseRecord | undefined, owner: string): Entry | undefined {
  return record?.entries.find((entry) => entry.owner === owner)
}

function replaceEntry(record: UseRecord, next: Entry): UseRecord {
  return { ...record, entries: record.entries.map((entry) => (entry.owner === next.owner ? next : entry)) }
}
