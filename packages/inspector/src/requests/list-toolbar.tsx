import type { ExportFormat, RequestSummary } from '@hookurl/presentation/protocol'
import type { JSX, RefObject } from 'preact'
import { useRef, useState } from 'preact/hooks'
import { clearRequests, exportRequests } from '../ui/api-client.ts'
import { saveFile } from '../ui/components.tsx'
import { formatNumber } from '../ui/format.ts'
import { matchesOutcome, type OutcomeFilter } from './groups.ts'
import type { RequestsState } from './use-requests.ts'

interface ListToolbarProps {
  readonly state: RequestsState
  /** The requests that the filter matches. */
  readonly matches: readonly RequestSummary[]
  /** Those that the selected chip shows. */
  readonly shown: readonly RequestSummary[]
  readonly isSearching: boolean
  readonly filter: {
    readonly value: string
    readonly set: (value: string) => void
    readonly input: RefObject<HTMLInputElement | null>
  }
  readonly outcome: { readonly value: OutcomeFilter; readonly set: (value: OutcomeFilter) => void }
}

const chips: readonly { readonly value: OutcomeFilter; readonly label: string }[] = [
  { value: 'all', label: 'All' },
  { value: 'rejected', label: 'Rejected' },
  { value: 'not_run', label: 'Not run' },
]
const exports: readonly { readonly format: ExportFormat; readonly label: string }[] = [
  { format: 'har', label: 'HAR' },
  { format: 'ndjson', label: 'NDJSON' },
]

/** The filter, the chips, and what can be done with all requests. */
export function ListToolbar(props: ListToolbarProps): JSX.Element {
  const { state, matches, shown, isSearching, filter, outcome } = props
  const [problem, setProblem] = useState('')
  const menu = useRef<HTMLDetailsElement>(null)
  const saveExport = (format: ExportFormat): void => {
    setProblem('')
    if (menu.current !== null) menu.current.open = false
    exportRequests(
      format,
      shown.map(({ id }) => id),
    ).then(
      (blob) => saveFile(blob, `hookurl-requests.${format}`),
      () => setProblem('Could not export'),
    )
  }
  return (
    <div class="toolbar">
      <div class="filter">
        <input
          ref={filter.input}
          type="search"
          placeholder="Filter: invoice.paid status:4xx -expired"
          aria-label="Filter"
          aria-describedby="filter-help"
          aria-keyshortcuts="/"
          autocomplete="off"
          spellcheck={false}
          maxLength={500}
          value={filter.value}
          onInput={(event) => filter.set(event.currentTarget.value)}
        />
        <kbd>/</kbd>
        <span id="filter-help" class="visually-hidden">
          Also searches headers and bodies. Fields: status, type, method, command, user, outcome, code, size, header,
          body. A minus sign excludes.
        </span>
      </div>
      <div class="toolbar-line">
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset needs a legend, which would take a line */}
        <div class="chips" role="group" aria-label="Outcome">
          {chips.map(({ value, label }) => (
            <button
              type="button"
              key={value}
              class="chip"
              aria-pressed={outcome.value === value}
              onClick={() => outcome.set(value)}
            >
              {label} <b>{formatNumber(matches.filter((request) => matchesOutcome(value, request)).length)}</b>
            </button>
          ))}
        </div>
        <div class="list-actions">
          <button type="button" class="quiet" aria-pressed={state.isPaused} onClick={state.togglePause}>
            {state.isPaused ? `Resume${state.waitingCount === 0 ? '' : ` (${state.waitingCount} new)`}` : 'Pause'}
          </button>
          <details ref={menu} class="menu">
            <summary class="quiet">Export</summary>
            <div class="menu-items">
              {exports.map(({ format, label }) => (
                <button type="button" key={format} class="quiet" onClick={() => saveExport(format)}>
                  Save {formatNumber(shown.length)} as {label}
                </button>
              ))}
            </div>
          </details>
          <ClearButton />
        </div>
      </div>
      <p role="status" class={problem === '' && !isSearching ? 'visually-hidden' : 'hint'}>
        {problem || (isSearching ? 'Searching headers and bodies…' : describeCount(shown.length, filter.value))}
      </p>
    </div>
  )
}

// Only screen readers need this: others see the number in the chip.
function describeCount(count: number, filter: string): string {
  if (filter === '') return ''
  return count === 1 ? '1 match' : `${formatNumber(count)} matches`
}

/** A button that clears the list when it is pressed twice. */
function ClearButton(): JSX.Element {
  const [isArmed, setIsArmed] = useState(false)
  const press = (): void => {
    setIsArmed(!isArmed)
    if (isArmed) void clearRequests()
  }
  return (
    <button type="button" class={`quiet ${isArmed ? 'danger' : ''}`} onClick={press} onBlur={() => setIsArmed(false)}>
      {isArmed ? 'Clear all?' : 'Clear'}
    </button>
  )
}
