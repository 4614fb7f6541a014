// Each from twice its length on, so that rounding never hides more than a quarter.
const units = [
  ['year', 31_557_600],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const

/** How far a moment in epoch seconds is from `now`, in epoch milliseconds: `in 30 days`, `3 hours ago`, `just now`. */
export function formatRelativeTime(moment: number, now: number): string {
  const distance = Math.round(moment - now / 1000)
  if (distance === 0) return 'just now'
  const [unit, length] = units.find(([, size]) => Math.abs(distance) >= 2 * size) ?? units[4]
  const count = Math.round(Math.abs(distance) / length)
  const words = `${count} ${unit}${count === 1 ? '' : 's'}`
  return distance < 0 ? `${words} ago` : `in ${words}`
}
