import { isHookurlError } from '@hookurl/core'
import { sanitizeLogLines } from '@hookurl/core/internal'

const LOG_INTERVAL_MS = 60_000
// Whatever causes one of these affects many requests.
const isThrottled: ReadonlySet<string> = new Set([
  'store_unavailable',
  'not_configured',
  'state_unavailable',
  'user_unavailable',
])

/** Logs an error to the console, without tokens, keys or control characters. */
export function logError(error: unknown): void {
  console.error(`hookurl: ${sanitizeLogLines(formatError(error))}`)
}

/**
 * Creates the default `onError`. It logs every error, but one that affects many requests, such as an unavailable store,
 * at most once a minute.
 */
export function createErrorLogger(): (error: unknown) => void {
  const loggedAt = new Map<string, number>()
  return (error) => {
    if (isHookurlError(error) && isThrottled.has(error.code)) {
      const now = performance.now()
      const last = loggedAt.get(error.message)
      if (last !== undefined && now - last < LOG_INTERVAL_MS) return
      loggedAt.set(error.message, now)
    }
    logError(error)
  }
}

/** Calls a callback of the application, which must neither change a response nor end the process if it throws or rejects. */
export function safeCall(call: () => unknown): void {
  try {
    Promise.resolve(call()).catch(logError)
  } catch (error) {
    logError(error)
  }
}

function formatError(error: unknown): string {
  if (isHookurlError(error)) return `${error.code}: ${error.message}${formatCause(error.cause)}. ${error.fix}`
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

function formatCause(cause: unknown): string {
  if (cause === undefined) return ''
  const [line = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n', 1)
  return ` (${line})`
}
