import type { ErrorCode, Hook } from '@hookurl/core'
import { checkBag, invalidOption } from '@hookurl/core/internal'
import type { Exchange } from './exchange.ts'
import { readLanguages } from './negotiate.ts'
import { acceptedPage, confirmPage, donePage, previewPage, refusedPage } from './pages.ts'
import type { PageContext, Pages, PageTexts } from './types.ts'

/** What a page is made of. */
export interface PageFacts {
  readonly exchange: Exchange
  readonly hook: Hook
  readonly title: string | undefined
}

/** Makes the pages that people get: the application's own, or else those of hookurl. */
export interface PageMaker {
  confirm(facts: PageFacts): string
  done(facts: PageFacts): string
  accepted(facts: PageFacts): string
  refused(code: ErrorCode, facts: Partial<PageFacts> & Pick<PageFacts, 'exchange'>): string
  preview(facts: PageFacts): string
}

const textNames: ReadonlySet<string> = new Set(['title', 'text', 'note', 'button', 'language'])
const pageNames: ReadonlySet<string> = new Set(['confirm', 'done', 'refused'])

/**
 * Prepares the application's own pages. `report` hears of one that fails: hookurl's own goes out then.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function createPages(given: Pages | undefined, report: (error: unknown) => void): PageMaker {
  const own = given ?? {}
  checkBag(own, pageNames, 'pages')
  for (const [name, page] of Object.entries(own)) {
    if (page !== undefined && typeof page !== 'function') {
      throw invalidOption(`pages.${name} must be a function`, 'Return texts or HTML from it.')
    }
  }

  function make<C>(
    page: ((context: C) => unknown) | undefined,
    context: C,
    render: (own?: PageTexts) => string,
  ): string {
    if (page === undefined) return render()
    try {
      const made = page(context)
      return typeof made === 'string' ? made : render(checkTexts(made))
    } catch (error) {
      report(error)
      return render()
    }
  }

  return {
    confirm: (facts) => make(own.confirm, toContext(facts), (texts) => confirmPage(facts.hook, facts.title, texts)),
    done: (facts) => make(own.done, toContext(facts), (texts) => donePage(facts.title, texts)),
    accepted: ({ title }) => acceptedPage(title),
    refused: (code, facts) => make(own.refused, { ...toContext(facts), code }, (texts) => refusedPage(code, texts)),
    preview: ({ title }) => previewPage(title),
  }
}

function toContext<F extends Partial<PageFacts> & Pick<PageFacts, 'exchange'>>({
  exchange,
  hook,
  title,
}: F): PageContext & { hook: F['hook'] & Hook } {
  const languages = readLanguages(exchange.header('accept-language'))
  return { ...(title === undefined ? {} : { title }), hook: hook as F['hook'] & Hook, languages }
}

// Texts are checked one by one: what is undefined must not replace what hookurl says.
function checkTexts(made: unknown): PageTexts | undefined {
  if (made === undefined) return undefined
  if (made instanceof Promise) made.catch(() => {})
  if (typeof made !== 'object' || made === null || 'then' in made) {
    throw new TypeError('a page must be texts, HTML or undefined, and must be there at once')
  }
  const texts = Object.entries(made).filter(([, text]) => text !== undefined)
  const strange = texts.find(([name, text]) => !textNames.has(name) || typeof text !== 'string')
  if (strange === undefined) return Object.fromEntries(texts)
  throw new TypeError(`a page has no text ${JSON.stringify(strange[0])}, or it is no string`)
}
