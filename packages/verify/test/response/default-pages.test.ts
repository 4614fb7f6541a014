import { errorCodes } from '@hookurl/core'
import type { PageLanguage, Pages } from '@hookurl/verify'
import { languages } from '@hookurl/verify/languages'
import { describe, expect, test } from 'vitest'
import { codes, createPageData, createTestPages, renderAllPages, sampleHook } from '../support/pages.ts'

const markup = `</h1></title></style><script>alert(1)</script><img src=x onerror="alert('1')">&amp;`
const copy = { title: markup, text: markup, note: markup, button: markup, language: markup }
const redirectTo = `https://a.com/${encodeURIComponent(markup)}?x=1`
const hook = { ...sampleHook, command: '/<script>', content: '<img src=x>', redirectTo }
const definition = {
  title: markup,
  choices: { [markup]: markup, b: { en: markup }, c: () => markup },
  comment: { label: markup, maxLength: 10 },
}
const hostileEnglish = Object.fromEntries(
  Object.entries(languages.en).map(([page, strings]) => [
    page,
    Object.fromEntries(Object.keys(strings).map((name) => [name, `${markup}{host}{time}{code}`])),
  ]),
)
const hostile: Pages = {
  name: markup.slice(0, 100),
  logo: '<svg viewBox="0 0 1 1"><title>&lt;/h1&gt;"\'</title></svg>',
  support: { label: markup, url: `https://example.com/?a="'<b>&c=1` },
  languages: { en: hostileEnglish as unknown as PageLanguage },
}

const renderings = [
  ...renderAllPages(createTestPages()),
  ...[...renderAllPages(createTestPages(), createPageData(undefined, { hook, definition, formId: markup }))].map(
    ([name, page]) => [`${name}, with markup in the definition`, page] as const,
  ),
  ...[
    ...renderAllPages(
      createTestPages({ ...hostile, confirm: () => copy, done: () => copy, rejected: () => copy }),
      createPageData(markup, { hook, definition, formId: markup }),
    ),
  ].map(([name, page]) => [`${name}, with markup in every option`, page] as const),
  ...[...renderAllPages(createTestPages(hostile))].map(
    ([name, page]) => [`${name}, with markup in the copy`, page] as const,
  ),
] as const
const knownTags =
  '!doctype html head meta title style body main div img h1 p svg circle path form input label textarea button footer a'.split(
    ' ',
  )

describe('every default page', () => {
  test('has only known tags, whatever its copy contains', () => {
    for (const [name, { html }] of renderings) {
      const body = html.replace(/<style>.*?<\/style>/s, '<style></style>')
      const tags = new Set([...body.matchAll(/<\/?([a-z0-9!]+)/gi)].map(([, tag = '']) => tag))
      expect([name, ...[...tags].filter((tag) => !knownTags.includes(tag))]).toEqual([name])
      expect(html.match(/<title>/g), name).toHaveLength(1)
      expect(html.match(/<h1>/g), name).toHaveLength(1)
      expect(html, name).not.toMatch(/\s(?:on\w+|style)="/)
    }
  })

  test('loads nothing', () => {
    for (const [name, { html }] of renderings) {
      expect(html.replace(/<a href="[^"]*"/g, ''), name).not.toMatch(/\b(?:src|srcset|href)="(?!data:)|@import|url\(/)
    }
  })

  test('allows its own style sheet, and neither scripts nor anything else', async () => {
    for (const [name, { html, headers }] of renderings) {
      const [, style = ''] = /<style>(.*?)<\/style>/s.exec(html) ?? []
      const hash = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(style))).toString('base64')
      const images = html.includes('<img') ? 'img-src data:; ' : ''
      expect(headers['content-security-policy'], name).toBe(
        `default-src 'none'; style-src 'sha256-${hash}'; ${images}form-action 'self' https: http:; base-uri 'none'; ` +
          "frame-ancestors 'none'",
      )
    }
  })

  test('depends on Accept-Language, and names its language', () => {
    for (const [name, { headers }] of renderings) expect(headers.vary, name).toBe('Accept-Language')
    expect(createTestPages().confirm(createPageData()).headers['content-language']).toBe('en')
  })

  test('has headers without markup or line breaks', () => {
    const pages = createTestPages({ confirm: () => ({ language: 'de\r\nset-cookie: a=1' }) })
    expect(JSON.stringify(pages.confirm(createPageData()).headers)).not.toContain('set-cookie')
  })

  test('has a form if it is the confirm page, and otherwise none', () => {
    for (const [name, { html }] of renderings) {
      expect(html.match(/<form/g) ?? [], name).toHaveLength(name.startsWith('confirm') ? 1 : 0)
    }
  })
})

describe('the confirm page', () => {
  const confirm = (redirectTo: string): string =>
    createTestPages().confirm(createPageData(undefined, { redirectTo })).html

  test('shows the host and port of the redirect', () => {
    expect(confirm('https://shop.example:8443/secret/path?token=1')).toContain('taken to shop.example:8443.')
  })

  test('shows neither the path nor the query of the redirect', () => {
    expect(confirm('https://shop.example/secret/path?token=1')).not.toMatch(/secret|token=/)
  })

  test('shows an internationalized host in Punycode', () => {
    expect(confirm('https://xn--80ak6aa92e.com/')).toContain('xn--80ak6aa92e.com')
  })
})

describe('the page of a rejection', () => {
  const pages = createTestPages({ languages })
  const isServerError = (code: keyof typeof errorCodes): boolean => {
    const { status = 500 }: { status?: number; title: string } = errorCodes[code]
    return status >= 500
  }

  test.each(codes)('for %s has a heading and an explanation', (code) => {
    expect(pages.rejected(code, createPageData()).html).toMatch(
      /<h1>(?:This|Something|Sign in) [a-z ]+<\/h1><p>[A-Z].*\.<\/p>/,
    )
  })

  test.each(codes.filter((code) => !isServerError(code)))('for %s shows the code in small print', (code) => {
    const { html } = pages.rejected(code, createPageData())
    expect(html).toContain(`<footer><p class="note">Ref: ${code}</p></footer>`)
  })

  test('shows no reason that is internal to the server, in any language', () => {
    for (const language of Object.keys(languages)) {
      for (const code of codes.filter(isServerError)) {
        const { html } = pages.rejected(code, createPageData(language))
        expect(html, code).not.toContain(code)
        expect(html, code).toMatch(/<p class="note">[^<]*50[03]<\/p>/)
      }
    }
  })

  test('says when the link was used, with the time zone', () => {
    const usedAt = new Date(1_800_000_000_000)
    const { html } = pages.rejected('already_used', { ...createPageData(), usedAt })
    expect(html).toMatch(/It was used on January 15, 2027 at 8:00\sAM UTC and cannot be used again\./)
  })
})
