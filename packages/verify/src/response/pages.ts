import type { CommandDefinition, ErrorCode, Hook } from '@hookurl/core'
import { assertOptions, invalidOption } from '@hookurl/core/internal'
import { parseLanguages } from '../request/content-negotiation.ts'
import type { IncomingRequest } from '../request/incoming-request.ts'
import { acceptedPage, confirmPage, donePage, previewPage, rejectedPage } from './default-pages.ts'
import type { PageContext, Pages, PageText } from './page-options.ts'

/** The data that a page about a verified hook is rendered from. */
export interface PageData {
  readonly request: IncomingRequest
  readonly hook: Hook
  readonly title: string | undefined
  /** The command's definition, for its confirm page. */
  readonly definition?: CommandDefinition | undefined
  /** Makes the form of a confirm page unique; absent where hookurl does not read it. */
  readonly formId?: string
}

/** What the page about a rejection is rendered from: the hook may not be verified. */
export type RejectedPageData = Partial<PageData> & Pick<PageData, 'request'> & { readonly usedAt?: Date | undefined }

/** Renders the pages for browsers, custom or default. */
export interface PageRenderer {
  confirm(data: PageData): string
  done(data: PageData): string
  accepted(data: PageData): string
  rejected(code: ErrorCode, data: RejectedPageData): string
  preview(data: PageData): string
}

const copyNames: ReadonlySet<string> = new Set(['title', 'text', 'note', 'button', 'language'])
const pageNames: ReadonlySet<string> = new Set(['confirm', 'done', 'rejected'])

/**
 * Prepares custom pages. If one throws, `onError` receives the error and the default page is sent instead.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function createPages(pages: Pages | undefined, onError: (error: unknown) => void): PageRenderer {
  const custom = pages ?? {}
  assertOptions(custom, pageNames, 'pages')
  for (const [name, page] of Object.entries(custom)) {
    if (page !== undefined && typeof page !== 'function') {
      throw invalidOption(`pages.${name} must be a function`, 'Return copy or HTML from it.')
    }
  }

  function renderCustom<C>(
    page: ((context: C) => unknown) | undefined,
    context: C,
    render: (copy?: PageText) => string,
  ): string {
    if (page === undefined) return render()
    try {
      const returned = page(context)
      return typeof returned === 'string' ? returned : render(checkCopy(returned))
    } catch (error) {
      onError(error)
      return render()
    }
  }

  return {
    confirm: (data) =>
      renderCustom(custom.confirm, toContext(data), (copy) =>
        confirmPage(data.hook, { ...data.definition, formId: data.formId }, copy),
      ),
    done: (data) => renderCustom(custom.done, toContext(data), (copy) => donePage(data.title, copy)),
    accepted: ({ title }) => acceptedPage(title),
    rejected: (code, data) =>
      renderCustom(custom.rejected, { ...toContext(data), code }, (copy) => rejectedPage(code, copy, data.usedAt)),
    preview: ({ title }) => previewPage(title),
  }
}

function toContext<D extends RejectedPageData>({ request, hook, title }: D): PageContext & { hook: D['hook'] & Hook } {
  const languages = parseLanguages(request.header('accept-language'))
  return { ...(title === undefined ? {} : { title }), hook: hook as D['hook'] & Hook, languages }
}

// Undefined members are dropped, so that they do not replace the defaults.
function checkCopy(returned: unknown): PageText | undefined {
  if (returned === undefined) return undefined
  if (returned instanceof Promise) returned.catch(() => {})
  if (typeof returned !== 'object' || returned === null || 'then' in returned) {
    throw new TypeError('a page must return copy, HTML or undefined, and not a promise')
  }
  const copy = Object.entries(returned).filter(([, text]) => text !== undefined)
  const unknown = copy.find(([name, text]) => !copyNames.has(name) || typeof text !== 'string')
  if (unknown === undefined) return Object.fromEntries(copy)
  throw new TypeError(`the copy of a page has an unknown or non-string member: ${JSON.stringify(unknown[0])}`)
}
