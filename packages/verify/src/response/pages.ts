import type { ErrorCode, Hook } from '@hookurl/core'
import { assertOptions, invalidOption } from '@hookurl/core/internal'
import type { PageContext, Pages, PageText } from '../receive/options.ts'
import { readLanguages } from '../request/content-negotiation.ts'
import type { IncomingRequest } from '../request/incoming-request.ts'
import { acceptedPage, confirmPage, donePage, previewPage, refusedPage } from './default-pages.ts'

/** What a page is made of. */
export interface PageData {
  readonly exchange: IncomingRequest
  readonly hook: Hook
  readonly title: string | undefined
}

/** Makes the pages that people get: the application's own, or else those of hookurl. */
export interface PageRenderer {
  confirm(facts: PageData): string
  done(facts: PageData): string
  accepted(facts: PageData): string
  refused(code: ErrorCode, facts: Partial<PageData> & Pick<PageData, 'exchange'>): string
  preview(facts: PageData): string
}

const textNames: ReadonlySet<string> = new Set(['title', 'text', 'note', 'button', 'language'])
const pageNames: ReadonlySet<string> = new Set(['confirm', 'done', 'refused'])

/**
 * Prepares the application's own pages. `report` hears of one that fails: hookurl's own goes out then.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function createPages(given: Pages | undefined, report: (error: unknown) => void): PageRenderer {
  const own = given ?? {}
  assertOptions(own, pageNames, 'pages')
  for (const [name, page] of Object.entries(own)) {
    if (page !== undefined && typeof page !== 'function') {
      throw invalidOption(`pages.${name} must be a function`, 'Return texts or HTML from it.')
    }
  }

  function make<C>(
    page: ((context: C) => unknown) | undefined,
    context: C,
    render: (own?: PageText) => string,
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
    refused: (code, facts) => make(own.rejected, { ...toContext(facts), code }, (texts) => refusedPage(code, texts)),
    preview: ({ title }) => previewPage(title),
  }
}

function toContext<F extends Partial<PageData> & Pick<PageData, 'exchange'>>({
  exchange,
  hook,
  title,
}: F): PageContext & { hook: F['hook'] & Hook } {
  const languages = readLanguages(exchange.header('accept-language'))
  return { ...(title === undefined ? {} : { title }), hook: hook as F['hook'] & Hook, languages }
}

// Texts are checked one by one: what is undefined must not replace what hookurl says.
function checkTexts(made: unknown): PageText | undefined {
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
