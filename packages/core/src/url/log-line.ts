import { redact } from './redact.ts'
import { redactKeys } from './redact-keys.ts'

// Characters that move a terminal's cursor, hide text or change its direction: controls, lone surrogates, line and
// paragraph separators, format characters, and those that are not displayed (Unicode, section 5.21), except for the
// joiners and variation selectors that scripts and emoji need.
const unsafe =
  /(?!\u200c|\u200d|[\ufe00-\ufe0f\u{e0100}-\u{e01ef}])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu

/** Escapes the characters that a terminal would interpret, as in JSON. */
export function escapeControlChars(text: string): string {
  return text.replace(unsafe, escapeCodeUnits)
}

/** Sanitizes a string for one line of a log or terminal: redacts tokens and keys, and escapes control characters. */
export function sanitizeLogLine(text: string): string {
  return escapeControlChars(redactSecrets(text))
}

/** Sanitizes a string of several lines, such as a stack trace. */
export function sanitizeLogLines(text: string): string {
  return redactSecrets(text).split('\n').map(escapeControlChars).join('\n')
}

function redactSecrets(text: string): string {
  return redactKeys(redact(text))
}

function escapeCodeUnits(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')
}
