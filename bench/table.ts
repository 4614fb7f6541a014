import { formatRange, formatTarget, getOutcome, outcomeRule } from './format-row.ts'
import type { MeasuredRow } from './row.ts'

const headings = ['task', 'hookurl', 'compared to', 'other', 'min · median · max', 'target', 'outcome'] as const

/** Formats the rows as a table for a terminal. */
export function renderTable(rows: readonly MeasuredRow[]): string {
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

/** Counts the outcomes, lists the rows that do not meet their target, and explains when that is a failure. */
export function renderSummary(rows: readonly MeasuredRow[]): string {
  const count = (outcome: string): number => rows.filter((row) => getOutcome(row) === outcome).length
  const others = rows.filter((row) => ['within noise', 'missed'].includes(getOutcome(row) ?? ''))
  return [
    `Targets: ${count('met')} met, ${count('within noise')} within noise, ${count('missed')} missed.`,
    ...others.map(formatOutcome),
    outcomeRule,
  ].join('\n')
}

function formatOutcome(row: MeasuredRow): string {
  const { task, comparedTo } = row
  return `- ${getOutcome(row)}: ${task}, compared to ${comparedTo}: ${formatRange(row)}, target ${formatTarget(row)}`
}

function toCells(row: MeasuredRow): readonly string[] {
  const { task, hookurl = '', comparedTo, other = '' } = row
  return [task, hookurl, comparedTo, other, formatRange(row), formatTarget(row), getOutcome(row) ?? '']
}
