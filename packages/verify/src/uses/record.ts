import type { ReserveRequest, ReserveResult } from './store.ts'

/** One use: held under a lease, spent for good, or spent and carried out. */
interface Entry {
  readonly owner: string
  readonly delivery: string | undefined
  /** The end of the lease, in epoch milliseconds. */
  readonly until: number
  readonly state: 'leased' | 'committed' | 'completed'
}

/** The uses of one hook, for stores that change a record in this process. */
export interface UseRecord {
  readonly entries: readonly Entry[]
  /** When the record may vanish, in epoch milliseconds. */
  readonly expiresAt: number
}

/** What a change came to; the record is to be written where there is one, and removed where it has no entries. */
export interface Change<T> {
  readonly answer: T
  readonly record?: UseRecord
}

/** Takes a use, if there is one left. */
export function claimIn(record: UseRecord | undefined, use: ReserveRequest, now: number): Change<ReserveResult> {
  const { owner, deliveryId, maxUses } = use
  const entries = (record?.entries ?? []).filter(({ state, until }) => state !== 'leased' || until > now)
  const mine = entries.find((entry) => entry.owner === owner)
  // A client may send a claim again after it lost the connection.
  if (mine !== undefined) return { answer: 'reserved' }

  const same = deliveryId === undefined ? [] : entries.filter((entry) => entry.delivery === deliveryId)
  const isDone = same.some(({ state }) => state === 'completed')
  const isRunning = same.some(({ state, until }) => state !== 'completed' && until > now)
  const isNamed = deliveryId?.startsWith('id:') === true
  if (isNamed && isDone) return { answer: 'duplicate' }
  if (isNamed && isRunning) return { answer: 'in_progress' }
  if (entries.length >= maxUses) {
    // A fingerprint that stands for several uses, such as that of an empty form, tells nobody apart.
    if (isDone && same.length === 1) return { answer: 'duplicate' }
    return { answer: isRunning || entries.some(({ state }) => state === 'leased') ? 'in_progress' : 'already_used' }
  }
  const until = now + use.leaseMs
  const expiresAt = Math.max(record?.expiresAt ?? 0, use.expiresAt.getTime(), until)
  return {
    answer: 'reserved',
    record: { entries: [...entries, { owner, delivery, until, state: 'leased' }], expiresAt },
  }
}

/** Holds a use for longer. */
export function renewIn(record: UseRecord | undefined, owner: string, until: number): Change<boolean> {
  const entry = findEntry(record, owner)
  if (record === undefined || entry === undefined || entry.state === 'completed') return { answer: false }
  const expiresAt = Math.max(record.expiresAt, until)
  return { answer: true, record: { ...replace(record, { ...entry, until }), expiresAt } }
}

/** Spends a use for good. */
export function commitIn(record: UseRecord | undefined, owner: string, delivery: string | undefined): Change<boolean> {
  const entry = findEntry(record, owner)
  if (record === undefined || entry === undefined) return { answer: false }
  if (entry.state === 'completed' || (entry.state === 'committed' && delivery === undefined)) return { answer: true }
  const next: Entry =
    delivery === undefined ? { ...entry, state: 'committed' } : { ...entry, delivery, state: 'completed' }
  return { answer: true, record: replace(record, next) }
}

/** Gives a use back. */
export function releaseIn(record: UseRecord | undefined, owner: string): Change<undefined> {
  if (record === undefined || findEntry(record, owner)?.state !== 'leased') return { answer: undefined }
  return { answer: undefined, record: { ...record, entries: record.entries.filter((entry) => entry.owner !== owner) } }
}

function findEntry(record: UseRecord | undefined, owner: string): Entry | undefined {
  return record?.entries.find((entry) => entry.owner === owner)
}

function replace(record: UseRecord, next: Entry): UseRecord {
  return { ...record, entries: record.entries.map((entry) => (entry.owner === next.owner ? next : entry)) }
}
