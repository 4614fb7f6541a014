import type { RequestSummary } from '@hookurl/presentation/protocol'
import type { JSX } from 'preact'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { navigate } from '../ui/router.ts'
import { VirtualList } from '../ui/virtual-list.tsx'
import { CompareView } from './compare.tsx'
import { FirstRun } from './first-run.tsx'
import { groupRequests, matchesOutcome, type OutcomeFilter } from './groups.ts'
import { ListToolbar } from './list-toolbar.tsx'
import { RequestDetailView } from './request-detail.tsx'
import { RequestRow, ROW_HEIGHT } from './request-row.tsx'
import { useFilter } from './use-filter.ts'
import type { RequestsState } from './use-requests.ts'
import { useWide } from './use-wide.ts'

interface RequestListProps {
  readonly state: RequestsState
  readonly selectedId: number | undefined
  readonly compareWith: number | undefined
  /** Whether the tab is shown. Keyboard shortcuts work only then. */
  readonly isActive: boolean
  readonly openDebugger: (url: string) => void
}

/** The list of requests, and the selected request in full. */
export function RequestList({ state, selectedId, compareWith, isActive, openDebugger }: RequestListProps): JSX.Element {
  const { requests, server } = state
  const [filter, setFilter] = useState('')
  const [outcomeFilter, setOutcomeFilter] = useState<OutcomeFilter>('all')
  const filterInput = useRef<HTMLInputElement>(null)
  const { matches, isSearching } = useFilter(requests, filter, server?.runId ?? '')
  const shown = useMemo(() => matches.filter((each) => matchesOutcome(outcomeFilter, each)), [matches, outcomeFilter])
  const groups = useMemo(() => groupRequests(shown), [shown])
  const keys = useMemo(() => groups.map(({ newest }) => newest.deliveryKey), [groups])
  const [isFollowing, setIsFollowing] = useState(true)
  const shownId = useShownId({ requests, selectedId, runId: server?.runId, isFollowing })
  const selected = requests.find(({ id }) => id === shownId)
  const selectedIndex = selected === undefined ? -1 : keys.indexOf(selected.deliveryKey)
  const attempts = useMemo(
    () => requests.filter(({ deliveryKey }) => deliveryKey === selected?.deliveryKey),
    [requests, selected?.deliveryKey],
  )

  const stopFollowing = (): void => setIsFollowing(false)
  const moveTo = (index: number): void => {
    const group = groups[Math.min(Math.max(index, 0), groups.length - 1)]
    if (group === undefined) return
    navigate({ tab: 'requests', id: group.newest.id }, 'replace')
    // The row may have to be rendered first.
    if (!focusRow(group.newest.id)) requestAnimationFrame(() => focusRow(group.newest.id))
  }

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
    const isInFilter = event.target === filterInput.current
    if (event.key === 'Escape') {
      if (filter !== '' || isInFilter) {
        setFilter('')
        setOutcomeFilter('all')
      } else if (isTyping(event.target)) return
      else if (compareWith !== undefined) navigate({ tab: 'requests', id: selectedId })
      else if (isInDetail(event.target) || event.target === document.body) {
        navigate({ tab: 'requests' })
        const row = groups[selectedIndex]?.newest
        if (row !== undefined) requestAnimationFrame(() => focusRow(row.id))
      }
      return
    }
    if (isInFilter && event.key === 'ArrowDown') moveTo(Math.max(selectedIndex, 0))
    else if (!isTyping(event.target) && event.key === '/') filterInput.current?.select()
    else if (!isInDetail(event.target) && !isTyping(event.target) && event.key in keySteps) {
      moveTo(selectedIndex + (keySteps[event.key] as number))
    } else return
    event.preventDefault()
  }
  // An effect would see a key that is pressed right after a change with the list from before it.
  const latestOnKeyDown = useRef(onKeyDown)
  latestOnKeyDown.current = onKeyDown
  useEffect(() => {
    if (!isActive) return
    const listener = (event: KeyboardEvent): void => latestOnKeyDown.current(event)
    document.addEventListener('keydown', listener)
    return () => document.removeEventListener('keydown', listener)
  }, [isActive])

  if (requests.length === 0) return <FirstRun state={state} openDebugger={openDebugger} />
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only notices that the page is used
    <div
      class={`requests ${selectedId === undefined ? '' : 'has-selection'}`}
      onPointerDown={stopFollowing}
      onKeyDown={stopFollowing}
      onWheel={stopFollowing}
    >
      <section class="list" aria-label="Requests">
        <ListToolbar
          state={state}
          matches={matches}
          shown={shown}
          isSearching={isSearching}
          filter={{ value: filter, set: setFilter, input: filterInput }}
          outcome={{ value: outcomeFilter, set: setOutcomeFilter }}
        />
        {groups.length > 0 ? null : (
          <p class="hint" role="status">
            {isSearching ? 'Searching…' : 'No matches.'} <kbd>Esc</kbd> clears the filter.
          </p>
        )}
        <VirtualList
          label="Requests, newest first"
          keys={keys}
          rowHeight={ROW_HEIGHT}
          activeIndex={selectedIndex}
          renderRow={(index) => {
            const group = groups[index]
            if (group === undefined) return null
            const isSelected = index === selectedIndex
            return (
              <RequestRow
                group={group}
                isSelected={isSelected}
                isTabStop={isSelected || (selectedIndex < 0 && index === 0)}
              />
            )
          }}
        />
      </section>
      <section class="detail" aria-label="Selected request">
        <a class="button back" href="#/requests">
          ← All requests
        </a>
        {shownId === undefined || server === undefined ? (
          <p class="hint">Select a request.</p>
        ) : compareWith === undefined ? (
          <RequestDetailView
            key={`${server.runId} ${shownId}`}
            id={shownId}
            attempts={attempts}
            receiver={server.receiver}
            isActive={isActive}
            openDebugger={openDebugger}
          />
        ) : (
          <CompareView key={`${shownId} ${compareWith}`} id={shownId} otherId={compareWith} requests={requests} />
        )}
      </section>
    </div>
  )
}

const keySteps: Readonly<Record<string, number>> = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }

/** Focuses a row. Returns whether it is rendered. */
function focusRow(id: number): boolean {
  const row = document.getElementById(`request-${id}`)
  row?.focus({ preventScroll: true })
  return row !== null
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable], .editor') !== null
}

function isInDetail(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('.detail') !== null
}

interface ShownIdSource {
  readonly requests: readonly RequestSummary[]
  readonly selectedId: number | undefined
  readonly runId: string | undefined
  /** Whether a new request may take the place of the one that is shown. */
  readonly isFollowing: boolean
}

/** Returns the request to show: the one in the URL, or the newest one, until someone starts to read it. */
function useShownId({ requests, selectedId, runId, isFollowing }: ShownIdSource): number | undefined {
  const isWide = useWide()
  const shown = useRef<{ readonly runId: string | undefined; readonly id: number }>(undefined)
  const newestId = requests[0]?.id
  const isKnown = shown.current?.runId === runId && requests.some(({ id }) => id === shown.current?.id)
  if (!isKnown || isFollowing) shown.current = newestId === undefined ? undefined : { runId, id: newestId }
  if (selectedId !== undefined) shown.current = { runId, id: selectedId }
  return selectedId ?? (isWide ? shown.current?.id : undefined)
}
