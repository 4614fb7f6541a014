import { en } from '../response/english.ts'
import type { PageLanguage } from '../response/page-language.ts'
import { de } from './de.ts'
import { es } from './es.ts'
import { fr } from './fr.ts'
import { it } from './it.ts'
import { ja } from './ja.ts'
import { nl } from './nl.ts'
import { pl } from './pl.ts'
import { pt } from './pt.ts'
import { zh } from './zh.ts'

/**
 * The copy of the default pages in ten languages, by language tag. Each can be imported alone, to bundle only some of them.
 *
 * @example
 * import { languages } from '@hookurl/verify/languages'
 * const receiver = createReceiver({ keys, handlers, pages: { name: 'Example Bank', languages } })
 */
export const languages: Readonly<
  Record<'de' | 'en' | 'es' | 'fr' | 'it' | 'ja' | 'nl' | 'pl' | 'pt' | 'zh', PageLanguage>
> = {
  de,
  en,
  es,
  fr,
  it,
  ja,
  nl,
  pl,
  pt,
  zh,
}

export { de, en, es, fr, it, ja, nl, pl, pt, zh }
