const quote = 0x22
const backslash = 0x5c
const controlOrSurrogate = /[\p{Cc}\p{Cs}]/u

/** Converts a URL or token, a string or `URL` object, to a string. Anything else becomes the empty string. */
export function urlToString(value: unknown): string {
  if (typeof value === 'string') return value
  return value instanceof URL ? value.href : ''
}

/** Counts the Unicode code points of a string. */
export function countCodePoints(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}

/** Whether a value is a string of `min` to `max` code points without control characters or lone surrogates. */
export function isPlainText(value: unknown, min: number, max: number): value is string {
  if (typeof value !== 'string' || value.length < min || value.length > 2 * max) return false
  if (value.length > max && countCodePoints(value) > max) return false
  return !controlOrSurrogate.test(value)
}

/** Whether any string in a JSON value, including member names, contains a lone surrogate. */
export function hasLoneSurrogate(value: unknown): boolean {
  if (typeof value === 'string') return /\p{Cs}/u.test(value)
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(([name, member]) => hasLoneSurrogate(name) || hasLoneSurrogate(member))
}

/** Removes the listed characters from the end of a string. */
export function trimEnd(text: string, characters: string): string {
  let end = text.length
  while (end > 0 && characters.includes(text[end - 1] as string)) end--
  return text.slice(0, end)
}

/** Returns the index of the quotation mark that ends a JSON string, or the length of the input if there is none. */
export function findEndOfJsonString(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === quote) return at
    if (code === backslash) at++
  }
  return text.length
}
