// Compares the memory of each host with that of a plain server, for bodies in chunks of one byte.
import { comparisons, measurePeak, survives } from '../../bench/chunked-bodies.ts'

/** Compares every host, and prints each figure. Returns whether all are within their limits. */
export async function compareChunkedBodies(): Promise<boolean> {
  const limit = 1.5
  let isWithin = true
  for (const count of [1, 8]) {
    const plain = new Map<string, number>()
    for (const [host, name] of comparisons) {
      const reference = plain.get(name) ?? (await measurePeak(name, count))
      plain.set(name, reference)
      const peak = await measurePeak(host, count)
      const ratio = peak / reference
      const verdict = ratio <= limit ? 'ok' : 'MISSED'
      console.log(
        `${count} at once, ${host}: ${peak.toFixed(0)} MiB, ${name} ${reference.toFixed(0)} MiB, ${ratio.toFixed(2)} × ${verdict}`,
      )
      if (ratio > limit) isWithin = false
    }
  }
  for (const [host] of comparisons) {
    const ok = await survives(host, 50)
    console.log(`50 at once with a heap of 256 MiB, ${host}: ${ok ? 'ok' : 'FAILED'}`)
    if (!ok) isWithin = false
  }
  return isWithin
}
