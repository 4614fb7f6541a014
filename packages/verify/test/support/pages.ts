import { type ErrorCode, errorCodes, type Hook } from '@hookurl/core'
import type { Pages } from '@hookurl/verify'
import { createPages, type PageData, type PageRenderer } from '../../src/response/pages.ts'
import type { RenderedPage } from '../../src/response/response.ts'

export const codes = Object.keys(errorCodes) as ErrorCode[]
export const sampleHook: Hook = { command: '/pay', content: { number: 7 }, allowGet: false, key: { index: 0 } }

/** Creates the pages of a receiver, and records the errors of its functions. */
export function createTestPages(pages: Pages = {}): PageRenderer & { readonly errors: unknown[] } {
  const errors: unknown[] = []
  return { ...createPages(pages, (error) => void errors.push(error)), errors }
}

/** What a page is rendered from, for a browser that prefers a language. */
export function createPageData(acceptLanguage?: string, data: Partial<PageData> = {}): PageData {
  const header = (name: string): string | undefined => (name === 'accept-language' ? acceptLanguage : undefined)
  const request = { header } as unknown as PageData['request']
  return { request, hook: sampleHook, definition: undefined, ...data }
}

/** Renders every page once, by name; a rejection with every code. */
export function renderAllPages(pages: PageRenderer, data: PageData = createPageData()): Map<string, RenderedPage> {
  const redirecting = { ...data, redirectTo: 'https://shop.example:8443/secret?token=1' }
  const usedAt = new Date(1_800_000_000_000)
  return new Map([
    ['confirm', pages.confirm({ ...data, formId: 'a' })],
    ['confirm with a redirect', pages.confirm(redirecting)],
    ['done', pages.done(data)],
    ['accepted', pages.accepted(data)],
    ['preview', pages.preview(data)],
    ['already used, and when', pages.rejected('already_used', { ...data, usedAt })],
    ...codes.map((code): [string, RenderedPage] => [code, pages.rejected(code, data)]),
  ])
}
