import { isPromiseLike, type MaybePromise } from './maybe-promise.ts'

/** Creates a function that calls `load` on first use and keeps its result. After a failure, the next call loads again. */
export function loadOnce<T>(load: () => MaybePromise<T>): () => MaybePromise<T> {
  let loaded: MaybePromise<T> | undefined
  return () => {
    if (loaded !== undefined) return loaded
    loaded = load()
    // Replace the promise with its value: on Workers, a request cannot await a promise of another request.
    if (isPromiseLike(loaded)) {
      loaded.then(
        (value) => (loaded = value),
        () => (loaded = undefined),
      )
    }
    return loaded
  }
}
