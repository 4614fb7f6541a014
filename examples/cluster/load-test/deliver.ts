import { setTimeout as sleep } from 'node:timers/promises'
import type { PlannedHook } from './plan.ts'

/** The result of a delivery after all its attempts. */
export interface DeliveryResult {
  readonly order: string
  readonly outcome: 'accepted' | 'rejected' | 'given up'
  readonly attempts: number
}

const maxAttempts = 20
const longestPause = 2000

/** Calls a hook as services do: with retries, until it is accepted or permanently rejected. */
export async function deliver(
  { url, headers }: PlannedHook,
  { order, random }: { readonly order: string; random(): number },
): Promise<DeliveryResult> {
  const body = JSON.stringify({ order })
  for (let attempts = 1; attempts <= maxAttempts; attempts++) {
    const status = await post(url, { headers, body })
    if (status >= 200 && status < 300) return { order, outcome: 'accepted', attempts }
    if (status >= 400 && status < 500) return { order, outcome: 'rejected', attempts }
    await sleep(Math.min(100 * 2 ** attempts, longestPause) * (0.5 + random() / 2))
  }
  return { order, outcome: 'given up', attempts: maxAttempts }
}

/** Returns the status of the response; 0 without one. */
async function post(url: string, request: Pick<RequestInit, 'headers' | 'body'>): Promise<number> {
  try {
    const response = await fetch(url, { method: 'POST', ...request, signal: AbortSignal.timeout(20_000) })
    await response.arrayBuffer()
    return response.status
  } catch {
    return 0
  }
}
