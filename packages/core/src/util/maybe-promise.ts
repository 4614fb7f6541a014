/** A value, or a promise for it on a runtime whose cryptography is asynchronous. */
export type MaybePromise<T> = T | Promise<T>

/** Whether a value has a `then` method, like any promise, even one from another realm or from a promise library. */
export function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

/** Calls `next` with a value: immediately if it is available, otherwise when its promise is fulfilled. */
export function chain<T, R>(value: MaybePromise<T>, next: (value: T) => MaybePromise<R>): MaybePromise<R> {
  return isPromiseLike(value) ? (value as Promise<T>).then(next) : next(value)
}
