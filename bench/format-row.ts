import type { Row } from './row.ts'

/** Whether a row meets its target; undefined for a row without one. */
export function isTargetMet({ value, target }: Row): boolean | undefined {
  if (target === undefined) return undefined
  return 'atMost' in target ? value <= target.atMost : value >= target.atLeast
}

/** The figure with its unit: '1.62 ×', '5.4 kB'. */
export function formatFigure({ value, unit }: Row): string {
  return `${formatNumber(value, unit)} ${unit}`
}

/** The target with its unit: '≤ 1.7 ×'. */
export function formatTarget(row: Row): string {
  return row.target === undefined ? '' : `${formatBound(row)} ${row.unit}`
}

/** The target without its unit, for use next to a figure that has one. */
export function formatBound({ target }: Row): string {
  if (target === undefined) return ''
  return 'atMost' in target ? `≤ ${target.atMost}` : `≥ ${target.atLeast}`
}

/** 'met', 'missed', or '' for a row without a target. */
export function getOutcome(row: Row): 'met' | 'missed' | '' {
  const isMet = isTargetMet(row)
  if (isMet === undefined) return ''
  return isMet ? 'met' : 'missed'
}

// As many digits as a second run would reproduce.
function formatNumber(value: number, unit: Row['unit']): string {
  if (unit === 'characters' || Math.abs(value) >= 100) return value.toFixed(0)
  return value.toFixed(unit === '×' && Math.abs(value) < 10 ? 2 : 1)
}
