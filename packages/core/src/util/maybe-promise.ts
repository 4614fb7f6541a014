import type { ErrorCode } from '../errors.ts'

/** A value now on Node, a promise of it on a runtime whose cryptography is asynchronous. */
export type MaybePromise<T> = T | Promise<T>

/** The refusal of a token: inside, verdicts are values; only the public edge throws. */
export interface TokenRejection {
  readonly ok: false
  readonly code: ErrorCode
}

/** Whether a value is to be waited for, also a promise of another realm, or where a library has replaced `Promise`. */
export function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

/** Goes on with a value, at once where it is there: one path serves both kinds of runtime. */
export function chain<T, R>(value: MaybePromise<T>, next: (value: T) => MaybePromise<R>): MaybePromise<R> {
  return isPromiseLike(value) ? (value as Promise<T>).then(next) : next(value)
}
