import { parse } from '@lukeed/ms'
import { invalidOption } from '../errors.ts'

/** A text with its unit (`'30d'`, `'15m'`, `'2500ms'`) or a number of seconds. */
export type Duration = string | number

/**
 * The seconds of a duration, at least zero.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function parseDuration(value: unknown, option: string): number {
  const seconds = typeof value === 'number' ? value : typeof value === 'string' ? parseText(value) : Number.NaN
  if (Number.isFinite(seconds) && seconds >= 0) return seconds
  throw invalidOption(
    `${option} must be a duration`,
    `Write a text with its unit ('30d', '15m', '2500ms') or a number of seconds.`,
  )
}

// One unit, always one, in lower case: the library reads '30' as milliseconds, '30md' and '1M' as minutes.
const shape =
  /^\d+(?:\.\d+)? ?(?:ms|msecs?|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|wks?|weeks?|y|yrs?|years?)$/

function parseText(text: string): number {
  return shape.test(text) ? (parse(text) ?? Number.NaN) / 1000 : Number.NaN
}
