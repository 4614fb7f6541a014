import { isResponse } from '../response/response.ts'

/**
 * Returns the status of a thrown value: frameworks leave a route by throwing a `Response`, an HTTP error
 * (http-errors, Hapi's Boom, Nest), SvelteKit's `redirect` and `error`, or Next's `redirect()` and `notFound()`.
 * Returns `undefined` if it has none, so that the host responds with 500.
 */
export function getThrownStatus(thrown: unknown): number | undefined {
  if (typeof thrown !== 'object' || thrown === null) return undefined
  if (isResponse(thrown)) return thrown.status
  return findStatus(thrown) ?? parseDigest(thrown)
}

function findStatus(thrown: object): number | undefined {
  const candidates = [
    read(thrown, 'status'),
    read(thrown, 'statusCode'),
    read(read(thrown, 'output'), 'statusCode'),
    callGetStatus(thrown),
  ]
  return candidates.find(isStatus)
}

// Next marks what it throws with a digest instead of a status.
function parseDigest(thrown: object): number | undefined {
  const digest = read(thrown, 'digest')
  if (typeof digest !== 'string') return undefined
  const status = /^NEXT_(?:REDIRECT;.*;|HTTP_ERROR_FALLBACK;)(\d{3});?$/.exec(digest)?.[1]
  return status === undefined ? undefined : Number(status)
}

function callGetStatus(thrown: object): unknown {
  const getStatus = read(thrown, 'getStatus')
  if (typeof getStatus !== 'function') return undefined
  try {
    return getStatus.call(thrown)
  } catch {
    return undefined
  }
}

function read(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

function isStatus(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 100 && (value as number) <= 599
}
