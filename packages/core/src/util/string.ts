const controlOrSurrogate = /[\p{Cc}\p{Cs}]/u

/** A URL or token as it is given: a text, or a URL object; anything else is no token. */
export function urlToString(given: unknown): string {
  if (typeof given === 'string') return given
  return given instanceof URL ? given.href : ''
}

/** The length of a text in Unicode code points. */
export function codePoints(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}

/** Whether a value is a text of `min` to `max` code points without control characters and lone surrogates. */
export function isPlainText(value: unknown, min: number, max: number): value is string {
  if (typeof value !== 'string' || value.length < min || value.length > 2 * max) return false
  if (value.length > max && codePoints(value) > max) return false
  return !controlOrSurrogate.test(value)
}

/** Whether any text in a JSON value, a member's name too, has a lone surrogate. */
export function hasLoneSurrogate(value: unknown): boolean {
  if (typeof value === 'string') return /\p{Cs}/u.test(value)
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(([name, inner]) => hasLoneSurrogate(name) || hasLoneSurrogate(inner))
}

/** Takes the listed characters off the end of a text. */
export function trimEnd(text: string, characters: string): string {
  let end = text.length
  while (end > 0 && characters.includes(text[end - 1] as string)) end--
  return text.slice(0, end)
}
