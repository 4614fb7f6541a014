// Lets 300 browsers wait for one URL that is being processed, and measures what it costs the requests for other URLs.
import { compareLatencies, inFlight, waiters } from '../../bench/waiting-browsers.ts'

const limit = 1.5

/** Compares the response times with and without waiting browsers. Returns whether the ratio is within its limit. */
export async function compareWaiting(): Promise<boolean> {
  const { alone, crowded, ratio } = await compareLatencies({ rounds: 3, requests: 2000 })
  const isWithin = ratio <= limit
  console.log(
    `${waiters} browsers wait for one URL, ${inFlight} other requests in flight: their p99 ${crowded.toFixed(1)} ms, ` +
      `without the browsers ${alone.toFixed(1)} ms, ${ratio.toFixed(2)} × ${isWithin ? 'ok' : 'MISSED'}`,
  )
  return isWithin
}
