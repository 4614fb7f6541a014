import type { CapturedBody, RequestDetail, RequestSummary } from '@hookurl/presentation/protocol'

/** The most recent requests. */
export interface History {
  add(createEntry: (id: number) => RequestDetail): void
  find(id: number): RequestDetail | undefined
  /** Lists the requests, oldest first. */
  list(): RequestSummary[]
  /** Calls the listener with every new request. Returns a function that unsubscribes. */
  subscribe(listener: (entry: RequestSummary) => void): () => void
}

interface HistoryLimits {
  readonly maxEntries: number
  /** The total size of all bodies, in base64 characters. The oldest bodies are dropped first. */
  readonly maxBodyChars: number
}

const defaultLimits: HistoryLimits = { maxEntries: 500, maxBodyChars: 64 * 1024 * 1024 }

/** Creates a history in memory. */
export function createHistory({ maxEntries, maxBodyChars }: HistoryLimits = defaultLimits): History {
  const entries = new Map<number, RequestDetail>()
  const listeners = new Set<(entry: RequestSummary) => void>()
  let lastId = 0
  let bodyChars = 0

  function dropEntry(entry: RequestDetail): void {
    entries.delete(entry.id)
    bodyChars -= countBodyChars(entry)
  }

  function dropBodies(entry: RequestDetail): void {
    bodyChars -= countBodyChars(entry)
    entries.set(entry.id, withoutBodies(entry))
  }

  return {
    add: (createEntry) => {
      const entry = createEntry(++lastId)
      entries.set(entry.id, entry)
      bodyChars += countBodyChars(entry)
      for (const oldest of entries.values()) {
        if (entries.size <= maxEntries) break
        dropEntry(oldest)
      }
      for (const oldest of entries.values()) {
        if (bodyChars <= maxBodyChars || oldest.id === entry.id) break
        dropBodies(oldest)
      }
      const summary = toSummary(entry)
      for (const listener of listeners) listener(summary)
    },
    find: (id) => entries.get(id),
    list: () => [...entries.values()].map(toSummary),
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

function countBodyChars({ body, response, payload }: RequestDetail): number {
  // A payload is parsed from the body and takes about as much memory.
  return body.base64.length * (payload === undefined ? 1 : 2) + response.body.base64.length
}

function withoutBodies(entry: RequestDetail): RequestDetail {
  const empty = (length: number): CapturedBody => ({ base64: '', length, isComplete: length === 0 })
  const response = { ...entry.response, body: empty(entry.response.body.length) }
  return { ...entry, payload: undefined, body: empty(entry.body.length), response }
}

function toSummary(entry: RequestDetail): RequestSummary {
  const { id, time, method, target, status, outcome, code, command, userId, bytes, durationMs } = entry
  return { id, time, method, target, status, outcome, code, command, userId, bytes, durationMs }
}
