import getTruncatedWidth from 'fast-string-truncated-width'

const ELLIPSIS = '…'

/** Returns how many columns a string takes on a terminal: two for wide characters and emoji. */
export function getWidth(text: string): number {
  return getTruncatedWidth(text).width
}

/** Cuts a string to a number of columns, and marks the cut with an ellipsis. */
export function cutToWidth(text: string, columns: number): string {
  if (columns < 1) return ''
  const { index, truncated, ellipsed } = getTruncatedWidth(text, { limit: columns, ellipsis: ELLIPSIS })
  if (!truncated) return text
  return `${text.slice(0, index)}${ellipsed ? ELLIPSIS : ''}`
}

/** A part of a line, with the function that styles it. */
export interface Cell {
  readonly text: string
  readonly style?: (text: string) => string
}

export interface Line {
  /** All but the first three are left out, from the last on, if there is still no room. */
  readonly left: readonly Cell[]
  /** Is cut first. */
  readonly flexible: Cell
  /** Is left out first, from the first on, if there is no room for the flexible cell. */
  readonly right: readonly Cell[]
}

const GAP = '  '
const MIN_FLEXIBLE = 12
const MIN_LEFT = 3

/** Lays out a line of at most `columns` columns; without a limit, nothing is cut. */
export function layOutLine({ left: allLeft, flexible, right }: Line, columns: number | undefined): string {
  const limit = columns ?? Number.POSITIVE_INFINITY
  const needed = Math.min(getWidth(flexible.text), MIN_FLEXIBLE)
  let left = allLeft
  let kept = right
  while (kept.length > 0 && limit - measure(left) - measure(kept) < needed) kept = kept.slice(1)
  while (left.length > MIN_LEFT && limit - measure(left) - measure(kept) < needed) left = left.slice(0, -1)
  const room = limit - measure(left) - measure(kept)
  const middle = Number.isFinite(room) ? cutToWidth(flexible.text, room) : flexible.text
  const cells = [...left, { ...flexible, text: middle }, ...kept].filter(({ text }) => text !== '')
  return joinCells(cells, limit)
}

// With the gap after each cell.
function measure(cells: readonly Cell[]): number {
  return cells.reduce((sum, { text }) => sum + (text === '' ? 0 : getWidth(text) + GAP.length), 0)
}

function joinCells(cells: readonly Cell[], limit: number): string {
  let room = limit
  const parts: string[] = []
  for (const { text, style = (each: string) => each } of cells) {
    const gap = parts.length === 0 ? '' : GAP
    const shown = Number.isFinite(room) ? cutToWidth(text, room - gap.length) : text
    if (shown === '') break
    parts.push(gap + style(shown))
    room -= gap.length + getWidth(shown)
  }
  return parts.join('')
}
