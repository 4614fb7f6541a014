import { invalidOption, isLanguageTag } from '@hookurl/core/internal'
import { en } from './english.ts'
import { lookUp } from './language-tags.ts'
import type { PageLanguage } from './page-language.ts'

/** A language of the pages. */
export interface SelectedLanguage {
  readonly tag: string
  readonly copy: PageLanguage
}

/** The languages of the pages, of which each request gets one. */
export interface PageLanguages {
  /** Selects the language for what a browser prefers. */
  select(preferred: readonly string[]): SelectedLanguage
  /** Finds the language for one language tag. */
  find(tag: string): SelectedLanguage | undefined
}

type Copy = Readonly<Record<string, Readonly<Record<string, string>>>>

const MAX_COPY_LENGTH = 500

/**
 * Checks the options `languages` and `language`.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function parseLanguagesOption(languages: unknown = {}, fixed: unknown = undefined): PageLanguages {
  if (typeof languages !== 'object' || languages === null || Array.isArray(languages)) {
    throw invalidOption('pages.languages must be an object of languages by tag', 'Write languages: { de, fr }.')
  }
  const fallback: SelectedLanguage = { tag: 'en', copy: en }
  const byTag = new Map([['en', fallback]])
  for (const [tag, copy] of Object.entries(languages)) {
    if (copy === undefined) continue
    if (!isLanguageTag(tag) || !isSupportedByIntl(tag)) {
      throw invalidOption(`pages.languages: ${JSON.stringify(tag)} is not a language tag`, "Write 'de' or 'pt-BR'.")
    }
    byTag.set(tag.toLowerCase(), { tag, copy: parseCopy(copy, `pages.languages.${tag}`) })
  }
  const find = (tag: string): SelectedLanguage | undefined => lookUp(tag, byTag)
  const only = fixed === undefined ? undefined : byTag.get(String(fixed).toLowerCase())
  if (fixed !== undefined && only === undefined) {
    throw invalidOption(
      "pages.language must be 'en' or one of pages.languages",
      `Use one of: ${[...byTag.keys()].join(', ')}.`,
    )
  }
  return {
    find,
    select: (preferred) => {
      if (only !== undefined) return only
      for (const tag of preferred) {
        const language = find(tag)
        if (language !== undefined) return language
      }
      return byTag.get('en') ?? fallback
    },
  }
}

// Dates are formatted in the language. Its name may have the right form but no meaning, such as `abcdefgh-a`.
function isSupportedByIntl(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1
  } catch {
    return false
  }
}

function parseCopy(copy: unknown, what: string): PageLanguage {
  const known = en as unknown as Copy
  assertNames(copy, known, what)
  for (const [page, strings] of Object.entries(known)) {
    const own: unknown = (copy as Copy)[page]
    assertNames(own, strings, `${what}.${page}`)
    for (const name of Object.keys(strings)) {
      const text: unknown = (own as Record<string, unknown>)[name]
      if (typeof text === 'string' && text.trim() !== '' && text.length <= MAX_COPY_LENGTH) continue
      throw invalidOption(
        `${what}.${page}.${name} must be a string of 1 to ${MAX_COPY_LENGTH} characters`,
        'A language needs all strings. Copy the missing ones from @hookurl/verify/languages.',
      )
    }
  }
  return copy as PageLanguage
}

function assertNames(value: unknown, known: object, what: string): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidOption(
      `${what} must be an object with the strings of a page`,
      `It has: ${Object.keys(known).join(', ')}.`,
    )
  }
  for (const name of Object.keys(value)) {
    if (Object.hasOwn(known, name)) continue
    throw invalidOption(`${what} has no ${JSON.stringify(name)}`, `Use one of: ${Object.keys(known).join(', ')}.`)
  }
}
