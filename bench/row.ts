/** One line of the results: a figure and its target. */
export interface Row {
  /** What is measured: 'mint', 'verify a valid token' … */
  readonly task: string
  /** What it is compared to: 'the baseline', 'fast-jwt' … */
  readonly comparedTo: string
  /** The figure, usually a ratio. */
  readonly value: number
  readonly unit: '×' | 'kB' | 'characters' | 'MB'
  readonly target?: { readonly atMost: number } | { readonly atLeast: number }
  /** hookurl's side of the ratio, with its unit: '2.31 µs', '41,000 requests per second'. */
  readonly hookurl?: string
  /** The other side of the ratio. */
  readonly other?: string
  /** How the other side was set up, and what was left out. */
  readonly note?: string
}
