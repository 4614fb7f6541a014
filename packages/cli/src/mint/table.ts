/** One row of what is minted from. */
export interface Row {
  /** The line of the file that it begins in, from 1 on. */
  readonly line: number
  /** What it says in the columns of `mint`. */
  readonly fields: Readonly<Record<string, unknown>>
  /** What is wrong with its shape. */
  readonly problem?: string
  /** As it stands in the file. */
  readonly original: unknown
}

/** A row that no URL was minted from. */
export interface Refusal {
  readonly line: number
  readonly code: string
  readonly message: string
}

/** Rows in one format, and how they are written again. */
export interface Table {
  readonly rows: AsyncIterable<readonly Row[]>
  /** The columns that are not mint's, as far as they were met. */
  strangers(): readonly string[]
  /** What stands above all rows. */
  readonly heading: string
  readonly refusalHeading: string
  render(minted: readonly (readonly [row: Row, url: string])[]): string
  renderRefusals(refusals: readonly Refusal[]): string
}

/** The longest row, in characters. */
export const longestRow: number = 1024 * 1024

/** Several texts as lines. */
export function toLines(texts: readonly string[], newline: string): string {
  return texts.length === 0 ? '' : texts.join(newline) + newline
}
