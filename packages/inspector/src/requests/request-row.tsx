import type { JSX } from 'preact'
import { memo } from 'preact/compat'
import { escapeText, formatDuration, formatSize, formatTimeOfDay } from '../ui/format.ts'
import { formatRoute, navigate } from '../ui/router.ts'
import type { RequestGroup } from './groups.ts'
import { describeOutcome, StatusBadge } from './status-badge.tsx'

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
  const { id, time, method, command, userId, target, about, bytes, durationMs } = newest
  return (
    <a
      href={formatRoute({ tab: 'requests', id })}
      id={`request-${id}`}
      class="row"
      tabIndex={isTabStop ? 0 : -1}
      aria-current={isSelected ? 'true' : undefined}
      aria-label={describeGroup(group)}
      // The keyboard moves through many rows, the mouse goes to one.
      onFocus={(event) => {
        if (event.currentTarget.matches(':focus-visible')) navigate({ tab: 'requests', id }, 'replace')
      }}
    >
      <span class="method">{escapeText(method)}</span>
      <span class="command">
        {escapeText(command ?? target)}
        {attempts.length === 1 ? null : <span class="count">×{attempts.length}</span>}
      </span>
      <StatusBadge {...newest} />
      <time>{formatTimeOfDay(time)}</time>
      <span class="about">
        {userId === undefined ? null : <span class="user">user {escapeText(userId)}</span>}
        {about === undefined && bytes === 0 ? null : <span>{escapeText(about ?? formatSize(bytes))}</span>}
      </span>
      <span class="duration">{formatDuration(durationMs)}</span>
    </a>
  )
})

/** Describes a row for screen readers, which would read its columns without pauses. */
export function describeGroup({ newest, attempts }: RequestGroup): string {
  const { method, command, target, userId, about, status, time } = newest
  const outcome = describeOutcome(newest)
  return [
    `${method} ${command ?? target}`,
    userId === undefined ? '' : `user ${userId}`,
    about ?? '',
    `status ${status}`,
    outcome,
    attempts.length === 1 ? '' : `${attempts.length} attempts`,
    formatTimeOfDay(time),
  ]
    .filter((part) => part !== '')
    .map(escapeText)
    .join(', ')
}
