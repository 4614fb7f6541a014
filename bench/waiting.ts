import { redisAbsence } from '../packages/verify/test/support/redis.ts'
import { isQuick } from './measure.ts'
import type { Row } from './row.ts'
import { compareLatencies, inFlight, waiters } from './waiting-browsers.ts'

/** The response time of single-use hooks while browsers wait for another one, compared to that without them. */
export async function run(): Promise<readonly Row[]> {
  if (redisAbsence !== undefined) {
    console.error(`waiting: not measured, ${redisAbsence}`)
    return []
  }
  const { alone, crowded, ratio } = await compareLatencies(
    isQuick ? { rounds: 1, requests: 1000 } : { rounds: 5, requests: 2000 },
  )
  return [
    {
      task: `${inFlight} single-use hooks in flight while ${waiters} clients wait for another: p99`,
      comparedTo: 'the same without them',
      value: ratio,
      unit: '×',
      target: { atMost: 1.5 },
      hookurl: `${crowded.toFixed(1)} ms`,
      other: `${alone.toFixed(1)} ms`,
      note: 'the 99th percentile of the response time, uses on Redis; the clients share the process with the receiver',
    },
  ]
}
