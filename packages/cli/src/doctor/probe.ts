/** What was found out about one thing. */
export interface Finding {
  readonly state: 'ok' | 'warning' | 'wrong'
  readonly message: string
  readonly fix?: string
}

const patienceMs = 10_000
// Beyond it, short lifetimes are off noticeably.
const toleratedSkew = 30

/** Whether a URL answers a HEAD request, and how its clock differs from this machine's. */
export async function probe(url: URL): Promise<{ reachable: Finding; clock?: Finding }> {
  const start = Date.now()
  try {
    const { status, headers } = await fetch(url, {
      method: 'HEAD',
      redirect: 'manual',
      signal: AbortSignal.timeout(patienceMs),
    })
    const date = Date.parse(headers.get('date') ?? '')
    const clock = Number.isNaN(date) ? undefined : compareClocks(date, (start + Date.now()) / 2)
    return clock === undefined ? { reachable: judge(status) } : { reachable: judge(status), clock }
  } catch (error) {
    return { reachable: { state: 'wrong', message: `no answer to HEAD (${nameFailure(error)})`, fix: fixUnreachable } }
  }
}

const fixUnreachable = 'Check the address, its name in DNS, its certificate, and that the receiver runs.'

function judge(status: number): Finding {
  const message = `answers HEAD with ${status}`
  if (status >= 500) return { state: 'wrong', message, fix: 'See the log of the receiver or of the proxy before it.' }
  if (status < 300 || status >= 400) return { state: 'ok', message }
  return {
    state: 'warning',
    message: `${message}, a redirect: posts get lost on it`,
    fix: 'Use the address it leads to.',
  }
}

function compareClocks(theirs: number, ours: number): Finding {
  const skew = Math.round((ours - theirs) / 1000)
  if (Math.abs(skew) <= toleratedSkew) return { state: 'ok', message: 'agrees with the base URL’s' }
  const direction = skew > 0 ? 'ahead of' : 'behind'
  const message = `${Math.abs(skew)} seconds ${direction} the base URL’s`
  return { state: 'wrong', message, fix: 'Set both clocks (NTP): expiry depends on them.' }
}

function nameFailure(error: unknown): string {
  const cause = Reflect.get(error as object, 'cause')
  const code = typeof cause === 'object' && cause !== null ? Reflect.get(cause, 'code') : undefined
  return String(code ?? Reflect.get(error as object, 'name'))
}
