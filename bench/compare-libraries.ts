import type { Competitor } from './competitors.ts'
import { type Clock, formatMicros, type Measured, measureInTurn } from './measure.ts'
import type { Row } from './row.ts'

interface Comparison {
  readonly task: string
  hookurl(): unknown
  baseline(): unknown
  /** How many times the baseline's cost hookurl may take. */
  readonly maxCostRatio: number
  readonly competitors: readonly Competitor[]
  /** The call of a competitor that is compared. */
  getCall(competitor: Competitor): () => unknown
}

const baselineNote = "createHmac('sha256', key).update(input).digest('base64url'), key as a KeyObject made once"

/**
 * Measures hookurl, the baseline and every competitor in turn. Synchronous work is measured in processor time, which
 * other programs cannot lengthen; work that waits for another thread is measured in wall time.
 */
export async function compareLibraries(comparison: Comparison): Promise<readonly Row[]> {
  const { task, hookurl, baseline, maxCostRatio, competitors, getCall } = comparison
  const [asynchronous, synchronous] = [
    competitors.filter(({ isAsync }) => isAsync),
    competitors.filter(({ isAsync }) => !isAsync),
  ]
  const measureWith = (others: readonly Competitor[], clock: Clock): Promise<Record<string, Measured>> =>
    measureInTurn(
      { hookurl, baseline, ...Object.fromEntries(others.map((each) => [each.name, getCall(each)])) },
      { clock },
    )
  const inProcessorTime = await measureWith(synchronous, 'processor')
  const inWallTime = await measureWith(asynchronous, 'wall')

  const toRow = (competitor: Competitor, measured: Record<string, Measured>): Row => {
    const { name, minSpeedup, note, inFlight } = competitor
    const [cost, otherCost] = [getMicros(measured, 'hookurl'), getMicros(measured, name) / inFlight]
    return {
      task,
      comparedTo: name,
      value: otherCost / cost,
      unit: '×',
      target: { atLeast: minSpeedup },
      hookurl: formatMicros(cost),
      other: formatMicros(otherCost),
      note,
    }
  }
  const [cost, baselineCost] = [getMicros(inProcessorTime, 'hookurl'), getMicros(inProcessorTime, 'baseline')]
  return [
    {
      task,
      comparedTo: 'the baseline',
      value: cost / baselineCost,
      unit: '×',
      target: { atMost: maxCostRatio },
      hookurl: formatMicros(cost),
      other: formatMicros(baselineCost),
      note: baselineNote,
    },
    ...synchronous.map((competitor) => toRow(competitor, inProcessorTime)),
    ...asynchronous.map((competitor) => toRow(competitor, inWallTime)),
  ]
}

function getMicros(measured: Record<string, Measured>, name: string): number {
  return measured[name]?.micros ?? Number.NaN
}
