import type { Rejection } from '../verifier/rejection.ts'

// Applications may load hookurl's ES modules and CommonJS at once, so it is recognized by a registered symbol.
const rejectionSymbol = Symbol.for('hookurl.handler-rejection')

/** Creates what a handler of hookurl's own throws to reject its request with another code than `handler_failed`. */
export function createHandlerRejection(rejection: Rejection): Error {
  return Object.assign(new Error(rejection.message ?? rejection.code), { [rejectionSymbol]: rejection })
}

/** Returns the rejection that a handler threw, or `undefined` if it threw anything else. */
export function getHandlerRejection(error: unknown): Rejection | undefined {
  return typeof error === 'object' && error !== null ? Reflect.get(error, rejectionSymbol) : undefined
}
