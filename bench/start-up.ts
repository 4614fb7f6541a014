import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatMicros, isQuick, median } from './measure.ts'
import type { Row } from './row.ts'
import { cliPath, measureProcessorTime } from './run-cli.ts'

const rounds = isQuick ? 5 : 15
const times = 5

/** The complete process of minting at the shell, compared to an empty Node program. */
export async function run(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'hookurl-bench-'))
  try {
    const mint = [cliPath, 'mint', '--command', '/onWebhook']
    const measured = Array.from({ length: rounds }, () => ({
      mint: measureProcessorTime(mint, folder, times),
      empty: measureProcessorTime(['-e', '0'], folder, times),
    }))
    const mintCost = median(measured.map((round) => round.mint))
    const emptyCost = median(measured.map((round) => round.empty))
    return [
      {
        task: 'hookurl mint, the complete process',
        comparedTo: 'node -e 0',
        value: mintCost / emptyCost,
        unit: '×',
        target: { atMost: 1.6 },
        hookurl: formatMicros(mintCost),
        other: formatMicros(emptyCost),
        note: 'processor time of all threads, from start to exit',
      },
    ]
  } finally {
    rmSync(folder, { recursive: true })
  }
}
