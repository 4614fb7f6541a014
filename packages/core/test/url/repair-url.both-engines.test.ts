import { describe, expect, test } from 'vitest'
import { invisible, removeIgnored, repairUrl, trimIgnored } from '../../src/url/repair-url.ts'

const invisibleCharacter = new RegExp(`[${invisible}]`)

test('the invisible characters are those that Unicode ignores by default', () => {
  const characters = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code))
  const wrong = characters.filter(
    (character) => invisibleCharacter.test(character) !== /\p{Default_Ignorable_Code_Point}/u.test(character),
  )
  expect(wrong.map((character) => character.charCodeAt(0).toString(16))).toEqual([])
})

test.each([
  'https://bot.example.com/hooks/a.b.c',
  'https://bot.example.com/hooks?a=20&t=a.b.c&b=3D&amp;c=2E',
  'https://bot.example.com:8080/a%20b;c=d?e=f=#g',
  '日本語 '.trim(),
])('%j is unchanged', (url) => {
  expect(repairUrl(url)).toBe(url)
})

describe('in a URL,', () => {
  test.each([
    ['a soft line break is removed', 'a=\r\nb', 'ab'],
    ['a soft line break without a carriage return is removed', 'a= \nb', 'ab'],
    ['the equals sign of the token is not a soft line break', '?t=\nb', '?t=b'],
    ['the continuation of a shell is removed', 'a\\\nb', 'ab'],
    ['the quoting of a reply is removed', 'a\r\n > > b', 'ab'],
    ['an angle bracket that is not at the start of a line is unchanged', 'a >b', 'a>b'],
    ['delimiters that HTML escapes are decoded', 'a&#x2F;b?t&#x3D1&#038;c', 'a/b?t=1&c'],
    ['delimiters that JSON escapes are decoded', 'a?t\\u003D1\\u0026c', 'a?t=1&c'],
    ['letters that HTML or JSON escape are unchanged', '&#101;\\u0065', '&#101;\\u0065'],
  ])('%s', (_, url, repaired) => {
    expect(repairUrl(url)).toBe(repaired)
  })
})

test('whitespace and invisible characters are removed', () => {
  expect(removeIgnored(' a\u200b \u3000b\u2028\tc\ufeff')).toBe('abc')
})

test('whitespace and invisible characters are trimmed from both ends only', () => {
  expect(trimIgnored('\ufeff \u200ba\u200bb\u2060\n')).toBe('a\u200bb')
})

test('256 escapes are decoded, and 257 are not', () => {
  expect(repairUrl('&#x2F;'.repeat(256))).toBe('/'.repeat(256))
  expect(repairUrl('&#x2F;'.repeat(257))).toBe('&#x2F;'.repeat(257))
})
