import { sha256Hex } from '@hookurl/core/internal'
import { securityHeaders } from './response.ts'

/** What differs between the headers of pages. */
export interface PageHeaderOptions {
  /** The style sheet of the page, which alone is allowed; `undefined` allows any inline styles. */
  readonly style?: string
  /** Whether the page has images, as `data:` URLs. */
  readonly hasImages?: boolean
  readonly language?: string
}

/**
 * Creates the headers of a page. Browsers apply `form-action` to every redirect after the POST, so it allows any URL. With
 * `no-referrer`, they would send the form with `Origin: null` (Fetch, section 3.2), which frameworks reject as
 * cross-site.
 */
export function createPageHeaders({
  style,
  hasImages = false,
  language,
}: PageHeaderOptions): Readonly<Record<string, string>> {
  const styles = style === undefined ? "'unsafe-inline'" : `'sha256-${hashStyle(style)}'`
  return {
    ...securityHeaders,
    'referrer-policy': 'strict-origin',
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy':
      `default-src 'none'; style-src ${styles}; ${hasImages ? 'img-src data:; ' : ''}form-action 'self' https: http:; ` +
      "base-uri 'none'; frame-ancestors 'none'",
    vary: 'Accept-Language',
    ...(language !== undefined && { 'content-language': language }),
  }
}

function hashStyle(style: string): string {
  const bytes = sha256Hex(style).match(/../g) ?? []
  return btoa(String.fromCharCode(...bytes.map((byte) => Number.parseInt(byte, 16))))
}
