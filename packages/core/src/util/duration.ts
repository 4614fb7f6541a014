import { parse } from '@lukeed/ms'
import { invalidOption } from '../errors.ts'

/** A string with a unit (`'30d'`, `'15m'`, `'2500ms'`) or a number of seconds. */
export type Duration = string | number

// Exactly one lowercase unit. The library alone would read '30' as milliseconds, and '30md' and '1M' as minutes.
const durationPattern =
  /^\d+(?:\.\d+)? ?(?:ms|msecs?|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|wks?|weeks?|y|yrs?|years?)$/

/**
 * Converts a duration to seconds, never negative.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function parseDuration(value: unknown, option: string): number {
  const seconds = typeof value === 'number' ? value : typeof value === 'string' ? parseString(value) : Number.NaN
  if (Number.isFinite(seconds) && seconds >= 0) return seconds
  throw invalidOption(
    `${option} must be a duration`,
    `Write a string with a unit ('30d', '15m', '2500ms') or a number of seconds.`,
  )
}

function parseString(text: string): number {
  return durationPattern.test(text) ? (parse(text) ?? Number.NaN) / 1000 : Number.NaN
}
