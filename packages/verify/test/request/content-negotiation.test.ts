import { expect, test } from 'vitest'
import { type ClientKind, getClientKind } from '../../src/request/content-negotiation.ts'
import type { IncomingRequest } from '../../src/request/incoming-request.ts'
import { type HeaderSet, headerSets } from './header-sets.ts'

const names: Readonly<Record<ClientKind, string>> = { browser: 'a browser', api: 'an API client' }
const form = { 'content-type': 'application/x-www-form-urlencoded' }
const xhtml = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8' }
const mozilla = { 'user-agent': 'Mozilla/5.0' }

function getKind({ method, headers }: Pick<HeaderSet, 'method' | 'headers'>): ClientKind {
  const found = new Map(Object.entries(headers))
  return getClientKind({ method, header: (name) => found.get(name) } as IncomingRequest)
}

for (const { client, method, kind, headers } of headerSets) {
  test(`${client} (${method}) is ${names[kind]}`, () => {
    expect(getKind({ method, headers })).toBe(kind)
  })
}

test('at least 60 of the header sets are different', () => {
  expect(new Set(headerSets.map(({ method, headers }) => method + JSON.stringify(headers))).size).toBeGreaterThan(60)
})

const rows: readonly [what: string, method: string, headers: HeaderSet['headers'], kind: ClientKind][] = [
  ['a navigation without an Accept header', 'GET', { 'sec-fetch-mode': 'navigate' }, 'browser'],
  ['a navigation with a JSON body', 'POST', { 'sec-fetch-mode': 'navigate', 'content-type': 'text/json' }, 'browser'],
  ['a fetch of a page', 'GET', { ...xhtml, ...mozilla, 'sec-fetch-mode': 'cors' }, 'api'],
  ['a request with an empty Sec-Fetch-Mode', 'GET', { ...xhtml, ...mozilla, 'sec-fetch-mode': '' }, 'api'],
  ['a request with Sec-Fetch-Site alone', 'GET', { ...xhtml, ...mozilla, 'sec-fetch-site': 'none' }, 'api'],
  ['a request with Sec-Fetch-Dest alone', 'GET', { ...xhtml, ...mozilla, 'sec-fetch-dest': 'document' }, 'api'],
  ['a GET that prefers HTML and names XHTML', 'GET', xhtml, 'browser'],
  ['a GET that prefers XHTML', 'GET', { accept: 'application/xhtml+xml,text/html;q=0.9' }, 'browser'],
  ['a GET that prefers HTML by Mozilla', 'GET', { accept: 'text/html', ...mozilla }, 'browser'],
  ['a HEAD that prefers HTML by Mozilla', 'HEAD', { accept: 'text/html', ...mozilla }, 'browser'],
  ['a GET that only prefers HTML', 'GET', { accept: 'text/html' }, 'api'],
  ['a GET of a program that names Mozilla later', 'GET', { accept: 'text/html', 'user-agent': 'x Mozilla/5.0' }, 'api'],
  ['a GET by Mozilla without Accept', 'GET', mozilla, 'api'],
  ['a GET by Mozilla with an empty Accept', 'GET', { accept: '', ...mozilla }, 'api'],
  ['a form', 'POST', { ...xhtml, ...form }, 'browser'],
  [
    'a form with a charset and capitals',
    'POST',
    { ...xhtml, 'content-type': ' Text/Plain ; charset=utf-8' },
    'browser',
  ],
  ['a POST of JSON', 'POST', { ...xhtml, ...mozilla, 'content-type': 'application/json' }, 'api'],
  ['a POST without a content type', 'POST', { ...xhtml, ...mozilla }, 'api'],
  ['a POST of HTML', 'POST', { ...xhtml, ...mozilla, 'content-type': 'text/html' }, 'api'],
  ['a PUT of a form', 'PUT', { ...xhtml, ...mozilla, ...form }, 'api'],
  ['an OPTIONS that prefers HTML', 'OPTIONS', { ...xhtml, ...mozilla }, 'api'],
  ['a client that prefers JSON by order', 'GET', { accept: 'application/json, text/html', ...mozilla }, 'api'],
  ['a client that prefers JSON by weight', 'GET', { accept: 'text/html;q=0.5, application/json', ...mozilla }, 'api'],
  [
    'a client that prefers HTML by weight',
    'GET',
    { accept: 'text/json;q=0.5, text/html;q=0.9', ...mozilla },
    'browser',
  ],
  ['a client that prefers XML to HTML', 'GET', { accept: 'application/xml, text/html;q=0.9', ...mozilla }, 'browser'],
  ['a client that excludes HTML', 'GET', { accept: 'text/html;q=0', ...mozilla }, 'api'],
  ['a client with an invalid weight', 'GET', { accept: 'text/html;q=x', ...mozilla }, 'api'],
  [
    'a client with a weight after seven parameters',
    'GET',
    { accept: `text/html${';a'.repeat(7)};q=0`, ...mozilla },
    'browser',
  ],
  ['a client with capitals and spaces', 'GET', { accept: ' Text/HTML ; Q=0.9 , */* ; q=0.1', ...mozilla }, 'browser'],
]
for (const [what, method, headers, kind] of rows) {
  test(`${what} is ${names[kind]}`, () => {
    expect(getKind({ method, headers })).toBe(kind)
  })
}
