import { findToken } from '@hookurl/core'
import { decodePercentTwice } from '@hookurl/core/internal'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { catchError, mintFormats } from '../helpers.ts'

type Step = [string, (url: string) => string]

const origin = 'https://bot.example.com'
const positions: [string, (token: string) => string][] = [
  ['path', (token) => `${origin}/hooks/${token}`],
  ['query', (token) => `${origin}/hooks?t=${token}`],
]

// What can happen to the inside of a URL, …
const inside: Step[] = [
  ['nothing', (url) => url],
  ['dots percent-encoded', (url) => changeToken(url, (text) => text.replaceAll('.', '%2E'))],
  ['dots percent-encoded twice', (url) => changeToken(url, (text) => text.replaceAll('.', '%252e'))],
  ['everything percent-encoded', (url) => changeToken(url, (text) => encodeURIComponent(text).replaceAll('e', '%65'))],
  ['another host, scheme, port and prefix', (url) => url.replace(origin, 'http://10.0.0.7:3000/proxy/v1.2')],
  ['a target without its origin', (url) => url.replace(origin, '')],
]
// … what can be added to it, …
const added: Step[] = [
  ['nothing', (url) => url],
  ['a parameter', (url) => `${url}${url.includes('?') ? '&' : '?'}utm_source=mail`],
  ['a second question mark', (url) => `${url}?status=ok?a=b`],
  ['an ampersand without a question mark', (url) => `${url}&status=ok`],
  ['an HTML entity', (url) => `${url}&amp;status=ok`],
  ['a path segment', (url) => `${url}/push/events`],
  ['a fragment', (url) => `${url}#/a?t=b`],
]
// … and how it can be quoted or wrapped.
const around: Step[] = [
  ['nothing', (url) => url],
  ['a full stop', (url) => `${url}.`],
  ['a comma', (url) => `${url},`],
  ['a parenthesis', (url) => `(${url})`],
  ['angle brackets', (url) => `<${url}>`],
  ['quotes', (url) => `"${url}"`],
  ['an apostrophe', (url) => `${url}'`],
  ['several', (url) => `${url}'>).`],
  ['whitespace', (url) => ` \t${url}\r\n`],
  ['lines of 40 characters', (url) => url.replace(/.{40}/g, '$&\r\n  ')],
]

let tokens: [string, string][]
beforeAll(async () => {
  tokens = Object.entries(await mintFormats())
})

describe.each(positions)('in the %s', (_, place) => {
  test('a token of each format is found despite every combination of damage around it', () => {
    let count = 0
    for (const [format, token] of tokens) {
      for (const [first, change] of inside) {
        for (const [second, add] of added) {
          for (const [third, wrap] of around) {
            const found = find(wrap(add(change(place(token)))))
            if (found !== token) expect.fail(`${format}: ${first}, ${second}, ${third}: ${found}`)
            count++
          }
        }
      }
    }
    expect(count).toBe(3 * 6 * 7 * 10)
  })
})

test('a token is found after other parameters, HTML entities and a second question mark', () => {
  for (const [, token] of tokens) {
    for (const query of [`a=1&t=${token}`, `a=1&amp;t=${token}&amp;b=2`, `a=1?t=${token}`, `t=${token}&t=${token}`]) {
      expect(findToken(`${origin}/hooks?${query}`)).toBe(token)
    }
  }
})

test('whitespace around a bare token is removed', () => {
  for (const [, token] of tokens) expect(findToken(` ${token}\n`)).toBe(token)
})

test('quotes around a bare token, and Bearer before it, are removed', () => {
  for (const [, token] of tokens) {
    for (const text of [`"${token}"`, `\u201c${token}\u201d`, `Bearer ${token}`, `"bearer ${token}"`]) {
      expect(findToken(text)).toBe(token)
    }
  }
})

test('nothing else around a bare token is removed', () => {
  for (const [, token] of tokens) {
    for (const text of [`${token}.`, `${token},`, `"${token}`, `Basic ${token}`, token.replaceAll('.', '%2E')]) {
      expect(findToken(text)).toBe(text)
    }
  }
})

test('a URL inside the path does not hide the token before it', () => {
  for (const [, token] of tokens) expect(findToken(`/hooks/${token}/to/https://example.com/a`)).toBe(token)
})

test('a token is found in a URL with a line break anywhere', () => {
  for (const [format, token] of tokens) {
    const url = `${origin}/hooks?a=1&amp;t=${token.replaceAll('.', '%252E')}&amp;b=2`
    for (let at = 0; at <= url.length; at++) {
      const found = find(`${url.slice(0, at)}\r\n ${url.slice(at)}`)
      if (found !== token) expect.fail(`${format} at ${at}: ${found}`)
    }
  }
})

test('a signature that is too long is never cut', () => {
  for (const [, token] of tokens) {
    for (const text of [`${token}x`, `${token}=`, `${token}\u2013`, `${token}-`]) {
      expect(findToken(`${origin}/${text}`)).toBe(text)
    }
  }
})

const damages: [string, (token: string) => string][] = [
  ['truncated', (token) => token.slice(0, -5)],
  ['lowercased', (token) => token.toLowerCase()],
  ['cut after its header', (token) => token.split('.')[0] as string],
]
describe.each(damages)('a %s token', (_, damage) => {
  test('is found, so that it can be diagnosed', () => {
    const [, token] = tokens[0] as [string, string]
    expect(findToken(`${origin}/hooks/${damage(token)}`)).toBe(damage(token))
  })

  test('is ignored if there is a well-formed one', () => {
    const [, token] = tokens[0] as [string, string]
    expect(findToken(`${origin}/hooks/${damage(token)}?t=${token}`)).toBe(token)
  })
})

