import { formatFigure, formatTarget, getOutcome } from './format-row.ts'
import type { Row } from './row.ts'

const headings = ['task', 'hookurl', 'compared to', 'other', 'figure', 'target', ''] as const

/** Formats the rows as a table for a terminal. */
export function renderTable(rows: readonly Row[]): string {
  const lines = [headings, ...rows.map(toCells)]
  const widths = headings.map((_heading, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)))
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
  const outcome = getOutcome(row)
  return [
    row.task,
    row.hookurl ?? '',
    row.comparedTo,
    row.other ?? '',
    formatFigure(row),
    formatTarget(row),
    outcome === 'missed' ? '**missed**' : outcome,
  ]
}
