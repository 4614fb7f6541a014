import type { ClaimAnswer, UseClaim } from './store.ts'

/** One use: held under a lease, spent for good, or spent and carried out. */
interface Entry {
  readonly owner: string
  readonly delivery: string | undefined
  /** The end of the lease, in epoch milliseconds. */
  readonly until: number
  readonly state: 'held' | 'spent' | 'done'
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
export function claimIn(record: UseRecord | undefined, use: UseClaim, now: number): Change<ClaimAnswer> {
  const { owner, delivery, uses } = use
  const entries = (record?.entries ?? []).filter(({ state, until }) => state !== 'held' || until > now)
  const mine = entries.find((entry) => entry.owner === owner)
  // A client may send a claim again after it lost the connection.
  if (mine !== undefined) return { answer: 'claimed' }

  const same = delivery === undefined ? [] : entries.filter((entry) => entry.delivery === delivery)
  const isDone = same.some(({ state }) => state === 'done')
  const isRunning = same.some(({ state, until }) => state !== 'done' && until > now)
  const isNamed = delivery?.startsWith('id:') === true
  if (isNamed && isDone) return { answer: 'repeated' }
  if (isNamed && isRunning) return { answer: 'busy' }
  if (entries.length >= uses) {
    // A fingerprint that stands for several uses, such as that of an empty form, tells nobody apart.
    if (isDone && same.length === 1) return { answer: 'repeated' }
    return { answer: isRunning || entries.some(({ state }) => state === 'held') ? 'busy' : 'spent' }
  }
  const until = now + use.leaseMs
  const expiresAt = Math.max(record?.expiresAt ?? 0, use.expiresAt.getTime(), until)
  return { answer: 'claimed', record: { entries: [...entries, { owner, delivery, until, state: 'held' }], expiresAt } }
}

/** Holds a use for longer. */
export function renewIn(record: UseRecord | undefined, owner: string, until: number): Change<boolean> {
  const entry = findEntry(record, owner)
  if (record === undefined || entry === undefined || entry.state === 'done') return { answer: false }
  const expiresAt = Math.max(record.expiresAt, until)
  return { answer: true, record: { ...replace(record, { ...entry, until }), expiresAt } }
}

/** Spends a use for good. */
export function commitIn(record: UseRecord | undefined, owner: string, delivery: string | undefined): Change<boolean> {
  const entry = findEntry(record, owner)
  if (record === undefined || entry === undefined) return { answer: false }
  if (entry.state === 'done' || (entry.state === 'spent' && delivery === undefined)) return { answer: true }
  const next: Entry = delivery === undefined ? { ...entry, state: 'spent' } : { ...entry, delivery, state: 'done' }
  return { answer: true, record: replace(record, next) }
}

/** Gives a use back. */
export function releaseIn(record: UseRecord | undefined, owner: string): Change<undefined> {
  if (record === undefined || findEntry(record, owner)?.state !== 'held') return { answer: undefined }
  return { answer: undefined, record: { ...record, entries: record.entries.filter((entry) => entry.owner !== owner) } }
}

function findEntry(record: UseRecord | undefined, owner: string): Entry | undefined {
  return record?.entries.find((entry) => entry.owner === owner)
}

function replace(record: UseRecord, next: Entry): UseRecord {
  return { ...record, entries: record.entries.map((entry) => (entry.owner === next.owner ? next : entry)) }
}
