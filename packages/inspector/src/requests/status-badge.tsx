import type { RequestSummary } from '@hookurl/presentation/protocol'
import type { JSX } from 'preact'
import { getStatusColor } from './status-color.ts'

/** The outcome of a request, or the error code of a rejection. */
export function StatusBadge({ outcome, code }: Pick<RequestSummary, 'outcome' | 'code'>): JSX.Element {
  return <span class={`badge ${getStatusColor({ outcome, code })}`}>{code ?? outcome.replaceAll('_', ' ')}</span>
}
