import type { ErrorCode, Hook, LocalizedText } from '@hookurl/core'
import type { PageLanguage } from './page-language.ts'

/** What a page is about. Never contains the token. */
export interface PageContext {
  /**
   * The signed hook; absent if the URL could not be verified, or if the caller may not be its user. Escape it in custom
   * HTML.
   */
  readonly hook?: Hook
  /**
   * The title of the command, if it has one, in the language of the page; absent if the hook is. Escape it in custom HTML.
   */
  readonly title?: string
  /** The languages that the browser accepts, most preferred first, such as `['de-AT', 'de', 'en']`. */
  readonly languages: readonly string[]
  /** The language of the default page: the best match among `en` and the option `languages`, or the option `language`. */
  readonly language: string
}

/** The copy of a page, as plain text, which is escaped for HTML. Omitted members keep their defaults. */
export interface PageText {
  /** The heading, which is also the title of the browser tab. */
  readonly title?: string | undefined
  readonly text?: string | undefined
  /** A line in smaller print; `''` for none. On the page of a rejection, it is the code by default. */
  readonly note?: string | undefined
  /** The label of the confirm page's button; `''` for a page without a form, if there is nothing left to confirm. */
  readonly button?: string | undefined
  /** The language of the copy, such as `'de'`. Defaults are in it as well, if it is one of the option `languages`. */
  readonly language?: string | undefined
}

/**
 * A custom page: copy, a complete page as HTML, or `undefined` for the default. HTML is sent with a Content Security
 * Policy that allows neither scripts nor external resources. A custom confirm page needs a
 * `<form method="post">` with a button and without an `action`.
 */
export type Page<Context extends PageContext = PageContext> = (context: Context) => PageText | string | undefined

/** One value for both color schemes, or one for each. */
export type Themed = string | { readonly light: string; readonly dark: string }

/** How users get help. */
export interface Support {
  /** The text of the link. */
  readonly label: LocalizedText
  /** An `https:`, `mailto:` or `tel:` URL. */
  readonly url: string
}

/**
 * The pages for browsers: the name, logo and color of the sender, their languages, and custom copy or pages. Everything
 * is checked when the receiver is created.
 */
export interface Pages {
  /** The name of the application or company, 1 to 100 characters: the top of the page, and the title of the browser tab. */
  name?: string | undefined
  /**
   * The logo, which is shown instead of the name: the markup of an SVG (`'<svg …>…</svg>'`), or a `data:` URL of a PNG,
   * JPEG, WebP or SVG image; at most 65,536 characters. It must be complete in itself: scripts, event attributes,
   * `foreignObject`, DOCTYPE and references to other files throw `invalid_option`. Requires `name`, its alternative text.
   */
  logo?: Themed | undefined
  /**
   * The color of the buttons, such as `'#0b5fff'`. Their text is black or white, whichever has the higher contrast, which
   * is at least 4.5 : 1 on every color. A color that hardly differs from the page gets a border.
   */
  accent?: Themed | undefined
  /** Where users get help: an email address, or a labeled `https:`, `mailto:` or `tel:` URL. */
  support?: string | Support | undefined
  /**
   * The languages of the pages, by language tag: all of `@hookurl/verify/languages`, some of them, or your own. A browser
   * gets the first language that it prefers (`Accept-Language`), or English, which needs no option.
   */
  languages?: Readonly<Record<string, PageLanguage>> | undefined
  /** The language of all pages, whatever the browser prefers: `'en'`, or one of `languages`. */
  language?: string | undefined
  /** Asks the user before the command runs. */
  confirm?: Page<PageContext & { readonly hook: Hook }> | undefined
  /** Shown after the command has run, when there is no redirect. */
  done?: Page<PageContext & { readonly hook: Hook }> | undefined
  /** Shown when a URL is rejected. */
  rejected?: Page<PageContext & { readonly code: ErrorCode }> | undefined
}
