import { bodySize, comparisons, measurePeak } from './chunked-bodies.ts'
import type { Row } from './row.ts'

/** The peak memory for a body in chunks of one byte, compared to a plain server that copies it into one buffer. */
export async function run(): Promise<readonly Row[]> {
  const plainPeaks = new Map<string, number>()
  const rows: Row[] = []
  for (const [host, plain] of comparisons) {
    const plainPeak = plainPeaks.get(plain) ?? (await measurePeak(plain, 1))
    plainPeaks.set(plain, plainPeak)
    const peak = await measurePeak(host, 1)
    rows.push({
      task: `memory for a body of ${bodySize / 1e6} MB in 1-byte chunks: ${host}`,
      comparedTo: plain,
      value: peak / plainPeak,
      unit: '×',
      target: { atMost: 1.5 },
      hookurl: formatMebibytes(peak),
      other: formatMebibytes(plainPeak),
      note: 'peak of the resident memory above that of the idle process; the other server copies the body into one buffer',
    })
  }
  return rows
}

function formatMebibytes(mebibytes: number): string {
  return `${mebibytes.toFixed(0)} MiB`
}
