import { type HookurlError, isHookurlError } from '@hookurl/core'
import { unref } from '../uses/unref.ts'
import { type Rejection, toError } from '../verifier/rejection.ts'

/** How long a store may take for one call. */
const STORE_TIMEOUT_MS = 2000

const unavailable = {
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

/** The rejection of a request whose store failed. */
export function storeRejection(cause: unknown): Rejection {
  const isDescribed = isHookurlError(cause) && cause.code === 'store_unavailable'
  const { message, fix } = isDescribed ? cause : unavailable
  return { ok: false, code: 'store_unavailable', message, fix, cause }
}

/** The error of a store that failed. */
export function storeError(cause: unknown): HookurlError {
  return toError(storeRejection(cause))
}
