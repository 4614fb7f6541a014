import type { Entry, UseRecord } from './record.ts'

// The text of a record: a JSON array of the version of this format, the end of the record (epoch milliseconds), and one
// array for each use: owner, state, end of its lease, time of its commit (epoch milliseconds; 0 if not yet), delivery ID.
const FORMAT = 1

const letters = { leased: 'l', committed: 'c', completed: 'd' } as const
const states: ReadonlyMap<unknown, Entry['state']> = new Map([
  ['l', 'leased'],
  ['c', 'committed'],
  ['d', 'completed'],
])

/** Formats a record for a database. */
export function formatRecord({ entries, expiresAt }: UseRecord): string {
  const uses = entries.map(({ owner, state, leasedUntil, committedAt, deliveryId }) => {
    const use = [owner, letters[state], leasedUntil, committedAt]
    return deliveryId === undefined ? use : [...use, deliveryId]
  })
  return JSON.stringify([FORMAT, expiresAt, ...uses])
}

/**
 * Parses a record. Its periods have no length: machines share no monotonic clock, and if their wall clocks differ, a
 * lease may appear to begin in the future.
 *
 * @throws {TypeError} for any other text
 */
export function parseRecord(text: string): UseRecord {
  const [format, expiresAt, ...uses]: unknown[] = toArray(JSON.parse(text))
  if (format !== FORMAT || !isTime(expiresAt)) throw createError()
  return { entries: uses.map(parseEntry), expiresAt, keptUntil: expiresAt, keptMs: Number.POSITIVE_INFINITY }
}

function parseEntry(value: unknown): Entry {
  const [owner, letter, leasedUntil, committedAt, deliveryId] = toArray(value)
  const state = states.get(letter)
  if (typeof owner !== 'string' || state === undefined || !isTime(leasedUntil) || !isTime(committedAt)) {
    throw createError()
  }
  if (deliveryId !== undefined && typeof deliveryId !== 'string') throw createError()
  return { owner, state, leasedUntil, committedAt, deliveryId, leaseMs: Number.POSITIVE_INFINITY }
}

function toArray(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw createError()
  return value
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function createError(): TypeError {
  return new TypeError('the record in the use store has an unknown format')
}
