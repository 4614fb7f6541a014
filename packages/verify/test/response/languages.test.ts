import type { PageLanguage } from '@hookurl/verify'
import * as modules from '@hookurl/verify/languages'
import { languages } from '@hookurl/verify/languages'
import { describe, expect, test } from 'vitest'
import { parseLanguages } from '../../src/request/content-negotiation.ts'
import { arabic } from '../support/arabic.ts'
import { expectOptionError } from '../support/fixtures.ts'
import { createPageData, createTestPages, renderAllPages } from '../support/pages.ts'

const all = { ...languages, ar: arabic }
const pages = createTestPages({ languages: all })

function getLanguage(html: string): string | undefined {
  return /<html lang="([^"]*)"/.exec(html)?.[1]
}

describe('a browser that sends Accept-Language', () => {
  const cases: readonly [header: string | undefined, language: string][] = [
    [undefined, 'en'],
    ['', 'en'],
    ['de', 'de'],
    ['DE', 'de'],
    ['de-AT', 'de'],
    ['de-CH-1996', 'de'],
    ['zh-Hans-CN', 'zh'],
    ['zh-TW,zh;q=0.9', 'zh'],
    ['pt-BR,pt;q=0.9,en;q=0.8', 'pt'],
    ['fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5', 'fr'],
    ['en;q=0.5,pl;q=0.9', 'pl'],
    ['pl;q=0.5,en;q=0.5', 'pl'],
    ['sv,da;q=0.9,nl;q=0.1', 'nl'],
    ['sv', 'en'],
    ['*', 'en'],
    ['*,ja;q=0.5', 'ja'],
    ['ja;q=0', 'en'],
    ['ja;q=0.000,it;q=0.001', 'it'],
    ['de;q=1.000', 'de'],
    ['de ; q=0.3 , es ; q=0.4', 'es'],
    ['de;Q=0.3,es;Q=0.4', 'es'],
    ['ar-EG', 'ar'],
    ['de-x-private', 'de'],
    ['x-private', 'en'],
    ['i-klingon', 'en'],
    // Malformed ranges and weights are left out.
    ['ja;q=2', 'en'],
    ['ja;q=1.001', 'en'],
    ['ja;q=0.1234', 'en'],
    ['ja;q=-1', 'en'],
    ['ja;q=1e3', 'en'],
    ['ja;q=0x1', 'en'],
    ['ja;q=', 'en'],
    ['ja;q=NaN,es;q=0.1', 'es'],
    ['ja_JP,es', 'es'],
    ['ja-,es', 'es'],
    ['"ja",es', 'es'],
    ['<script>,es', 'es'],
    ['__proto__,constructor,es', 'es'],
    ['languagelong,es', 'es'],
    [',,,;;;,=,es', 'es'],
    [`de-${'a-'.repeat(20)}a,es`, 'es'],
    [`${'sv,'.repeat(31)}es`, 'es'],
    [`${'sv,'.repeat(32)}es`, 'en'],
  ]
  test.each(cases)('%j gets %s', (header, language) => {
    const { html, headers } = pages.confirm(createPageData(header))
    expect(getLanguage(html)).toBe(language)
    expect(headers['content-language']).toBe(language)
  })

  const longHeaders: readonly [what: string, header: string][] = [
    ['many subtags', `a${'-a'.repeat(32_000)}`],
    ['many languages', 'de,'.repeat(20_000)],
    ['many parameters', `de${';q=1'.repeat(16_000)}`],
    ['many spaces', `de${' '.repeat(64_000)};q=1`],
    ['many commas', ','.repeat(64_000)],
  ]
  test.each(longHeaders)('with %s gets a page at once', (_, header) => {
    const startedAt = performance.now()
    for (let count = 0; count < 10; count++) pages.confirm(createPageData(header))
    expect(performance.now() - startedAt).toBeLessThan(500)
    expect(parseLanguages(header).length).toBeLessThanOrEqual(32)
  })
})

