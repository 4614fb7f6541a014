import { randomBytes, randomUUID } from 'node:crypto'
import type { UseStore } from '@hookurl/verify'
import { formatMicros, measureInTurn } from './measure.ts'
import type { Row } from './row.ts'

export const inFlight = 64
export const lifetimeMs = 86_400_000
const target = { atLeast: 0.5 }

/** Compares a reservation and its commit with plain writes to the same database. */
export async function compare(
  store: UseStore,
  writePlain: (id: string) => Promise<void>,
): Promise<Pick<Row, 'value' | 'unit' | 'target' | 'hookurl' | 'other'>> {
  const { hookurl, other } = await measureInTurn({
    hookurl: () => runInParallel(() => useOnce(store)),
    other: () => runInParallel(() => writePlain(newId())),
  })
  return {
    value: other.micros / hookurl.micros,
    unit: '×',
    target,
    hookurl: formatMicros(hookurl.micros / inFlight),
    other: formatMicros(other.micros / inFlight),
  }
}

export function runInParallel(work: () => Promise<unknown>): Promise<unknown> {
  return Promise.all(Array.from({ length: inFlight }, work))
}

/** Does what a receiver does for a hook with `maxUses: 1` whose request has no delivery id header. */
export async function useOnce(store: UseStore): Promise<string> {
  const id = newId()
  const owner = randomUUID()
  const deliveryId = `fp:${newId()}`
  const expiresAt = new Date(Date.now() + lifetimeMs)
  const request = { id, maxUses: 1, owner, leaseMs: 60_000, expiresAt, deliveryId, duplicateMs: lifetimeMs }
  const { result } = await store.reserve(request)
  if (result !== 'reserved' || !(await store.commit(id, owner, deliveryId))) throw new Error('a use was lost')
  return id
}

export function newId(): string {
  return randomBytes(32).toString('hex')
}

export function formatNote(note: string): string {
  return `${inFlight} in flight, the time of one; ${note}`
}
