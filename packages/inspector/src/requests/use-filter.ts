import { matchSummary, parseFilter } from '@hookurl/presentation/filter'
import type { RequestSummary } from '@hookurl/presentation/protocol'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { searchRequests } from '../ui/api-client.ts'

const debounceMs = 120

export interface FilterResult {
  readonly matches: readonly RequestSummary[]
  /** Whether headers and bodies are still being searched. */
  readonly isSearching: boolean
}

interface Found {
  readonly key: string
  /** The newest request that was searched. */
  readonly newestId: number
  readonly ids: ReadonlySet<number>
}

/**
 * Returns the requests that a filter matches. Summaries are checked here; headers and bodies by `listen`, which has
 * them, so that typing never waits. Until its result is there, the requests that match by their summary are returned.
 */
export function useFilter(requests: readonly RequestSummary[], filter: string, runId: string): FilterResult {
  const key = `${runId} ${filter}`
  const [found, setFound] = useState<Found>()
  const terms = useMemo(() => parseFilter(filter), [filter])
  const checked = useMemo(
    () => requests.map((request) => ({ request, matches: matchSummary(terms, request) })),
    [requests, terms],
  )
  const needsSearch = checked.some(({ matches }) => matches === undefined)
  const newestId = requests[0]?.id ?? 0
  const isFound = found !== undefined && found.key === key && found.newestId >= newestId

  useEffect(() => {
    if (!needsSearch || isFound) return
    const searching = new AbortController()
    const timer = setTimeout(() => {
      searchRequests(filter, searching.signal).then(
        (ids) => setFound({ key, newestId, ids: new Set(ids) }),
        () => {},
      )
    }, debounceMs)
    return () => {
      clearTimeout(timer)
      searching.abort()
    }
  }, [filter, key, needsSearch, isFound, newestId])

  const matches = useMemo(() => {
    const ids = found?.key === key ? found.ids : undefined
    return checked.flatMap((each) => ((each.matches ?? ids?.has(each.request.id)) === true ? each.request : []))
  }, [checked, found, key])
  return { matches, isSearching: needsSearch && !isFound }
}
