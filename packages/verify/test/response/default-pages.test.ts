import { type ErrorCode, errorCodes, type Hook } from '@hookurl/core'
import { expect, test } from 'vitest'
import { confirmPage, donePage, previewPage, refusedPage } from '../../src/response/default-pages.ts'

const hook: Hook = { command: '/<script>', content: '<img src=x>', allowGet: false, key: { index: 0 } }
const evil = `</h1></title><script>alert(1)</script><img src=x onerror="alert('1')">&amp;`

const pages: readonly [name: string, html: string][] = [
  ['confirm', confirmPage(hook, undefined)],
  ['confirm, with a title', confirmPage(hook, evil)],
  ['confirm, leading on', confirmPage({ ...hook, redirectTo: `https://a.com/${encodeURIComponent(evil)}?x=1` }, evil)],
  [
    'confirm, of texts of one’s own',
    confirmPage(hook, evil, { title: evil, text: evil, note: evil, button: evil, language: evil }),
  ],
  ['preview', previewPage(undefined)],
  ['preview, with a title', previewPage(evil)],
  ['refused, of texts of one’s own', refusedPage('expired', { title: evil, text: evil, note: evil, language: evil })],
  ['done', donePage(undefined)],
  ['done, with a title', donePage(evil)],
  ...Object.keys(errorCodes).map((code): [string, string] => [code, refusedPage(code as ErrorCode)]),
]
for (const [name, html] of pages) {
  test(`the page "${name}" has its own tags and no others`, () => {
    const tags = new Set([...html.matchAll(/<\/?([a-z0-9!]+)/gi)].map(([, tag]) => tag))
    const known = new Set([
      '!doctype',
      'html',
      'head',
      'meta',
      'title',
      'style',
      'body',
      'main',
      'h1',
      'p',
      'form',
      'button',
    ])
    expect([...tags].filter((tag) => !known.has(tag ?? ''))).toEqual([])
    expect(html.match(/<title>/g)).toHaveLength(1)
    expect(html.match(/<form/g)?.length ?? 0).toBe(name.startsWith('confirm') ? 1 : 0)
    expect(html).not.toMatch(/<img|https?:|@import|url\(/)
  })
}

test('an evil title is shown as it is, and does nothing', () => {
  expect(confirmPage(hook, evil)).toContain('&#60;script&#62;alert(1)&#60;/script&#62;')
})

test('the confirm page says where it leads, by host and port alone', () => {
  const page = (redirectTo: string): string => confirmPage({ ...hook, redirectTo }, undefined)
  expect(page('https://shop.example:8443/secret/path?token=1')).toContain('taken to shop.example:8443.')
  expect(page('https://shop.example/secret/path?token=1')).not.toMatch(/secret|token=/)
  expect(page('https://xn--80ak6aa92e.com/')).toContain('xn--80ak6aa92e.com')
})

test('every refusal says its code, and no page blames the reader in code alone', () => {
  for (const code of Object.keys(errorCodes) as ErrorCode[]) {
    expect(refusedPage(code)).toContain(`Reason: ${code}`)
    expect(refusedPage(code)).toMatch(/<h1>(?:This|Something) [a-z ]+<\/h1><p>[A-Z]/)
  }
})
