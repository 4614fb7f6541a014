import { isName } from './token/claims.ts'

/**
 * Short text that users see: a string for every language, strings by language tag such as
 * `{ en: 'Approve', de: 'Genehmigen' }`, or a function of the tag of the page's language. A record needs the string for
 * `en`, or its first one is used for languages that it does not have. At most 256 characters.
 */
export type LocalizedText = string | Readonly<Record<string, string>> | ((language: string) => string)

const languageTag = /^[a-z]{2,8}(?:-[a-z0-9]{1,8})*$/i
// RFC 5646, section 4.4.1: every tag that is in use is shorter.
const MAX_TAG_LENGTH = 35

/** Whether a value has the form of a language tag (RFC 5646). */
export function isLanguageTag(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_TAG_LENGTH && languageTag.test(value)
}

/** Whether a value is text for users. What a function returns is checked when it is called. */
export function isLocalizedText(value: unknown): value is LocalizedText {
  if (typeof value !== 'object') return typeof value === 'function' || isName(value)
  if (value === null || Array.isArray(value)) return false
  const entries = Object.entries(value)
  return entries.length > 0 && entries.every(([tag, text]) => isLanguageTag(tag) && isName(text))
}
