import type { Hello, Summary } from '@hookurl/presentation/protocol'
import type { JSX } from 'preact'
import { memo } from 'preact/compat'
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { clock, plain, tellDuration } from '../ui/format.ts'
import { matches } from './filter.ts'
import { DetailView } from './request-detail.tsx'

interface ArrivalsProps {
  readonly entries: readonly Summary[]
  readonly hello: Hello | undefined
  readonly isShown: boolean
  readonly debug: (url: string) => void
}

/** The list of what arrived, and the chosen one. */
export function Arrivals({ entries, hello, isShown, debug }: ArrivalsProps): JSX.Element {
  const [filter, setFilter] = useState('')
  const [chosen, setChosen] = useState<number>()
  const box = useRef<HTMLInputElement>(null)
  const shown = useMemo(() => entries.filter((entry) => matches(entry, filter)), [entries, filter])
  const choose = useCallback((id: number) => setChosen(id), [])

  useEffect(() => {
    if (!isShown) return
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey) return
      if (event.key === 'Escape') {
        setFilter('')
        setChosen(undefined)
        return
      }
      if (event.target instanceof HTMLElement && event.target.closest('input, textarea, pre') !== null) return
      const step = steps[event.key]
      if (event.key === '/') box.current?.focus()
      else if (step !== undefined) setChosen((old) => move(shown, { from: old, step }))
      else return
      event.preventDefault()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [isShown, shown])

  useEffect(() => {
    const line = document.getElementById(`entry-${chosen}`)
    line?.scrollIntoView({ block: 'nearest' })
    // Whoever walks through the list by keyboard takes the focus along.
    if (document.activeElement?.classList.contains('line') === true) line?.focus({ preventScroll: true })
  }, [chosen])

  return (
    <div class={`arrivals ${chosen === undefined ? '' : 'chosen'}`}>
      <section class="list" aria-label="What arrived">
        <div class="tools">
          <input
            ref={box}
            type="search"
            placeholder="Filter: command, user, verdict, status …"
            aria-label="Filter"
            value={filter}
            onInput={(event) => setFilter(event.currentTarget.value)}
          />
          <output>{filter === '' ? entries.length : `${shown.length} of ${entries.length}`}</output>
        </div>
        {entries.length === 0 ? <Waiting base={hello?.base} /> : null}
        <ol>
          {shown.map((entry) => (
            <Line key={entry.id} entry={entry} isChosen={entry.id === chosen} choose={choose} />
          ))}
        </ol>
      </section>
      <section class="detail" aria-label="The chosen request">
        <button type="button" class="button back" onClick={() => setChosen(undefined)}>
          ← All requests
        </button>
        {chosen === undefined || hello === undefined ? (
          <p class="hint">
            Choose a request. <kbd>↑</kbd> <kbd>↓</kbd> move, <kbd>/</kbd> filters, <kbd>Esc</kbd> goes back.
          </p>
        ) : (
          <DetailView key={chosen} id={chosen} receiver={hello.receiver} debug={debug} />
        )}
      </section>
    </div>
  )
}

const steps: Readonly<Record<string, number>> = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }

function move(
  shown: readonly Summary[],
  { from, step }: { from: number | undefined; step: number },
): number | undefined {
  const at = shown.findIndex(({ id }) => id === from)
  const next = at < 0 ? 0 : Math.min(Math.max(at + step, 0), shown.length - 1)
  return shown[next]?.id ?? from
}

function Waiting({ base }: { base: string | undefined }): JSX.Element {
  return (
    <div class="hint">
      <p>Nothing has arrived yet. Mint a URL in the Mint tab, or in a shell, and call it:</p>
      <pre>{`npx hookurl mint --command /onWebhook --base-url ${base ?? '…'}`}</pre>
    </div>
  )
}

interface LineProps {
  readonly entry: Summary
  readonly isChosen: boolean
  readonly choose: (id: number) => void
}

const Line = memo(({ entry, isChosen, choose }: LineProps): JSX.Element => {
  const { id, time, method, status, verdict, ran, command, userId, target, durationMs } = entry
  return (
    <li>
      <button
        type="button"
        id={`entry-${id}`}
        class="line"
        aria-current={isChosen ? 'true' : undefined}
        onClick={() => choose(id)}
      >
        <time>{clock(time)}</time>
        <span class="method">{plain(method)}</span>
        <span class="what">
          {plain(command ?? target)}
          {userId === undefined ? null : <small> user {plain(userId)}</small>}
        </span>
        <span class={`badge ${toneOf({ verdict, ran })}`}>
          {verdict === 'valid' && !ran ? 'valid, not run' : verdict}
        </span>
        <span class="status">{status}</span>
        <span class="duration">{tellDuration(durationMs)}</span>
      </button>
    </li>
  )
})

/** Good and done, good, not for us, or refused. */
export function toneOf({ verdict, ran }: Pick<Summary, 'verdict' | 'ran'>): string {
  if (verdict === 'valid') return ran ? 'good' : 'calm'
  return verdict === 'no_token' ? 'calm' : 'bad'
}
