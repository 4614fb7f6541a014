import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isQuick, median, writeMicros } from './measure.ts'
import { countProcessorTime, program } from './program.ts'
import type { Row } from './row.ts'

const rounds = isQuick ? 5 : 15
const times = 5

/** The whole process of minting at the shell, against Node doing nothing. */
export async function run(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'hookurl-bench-'))
  try {
    const mint = [program, 'mint', '--command', '/onWebhook']
    const measured = Array.from({ length: rounds }, () => ({
      ours: countProcessorTime(mint, { folder, times }),
      nothing: countProcessorTime(['-e', '0'], { folder, times }),
    }))
    const ours = median(measured.map((round) => round.ours))
    const nothing = median(measured.map((round) => round.nothing))
    return [
      {
        work: 'hookurl mint, the whole process',
        against: 'node -e 0',
        value: ours / nothing,
        unit: '×',
        reach: { atMost: 1.6 },
        ours: writeMicros(ours),
        theirs: writeMicros(nothing),
        note: 'processor time of all threads, from start to exit',
      },
    ]
  } finally {
    rmSync(folder, { recursive: true })
  }
}
