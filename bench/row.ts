/** The bound that a figure has to keep. */
export type Target = { readonly atMost: number } | { readonly atLeast: number }

/** One line of the results of one run: a figure and its target. */
export interface Row {
  /** What is measured: 'mint', 'verify a valid token' … */
  readonly task: string
  /** What it is compared to: 'the baseline', 'fast-jwt' … */
  readonly comparedTo: string
  /** The figure, usually a ratio. */
  readonly value: number
  readonly unit: '×' | 'kB' | 'characters' | 'MB' | 'ms'
  readonly target?: Target
  /** hookurl's side of the ratio, with its unit: '2.31 µs', '41,000 requests per second'. */
  readonly hookurl?: string
  /** The other side of the ratio. */
  readonly other?: string
  /** How the other side was set up, and what was left out. */
  readonly note?: string
  /** Whether only the terminal shows the row, not docs/benchmarks.md. */
  readonly isInternal?: true
}

/** One line of the results of several runs. */
export interface MeasuredRow extends Omit<Row, 'value'> {
  /** The figure of each run, in the order of the runs. */
  readonly values: readonly number[]
  /** The median of `values`. The strings of the row are those of the run that measured it. */
  readonly median: number
}
