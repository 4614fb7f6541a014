import { diffLines } from 'diff'

/** A line of a comparison. */
export interface DiffLine {
  readonly kind: 'same' | 'removed' | 'added' | 'skipped'
  /** For `skipped`, empty. */
  readonly text: string
  /** For `skipped`, how many equal lines are left out. */
  readonly count?: number
}

const CONTEXT_LINES = 3
// Longer comparisons stop, so that the page stays responsive.
const MAX_EDIT_LENGTH = 2000
const TIMEOUT_MS = 200

/** Compares two strings line by line. Returns `undefined` if they differ too much. Equal strings have no lines. */
export function compareTexts(before: string, after: string): readonly DiffLine[] | undefined {
  if (before === after) return []
  const changes = diffLines(endLine(before), endLine(after), { maxEditLength: MAX_EDIT_LENGTH, timeout: TIMEOUT_MS })
  if (changes === undefined) return undefined
  const lines = changes.flatMap(({ value, added, removed }): DiffLine[] => {
    const kind = added ? 'added' : removed ? 'removed' : 'same'
    return value
      .replace(/\n$/, '')
      .split('\n')
      .map((text) => ({ kind, text }))
  })
  return skipEqualLines(lines)
}

function endLine(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`
}

function skipEqualLines(lines: readonly DiffLine[]): DiffLine[] {
  const kept: DiffLine[] = []
  for (let start = 0; start < lines.length; ) {
    if (lines[start]?.kind !== 'same') {
      kept.push(lines[start++] as DiffLine)
      continue
    }
    let end = start
    while (lines[end]?.kind === 'same') end++
    const head = start === 0 ? 0 : CONTEXT_LINES
    const tail = end === lines.length ? 0 : CONTEXT_LINES
    const count = end - start - head - tail
    if (count <= 1) kept.push(...lines.slice(start, end))
    else
      kept.push(
        ...lines.slice(start, start + head),
        { kind: 'skipped', text: '', count },
        ...lines.slice(end - tail, end),
      )
    start = end
  }
  return kept
}
