// A unit is used only from twice its length, so that rounding never changes a value by more than a quarter.
const units = [
  ['year', 31_557_600],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const

/**
 * Formats a timestamp in epoch seconds relative to `now` in epoch milliseconds: `in 30 days`, `3 hours ago`,
 * `just now`.
 */
export function formatRelativeTime(timestamp: number, now: number): string {
  const difference = Math.round(timestamp - now / 1000)
  if (difference === 0) return 'just now'
  const [unit, length] = units.find(([, size]) => Math.abs(difference) >= 2 * size) ?? units[4]
  const count = Math.round(Math.abs(difference) / length)
  const amount = `${count} ${unit}${count === 1 ? '' : 's'}`
  return difference < 0 ? `${amount} ago` : `in ${amount}`
}
