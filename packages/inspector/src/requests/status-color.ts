import type { RequestSummary } from '@hookurl/presentation/protocol'

type Result = Pick<RequestSummary, 'outcome' | 'code' | 'status'>

/**
 * Green if the handler ran, red if it failed or if the request was rejected for more than a missing token, gray
 * otherwise.
 */
export function getStatusColor({ outcome, code, status }: Result): 'green' | 'gray' | 'red' {
  if (status >= 500) return 'red'
  if (outcome === 'handled' || outcome === 'accepted') return status >= 400 ? 'red' : 'green'
  return outcome === 'rejected' && code !== 'no_token' ? 'red' : 'gray'
}
