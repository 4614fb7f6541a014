import type { RequestSummary, ServerInfo } from '@hookurl/presentation/protocol'
import type { JSX } from 'preact'
import { memo } from 'preact/compat'
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { escapeText, formatDuration, formatTimeOfDay } from '../ui/format.ts'
import { matchesFilter } from './filter.ts'
import { RequestDetailView } from './request-detail.tsx'
import { StatusBadge } from './status-badge.tsx'

interface RequestListProps {
  readonly requests: readonly RequestSummary[]
  readonly server: ServerInfo | undefined
  /** Whether the tab is shown. Keyboard shortcuts work only then. */
  readonly isActive: boolean
  readonly openDebugger: (url: string) => void
}

/** The list of requests, and the selected request in full. */
export function RequestList({ requests, server, isActive, openDebugger }: RequestListProps): JSX.Element {
  const [filter, setFilter] = useState('')
  const [selectedId, setSelectedId] = useState<number>()
  const filterInput = useRef<HTMLInputElement>(null)
  const shown = useMemo(() => requests.filter((request) => matchesFilter(request, filter)), [requests, filter])
  const select = useCallback((id: number) => setSelectedId(id), [])

  useEffect(() => {
    if (!isActive) return
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey) return
      if (event.key === 'Escape') {
        setFilter('')
        setSelectedId(undefined)
        return
      }
      if (event.target instanceof HTMLElement && event.target.closest('input, textarea, pre') !== null) return
      const step = keySteps[event.key]
      if (event.key === '/') filterInput.current?.focus()
      else if (step !== undefined) setSelectedId((currentId) => moveSelection(shown, { currentId, step }))
      else return
      event.preventDefault()
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [isActive, shown])

  useEffect(() => {
    const row = document.getElementById(`request-${selectedId}`)
    row?.scrollIntoView({ block: 'nearest' })
    // Keyboard navigation moves the focus along with the selection.
    if (document.activeElement?.classList.contains('row') === true) row?.focus({ preventScroll: true })
  }, [selectedId])

  return (
    <div class={`requests ${selectedId === undefined ? '' : 'has-selection'}`}>
      <section class="list" aria-label="Requests">
        <div class="toolbar">
          <input
            ref={filterInput}
            type="search"
            placeholder="Filter by command, user, outcome, status…"
            aria-label="Filter"
            value={filter}
            onInput={(event) => setFilter(event.currentTarget.value)}
          />
          <output>{filter === '' ? requests.length : `${shown.length} of ${requests.length}`}</output>
        </div>
        {requests.length === 0 ? <EmptyState baseUrl={server?.baseUrl} /> : null}
        <ol>
          {shown.map((request) => (
            <RequestRow key={request.id} request={request} isSelected={request.id === selectedId} select={select} />
          ))}
        </ol>
      </section>
      <section class="detail" aria-label="Selected request">
        <button type="button" class="button back" onClick={() => setSelectedId(undefined)}>
          ← All requests
        </button>
        {selectedId === undefined || server === undefined ? (
          <p class="hint">
            Select a request. Press <kbd>↑</kbd> <kbd>↓</kbd> to move, <kbd>/</kbd> to filter, <kbd>Esc</kbd> to go
            back.
          </p>
        ) : (
          <RequestDetailView key={selectedId} id={selectedId} receiver={server.receiver} openDebugger={openDebugger} />
        )}
      </section>
    </div>
  )
}

const keySteps: Readonly<Record<string, number>> = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }

interface Move {
  readonly currentId: number | undefined
  readonly step: number
}

function moveSelection(shown: readonly RequestSummary[], { currentId, step }: Move): number | undefined {
  const index = shown.findIndex(({ id }) => id === currentId)
  const next = index < 0 ? 0 : Math.min(Math.max(index + step, 0), shown.length - 1)
  return shown[next]?.id ?? currentId
}

function EmptyState({ baseUrl }: { baseUrl: string | undefined }): JSX.Element {
  return (
    <div class="hint">
      <p>No requests yet. Mint a URL on the Mint tab or in a shell, then call it:</p>
      <pre>{`npx hookurl mint --command /onWebhook --base-url ${baseUrl ?? '…'}`}</pre>
    </div>
  )
}

interface RequestRowProps {
  readonly request: RequestSummary
  readonly isSelected: boolean
  readonly select: (id: number) => void
}

const RequestRow = memo(({ request, isSelected, select }: RequestRowProps): JSX.Element => {
  const { id, time, method, status, outcome, code, command, userId, target, durationMs } = request
  return (
    <li>
      <button
        type="button"
        id={`request-${id}`}
        class="row"
        aria-current={isSelected ? 'true' : undefined}
        onClick={() => select(id)}
      >
        <time>{formatTimeOfDay(time)}</time>
        <span class="method">{escapeText(method)}</span>
        <span class="command">
          {escapeText(command ?? target)}
          {userId === undefined ? null : <small> user {escapeText(userId)}</small>}
        </span>
        <StatusBadge outcome={outcome} code={code} />
        <span class="status">{status}</span>
        <span class="duration">{formatDuration(durationMs)}</span>
      </button>
    </li>
  )
})
