// What moves a terminal's cursor, hides text or turns its direction: controls, lone surrogates, line and paragraph
// separators and format characters, but for the joiners that scripts and emoji are written with.
const unsafe = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

/** Writes what a terminal would act on as an escape that JSON reads too. */
export function visible(text: string): string {
  return text.replace(unsafe, escapeUnits)
}

/** One line of JSON that is safe to show on a terminal. */
export function toJson(value: unknown): string {
  return visible(JSON.stringify(value))
}

/** Cuts a text that is shown beside others. */
export function shorten(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit)}… (${text.length} characters)`
}

function escapeUnits(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')
}
