import { type ErrorCode, errorCodes, type Hook } from '@hookurl/core'
import { describe, expect, test } from 'vitest'
import { acceptedPage, confirmPage, donePage, previewPage, rejectedPage } from '../../src/response/default-pages.ts'

const codes = Object.keys(errorCodes) as ErrorCode[]
const hook: Hook = { command: '/<script>', content: '<img src=x>', allowGet: false, key: { index: 0 } }
const markup = `</h1></title><script>alert(1)</script><img src=x onerror="alert('1')">&amp;`
const redirectTo = `https://a.com/${encodeURIComponent(markup)}?x=1`
const copy = { title: markup, text: markup, note: markup, button: markup, language: markup }

const pages: readonly [name: string, html: string][] = [
  ['confirm page', confirmPage(hook, { title: undefined, formId: 'a' })],
  ['confirm page with markup in its title', confirmPage(hook, { title: markup, formId: markup })],
  [
    'confirm page with markup in its redirect',
    confirmPage({ ...hook, redirectTo }, { title: markup, formId: undefined }),
  ],
  ['confirm page with markup in custom copy', confirmPage(hook, { title: markup, formId: markup }, copy)],
  ['preview page', previewPage(undefined)],
  ['preview page with markup in its title', previewPage(markup)],
  ['accepted page', acceptedPage(undefined)],
  ['accepted page with markup in its title', acceptedPage(markup)],
  ['done page', donePage(undefined)],
  ['done page with markup in its title', donePage(markup)],
  ['rejected page with markup in custom copy', rejectedPage('expired', copy)],
  ...codes.map((code): [string, string] => [`rejected page for ${code}`, rejectedPage(code)]),
]
const knownTags = '!doctype html head meta title style body main h1 p form input button'.split(' ')

describe('default pages', () => {
  for (const [name, html] of pages) {
    test(`the ${name} has only known tags`, () => {
      const tags = new Set([...html.matchAll(/<\/?([a-z0-9!]+)/gi)].map(([, tag = '']) => tag))
      expect([...tags].filter((tag) => !knownTags.includes(tag))).toEqual([])
      expect(html.match(/<title>/g)).toHaveLength(1)
    })

    test(`the ${name} loads nothing`, () => {
      expect(html).not.toMatch(/<img|https?:|@import|url\(/)
    })

    const forms = name.startsWith('confirm') ? 1 : 0
    test(`the ${name} has ${forms === 1 ? 'one form' : 'no form'}`, () => {
      expect(html.match(/<form/g) ?? []).toHaveLength(forms)
    })
  }

  test('markup in a title is escaped', () => {
    expect(confirmPage(hook, { title: markup, formId: undefined })).toContain(
      '&#60;script&#62;alert(1)&#60;/script&#62;',
    )
  })

  const confirmWithRedirect = (url: string): string =>
    confirmPage({ ...hook, redirectTo: url }, { title: undefined, formId: undefined })

  test('the confirm page shows the host and port of the redirect', () => {
    const html = confirmWithRedirect('https://shop.example:8443/secret/path?token=1')
    expect(html).toContain('taken to shop.example:8443.')
  })

  test('the confirm page shows neither the path nor the query of the redirect', () => {
    expect(confirmWithRedirect('https://shop.example/secret/path?token=1')).not.toMatch(/secret|token=/)
  })

  test('the confirm page shows an internationalized host in Punycode', () => {
    expect(confirmWithRedirect('https://xn--80ak6aa92e.com/')).toContain('xn--80ak6aa92e.com')
  })

  for (const code of codes) {
    test(`the rejected page for ${code} shows the code`, () => {
      expect(rejectedPage(code)).toContain(`Reason: ${code}`)
    })

    test(`the rejected page for ${code} has a heading and an explanation`, () => {
      expect(rejectedPage(code)).toMatch(/<h1>(?:This|Something|Sign in) [a-z ]+<\/h1><p>[A-Z]/)
    })
  }
})
