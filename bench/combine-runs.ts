import { median } from './median.ts'
import type { MeasuredRow, Row } from './row.ts'

/** Combines the rows of several runs of one benchmark. Throws an error if the runs have different rows. */
export function combineRuns(runs: readonly (readonly Row[])[]): readonly MeasuredRow[] {
  const [first = [], ...others] = runs
  for (const rows of others) {
    if (describe(rows) !== describe(first)) throw new Error(`two runs have different rows:\n${describe(rows)}`)
  }
  return first.map((_row, at) => combineRow(runs.map((rows) => rows[at] as Row)))
}

function combineRow(rows: readonly Row[]): MeasuredRow {
  const values = rows.map(({ value }) => value)
  const middle = median(values)
  const typical = rows.find((row) => row.value === middle)
  if (typical === undefined || !values.every(Number.isFinite)) {
    throw new Error(`not a number: ${rows[0]?.task}, ${rows[0]?.comparedTo}`)
  }
  const { value, ...rest } = typical
  return { ...rest, values, median: value }
}

function describe(rows: readonly Row[]): string {
  return rows.map(({ task, comparedTo, unit }) => `${task}, ${comparedTo}, ${unit}`).join('\n')
}
