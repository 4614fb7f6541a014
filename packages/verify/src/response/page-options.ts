import type { ErrorCode, Hook } from '@hookurl/core'

/** What a page is about. Never contains the token. */
export interface PageContext {
  /**
   * The signed hook; absent when the URL could not be verified, or when its user is not the one who is signed in. Escape it
   * in custom HTML.
   */
  readonly hook?: Hook
  /** The title of the command, if it has one. */
  readonly title?: string
  /** The languages that the browser accepts, most preferred first, such as `['de-AT', 'de', 'en']`. */
  readonly languages: readonly string[]
}

/** The copy of a page, as plain text, which is escaped for HTML. Omitted members keep their defaults. */
export interface PageText {
  /** The heading, which is also the title of the browser tab. */
  readonly title?: string | undefined
  readonly text?: string | undefined
  /** A line in smaller print; `''` for none. */
  readonly note?: string | undefined
  /** The label of the confirm page's button. */
  readonly button?: string | undefined
  /** The language of the copy, such as `'de'`. */
  readonly language?: string | undefined
}

/**
 * A custom page: copy, a complete page as HTML, or `undefined` for the default. HTML is sent with the same Content
 * Security Policy, which allows neither scripts nor external resources. A custom confirm page needs a
 * `<form method="post">` with a button and without an `action`.
 */
export type Page<Context extends PageContext = PageContext> = (context: Context) => PageText | string | undefined

/** Custom copy or pages for browsers. */
export interface Pages {
  /** Asks the user before the command runs. */
  confirm?: Page<PageContext & { readonly hook: Hook }> | undefined
  /** Shown after the command has run, when there is no redirect. */
  done?: Page<PageContext & { readonly hook: Hook }> | undefined
  /** Shown when a URL is rejected. */
  rejected?: Page<PageContext & { readonly code: ErrorCode }> | undefined
}
