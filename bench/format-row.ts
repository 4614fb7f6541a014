import type { MeasuredRow, Row, Target } from './row.ts'

/** The result of a row with a target. */
export type Outcome = 'met' | 'within noise' | 'missed'

/** How `getOutcome` decides, for readers of the terminal. */
export const outcomeRule =
  'A target is met if the median of the runs meets it, within noise if only the best run does, and missed if no run does.'

/** The outcome of a row; `undefined` for a row without a target. */
export function getOutcome({ values, median, target }: MeasuredRow): Outcome | undefined {
  if (target === undefined) return undefined
  if (meets(median, target)) return 'met'
  return values.some((value) => meets(value, target)) ? 'within noise' : 'missed'
}

/** The median with its unit: '1.62 ×', '5.4 kB'. */
export function formatFigure({ median, unit }: MeasuredRow): string {
  return `${formatNumber(median, unit)} ${unit}`
}

/** The minimum, the median and the maximum: '1.58 · 1.62 · 1.70 ×'. */
export function formatRange({ values, median, unit }: MeasuredRow): string {
  const figures = [Math.min(...values), median, Math.max(...values)]
  return `${figures.map((figure) => formatNumber(figure, unit)).join(' · ')} ${unit}`
}

/** The target with its unit: '≤ 1.7 ×'. */
export function formatTarget({ target, unit }: Pick<MeasuredRow, 'target' | 'unit'>): string {
  if (target === undefined) return ''
  return 'atMost' in target ? `≤ ${target.atMost} ${unit}` : `≥ ${target.atLeast} ${unit}`
}

function meets(value: number, target: Target): boolean {
  return 'atMost' in target ? value <= target.atMost : value >= target.atLeast
}

// As many digits as a second run would reproduce.
function formatNumber(value: number, unit: Row['unit']): string {
  if (unit === 'characters' || Math.abs(value) >= 100) return value.toFixed(0)
  return value.toFixed(unit === '×' && Math.abs(value) < 10 ? 2 : 1)
}