describe.each(Object.entries(all))('the language %s', (tag, copy) => {
  test('has every string', () => {
    const getNames = (language: PageLanguage): string[] =>
      Object.entries(language).flatMap(([page, strings]) => Object.keys(strings).map((name) => `${page}.${name}`))
    expect(getNames(copy).sort()).toEqual(getNames(languages.en).sort())
  })

  test('has the placeholders that English has', () => {
    expect(copy.confirm.redirect).toContain('{host}')
    expect(copy.alreadyUsed.usedAt).toContain('{time}')
    expect(copy.footer.reference).toContain('{code}')
    expect(JSON.stringify(copy).match(/\{\w+\}/g)).toHaveLength(3)
  })

  test('is written in plain text without spaces at its ends', () => {
    for (const text of Object.values(copy).flatMap((strings) => Object.values<string>(strings))) {
      expect(text).toBe(text.trim())
      expect(text).not.toMatch(/[<>&"]|\.\.| {2}|'/)
    }
  })

  test('is on every page', () => {
    for (const [name, { html }] of renderAllPages(pages, createPageData(tag))) {
      expect(html, name).toMatch(
        new RegExp(`^<!doctype html><html lang="${tag}"${tag === 'ar' ? ' dir="rtl"' : ''}><head>`),
      )
      expect(html, name).not.toMatch(/\{\w+\}/)
      if (tag !== 'en') expect(html, name).not.toMatch(/Please|This link|Ref: |You |Nothing/)
    }
  })

  test('formats the time of a use, in UTC', () => {
    const { html } = pages.rejected('already_used', { ...createPageData(tag), usedAt: new Date(1_800_000_000_000) })
    expect(html).toMatch(/2027.*UTC|UTC.*2027/)
    expect(html).toMatch(/15.*8:00|8:00.*15/)
  })
})

test('every language can be imported alone', () => {
  const { languages: _, ...single } = modules
  expect(single).toEqual(languages)
})

describe('the option languages', () => {
  test('is English alone by default', () => {
    expect(getLanguage(createTestPages().confirm(createPageData('de')).html)).toBe('en')
  })

  test('replaces a string of the English copy', () => {
    const en = { ...languages.en, confirm: { ...languages.en.confirm, button: 'Go ahead' } }
    const { html } = createTestPages({ languages: { en } }).confirm(createPageData())
    expect(html).toContain('<button>Go ahead</button>')
    expect(html).toContain('<h1>Please confirm</h1>')
  })

  test('replaces a string of another language', () => {
    const de = { ...languages.de, done: { title: 'Fertig', text: 'Das war es.' } }
    const { html } = createTestPages({ languages: { ...languages, de } }).done(createPageData('de'))
    expect(html).toContain('<h1>Fertig</h1><p>Das war es.</p>')
  })

  test('may distinguish regions, with the longest match first', () => {
    const regional = createTestPages({ languages: { ...languages, 'pt-BR': languages.pt, 'zh-Hant': languages.zh } })
    expect(getLanguage(regional.done(createPageData('pt-br')).html)).toBe('pt-BR')
    expect(getLanguage(regional.done(createPageData('pt-PT')).html)).toBe('pt')
    expect(getLanguage(regional.done(createPageData('zh-Hant-TW')).html)).toBe('zh-Hant')
  })

  test('is fixed to one by the option language', () => {
    const german = createTestPages({ languages, language: 'de' })
    expect(getLanguage(german.done(createPageData('fr,en')).html)).toBe('de')
  })

  test('gives custom copy in one of the languages its defaults', () => {
    const custom = createTestPages({ languages, confirm: () => ({ title: 'Zahlen?', language: 'de-AT' }) })
    const { html } = custom.confirm(createPageData('fr'))
    expect(html).toContain('<html lang="de-AT">')
    expect(html).toContain('<button>Bestätigen</button>')
  })

  test('gives custom copy in any language its direction', () => {
    const html = (language: string): string =>
      createTestPages({ done: () => ({ language }) }).done(createPageData()).html
    for (const language of ['ar', 'he-IL', 'fa', 'ur-PK', 'az-Arab'])
      expect(html(language)).toMatch(/^<!doctype html><html lang="[\w-]+" dir="rtl">/)
    for (const language of ['en', 'ur-Latn', 'arn', 'hr', 'ks-Deva'])
      expect(html(language)).toMatch(/<html lang="[\w-]+"><head>/)
  })

  const { footer: _, ...incomplete } = languages.de
  const replaceDone = (done: object): object => ({
    languages: { en: { ...languages.en, done: { ...languages.en.done, ...done } } },
  })
  const invalid: readonly [what: string, options: object, message: RegExp][] = [
    ['an array', { languages: ['de'] }, /pages\.languages must be an object/],
    ['null', { languages: null }, /pages\.languages must be an object/],
    ['a tag with an underscore', { languages: { de_AT: languages.de } }, /"de_AT" is not a language tag/],
    ['a tag without meaning', { languages: { 'abcdefgh-a': languages.de } }, /is not a language tag/],
    ['a language that is a string', { languages: { de: 'Deutsch' } }, /pages\.languages\.de must be an object/],
    ['a language without a page', { languages: { de: incomplete } }, /pages\.languages\.de\.footer must be an object/],
    ['a language without a string', { languages: { de: { ...languages.de, done: { title: 'a' } } } }, /de\.done\.text/],
    ['an empty string', replaceDone({ title: ' ' }), /en\.done\.title must be a string of 1 to 500/],
    ['a string that is too long', replaceDone({ title: 'a'.repeat(501) }), /en\.done\.title/],
    ['a string that is a number', replaceDone({ text: 7 }), /en\.done\.text/],
    [
      'an unknown page',
      { languages: { en: { ...languages.en, finished: {} } } },
      /pages\.languages\.en has no "finished"/,
    ],
    ['an unknown string', replaceDone({ heading: 'a' }), /en\.done has no "heading"/],
    ['a fixed language that is missing', { languages, language: 'sv' }, /pages\.language must be 'en' or one of/],
    ['a fixed language that is not a string', { language: 7 }, /pages\.language must be 'en' or one of/],
  ]
  test.each(invalid)('rejects %s', (_, options, message) => expectOptionError(() => createTestPages(options), message))
})
