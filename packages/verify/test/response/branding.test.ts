import type { Pages } from '@hookurl/verify'
import { hookurl } from '@hookurl/verify/fetch'
import { describe, expect, test } from 'vitest'
import { getContrast } from '../../src/response/contrast.ts'
import { expectOptionError, policy } from '../support/fixtures.ts'
import { createPageData, createTestPages } from '../support/pages.ts'

const svg = '<svg viewBox="0 0 10 10"><path d="M0 0h10v10z" fill="#f00"/></svg>'
const png = 'data:image/png;base64,iVBORw0KGgo='
const name = 'Example Bank'

function render(pages: Pages): string {
  return createTestPages(pages).confirm(createPageData()).html
}

/** Returns the values of the style sheet's variables, in light and dark. */
function getColors(pages: Pages): [light: Record<string, string>, dark: Record<string, string>] {
  const [light = '', dark = ''] = [...render(pages).matchAll(/:root\{([^}]*)\}/g)].map(([, rules]) => rules)
  const parse = (rules: string): Record<string, string> =>
    Object.fromEntries([...rules.matchAll(/--(\w+):(#[\da-f]+)/g)].map(([, variable, color]) => [variable, color]))
  return [parse(light), parse(dark)]
}

describe('the option name', () => {
  test('is at the top of the page and in the title of the tab', () => {
    const html = render({ name: 'Ä & Ö Bank' })
    expect(html).toContain('<title>Please confirm · Ä &#38; Ö Bank</title>')
    expect(html).toContain('<main><div class="brand">Ä &#38; Ö Bank</div>')
  })

  test('is absent by default', () => {
    expect(render({})).toContain('<title>Please confirm</title>')
    expect(render({})).not.toContain('class="brand"')
  })
})

describe('the option logo', () => {
  const getImage = (logo: Pages['logo']): string | undefined => /<img src="([^"]*)"/.exec(render({ name, logo }))?.[1]

  test('is an image with the name as alternative text', () => {
    expect(render({ name, logo: png })).toContain(`<div class="brand"><img src="${png}" alt="Example Bank"></div>`)
  })

  test('may be the markup of an SVG, to which its namespace is added', () => {
    const image = getImage(`<?xml version="1.0"?>\n<!-- Made by hand -->\n${svg}\n`) ?? ''
    expect(image).toMatch(/^data:image\/svg\+xml,[\w%.!~*()-]+$/)
    expect(decodeURIComponent(image)).toContain('<svg xmlns="http://www.w3.org/2000/svg" viewBox')
  })

  test('may be a data URL of an SVG, in base64 or not', () => {
    const expected = getImage(svg)
    expect(getImage(`data:image/svg+xml;base64,${btoa(svg)}`)).toBe(expected)
    expect(getImage(`data:image/svg+xml,${encodeURIComponent(svg)}`)).toBe(expected)
    expect(getImage(`data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`)).toBe(expected)
  })

  test('may refer to its own parts, and have styles and embedded pictures', () => {
    const inner = `<style>a{fill:url(#b)}</style><use href="#c"/><use xlink:href = '#d'/><image href="${png}"/>`
    expect(getImage(`<svg xmlns:xlink="http://www.w3.org/1999/xlink">${inner}</svg>`)).toContain('data:image/svg')
  })

  test('may differ between the color schemes', () => {
    expect(render({ name, logo: { light: png, dark: 'data:image/webp;base64,AAAA' } })).toContain(
      '<picture><source media="(prefers-color-scheme:dark)" srcset="data:image/webp;base64,AAAA">' +
        `<img src="${png}" alt="Example Bank"></picture>`,
    )
  })

  test('allows images as data URLs, also on custom pages', () => {
    const pages = createTestPages({ name, logo: svg, done: () => '<p>' })
    for (const page of [pages.confirm(createPageData()), pages.done(createPageData())]) {
      expect(page.headers['content-security-policy']).toContain("default-src 'none';")
      expect(page.headers['content-security-policy']).toContain('img-src data:;')
    }
  })

  const rejected: readonly [what: string, logo: unknown, message: RegExp][] = [
    ['a URL', 'https://example.com/logo.svg', /must be the markup of an SVG/],
    ['a path', '/logo.svg', /must be the markup of an SVG/],
    ['another kind of data', 'data:text/html,<svg></svg>', /must be the markup of an SVG/],
    ['a GIF', 'data:image/gif;base64,AAAA', /must be the markup of an SVG/],
    ['a data URL that is not base64', 'data:image/png;base64,A" onload="x', /must be the markup of an SVG/],
    ['an SVG in invalid base64', 'data:image/svg+xml;base64,%%%', /must be the markup of an SVG/],
    [
      'an SVG that is not UTF-8',
      `data:image/svg+xml;base64,${btoa('<svg>\xff</svg>')}`,
      /must be the markup of an SVG/,
    ],
    ['an SVG with half a surrogate pair', '<svg>\ud800</svg>', /must be the markup of an SVG/],
    ['an SVG that does not end', '<svg><path/>', /must be the markup of an SVG/],
    ['HTML', `<p>${svg}</p>`, /must be the markup of an SVG/],
    ['a script', '<svg><script>alert(1)</script></svg>', /contains "<script"/],
    ['a script with a prefix', '<svg><s:script>alert(1)</s:script></svg>', /contains "<s:script"/],
    ['a script in a data URL', `data:image/svg+xml;base64,${btoa('<svg><script/></svg>')}`, /contains "<script"/],
    ['an event attribute', '<svg onload="alert(1)"></svg>', /contains "onload="/],
    ['an event attribute after a slash', '<svg/onload=alert(1)></svg>', /contains "\/onload="/],
    ['foreignObject', '<svg><foreignObject/></svg>', /contains "<foreignObject"/],
    ['an external image', '<svg><image href="https://example.com/a.png"/></svg>', /contains "href="/],
    ['an external image without quotes', '<svg><image href=//example.com/a.png /></svg>', /contains "href="/],
    ['a link', '<svg><a xlink:href="javascript:alert(1)"/></svg>', /contains ":href="/],
    ['an external style', '<svg><style>@import "a.css";</style></svg>', /contains "@import"/],
    ['an external pattern', '<svg><path fill="url( https://example.com/a )"/></svg>', /contains "url\("/],
    ['an entity', '<!DOCTYPE svg [<!ENTITY a "b">]><svg></svg>', /contains "<!DOCTYPE"/],
    ['more than 65,536 characters', `<svg>${' '.repeat(65_536)}</svg>`, /at most 65536 characters/],
    ['an empty string', '', /must be the markup of an SVG/],
    ['a number', 7, /must be a string of at most/],
    ['null', null, /must be a string of at most/],
    ['only a dark one', { dark: svg }, /pages\.logo\.light must be a string/],
    ['another scheme', { light: svg, dark: svg, sepia: svg }, /pages\.logo has no option "sepia"/],
  ]
  test.each(rejected)('rejects %s', (_, logo, message) =>
    expectOptionError(() => createTestPages({ name, logo } as Pages), message),
  )

  test('rejects a logo without a name', () =>
    expectOptionError(() => createTestPages({ logo: svg }), /pages\.logo requires pages\.name/))
})

describe('the option accent', () => {
  test('is the color of the button, exactly', () => {
    const [light, dark] = getColors({ accent: '#05f' })
    expect([light.key, dark.key]).toEqual(['#0055ff', '#0055ff'])
  })

  test('may differ between the color schemes', () => {
    const [light, dark] = getColors({ accent: { light: '#0A2E5C', dark: '#9cc3f5' } })
    expect([light.key, dark.key]).toEqual(['#0a2e5c', '#9cc3f5'])
    expect([light.on, dark.on]).toEqual(['#ffffff', '#000000'])
  })

  const accents = Array.from({ length: 500 }, (_, at) => {
    const value = Number((BigInt(at + 1) * 2_654_435_761n) % 0x1000000n)
    return `#${value.toString(16).padStart(6, '0')}`
  })
  test('has text and an edge of sufficient contrast in both color schemes, for 500 colors', () => {
    for (const accent of [...accents, '#000000', '#ffffff', '#767676', '#ffd400', '#1a1c20']) {
      for (const { key = '', on = '', rim = '', card = '' } of getColors({ accent })) {
        expect(getContrast(key, on), `${accent}: text`).toBeGreaterThanOrEqual(4.5)
        expect(getContrast(rim, card), `${accent}: edge`).toBeGreaterThanOrEqual(3)
      }
    }
  })

  test('the other colors have a sufficient contrast', () => {
    for (const { card = '', back = '', ink = '', faint = '', edge = '', good = '' } of getColors({})) {
      expect(getContrast(ink, card)).toBeGreaterThanOrEqual(7)
      expect(getContrast(faint, card)).toBeGreaterThanOrEqual(4.5)
      expect(getContrast(ink, back)).toBeGreaterThanOrEqual(7)
      expect(getContrast(edge, card)).toBeGreaterThanOrEqual(3)
      expect(getContrast(good, card)).toBeGreaterThanOrEqual(3)
    }
  })

  test('the contrast is that of WCAG', () => {
    expect(getContrast('#000000', '#ffffff')).toBe(21)
    expect(getContrast('#777777', '#ffffff')).toBeCloseTo(4.478, 3)
    expect(getContrast('#ffffff', '#777777')).toBeCloseTo(4.478, 3)
  })

  test.each(['blue', '#12345', '#12345678', 'rgb(0,0,0)', '#fff;}', '', 7, null, ['#fff'], { light: '#fff' }])(
    'rejects %j',
    (accent) => expectOptionError(() => createTestPages({ accent } as Pages), /pages\.accent/),
  )
})

describe('the option support', () => {
  const getLink = (support: Pages['support']): string | undefined =>
    /<footer>(.*?)<\/footer>/.exec(render({ support }))?.[1]

  test('may be an email address', () => {
    expect(getLink('help@example.com')).toBe('<p>Need help? <a href="mailto:help@example.com">help@example.com</a></p>')
    expect(getLink('a+b?c&d@example.com')).toContain('href="mailto:a+b%3Fc%26d@example.com"')
  })

  test.each([
    ['https://example.com/help?a=1&b=2', 'https://example.com/help?a=1&#38;b=2'],
    ['mailto:help@example.com', 'mailto:help@example.com'],
    ['tel:+49301234567', 'tel:+49301234567'],
  ])('may be a label with the URL %s', (url, href) => {
    expect(getLink({ label: 'Help <center>', url })).toBe(
      `<p>Need help? <a href="${href}">Help &#60;center&#62;</a></p>`,
    )
  })

  test('has its label in the language of the page', () => {
    const support = { label: (language: string) => `Hilfe (${language})`, url: 'tel:110' }
    expect(getLink(support)).toContain('>Hilfe (en)</a>')
  })

  test.each([
    'help',
    'help@localhost',
    'a b@example.com',
    'a\u0000b@example.com',
    '\ud800@example.com',
    'a@example.com"onclick="x',
    'https://example.com',
    '',
    7,
    null,
    {},
    { label: 'Help' },
    { url: 'https://example.com' },
    { label: '', url: 'https://example.com' },
    { label: 'Help', url: 'http://example.com' },
    { label: 'Help', url: 'javascript:alert(1)' },
    { label: 'Help', url: ' javascript:alert(1)' },
    { label: 'Help', url: 'data:text/html,x' },
    { label: 'Help', url: '/help' },
    { label: 'Help', url: 'https://user:password@example.com' },
    { label: 'Help', url: `https://example.com/${'a'.repeat(2048)}` },
    { label: 'Help', url: 'https://example.com', target: '_top' },
  ])('rejects %j', (support) => expectOptionError(() => createTestPages({ support } as Pages), /pages\.support/))
})

test.each(['', ' ', 'a\nb', 'a'.repeat(101), 7, null, { en: 'Bank' }])('the name %j is rejected', (invalid) =>
  expectOptionError(() => createTestPages({ name: invalid } as Pages), /pages\.name must be a string/),
)

test('a receiver checks the options when it is created', () =>
  expectOptionError(() => hookurl({ ...policy, handlers: { '*': () => {} }, pages: { accent: 'blue' } }), /accent/))
