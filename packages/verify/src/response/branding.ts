import type { LocalizedText } from '@hookurl/core'
import { assertOptions, invalidOption, isLocalizedText } from '@hookurl/core/internal'
import { escapeHtml } from './escape-html.ts'
import type { Support, Themed } from './page-options.ts'

/** What the default pages show of their sender. */
export interface Branding {
  readonly name: string | undefined
  /** The markup of the logo or the name; empty for none. */
  readonly header: string
  readonly accent: { readonly light: string; readonly dark: string }
  readonly support: { readonly label: LocalizedText; readonly url: string } | undefined
  readonly hasLogo: boolean
}

const MAX_NAME_LENGTH = 100
const MAX_LOGO_LENGTH = 65_536
const MAX_URL_LENGTH = 2048
const themes: ReadonlySet<string> = new Set(['light', 'dark'])
const supportNames: ReadonlySet<string> = new Set(['label', 'url'])
const defaultAccent: Themed = { light: '#1f4fd8', dark: '#9db8ff' }

const hexColor = /^#(?:[\da-f]{3}|[\da-f]{6})$/i
const dataUrl = /^data:image\/(?:png|jpeg|webp);base64,[a-z\d+/]+={0,2}$/i
const svgDataUrl = /^data:image\/svg\+xml(?:;charset=utf-8)?(;base64)?,/i
const svgStart = /^(?:<\?xml [^<>]*>\s*|<!--[^<>]*-->\s*)*<svg[\s>]/
// In an image, none of this runs or is loaded: a logo that has it would not look the same as in its file.
const forbiddenInSvg =
  /<!(?:doctype|entity)|<\?xml-stylesheet|<(?:[\w-]+:)?(?:script|foreignobject|iframe|object|embed|audio|video)\b|[\s"'/]on[a-z]+\s*=|[\s"'/:](?:href|src)\s*=(?!\s*["']?\s*(?:#|data:image\/(?:png|jpeg|webp);))|url\((?!\s*["']?\s*#)|@import|javascript:/i
const email = /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[a-z\d.-]{1,190}\.[a-z\d-]{2,63}$/i
const supportFix = "Write support: 'help@example.com', or { label: 'Help center', url: 'https://example.com/help' }."

/**
 * Checks the options of the pages that name their sender.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function parseBranding({ name, logo, accent, support }: Readonly<Record<string, unknown>>): Branding {
  if (name !== undefined && !isDisplayName(name)) {
    throw invalidOption(
      `pages.name must be a string of 1 to ${MAX_NAME_LENGTH} characters`,
      "Write name: 'Example Bank'.",
    )
  }
  if (logo !== undefined && name === undefined) {
    throw invalidOption('pages.logo requires pages.name, which is its alternative text', "Write name: 'Example Bank'.")
  }
  const colors = parseThemed(accent === undefined ? defaultAccent : accent, 'pages.accent', parseColor)
  const images = logo === undefined ? undefined : parseThemed(logo, 'pages.logo', parseLogo)
  return {
    name,
    header: images !== undefined ? renderLogo(images, name ?? '') : name === undefined ? '' : renderName(name),
    accent: colors,
    support: support === undefined ? undefined : parseSupport(support),
    hasLogo: images !== undefined,
  }
}

function isDisplayName(value: unknown): value is string {
  return isLocalizedText(value) && typeof value === 'string' && value.length <= MAX_NAME_LENGTH && value.trim() !== ''
}

function parseThemed(
  value: unknown,
  what: string,
  parse: (value: unknown, what: string) => string,
): { light: string; dark: string } {
  if (typeof value !== 'object' || value === null) {
    const parsed = parse(value, what)
    return { light: parsed, dark: parsed }
  }
  assertOptions(value, themes, what)
  const { light, dark } = value as Record<string, unknown>
  return { light: parse(light, `${what}.light`), dark: parse(dark, `${what}.dark`) }
}

function parseColor(value: unknown, what: string): string {
  if (typeof value !== 'string' || !hexColor.test(value)) {
    throw invalidOption(`${what} must be a hexadecimal color`, `Write '#0b5fff' or '#05f'.`)
  }
  const color = value.toLowerCase()
  return color.length === 7 ? color : color.replace(/[\da-f]/g, '$&$&')
}

/** Returns the URL of a logo. In an image, an SVG can neither run scripts nor load anything. */
function parseLogo(value: unknown, what: string): string {
  if (typeof value !== 'string' || value.length > MAX_LOGO_LENGTH) {
    throw invalidOption(`${what} must be a string of at most ${MAX_LOGO_LENGTH} characters`, 'Use a smaller image.')
  }
  if (dataUrl.test(value)) return value
  const markup = (svgDataUrl.test(value) ? decodeDataUrl(value) : value)?.trim() ?? ''
  const [problem] = (markup.includes('<svg') ? forbiddenInSvg.exec(markup) : undefined) ?? []
  if (problem !== undefined) {
    throw invalidOption(`${what} contains ${JSON.stringify(problem.trim())}`, 'Export the SVG without it.')
  }
  const image = svgStart.test(markup) && markup.endsWith('</svg>') ? encodeSvg(markup) : undefined
  if (image !== undefined) return image
  throw invalidOption(
    `${what} must be the markup of an SVG, or a data: URL of a PNG, JPEG, WebP or SVG image`,
    "Write '<svg …>…</svg>' or 'data:image/png;base64,…'.",
  )
}

function encodeSvg(markup: string): string | undefined {
  // In a document of its own, an SVG needs the namespace that HTML would add.
  const [tag = ''] = /<svg[^>]*>/.exec(markup) ?? []
  const image = /\sxmlns\s*=/.test(tag) ? markup : markup.replace('<svg', '<svg xmlns="http://www.w3.org/2000/svg"')
  try {
    return `data:image/svg+xml,${encodeURIComponent(image)}`
  } catch {
    return undefined
  }
}

function decodeDataUrl(url: string): string | undefined {
  const at = url.indexOf(',') + 1
  try {
    if (svgDataUrl.exec(url)?.[1] === undefined) return decodeURIComponent(url.slice(at))
    const bytes = Uint8Array.from(atob(url.slice(at)), (character) => character.charCodeAt(0))
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function parseSupport(support: unknown): Support {
  if (typeof support === 'string') {
    if (email.test(support))
      return { label: support, url: `mailto:${encodeURI(support).replace(/[?#&]/g, encodeURIComponent)}` }
    throw invalidOption('pages.support must be an email address, or a label and a URL', supportFix)
  }
  assertOptions(support, supportNames, 'pages.support')
  const { label, url } = support as Record<string, unknown>
  if (!isLocalizedText(label)) {
    throw invalidOption('pages.support.label must be a string of 1 to 256 characters, also by language', supportFix)
  }
  const parsed = typeof url === 'string' && url.length <= MAX_URL_LENGTH ? parseUrl(url) : undefined
  if (parsed === undefined) throw invalidOption('pages.support.url must be an https:, mailto: or tel: URL', supportFix)
  return { label, url: parsed }
}

function parseUrl(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined
  const { protocol, username, password, href } = new URL(url)
  return ['https:', 'mailto:', 'tel:'].includes(protocol) && username === '' && password === '' ? href : undefined
}

function renderLogo({ light, dark }: { readonly light: string; readonly dark: string }, name: string): string {
  const image = `<img src="${escapeHtml(light)}" alt="${escapeHtml(name)}">`
  if (light === dark) return `<div class="brand">${image}</div>`
  const source = `<source media="(prefers-color-scheme:dark)" srcset="${escapeHtml(dark)}">`
  return `<div class="brand"><picture>${source}${image}</picture></div>`
}

function renderName(name: string): string {
  return `<div class="brand">${escapeHtml(name)}</div>`
}
