import { formatRelativeTime } from '@hookurl/core/internal'

/**
 * Formats epoch seconds as an absolute and a relative time: `2030-01-01 12:00:00 UTC, in 3 years`. `now` is in epoch
 * milliseconds. A number that is not a valid time is returned as is.
 */
export function formatTimestamp(seconds: number, now: number): string {
  const time = new Date(seconds * 1000)
  if (Number.isNaN(time.getTime())) return String(seconds)
  const iso = time.toISOString()
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC, ${formatRelativeTime(seconds, now)}`
}
