import type { CommandDefinition, ErrorCode, Hook } from '@hookurl/core'
import { assertOptions, invalidOption, isLanguageTag } from '@hookurl/core/internal'
import { parseLanguages } from '../request/content-negotiation.ts'
import type { IncomingRequest } from '../request/incoming-request.ts'
import { parseBranding } from './branding.ts'
import {
  acceptedPage,
  confirmPage,
  donePage,
  formatTime,
  type PageContent,
  previewPage,
  rejectedPage,
  renderPage,
} from './default-pages.ts'
import { escapeHtml } from './escape-html.ts'
import { getDirection } from './language-tags.ts'
import { parseLanguagesOption, type SelectedLanguage } from './languages-option.ts'
import { createCopyReader, isForPreview } from './page-copy.ts'
import { createPageHeaders } from './page-headers.ts'
import type { PageContext, Pages, PageText } from './page-options.ts'
import { createStyle } from './page-style.ts'
import type { RenderedPage } from './response.ts'

/** The data that a page about a verified hook is rendered from. */
export interface PageData {
  readonly request: IncomingRequest
  readonly hook: Hook
  /** The definition of the hook's command. */
  readonly definition: CommandDefinition | undefined
  /** Makes the form of a confirm page unique; absent where hookurl does not read it. */
  readonly formId?: string
  /** Where the receiver redirects the browser afterwards, for a confirm page; absent if it does not. */
  readonly redirectTo?: string | undefined
}

/** What the page about a rejection is rendered from: the hook may not be verified. */
export type RejectedPageData = Partial<PageData> & Pick<PageData, 'request'> & { readonly usedAt?: Date | undefined }

/** Renders the pages for browsers, custom or default. */
export interface PageRenderer {
  confirm(data: PageData): RenderedPage
  done(data: PageData): RenderedPage
  accepted(data: PageData): RenderedPage
  rejected(code: ErrorCode, data: RejectedPageData): RenderedPage
  preview(data: PageData): RenderedPage
}

/** The values that a default page is made from, in its language. */
interface PageValues extends SelectedLanguage {
  getTitle(): string | undefined
}

const copyNames: ReadonlySet<string> = new Set(['title', 'text', 'note', 'button', 'language'])
const pageNames = ['confirm', 'done', 'rejected'] as const
const optionNames: ReadonlySet<string> = new Set([
  ...pageNames,
  'name',
  'logo',
  'accent',
  'support',
  'languages',
  'language',
])

/**
 * Prepares the pages. If a custom page, a title or a label throws, `onError` receives the error, and the default is used
 * instead.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function createPages(pages: Pages | undefined, onError: (error: unknown) => void): PageRenderer {
  const custom = pages ?? {}
  assertOptions(custom, optionNames, 'pages')
  for (const name of pageNames) {
    if (custom[name] !== undefined && typeof custom[name] !== 'function') {
      throw invalidOption(`pages.${name} must be a function`, 'Return copy or HTML from it.')
    }
  }
  const { name, header, accent, support, hasLogo } = parseBranding(custom as Readonly<Record<string, unknown>>)
  const languages = parseLanguagesOption(custom.languages, custom.language)
  const copyReader = createCopyReader(onError)
  // Created for the first page that is shown.
  let shared: { readonly style: string; readonly headers: RenderedPage['headers'] } | undefined

  function renderHelp({ tag, copy }: SelectedLanguage): string {
    if (support === undefined) return ''
    const { url } = support
    const label = copyReader.readText(support.label, tag, url)
    return `<p>${escapeHtml(copy.footer.help)} <a href="${escapeHtml(url)}">${escapeHtml(label)}</a></p>`
  }

  function getShared(): NonNullable<typeof shared> {
    if (shared !== undefined) return shared
    const style = createStyle(accent)
    shared = { style, headers: createPageHeaders({ style, hasImages: hasLogo }) }
    return shared
  }

  function renderDefault(selected: SelectedLanguage, content: PageContent): RenderedPage {
    const { style, headers } = getShared()
    const { language = selected.tag } = content
    const direction = getDirection(language)
    const html = renderPage(content, { language, direction, style, name, header, help: renderHelp(selected) })
    return { html, headers: isLanguageTag(language) ? { ...headers, 'content-language': language } : headers }
  }

  function callPage<C>(page: (context: C) => unknown, context: C): string | PageText | undefined {
    try {
      return checkReturned(page(context))
    } catch (error) {
      onError(error)
      return undefined
    }
  }

  /** Renders the custom page, or the default page with the copy that the custom page returned. */
  function render<C extends PageContext>(
    data: RejectedPageData,
    page: ((context: C) => unknown) | undefined,
    { extra, build }: { extra?: object; build: (values: PageValues) => PageContent },
  ): RenderedPage {
    const preferred = parseLanguages(data.request.header('accept-language'))
    const selected = languages.select(preferred)
    if (page === undefined) {
      return renderDefault(selected, build({ ...selected, getTitle: () => copyReader.readTitle(data, selected.tag) }))
    }
    const title = copyReader.readTitle(data, selected.tag)
    const context = {
      ...(title !== undefined && { title }),
      hook: data.hook,
      languages: preferred,
      language: selected.tag,
      ...extra,
    }
    const returned = callPage(page, context as unknown as C)
    if (typeof returned === 'string') return { html: returned, headers: createPageHeaders({ hasImages: hasLogo }) }
    const named = returned?.language === undefined ? undefined : languages.find(returned.language)
    const language = named ?? selected
    const getTitle = (): string | undefined =>
      language === selected ? title : copyReader.readTitle(data, language.tag)
    return renderDefault(language, { ...build({ ...language, getTitle }), ...returned })
  }

  return {
    confirm: (data) => {
      const { redirectTo } = data
      const host = redirectTo === undefined ? undefined : new URL(redirectTo).host
      const build = ({ copy, tag, getTitle }: PageValues): PageContent =>
        confirmPage(copy, getTitle(), copyReader.readForm(data, tag), host)
      return render(data, custom.confirm, { build })
    },
    done: (data) => render(data, custom.done, { build: ({ copy, getTitle }) => donePage(copy, getTitle()) }),
    accepted: (data) => render(data, undefined, { build: ({ copy, getTitle }) => acceptedPage(copy, getTitle()) }),
    rejected: (code, data) => {
      const { usedAt } = data
      const build = ({ copy, tag }: PageValues): PageContent =>
        rejectedPage(copy, code, usedAt && formatTime(usedAt, tag))
      return render(data, custom.rejected, { extra: { code }, build })
    },
    preview: (data) => {
      const { definition = {}, hook } = data
      const shown = isForPreview(definition, hook) ? data : { ...data, definition: undefined }
      return render(shown, undefined, { build: ({ copy, getTitle }) => previewPage(copy, getTitle()) })
    },
  }
}

// Undefined members are dropped, so that they do not replace the defaults.
function checkReturned(returned: unknown): string | PageText | undefined {
  if (returned === undefined || typeof returned === 'string') return returned
  if (returned instanceof Promise) returned.catch(() => {})
  if (typeof returned !== 'object' || returned === null || 'then' in returned) {
    throw new TypeError('a page must return copy, HTML or undefined, and not a promise')
  }
  const copy = Object.entries(returned).filter(([, text]) => text !== undefined)
  const unknown = copy.find(([name, text]) => !copyNames.has(name) || typeof text !== 'string')
  if (unknown === undefined) return Object.fromEntries(copy)
  throw new TypeError(`the copy of a page has an unknown or non-string member: ${JSON.stringify(unknown[0])}`)
}
