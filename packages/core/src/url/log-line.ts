import { redact } from './redact.ts'

// What moves a terminal's cursor, hides text or turns its direction: controls, lone surrogates, line and paragraph
// separators and format characters, but for the joiners that scripts and emoji are written with.
const unsafe = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

/** Writes what a terminal would act on as an escape that JSON reads too. */
export function escapeControlChars(text: string): string {
  return text.replace(unsafe, escapeUnits)
}

/** A text for one line of a log or terminal: without tokens, keys and control characters. */
export function sanitizeLogLine(text: string): string {
  return escapeControlChars(redact(text).replace(/hks_[\w-]+/g, 'hks_…'))
}

/** The same for a text of several lines, such as a stack. */
export function sanitizeLogLines(text: string): string {
  return redact(text).split('\n').map(sanitizeLogLine).join('\n')
}

function escapeUnits(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')
}
