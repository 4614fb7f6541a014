import { escapeControlChars, formatRelativeTime } from '@hookurl/core/internal'

/** A text of several lines with everything that hides or turns text made visible. */
export function plain(text: string): string {
  return text.replace(/[^\n\t]+/g, escapeControlChars)
}

export function toJson(value: unknown): string {
  return plain(JSON.stringify(value, null, 2) ?? '')
}

/** The time of day of a moment of today. */
export function clock(iso: string): string {
  return new Date(iso).toTimeString().slice(0, 8)
}

export function tellMoment(seconds: number, now: number): string {
  const time = new Date(seconds * 1000)
  if (Number.isNaN(time.getTime())) return String(seconds)
  const iso = time.toISOString()
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC, ${formatRelativeTime(seconds, now)}`
}

export function tellSize(bytes: number): string {
  if (bytes === 1) return '1 byte'
  return bytes < 10_000 ? `${count(bytes)} bytes` : `${(bytes / 1024).toFixed(0)} KiB`
}

export function count(number: number): string {
  return number.toLocaleString('en')
}

export function tellDuration(ms: number): string {
  return ms < 1000 ? `${ms.toFixed(ms < 10 ? 1 : 0)} ms` : `${(ms / 1000).toFixed(1)} s`
}
