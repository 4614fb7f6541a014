import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatMicros, isQuick, median } from './measure.ts'
import type { Row } from './row.ts'
import { cliPath, measureProcessorTime } from './run-cli.ts'

const rounds = isQuick ? 5 : 15
const times = 5
// Node 22.8 and later.
const hasCompileCache = 'enableCompileCache' in createRequire(import.meta.url)('node:module')

/** The complete process of minting at the shell, compared to an empty Node program. */
export async function run(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'hookurl-bench-'))
  try {
    const mint = [cliPath, 'mint', '--command', '/onWebhook']
    // The first run compiles the program, and keeps the compiled code where Node can.
    measureProcessorTime(mint, folder, 1)
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
        value: median(measured.map((round) => round.mint / round.empty)),
        unit: '×',
        target: { atMost: hasCompileCache ? 1.5 : 1.9 },
        hookurl: formatMicros(mintCost),
        other: formatMicros(emptyCost),
        note: `processor time of all threads, from start to exit; ${hasCompileCache ? 'with' : 'without'} a compile cache`,
      },
    ]
  } finally {
    rmSync(folder, { recursive: true })
  }
}
