import type { Competitor } from './competitors.ts'
import { formatMicros, type Measured, measureInTurn } from './measure.ts'
import type { Row } from './row.ts'

interface Comparison {
  readonly task: string
  hookurl(): unknown
  baseline(): unknown
  limit(): unknown
  /** How many times the baseline's cost hookurl may take. */
  readonly maxBaselineRatio: number
  /** How many times the limit's cost hookurl may take; undefined: shown only. */
  readonly maxLimitRatio?: number
  readonly limitNote: string
  readonly competitors: readonly Competitor[]
  /** The call of a competitor that is compared. */
  readonly step: 'mint' | 'verify'
}

/** What the limit of a signature is. */
export const signatureLimitNote = "two calls of `crypto.hash('sha256', …)`, the two hashes of the HMAC"
const baselineNote = "createHmac('sha256', key).update(input).digest('base64url'), key as a KeyObject made once"

/**
 * Measures hookurl, the baseline, the limit and every competitor in turn. Synchronous work is measured in processor
 * time, which other programs cannot lengthen; work that waits for another thread is measured in wall time.
 */
export async function compareLibraries(comparison: Comparison): Promise<readonly Row[]> {
  const { task, hookurl, baseline, limit, competitors, step } = comparison
  const [asynchronous, synchronous] = [
    competitors.filter(({ isAsync }) => isAsync),
    competitors.filter(({ isAsync }) => !isAsync),
  ]
  const toCalls = (others: readonly Competitor[]): Record<string, () => unknown> =>
    Object.fromEntries(others.map((each) => [each.name, each[step]]))
  const inProcessorTime: Record<string, Measured> = await measureInTurn(
    { hookurl, baseline, limit, ...toCalls(synchronous) },
    { clock: 'processor' },
  )
  const inWallTime: Record<string, Measured> = await measureInTurn({ hookurl, ...toCalls(asynchronous) })

  const toRow = (competitor: Competitor, measured: Record<string, Measured>): Row => {
    const { name, minSpeedup, note, inFlight } = competitor
    const [cost, otherCost] = [getMicros(measured, 'hookurl'), getMicros(measured, name) / inFlight]
    return {
      task,
      comparedTo: name,
      value: otherCost / cost,
      unit: '×',
      target: { atLeast: minSpeedup[step] },
      hookurl: formatMicros(cost),
      other: formatMicros(otherCost),
      note,
    }
  }
  const cost = getMicros(inProcessorTime, 'hookurl')
  const toCostRow = (name: 'baseline' | 'limit'): Row => ({
    task,
    comparedTo: `the ${name}`,
    value: cost / getMicros(inProcessorTime, name),
    unit: '×',
    hookurl: formatMicros(cost),
    other: formatMicros(getMicros(inProcessorTime, name)),
    isInternal: true,
  })
  const { maxBaselineRatio, maxLimitRatio, limitNote } = comparison
  return [
    { ...toCostRow('baseline'), target: { atMost: maxBaselineRatio }, note: baselineNote },
    {
      ...toCostRow('limit'),
      ...(maxLimitRatio === undefined ? {} : { target: { atMost: maxLimitRatio } }),
      note: limitNote,
    },
    ...synchronous.map((competitor) => toRow(competitor, inProcessorTime)),
    ...asynchronous.map((competitor) => toRow(competitor, inWallTime)),
  ]
}

function getMicros(measured: Record<string, Measured>, name: string): number {
  return measured[name]?.micros ?? Number.NaN
}
