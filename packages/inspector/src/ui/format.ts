import { escapeControlChars } from '@hookurl/core/internal'
import {
  type Claims,
  type DescribedClaim,
  describeClaims as describeClaimsWith,
  type FormatOptions,
} from '@hookurl/presentation/claim-labels'
import { stringifyJson } from '@hookurl/presentation/json'
import { describeJwtClaims as describeJwtClaimsWith } from '@hookurl/presentation/jwt-claims'

/** Escapes control characters, and those that hide or reorder text. Keeps newlines and tabs. */
export function escapeText(text: string): string {
  return text.replace(/[^\n\t]+/g, escapeControlChars)
}

// The indentation of a token's deepest content would take megabytes.
const MAX_INDENTED_DEPTH = 100

/** Formats a value as JSON with the literals of its numbers, indented unless it is very deep. */
export function formatJson(value: unknown): string {
  return escapeText(stringifyJson(value, isDeep(value) ? undefined : 2))
}

/** Formats a string as it is, and any other value as JSON. */
export function formatValue(value: unknown): string {
  return typeof value === 'string' ? escapeText(value) : formatJson(value)
}

function isDeep(value: unknown): boolean {
  let level: readonly unknown[] = [value]
  for (let depth = 0; depth <= MAX_INDENTED_DEPTH; depth++) {
    level = level.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []))
    if (level.length === 0) return false
  }
  return true
}

/** Formats claims as labels and values. */
export function formatClaims(claims: Claims, now: number): [label: string, value: string][] {
  return describeClaims(claims, now).map(({ label, value }) => [label, value])
}

/** Formats the claims of a hook URL, and says what each means. */
export function describeClaims(claims: Claims, now: number): DescribedClaim[] {
  return describeClaimsWith(claims, createFormatOptions(now))
}

/** Formats the claims of another issuer's JWT. */
export function describeJwtClaims(claims: Claims, now: number): DescribedClaim[] {
  return describeJwtClaimsWith(claims, createFormatOptions(now))
}

function createFormatOptions(now: number): FormatOptions {
  return { now, formatString: escapeText, formatJson: formatValue }
}

/** Formats a timestamp in ISO 8601 as the local time of day. */
export function formatTimeOfDay(timestamp: string): string {
  return new Date(timestamp).toTimeString().slice(0, 8)
}

/** Formats a timestamp as the local date and time. */
export function formatLocalTime(timestamp: string): string {
  return new Date(timestamp).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'medium' })
}

/** Formats an outcome or a code for people: `confirm_page` as `confirm page`. */
export function formatCode(code: string): string {
  return code.replaceAll('_', ' ')
}

export function formatSize(bytes: number): string {
  if (bytes === 1) return '1 byte'
  if (bytes < 10_000) return `${formatNumber(bytes)} bytes`
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(0)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`
}

export function formatNumber(value: number): string {
  return value.toLocaleString('en')
}

export function formatDuration(ms: number): string {
  return ms < 1000 ? `${ms.toFixed(ms < 10 ? 1 : 0)} ms` : `${(ms / 1000).toFixed(1)} s`
}
