import { isPromiseLike, type MaybePromise } from './maybe-promise.ts'

/**
 * Creates a function that calls `load` on first use and keeps its result. Calls while it loads share one promise, and
 * after a failure, the next call loads again. `limit` bounds how long each call waits.
 */
export function loadOnce<T>(
  load: () => MaybePromise<T>,
  limit: (pending: Promise<T>) => Promise<T> = (pending) => pending,
): () => MaybePromise<T> {
  // On Workers, a request cannot await a promise of another request, so the value replaces it.
  let loaded: { readonly value: T } | undefined
  let pending: Promise<T> | undefined

  function start(): MaybePromise<T> {
    const result = load()
    if (!isPromiseLike(result)) {
      loaded = { value: result }
      return result
    }
    const promise = result as Promise<T>
    pending = promise
    promise.then(
      (value) => {
        loaded = { value }
        forget(promise)
      },
      () => forget(promise),
    )
    return wait(promise)
  }

  // A call that has waited too long lets the next one load again: the promise may never settle.
  function wait(promise: Promise<T>): Promise<T> {
    const limited = limit(promise)
    if (limited !== promise) limited.catch(() => forget(promise))
    return limited
  }

  function forget(promise: Promise<T>): void {
    if (pending === promise) pending = undefined
  }

  return () => {
    if (loaded !== undefined) return loaded.value
    return pending === undefined ? start() : wait(pending)
  }
}
