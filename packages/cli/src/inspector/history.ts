import type { Detail, Summary } from '@hookurl/presentation/protocol'

/** What arrived, as long as it is kept. */
export interface Store {
  add(make: (id: number) => Detail): void
  find(id: number): Detail | undefined
  /** Oldest first. */
  list(): Summary[]
  /** Calls the listener with everything that arrives; returns what ends that. */
  subscribe(listener: (entry: Summary) => void): () => void
}

interface Limits {
  readonly kept: number
  /** Of the bodies together, as base64: those of the oldest go first. */
  readonly characters: number
}

const usual: Limits = { kept: 500, characters: 64 * 1024 * 1024 }

/** Keeps the last entries, in memory. */
export function createStore({ kept, characters }: Limits = usual): Store {
  const entries = new Map<number, Detail>()
  const listeners = new Set<(entry: Summary) => void>()
  let last = 0
  let held = 0

  function drop(id: number, entry: Detail): void {
    entries.delete(id)
    held -= weigh(entry)
  }

  return {
    add: (make) => {
      const entry = make(++last)
      entries.set(entry.id, entry)
      held += weigh(entry)
      for (const [id, old] of entries) {
        if (entries.size <= kept) break
        drop(id, old)
      }
      for (const [id, old] of entries) {
        if (held <= characters || id === entry.id) break
        held -= weigh(old)
        entries.set(id, lighten(old))
      }
      const summary = summarize(entry)
      for (const listener of listeners) listener(summary)
    },
    find: (id) => entries.get(id),
    list: () => [...entries.values()].map(summarize),
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

function weigh({ body, answer, payload }: Detail): number {
  // A payload is made of the body, and is about as long.
  return body.base64.length * (payload === undefined ? 1 : 2) + answer.body.base64.length
}

function lighten(entry: Detail): Detail {
  const none = (length: number): Detail['body'] => ({ base64: '', length, isWhole: length === 0 })
  const answer = { ...entry.answer, body: none(entry.answer.body.length) }
  return { ...entry, payload: undefined, body: none(entry.body.length), answer }
}

function summarize(entry: Detail): Summary {
  const { id, time, method, target, status, verdict, ran, command, userId, bytes, durationMs } = entry
  return { id, time, method, target, status, verdict, ran, command, userId, bytes, durationMs }
}
