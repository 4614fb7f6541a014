import type { CasRow } from './cas.ts'
import { sleep } from './sleep.ts'

/** A row as this process has last read or written it. */
export interface KnownRow {
  readonly row: CasRow<number>
  /** When its statement was sent and when its time was read, according to `performance.now`. */
  readonly sentAt: number
  readonly nowAt: number
}

/** The rows that this process has written, each until it is taken. */
export interface RowMemory {
  set(key: string, known: KnownRow | undefined): void
  take(key: string): KnownRow | undefined
}

const MAX_ROWS = 1000
const MAX_LENGTH = 1000

/** Creates a memory of rows that forgets the oldest of too many, and long ones. */
export function createRowMemory(): RowMemory {
  const rows = new Map<string, KnownRow>()
  return {
    set: (key, known) => {
      rows.delete(key)
      if (known === undefined || (known.row.record?.length ?? 0) > MAX_LENGTH) return
      rows.set(key, known)
      const [oldest] = rows.keys()
      if (rows.size > MAX_ROWS && oldest !== undefined) rows.delete(oldest)
    },
    take: (key) => {
      const known = rows.get(key)
      rows.delete(key)
      return known
    },
  }
}

/** Returns a row with the current time. */
export function updateTime({ row, nowAt }: KnownRow): CasRow<number> {
  return { ...row, now: Math.floor((row.now ?? Number.NaN) + performance.now() - nowAt) }
}

/** Runs one call. `known` is the row as the call before it has left it, after this one was made. */
type Task = (known: KnownRow | undefined) => Promise<KnownRow | undefined>

// A call whose connection is lost must not hold up the others.
const MAX_WAIT_MS = 300

/**
 * Creates a queue for each ID. Calls that arrive at the same time run one after another, and each learns what the one before it
 * wrote: they need fewer statements than if each found out that another was faster.
 */
export function createQueues(): (id: string, task: Task) => Promise<void> {
  const last = new Map<string, Promise<KnownRow | undefined>>()

  async function run(previous: Promise<KnownRow | undefined> | undefined, task: Task): Promise<KnownRow | undefined> {
    if (previous === undefined) return task(undefined)
    const madeAt = performance.now()
    const known = await Promise.race([previous.catch(() => undefined), sleep(MAX_WAIT_MS)])
    return task(known !== undefined && known.sentAt >= madeAt ? known : undefined)
  }

  return async (id, task) => {
    const running = run(last.get(id), task)
    last.set(id, running)
    try {
      await running
    } finally {
      if (last.get(id) === running) last.delete(id)
    }
  }
}
