/** The result of one check. */
export interface Finding {
  readonly state: 'ok' | 'warning' | 'error'
  readonly message: string
  readonly fix?: string
}

const TIMEOUT_MS = 10_000
// With a larger difference, URLs with a short lifetime expire noticeably early or late.
const MAX_SKEW_SECONDS = 30

/** Sends a HEAD request to a URL, and compares the server's clock with this machine's. */
export async function probe(url: URL): Promise<{ reachable: Finding; clock?: Finding }> {
  const start = Date.now()
  try {
    const { status, headers } = await fetch(url, {
      method: 'HEAD',
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    const reachable = checkStatus(status)
    const serverTime = Date.parse(headers.get('date') ?? '')
    if (Number.isNaN(serverTime)) return { reachable }
    return { reachable, clock: compareClocks(serverTime, (start + Date.now()) / 2) }
  } catch (error) {
    const fix = 'Check the URL, its DNS record, its certificate, and that the receiver is running.'
    return { reachable: { state: 'error', message: `no response to HEAD (${getFailureReason(error)})`, fix } }
  }
}

function checkStatus(status: number): Finding {
  const message = `responds to HEAD with ${status}`
  if (status >= 500) return { state: 'error', message, fix: 'Check the logs of the receiver and of its proxy.' }
  if (status < 300 || status >= 400) return { state: 'ok', message }
  return {
    state: 'warning',
    message: `${message}, a redirect, which loses the body of a POST`,
    fix: 'Use the URL that it redirects to.',
  }
}

function compareClocks(serverTime: number, localTime: number): Finding {
  const skew = Math.round((localTime - serverTime) / 1000)
  if (Math.abs(skew) <= MAX_SKEW_SECONDS) return { state: 'ok', message: 'in sync with the server of the base URL' }
  const direction = skew > 0 ? 'ahead of' : 'behind'
  return {
    state: 'error',
    message: `${Math.abs(skew)} seconds ${direction} the server of the base URL`,
    fix: 'Synchronize both clocks (NTP): expiration depends on them.',
  }
}

// `fetch` throws a TypeError whose cause has the system's error code.
function getFailureReason(error: unknown): string {
  const cause = Reflect.get(error as object, 'cause')
  const code = typeof cause === 'object' && cause !== null ? Reflect.get(cause, 'code') : undefined
  return String(code ?? Reflect.get(error as object, 'name'))
}
