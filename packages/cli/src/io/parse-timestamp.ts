import { invalidOption, parseDuration } from '@hookurl/core/internal'

const dateTime = /^(\d{4}-\d{2}-\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2}))?$/i
const relative = /^([+-])(\d.*)$/
const epochSeconds = /^\d{1,12}$/

/**
 * Parses the value of a flag or cell: `2030-01-01`, `2030-01-01T12:00:00Z`, seconds since 1970, or `+30d` and `-2h`
 * relative to now.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function parseTimestamp(text: string, flag: string): Date {
  const offset = relative.exec(text)
  if (offset !== null) {
    const seconds = parseDuration(offset[2], flag)
    return new Date(Date.now() + (offset[1] === '-' ? -1000 : 1000) * seconds)
  }
  if (epochSeconds.test(text)) return new Date(Number(text) * 1000)
  const day = dateTime.exec(text)?.[1]
  const time = new Date(text)
  if (day !== undefined && isCalendarDay(day) && !Number.isNaN(time.getTime())) return time
  throw invalidOption(
    `${flag} is not a timestamp`,
    'Write 2030-01-01, 2030-01-01T12:00:00Z (or +02:00), seconds since 1970, or +30d for 30 days from now.',
  )
}

// Date reads February 30 as March 2.
function isCalendarDay(day: string): boolean {
  const time = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(day)
}
