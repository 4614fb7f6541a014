import { formatRelativeTime, invalidOption, parseDuration } from '@hookurl/core/internal'

const dateTime = /^(\d{4}-\d{2}-\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2}))?$/i
const relative = /^([+-])(\d.*)$/
const epochSeconds = /^\d{1,12}$/

/**
 * The moment that a flag names: `2030-01-01`, `2030-01-01T12:00:00Z`, seconds since 1970, `+30d` or `-2h` from now.
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
  if (day !== undefined && isDay(day) && !Number.isNaN(time.getTime())) return time
  throw invalidOption(
    `${flag} is not a moment`,
    'Write 2030-01-01, 2030-01-01T12:00:00Z (or +02:00), seconds since 1970, or +30d for 30 days from now.',
  )
}

/** A moment as people write it, and how far it is away: `2030-01-01 12:00:00 UTC, in 3 years`. */
export function formatTimestamp(seconds: number, now: number): string {
  const time = new Date(seconds * 1000)
  if (Number.isNaN(time.getTime())) return String(seconds)
  const iso = time.toISOString()
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC, ${formatRelativeTime(seconds, now)}`
}

// Date takes 30 February for 2 March.
function isDay(day: string): boolean {
  const time = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(day)
}
