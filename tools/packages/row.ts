/** One way to use the packages, and what came of it. */
export interface Row {
  readonly what: string
  readonly mark: '✓' | '✗' | '–'
  /** What was seen; of a failure, what the program said; of what was skipped, why. */
  readonly seen: string
  readonly milliseconds: number
}

/** What a look at one way came to: what was seen, or what is missing on this machine. */
export type Seen = string | { readonly absence: string }

/** Measures one way; what it throws is its failure. */
export async function toRow(what: string, look: () => Promise<Seen>): Promise<Row> {
  const begin = performance.now()
  const judged = await look().then(judge, (error) => ({ mark: '✗', seen: String(error) }) as const)
  return { what, ...judged, milliseconds: performance.now() - begin }
}

function judge(seen: Seen): Pick<Row, 'mark' | 'seen'> {
  return typeof seen === 'string' ? { mark: '✓', seen } : { mark: '–', seen: `skipped: ${seen.absence}` }
}

/** The table at the end. */
export function writeRows(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(({ what }) => what.length))
  const lines = rows.map(({ what, mark, seen, milliseconds }) => {
    const time = `${(milliseconds / 1000).toFixed(1)} s`.padStart(7)
    return `${what.padEnd(width)}  ${mark}  ${time}  ${mark === '✗' ? seen.slice(-2000) : seen}`
  })
  return lines.join('\n')
}
