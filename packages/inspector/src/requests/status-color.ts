import type { RequestSummary } from '@hookurl/presentation/protocol'

type Result = Pick<RequestSummary, 'outcome' | 'code'>

/** Green if the handler ran, red if the request was rejected for more than a missing token, gray otherwise. */
export function getStatusColor({ outcome, code }: Result): 'green' | 'gray' | 'red' {
  if (outcome === 'handled' || outcome === 'accepted') return 'green'
  return outcome === 'rejected' && code !== 'no_token' ? 'red' : 'gray'
}
