import { escapeControlChars } from '@hookurl/core/internal'
import { stringifyJson } from '@hookurl/presentation/json'

export { escapeControlChars }

/** Serializes a value as one line of JSON that is safe to print on a terminal, with the literals of its numbers. */
export function toJson(value: unknown): string {
  return escapeControlChars(stringifyJson(value))
}

/** Truncates a string to `limit` characters and appends how long it was. */
export function truncate(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit)}… (${text.length} characters)`
}

/** Quotes a path for a command line that is printed. */
export function quoteForShell(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`
}
