import type { RequestSummary, StreamMessage } from '@hookurl/presentation/protocol'
import { countBytes, type HistoryEntry, toSummary, withoutBodies } from './entry.ts'

type Change = Extract<StreamMessage, { type: 'request' | 'clear' }>

/** The most recent requests. */
export interface History {
  add(create: (id: number) => HistoryEntry): void
  find(id: number): HistoryEntry | undefined
  /** Lists the entries, oldest first. */
  entries(): HistoryEntry[]
  /** Lists the requests, oldest first. */
  list(): RequestSummary[]
  clear(): void
  /** Calls the listener with every change. Returns a function that unsubscribes. */
  subscribe(listener: (change: Change) => void): () => void
}

interface HistoryLimits {
  readonly maxEntries: number
  /** The total size of all bodies. The oldest bodies are dropped first. */
  readonly maxBytes: number
}

const defaultLimits: HistoryLimits = { maxEntries: 500, maxBytes: 128 * 1024 * 1024 }

/** Creates a history in memory. */
export function createHistory({ maxEntries, maxBytes }: HistoryLimits = defaultLimits): History {
  const entries = new Map<number, HistoryEntry>()
  const listeners = new Set<(change: Change) => void>()
  let lastId = 0
  let totalBytes = 0

  function dropEntry(entry: HistoryEntry): void {
    entries.delete(entry.detail.id)
    totalBytes -= countBytes(entry)
  }

  function dropBodies(entry: HistoryEntry): void {
    totalBytes -= countBytes(entry)
    entries.set(entry.detail.id, withoutBodies(entry))
  }

  function publish(change: Change): void {
    for (const listener of listeners) listener(change)
  }

  return {
    add: (create) => {
      const entry = create(++lastId)
      entries.set(entry.detail.id, entry)
      totalBytes += countBytes(entry)
      for (const oldest of entries.values()) {
        if (entries.size <= maxEntries) break
        dropEntry(oldest)
      }
      for (const oldest of entries.values()) {
        if (totalBytes <= maxBytes || oldest.detail.id === entry.detail.id) break
        dropBodies(oldest)
      }
      publish({ type: 'request', request: toSummary(entry) })
    },
    find: (id) => entries.get(id),
    entries: () => [...entries.values()],
    list: () => [...entries.values()].map(toSummary),
    clear: () => {
      entries.clear()
      totalBytes = 0
      publish({ type: 'clear' })
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
