/** One line of the bench's table: a figure, and what it should reach. */
export interface Row {
  /** What is done: 'mint', 'verify a good token' … */
  readonly work: string
  /** What it is measured against: 'the floor', 'fast-jwt' … */
  readonly against: string
  /** The figure itself, usually a ratio. */
  readonly value: number
  readonly unit: '×' | 'kB' | 'characters' | 'MB'
  readonly reach?: { readonly atMost: number } | { readonly atLeast: number }
  /** Our side of the ratio, in its own words: '2.31 µs', '41,000 requests a second'. */
  readonly ours?: string
  readonly theirs?: string
  /** How the peer was set up, what was left out. */
  readonly note?: string
}