test('a token and its short format are the same token', () => {
  const [full, short] = tokens.map(([, token]) => token) as [string, string]
  expect(findToken(`${origin}/${full}/${short}`)).toBe(short)
  expect(findToken(`${origin}/${full}?t=${short}`)).toBe(full)
  expect(findToken(`${origin}/${short}?t=${full}`)).toBe(short)
})

test('two different tokens are ambiguous', async () => {
  const [full, short, encrypted] = tokens.map(([, token]) => token) as [string, string, string]
  for (const url of [
    `${origin}/${full}/${encrypted}`,
    `${origin}/${encrypted}?t=${short}`,
    `/x?t=${full}&t=${encrypted}`,
  ]) {
    expect(await catchError(() => findToken(url))).toMatchObject({ code: 'ambiguous_token', status: 400, exit: 3 })
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
])('no token is found in %j', async (url) => {
  expect(await catchError(() => findToken(url))).toMatchObject({ code: 'no_token', status: 404, exit: 3 })
})

test('a token in the host, the fragment or another parameter is not found', async () => {
  for (const [, token] of tokens) {
    for (const url of [
      `https://${token}/hooks`,
      `https://${token}`,
      `https://${token}?a=b`,
      `${origin}/#${token}`,
      `${origin}/?token=${token}`,
      `${origin}/?T=${token}`,
    ]) {
      expect(await catchError(() => findToken(url))).toMatchObject({ code: 'no_token' })
    }
  }
})

test.each([undefined, null, 5, {}, [], Symbol('x')])('%s is not a URL', async (value) => {
  expect(await catchError(() => findToken(value as never))).toMatchObject({ code: 'no_token' })
})

function find(url: string): string {
  try {
    return findToken(url)
  } catch (error) {
    return String(error)
  }
}

// Changes only the token, which is the last part of the URLs here.
function changeToken(url: string, change: (text: string) => string): string {
  const start = Math.max(url.lastIndexOf('/'), url.lastIndexOf('=')) + 1
  return url.slice(0, start) + change(url.slice(start))
}

test('a token is found in a query that is percent-encoded entirely', () => {
  const token = `eyJjbWQiOiIveCJ9.${'A'.repeat(43)}`
  expect(findToken(`https://bot.example.com/hooks?t%3D${token}`)).toBe(token)
})

describe('a URL with many parts', () => {
  const token = `eyJjbWQiOiIveCJ9.${'A'.repeat(43)}`
  const found: [string, string][] = [
    ['in the 64th segment from the end', `${origin}/${token}${'/x'.repeat(63)}`],
    ['in the 64th empty segment from the end', `/${token}${'/'.repeat(63)}`],
    ['after any number of segments', `${origin}${'/x'.repeat(5000)}/${token}`],
    ['in the 64th part of an encoded path', `${origin}/${token}${'%2Fx'.repeat(63)}`],
    ['in the 64th parameter', `${origin}/?${'a=1&'.repeat(63)}t=${token}`],
    ['before any number of parameters', `${origin}/?t=${token}${'&a=1'.repeat(3000)}`],
    ['in a path before any number of parameters', `${origin}/${token}?${'t=1&'.repeat(3000)}`],
  ]
  test.each(found)('has a token %s', (_, url) => {
    expect(find(url)).toBe(token)
  })

  const ignored: [string, string][] = [
    ['in the 65th segment from the end', `${origin}/${token}${'/x'.repeat(64)}`],
    ['in the 65th empty segment from the end', `/${token}${'/'.repeat(64)}`],
    ['in the 65th part of an encoded path', `${origin}/${token}${'%2Fx'.repeat(64)}`],
    ['in the 65th parameter', `${origin}/?${'a=1&'.repeat(64)}t=${token}`],
  ]
  test.each(ignored)('has no token %s', async (_, url) => {
    expect(await catchError(() => findToken(url))).toMatchObject({ code: 'no_token' })
  })

  test('is not ambiguous because of a segment that is not looked at', () => {
    const other = `eyJjbWQiOiIveSJ9.${'A'.repeat(43)}`
    expect(find(`${origin}/${other}${'/x'.repeat(63)}/${token}`)).toBe(token)
  })
})

test('escapes are decoded exactly where decodeURIComponent accepts them', () => {
  const byte = fc.integer({ min: 0, max: 255 }).map((code) => `%${code.toString(16).padStart(2, '0')}`)
  const character = fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }).map(encodeAnything)
  const escapes = fc.array(fc.oneof(byte, character), { minLength: 1, maxLength: 6 }).map((all) => all.join(''))
  fc.assert(
    fc.property(escapes, fc.boolean(), (run, isUpperCase) => {
      const text = isUpperCase ? run.toUpperCase() : run
      expect(decodePercentTwice(text)).toBe(decodeLeniently(decodeLeniently(text)))
    }),
    { numRuns: 5000 },
  )
})

function encodeAnything(text: string): string {
  return Array.from(new TextEncoder().encode(text), (code) => `%${code.toString(16).padStart(2, '0')}`).join('')
}

function decodeLeniently(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => {
    try {
      return decodeURIComponent(run)
    } catch {
      return run
    }
  })
}
