import type { Row } from './row.ts'

/** Whether a row reaches what it should; undefined where nothing is asked of it. */
export function isReached({ value, reach }: Row): boolean | undefined {
  if (reach === undefined) return undefined
  return 'atMost' in reach ? value <= reach.atMost : value >= reach.atLeast
}

/** The figure with its unit: '1.62 ×', '5.4 kB'. */
export function writeFigure({ value, unit }: Row): string {
  return `${writeNumber(value, unit)} ${unit}`
}

/** What should be reached: '≤ 1.7 ×'. */
export function writeReach(row: Row): string {
  return row.reach === undefined ? '' : `${writeBound(row)} ${row.unit}`
}

/** The same without its unit, beside a figure that has it. */
export function writeBound({ reach }: Row): string {
  if (reach === undefined) return ''
  return 'atMost' in reach ? `≤ ${reach.atMost}` : `≥ ${reach.atLeast}`
}

/** How it came out: 'reached', 'short' or nothing. */
export function writeOutcome(row: Row): 'reached' | 'short' | '' {
  const reached = isReached(row)
  if (reached === undefined) return ''
  return reached ? 'reached' : 'short'
}

// As many digits as a second run would show again.
function writeNumber(value: number, unit: Row['unit']): string {
  if (unit === 'characters' || Math.abs(value) >= 100) return value.toFixed(0)
  return value.toFixed(unit === '×' && Math.abs(value) < 10 ? 2 : 1)
}
