import { expect, test } from 'vitest'
import { type ClientKind, getClientKind } from '../../src/request/content-negotiation.ts'
import type { IncomingRequest } from '../../src/request/incoming-request.ts'

const browserAccept = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8'

const rows: readonly [what: string, mode: string | undefined, accept: string | undefined, client: ClientKind][] = [
  ['a navigation', 'navigate', browserAccept, 'browser'],
  ['a navigation without an Accept header', 'navigate', undefined, 'browser'],
  ['a fetch of a page', 'cors', browserAccept, 'api'],
  ['an image of a page', 'no-cors', 'image/*', 'api'],
  ['a browser without Sec-Fetch-Mode', undefined, browserAccept, 'browser'],
  ['a browser that prefers XHTML', undefined, 'application/xhtml+xml,text/html;q=0.9', 'browser'],
  ['curl', undefined, '*/*', 'api'],
  ['a client without an Accept header', undefined, undefined, 'api'],
  ['a client with an empty Accept header', undefined, '', 'api'],
  ['axios', undefined, 'application/json, text/plain, */*', 'api'],
  ['a client that also accepts HTML', undefined, 'application/json, text/html', 'api'],
  ['a client that prefers JSON by weight', undefined, 'text/html;q=0.5, application/json', 'api'],
  ['a client that prefers HTML by weight', undefined, 'application/json;q=0.5, text/html;q=0.9', 'browser'],
  ['a client that excludes HTML', undefined, 'text/html;q=0', 'api'],
  ['a client with an invalid weight', undefined, 'text/html;q=x', 'api'],
  ['a client with capitals and spaces', undefined, ' Text/HTML ; Q=0.9 , */* ; q=0.1', 'browser'],
]
for (const [what, mode, accept, client] of rows) {
  test(`${what} is ${client === 'browser' ? 'a browser' : 'an API client'}`, () => {
    const headers = new Map([
      ['sec-fetch-mode', mode],
      ['accept', accept],
    ])
    expect(getClientKind({ header: (name) => headers.get(name) } as IncomingRequest)).toBe(client)
  })
}
