import { isHookurlError } from '@hookurl/core'
import { sanitizeLogLines } from '@hookurl/core/internal'

const LOG_INTERVAL_MS = 60_000
const MAX_CAUSES = 3
// Whatever causes one of these affects many requests.
const isThrottled: ReadonlySet<string> = new Set([
  'store_unavailable',
  'not_configured',
  'state_unavailable',
  'user_unavailable',
  'keys_unavailable',
  'unknown_command',
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

// The reason of a failed `fetch` is only in the cause of its error.
function formatCause(cause: unknown): string {
  const lines: string[] = []
  for (let each = cause; each !== undefined && lines.length < MAX_CAUSES; each = getCause(each)) {
    const [line = ''] = toText(each).split('\n', 1)
    if (line !== '') lines.push(line)
  }
  return lines.length === 0 ? '' : ` (${lines.join(': ')})`
}

function getCause(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined
}

// Node's error for several failed connections has only a code.
function toText(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.message || String(Reflect.get(error, 'code') ?? error.name)
}
