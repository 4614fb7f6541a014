import { findToken } from '@hookurl/core'
import { beforeAll, describe, expect, test } from 'vitest'
import { mintForms, refusal } from './helpers.ts'

type Step = [string, (url: string) => string]

const origin = 'https://bot.example.com'
const places: [string, (token: string) => string][] = [
  ['path', (token) => `${origin}/hooks/${token}`],
  ['query', (token) => `${origin}/hooks?t=${token}`],
]

// What can happen to the inside of a URL …
const inside: Step[] = [
  ['nothing', (url) => url],
  ['dots percent-encoded', (url) => tail(url, (text) => text.replaceAll('.', '%2E'))],
  ['dots percent-encoded twice', (url) => tail(url, (text) => text.replaceAll('.', '%252e'))],
  ['everything percent-encoded', (url) => tail(url, (text) => encodeURIComponent(text).replaceAll('e', '%65'))],
  ['another host, scheme, port and prefix', (url) => url.replace(origin, 'http://10.0.0.7:3000/proxy/v1.2')],
  ['a target without its origin', (url) => url.replace(origin, '')],
]
// … what is added to it …
const added: Step[] = [
  ['nothing', (url) => url],
  ['a parameter', (url) => `${url}${url.includes('?') ? '&' : '?'}utm_source=mail`],
  ['a second question mark', (url) => `${url}?status=ok?a=b`],
  ['a blind ampersand', (url) => `${url}&status=ok`],
  ['an HTML entity', (url) => `${url}&amp;status=ok`],
  ['a path segment', (url) => `${url}/push/events`],
  ['a fragment', (url) => `${url}#/a?t=b`],
]
// … and how it is quoted or wrapped.
const around: Step[] = [
  ['nothing', (url) => url],
  ['a full stop', (url) => `${url}.`],
  ['a comma', (url) => `${url},`],
  ['a parenthesis', (url) => `(${url})`],
  ['angle brackets', (url) => `<${url}>`],
  ['quotes', (url) => `"${url}"`],
  ['an apostrophe', (url) => `${url}'`],
  ['several', (url) => `${url}'>).`],
  ['white space', (url) => ` \t${url}\r\n`],
  ['lines of 40 characters', (url) => url.replace(/.{40}/g, '$&\r\n  ')],
]

let tokens: [string, string][]
beforeAll(async () => {
  tokens = Object.entries(await mintForms())
})

describe.each(places)('in the %s', (_, place) => {
  test('a token of each form is found through every combination of damages around it', () => {
    let count = 0
    for (const [form, token] of tokens) {
      for (const [first, change] of inside) {
        for (const [second, add] of added) {
          for (const [third, wrap] of around) {
            const url = wrap(add(change(place(token))))
            expect(find(url), `${form}: ${first}, ${second}, ${third}`).toBe(token)
            count++
          }
        }
      }
    }
    expect(count).toBe(3 * 6 * 7 * 10)
  })
})

test('a parameter before the token, entities between them, or a second question mark does not matter', () => {
  for (const [, token] of tokens) {
    for (const query of [`a=1&t=${token}`, `a=1&amp;t=${token}&amp;b=2`, `a=1?t=${token}`, `t=${token}&t=${token}`]) {
      expect(findToken(`${origin}/hooks?${query}`)).toBe(token)
    }
  }
})

test('a bare token is the whole text, but for white space at its ends', () => {
  for (const [, token] of tokens) {
    expect(findToken(` ${token}\n`)).toBe(token)
    for (const text of [`${token}.`, `${token},`, `"${token}"`, token.replaceAll('.', '%2E')]) {
      expect(findToken(text)).toBe(text)
    }
  }
})

test('a URL inside the path does not hide the token before it', () => {
  for (const [, token] of tokens) expect(findToken(`/hooks/${token}/to/https://example.com/a`)).toBe(token)
})

test('a line may be broken anywhere', () => {
  for (const [form, token] of tokens) {
    const url = `${origin}/hooks?a=1&amp;t=${token.replaceAll('.', '%252E')}&amp;b=2`
    for (let at = 0; at <= url.length; at++) {
      expect(find(`${url.slice(0, at)}\r\n ${url.slice(at)}`), `${form} at ${at}`).toBe(token)
    }
  }
})

test('a signature is never cut to length', () => {
  for (const [, token] of tokens) {
    for (const text of [`${token}x`, `${token}=`, `${token}\u2026`, `${token}-`]) {
      expect(findToken(`${origin}/${text}`)).toBe(text)
    }
  }
})

test('what was a token is found, so that it can be diagnosed, unless there is a whole one', () => {
  const [, token] = tokens[0] as [string, string]
  for (const broken of [token.slice(0, -5), token.toLowerCase(), token.split('.')[0] as string]) {
    expect(findToken(`${origin}/hooks/${broken}`)).toBe(broken)
    expect(findToken(`${origin}/hooks/${broken}?t=${token}`)).toBe(token)
  }
})

test('two different tokens are ambiguous; a token and its short form are the same', async () => {
  const [full, short, sealed] = tokens.map(([, token]) => token) as [string, string, string]
  expect(findToken(`${origin}/${full}/${short}`)).toBe(short)
  expect(findToken(`${origin}/${full}?t=${short}`)).toBe(full)
  expect(findToken(`${origin}/${short}?t=${full}`)).toBe(short)
  for (const url of [`${origin}/${full}/${sealed}`, `${origin}/${sealed}?t=${short}`, `/x?t=${full}&t=${sealed}`]) {
    expect(await refusal(() => findToken(url))).toMatchObject({ code: 'ambiguous_token', status: 400, exit: 3 })
  }
})

test.each([
  '',
  ' ',
  '/',
  '?',
  `${origin}/hooks`,
  `${origin}/v1.2.3/app.js`,
  `${origin}?t=`,
  `${origin}?t=1700000000`,
  '/e/ee',
])('there is no token in %j', async (url) => {
  expect(await refusal(() => findToken(url))).toMatchObject({ code: 'no_token', status: 404, exit: 3 })
})

test('a token in the host, the fragment or another parameter is none', async () => {
  for (const [, token] of tokens) {
    for (const url of [
      `https://${token}/hooks`,
      `https://${token}`,
      `https://${token}?a=b`,
      `${origin}/#${token}`,
      `${origin}/?token=${token}`,
      `${origin}/?T=${token}`,
    ]) {
      expect(await refusal(() => findToken(url))).toMatchObject({ code: 'no_token' })
    }
  }
})

test.each([undefined, null, 5, {}, [], Symbol('x')])('%s is no URL', async (value) => {
  expect(await refusal(() => findToken(value as never))).toMatchObject({ code: 'no_token' })
})

function find(url: string): string {
  try {
    return findToken(url)
  } catch (error) {
    return String(error)
  }
}

// Changes the token alone: it is the last part of the URLs here.
function tail(url: string, change: (text: string) => string): string {
  const start = Math.max(url.lastIndexOf('/'), url.lastIndexOf('=')) + 1
  return url.slice(0, start) + change(url.slice(start))
}

test('finds the token of a query that was percent-encoded as a whole', () => {
  const token = `eyJjbWQiOiIveCJ9.${'A'.repeat(43)}`
  expect(findToken(`https://bot.example.com/hooks?t%3D${token}`)).toBe(token)
})
