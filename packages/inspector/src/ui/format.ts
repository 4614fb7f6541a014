import { escapeControlChars } from '@hookurl/core/internal'
import { type Claims, formatClaims as formatClaimsWith } from '@hookurl/presentation/claim-labels'
import { stringifyJson } from '@hookurl/presentation/json'

/** Escapes control characters, and those that hide or reorder text. Keeps newlines and tabs. */
export function escapeText(text: string): string {
  return text.replace(/[^\n\t]+/g, escapeControlChars)
}

/** Formats a value as indented JSON, with the literals of its numbers. */
export function formatJson(value: unknown): string {
  return escapeText(stringifyJson(value, 2))
}

/** Formats claims as labels and values. */
export function formatClaims(claims: Claims, now: number): [label: string, value: string][] {
  return formatClaimsWith(claims, {
    now,
    formatString: escapeText,
    formatJson: (value) => (typeof value === 'string' ? escapeText(value) : formatJson(value)),
  })
}

/** Formats a timestamp in ISO 8601 as the local time of day. */
export function formatTimeOfDay(timestamp: string): string {
  return new Date(timestamp).toTimeString().slice(0, 8)
}

export function formatSize(bytes: number): string {
  if (bytes === 1) return '1 byte'
  return bytes < 10_000 ? `${formatNumber(bytes)} bytes` : `${(bytes / 1024).toFixed(0)} KiB`
}

export function formatNumber(value: number): string {
  return value.toLocaleString('en')
}

export function formatDuration(ms: number): string {
  return ms < 1000 ? `${ms.toFixed(ms < 10 ? 1 : 0)} ms` : `${(ms / 1000).toFixed(1)} s`
}
