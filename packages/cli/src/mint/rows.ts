/** One row of the input. `Source` is what the writer needs to write it again. */
export interface Row<Source> {
  /** The line of the input on which the row begins, counted from 1. */
  readonly line: number
  /** The values of the columns that `mint` reads. */
  readonly fields: Readonly<Record<string, unknown>>
  /** Why the row cannot be read. */
  readonly problem?: string
  readonly source: Source
}

export interface MintedRow<Source> {
  readonly row: Row<Source>
  readonly url: string
}

/** A row without a URL, and why. */
export interface Rejection<Source = unknown> {
  readonly row: Row<Source>
  readonly code: string
  readonly message: string
  readonly fix: string
}

/** Reads the rows of one format. */
export interface RowReader<Source> {
  /** The rows in order, in chunks. */
  readonly rows: AsyncIterable<readonly Row<Source>[]>
  /** Whether the input has a column that `mint` reads; `undefined` if that differs from row to row. */
  readonly hasColumns?: boolean
  /** Returns the columns seen so far that `mint` reads. */
  getKnownColumns(): readonly string[]
  /** Returns the columns seen so far that `mint` does not read. */
  getUnknownColumns(): readonly string[]
}

/** Writes rows in one format. */
export interface RowWriter<Source> {
  /** Comes before all rows. */
  readonly heading: string
  /** Comes before all rejections. */
  readonly rejectionHeading: string
  formatRows(rows: readonly MintedRow<Source>[]): string
  /** Formats rejected rows with two more columns, `error` and `fix`, which a reader ignores. */
  formatRejections(rejections: readonly Rejection<Source>[]): string
}

/** The columns that rejected rows have at the end. */
export const rejectionColumns: readonly [string, string] = ['error', 'fix']

/** Describes a rejection for the column `error`. */
export function describeRejection({ row, message }: Rejection): string {
  return `${message} (line ${row.line})`
}

const surrounding = /[\s\u200b-\u200d\u2060]/

/** Removes spaces, line breaks and invisible characters from the ends of a name or a cell. */
export function trimCell(text: string): string {
  let start = 0
  let end = text.length
  // Not a pattern for the end, which would take quadratic time for a cell with many spaces.
  while (start < end && surrounding.test(text[start] as string)) start++
  while (end > start && surrounding.test(text[end - 1] as string)) end--
  return text.slice(start, end)
}

/** The maximum length of a row, in characters. */
export const MAX_ROW_LENGTH: number = 1024 * 1024
