import type { RequestSummary } from '@hookurl/presentation/protocol'

/** Checks that a request contains every word of the filter, and none of the words that start with `-`. */
export function matchesFilter(request: RequestSummary, filter: string): boolean {
  const { method, target, status, outcome, code, command, userId } = request
  const text = [method, target, status, outcome, code, command, userId].join(' ').toLowerCase()
  return filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '' && word !== '-')
    .every((word) => (word.startsWith('-') ? !text.includes(word.slice(1)) : text.includes(word)))
}
