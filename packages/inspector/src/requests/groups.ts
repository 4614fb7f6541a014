import type { RequestSummary } from '@hookurl/presentation/protocol'

/** The attempts to deliver one hook. */
export interface RequestGroup {
  /** The newest attempt. */
  readonly newest: RequestSummary
  /** Every attempt, newest first. */
  readonly attempts: readonly RequestSummary[]
}

/** Groups requests that repeat each other. Both lists are newest first. */
export function groupRequests(requests: readonly RequestSummary[]): readonly RequestGroup[] {
  const groups = new Map<string, { newest: RequestSummary; attempts: RequestSummary[] }>()
  for (const request of requests) {
    const group = groups.get(request.deliveryKey)
    if (group === undefined) groups.set(request.deliveryKey, { newest: request, attempts: [request] })
    else group.attempts.push(request)
  }
  return [...groups.values()]
}

/** What the chips above the list show. */
export type OutcomeFilter = 'all' | 'rejected' | 'not_run'

/** Whether a request belongs to a chip. "Not run": the URL is valid, but no handler ran. */
export function matchesOutcome(outcomeFilter: OutcomeFilter, { outcome }: Pick<RequestSummary, 'outcome'>): boolean {
  if (outcomeFilter === 'all') return true
  if (outcomeFilter === 'rejected') return outcome === 'rejected'
  return outcome !== 'rejected' && outcome !== 'handled' && outcome !== 'accepted'
}
