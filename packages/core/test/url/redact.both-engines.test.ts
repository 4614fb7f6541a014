import { inspect, redact } from '@hookurl/core'
import { beforeAll, describe, expect, test } from 'vitest'
import { baseUrl, mintFormats, now } from '../helpers.ts'

const label = /\[hook [0-9a-f]{6}\]/g
let formats: [string, string][]
let full: string
let encrypted: string
beforeAll(async () => {
  const tokens = await mintFormats()
  formats = Object.entries(tokens)
  ;({ full, encrypted } = tokens)
})

test('a token of each format is replaced by a label, and nothing else is changed', () => {
  for (const [format, token] of formats) {
    for (const [before, after] of [
      ['', ''],
      [`${baseUrl}/`, ''],
      [`${baseUrl}/`, '?status=ok'],
      [`${baseUrl}?t=`, '&a=b'],
      ['POST /hooks/', ' HTTP/1.1" 200 12'],
      ['{"url":"https://bot.example.com/', '","ok":true}'],
      ['see <', '>.'],
      ['see ', '.'],
      ['(', '),'],
      ['2027-01-15T08:00:00.000Z info token=', '; done'],
      ['first line\n', '\nlast line'],
    ] as const) {
      const text = redact(before + token + after)
      expect(text.replace(label, 'X'), format).toBe(`${before}X${after}`)
      expect(text).toMatch(label)
    }
  }
})

test('the same token gets the same label everywhere', () => {
  const [a] = redact(`GET /${full}`).match(label) ?? []
  expect(redact(`${baseUrl}?t=${full}&a=b`)).toContain(a)
  expect(redact(full.replaceAll('.', '%2E'))).toBe(a)
  expect(redact(full.replaceAll('.', '%252e'))).toBe(a)
})

test('different tokens get different labels', () => {
  expect(redact(encrypted)).not.toBe(redact(full))
})

test("the label has six hex digits of the token's SHA-256", async () => {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(full))
  const hex = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  expect(redact(full)).toBe(`[hook ${hex.slice(0, 6)}]`)
})

test('several tokens in one string are replaced', () => {
  const text = redact(`a ${full} b ${encrypted}\nc ${full}`)
  expect(text.replace(label, 'X')).toBe('a X b X\nc X')
  expect(new Set(text.match(label)).size).toBe(2)
})

describe('damaged tokens are replaced too:', () => {
  const damages: [string, (token: string) => string][] = [
    ['percent-encoded', (token) => token.replaceAll('.', '%2E')],
    ['percent-encoded twice', (token) => token.replaceAll('.', '%252E')],
    ['every character percent-encoded', (token) => encodeAll(token)],
    ['every character percent-encoded twice', (token) => encodeURIComponent(encodeAll(token))],
    ['truncated in its signature', (token) => token.slice(0, -10)],
    ['truncated in its claims', (token) => token.slice(0, 60)],
    ['truncated to 20 characters', (token) => token.slice(0, 20)],
    ['in lower case', (token) => token.toLowerCase()],
    ['in upper case', (token) => token.toUpperCase()],
    ['with an extra character', (token) => `${token}x`],
    ['with another last character', (token) => `${token.slice(0, -1)}_`],
    ['after a word without a space', (token) => `id-${token}`],
    ['in lines of 76 characters', (token) => fold(token, 76, '\r\n')],
    ['in quoted lines of 60 characters', (token) => fold(token, 60, '\n> ')],
    ['in lines of 40 characters, percent-encoded', (token) => fold(token.replaceAll('.', '%2E'), 40, '\n')],
  ]
  test.each(damages)('%s', (_, damage) => {
    for (const [format, token] of formats) {
      const damaged = damage(token)
      const text = redact(`see ${baseUrl}/${damaged} for more`)
      expect(text.match(label), format).toHaveLength(1)
      expect(text.replace(label, 'X'), format).toMatch(/^see https:\/\/bot\.example\.com\/hks\/(id-)?X for more$/)
    }
  })
})

test('a line break anywhere leaves no complete signature', () => {
  for (const [format, token] of formats) {
    const url = `${baseUrl}/${token}`
    const signature = token.split('.').at(-1) as string
    for (let at = 0; at <= url.length; at++) {
      const text = redact(`${url.slice(0, at)}\n${url.slice(at)} for more`)
      expect(text, `${format} at ${at}`).not.toContain(signature)
      expect(text, `${format} at ${at}`).toMatch(label)
      expect(text.endsWith(' for more'), `${format} at ${at}`).toBe(true)
    }
  }
})

test.each([
  '',
  'nothing here',
  'https://bot.example.com/hooks?a=b%20c&d=%2525',
  'v1.2.3 and 10.0.0.1 and example.com',
  'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  '4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  '550e8400-e29b-41d4-a716-446655440000',
  'eyJ',
  'eyewitness.com eyes.example keyJ',
  '%E0%A4%A',
  'aGVsbG8gd29ybGQ.aGVsbG8gd29ybGQ.aGVsbG8',
  '\ud800 \0 \u{1f600}',
])('%j is unchanged', (text) => {
  expect(redact(text)).toBe(text)
})

test('a token that inspect finds in a URL is redacted from it', () => {
  for (const [, token] of formats) {
    for (const url of [`/x/${token}?a=%41`, `/x/%65${token.slice(1)}`, `?t=${token}.`, `/${token}%20/`]) {
      const found = inspect(url, { now }).token as string
      expect(found).toBe(token)
      expect(redact(url)).toContain(redact(found))
      expect(redact(url)).not.toContain(token.slice(8))
    }
  }
})

test('a redacted text is not redacted again', () => {
  const once = redact(`${baseUrl}/${full} ${encrypted}`)
  expect(redact(once)).toBe(once)
})

function fold(text: string, width: number, end: string): string {
  return text.replace(new RegExp(`.{${width}}(?=.)`, 'g'), `$&${end}`)
}

function encodeAll(text: string): string {
  return [...text].map((character) => `%${character.charCodeAt(0).toString(16)}`).join('')
}

// Whitespace that `findToken` removes from a token must not prevent its redaction.
test.each([' ', '\t', '\n', '\u00a0', '\u2028', '%20', '%0A', '%0D%0A', '%2520', '%C2%A0'])(
  'a token broken by %j leaves no 20 characters of its signature',
  (space) => {
    for (const [format, token] of formats) {
      const signature = token.split('.').at(-1) as string
      for (let at = 1; at < token.length; at++) {
        const text = redact(`${baseUrl}/${token.slice(0, at)}${space}${token.slice(at)}?status=ok`)
        for (let from = 0; from + 20 <= signature.length; from++) {
          if (text.includes(signature.slice(from, from + 20))) expect.fail(`${format}, broken at ${at}: ${text}`)
        }
      }
    }
  },
)

test('ordinary words after a URL are unchanged', () => {
  const [[, token]] = formats as [[string, string]]
  expect(redact(`GET ${baseUrl}/${token} took 12 ms of request-0123456789abcdef`)).toMatch(
    /^GET \S+\/\[hook [0-9a-f]{6}\] took 12 ms of request-0123456789abcdef$/,
  )
})
