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
export interface Rejection {
  readonly line: number
  readonly code: string
  readonly message: string
}

/** Reads the rows of one format. */
export interface RowReader<Source> {
  /** The rows in order, in chunks. */
  readonly rows: AsyncIterable<readonly Row<Source>[]>
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
  formatRejections(rejections: readonly Rejection[]): string
}

/** The maximum length of a row, in characters. */
export const MAX_ROW_LENGTH: number = 1024 * 1024
