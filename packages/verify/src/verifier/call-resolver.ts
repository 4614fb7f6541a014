import { isPromiseLike, type MaybePromise } from '@hookurl/core/internal'

/** What a function of the application returned, or why there is no result. The reason contains no value. */
export type Resolved = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reason: string }

/** How long a function of the application may take, in milliseconds. */
const TIMEOUT_MS = 2000
const typeNamePattern = /^[A-Za-z_$][\w$]{0,63}$/

/** Calls a function of the application. Waits at most 2 seconds for its promise. */
export function callResolver(call: () => unknown): MaybePromise<Resolved> {
  try {
    const value = call()
    return isPromiseLike(value) ? settle(value) : { ok: true, value }
  } catch (error) {
    return { ok: false, reason: describeError(error) }
  }
}

async function settle(pending: PromiseLike<unknown>): Promise<Resolved> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise<Resolved>((resolve) => {
    timer = setTimeout(() => resolve({ ok: false, reason: 'it did not return within 2 seconds' }), TIMEOUT_MS)
  })
  const settled = Promise.resolve(pending).then(
    (value): Resolved => ({ ok: true, value }),
    (error): Resolved => ({ ok: false, reason: describeError(error) }),
  )
  const resolved = await Promise.race([settled, timeout])
  clearTimeout(timer)
  return resolved
}

// By its type only: its message could contain the state or the user.
function describeError(error: unknown): string {
  const name = getTypeName(error)
  return name === undefined ? 'it threw a value of an unknown type' : `it threw ${name}`
}

function getTypeName(error: unknown): string | undefined {
  try {
    if (!(error instanceof Error)) return undefined
    const name: unknown = Object.getPrototypeOf(error).constructor.name
    return typeof name === 'string' && typeNamePattern.test(name) ? name : undefined
  } catch {
    return undefined
  }
}
