import { HookurlError } from '@hookurl/core'
import type { Rejection } from '../verifier/rejection.ts'

/** How long a store may take for one call. */
const STORE_TIMEOUT_MS = 2000

const unavailable = {
  code: 'store_unavailable',
  message: 'the wait store failed or did not respond in time',
  fix: 'Check that the wait store is reachable.',
} as const

/**
 * Calls a store, and waits at most 2 seconds for its result. The timer alone does not keep the process alive.
 *
 * @throws whatever the store throws, and an `Error` if it does not respond in time
 */
export async function callStore<T>(call: () => Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = unref(setTimeout(() => reject(new Error(`no response within ${STORE_TIMEOUT_MS} ms`)), STORE_TIMEOUT_MS))
  })
  try {
    return await Promise.race([call(), timeout])
  } finally {
    clearTimeout(timer)
  }
}

/** The error of a store that failed. */
export function storeError(cause: unknown): HookurlError {
  return new HookurlError(unavailable.code, { ...unavailable, cause })
}

/** The rejection of a request whose store failed. */
export function storeRejection(cause: unknown): Rejection {
  return { ok: false, ...unavailable, cause }
}

/** Lets the process end while a timer is pending. Not every runtime's timers have `unref`. */
export function unref<T>(timer: T): T {
  if (typeof timer === 'object' && timer !== null && 'unref' in timer && typeof timer.unref === 'function') {
    timer.unref()
  }
  return timer
}
