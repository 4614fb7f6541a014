import type { Row } from './row.ts'
import { writeFigure, writeOutcome, writeReach } from './row-text.ts'

const heads = ['work', 'ours', 'against', 'theirs', 'figure', 'reach', ''] as const

/** The rows as a table for a terminal. */
export function renderTable(rows: readonly Row[]): string {
  const lines = [heads, ...rows.map(toCells)]
  const widths = heads.map((_head, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)))
  return lines
    .map((line) =>
      line
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function toCells(row: Row): readonly string[] {
  const outcome = writeOutcome(row)
  return [
    row.work,
    row.ours ?? '',
    row.against,
    row.theirs ?? '',
    writeFigure(row),
    writeReach(row),
    outcome === 'short' ? '**short**' : outcome,
  ]
}
