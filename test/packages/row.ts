/** One way to use the packages, and whether it works. */
export interface Row {
  readonly name: string
  readonly mark: '✓' | '✗' | '–'
  /** What works, the output of a failure, or why it was skipped. */
  readonly detail: string
  readonly milliseconds: number
}

/** What works, or why it cannot be checked on this machine. */
export type CheckResult = string | { readonly absence: string }

/** Runs and times one check; an exception is a failure. */
export async function toRow(name: string, check: () => Promise<CheckResult>): Promise<Row> {
  const begin = performance.now()
  const result = await check().then(markResult, (error) => ({ mark: '✗', detail: String(error) }) as const)
  return { name, ...result, milliseconds: performance.now() - begin }
}

function markResult(result: CheckResult): Pick<Row, 'mark' | 'detail'> {
  if (typeof result === 'string') return { mark: '✓', detail: result }
  return { mark: '–', detail: `skipped: ${result.absence}` }
}

export function formatRows(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(({ name }) => name.length))
  const lines = rows.map(({ name, mark, detail, milliseconds }) => {
    const time = `${(milliseconds / 1000).toFixed(1)} s`.padStart(7)
    return `${name.padEnd(width)}  ${mark}  ${time}  ${mark === '✗' ? detail.slice(-2000) : detail}`
  })
  return lines.join('\n')
}
