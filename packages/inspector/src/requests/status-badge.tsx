import type { RequestSummary } from '@hookurl/presentation/protocol'
import type { JSX } from 'preact'
import { formatCode } from '../ui/format.ts'
import { getStatusColor } from './status-color.ts'

/** The status of the response, and the error code of a rejection or another outcome than `handled`. */
export function StatusBadge(result: Pick<RequestSummary, 'outcome' | 'code' | 'status'>): JSX.Element {
  const words = [String(result.status), describeOutcome(result)].filter((word) => word !== '')
  return <span class={`badge ${getStatusColor(result)}`}>{words.join(' ')}</span>
}

const outcomeLabels: Readonly<Partial<Record<RequestSummary['outcome'], string>>> = {
  handled: '',
  head: 'HEAD',
  options: 'preflight',
}

/** Returns the outcome in words, or the error code of a rejection; nothing if the hook was handled. */
export function describeOutcome({ outcome, code }: Pick<RequestSummary, 'outcome' | 'code'>): string {
  return code ?? outcomeLabels[outcome] ?? formatCode(outcome)
}
