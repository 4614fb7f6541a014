import type { RequestSummary } from '@hookurl/presentation/protocol'
import type { JSX } from 'preact'
import { memo } from 'preact/compat'
import { escapeText, formatDuration, formatSize, formatTimeOfDay } from '../ui/format.ts'
import { formatRoute, navigate } from '../ui/router.ts'
import type { RequestGroup } from './groups.ts'
import { StatusBadge } from './status-badge.tsx'

/** The height of a row in pixels, which the style sheet repeats. */
export const ROW_HEIGHT = 60

interface RequestRowProps {
  readonly group: RequestGroup
  readonly isSelected: boolean
  /** Whether Tab stops at this row. Of all rows, it does at one. */
  readonly isTabStop: boolean
}

/** A row of the list: the newest attempt of a delivery. */
export const RequestRow = memo(({ group, isSelected, isTabStop }: RequestRowProps): JSX.Element => {
  const { newest, attempts } = group
  const { id, time, method, command, target, durationMs } = newest
  const line = describeRequest(newest)
  return (
    <a
      href={formatRoute({ tab: 'requests', id })}
      id={`request-${id}`}
      class="row"
      tabIndex={isTabStop ? 0 : -1}
      aria-current={isSelected ? 'true' : undefined}
      // The keyboard moves through many rows, the mouse goes to one.
      onFocus={(event) => {
        if (event.currentTarget.matches(':focus-visible')) navigate({ tab: 'requests', id }, 'replace')
      }}
    >
      <span class="method">{escapeText(method)}</span>{' '}
      <span class="command">
        {escapeText(command ?? target)}
        {attempts.length === 1 ? null : (
          <span class="count">
            ×{attempts.length}
            <Spoken text=" attempts" />
          </span>
        )}
      </span>
      <Spoken text=", " />
      <span class="about">{line}</span>
      <Spoken text={`${line === '' ? '' : ', '}status `} />
      <StatusBadge {...newest} />
      <Spoken text=", " />
      <time>{formatTimeOfDay(time)}</time>
      <Spoken text=", " />
      <span class="duration">{formatDuration(durationMs)}</span>
    </a>
  )
})

/** Text that only screen readers get, which would read the columns without pauses. */
function Spoken({ text }: { text: string }): JSX.Element {
  return <span class="visually-hidden">{text}</span>
}

function describeRequest({ userId, about, bytes }: RequestSummary): string {
  const subject = about ?? (bytes === 0 ? undefined : formatSize(bytes))
  return [userId === undefined ? undefined : `user ${userId}`, subject]
    .filter((part) => part !== undefined)
    .map(escapeText)
    .join(' · ')
}
