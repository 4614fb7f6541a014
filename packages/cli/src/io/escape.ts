import { escapeControlChars } from '@hookurl/core/internal'

export { escapeControlChars }

/** One line of JSON that is safe to show on a terminal. */
export function toJson(value: unknown): string {
  return escapeControlChars(JSON.stringify(value))
}

/** Cuts a text that is shown beside others. */
export function truncate(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit)}… (${text.length} characters)`
}
