import { expect, test } from 'vitest'
import { isNavigation } from '../../src/request/content-negotiation.ts'
import type { IncomingRequest } from '../../src/request/incoming-request.ts'

const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8'

const rows: readonly [who: string, mode: string | undefined, accept: string | undefined, isPerson: boolean][] = [
  ['a browser that navigates', 'navigate', browser, true],
  ['a browser that says only so', 'navigate', undefined, true],
  ['a script of a page', 'cors', browser, false],
  ['an image of a page', 'no-cors', 'image/*', false],
  ['an old browser', undefined, browser, true],
  ['a browser that prefers XHTML', undefined, 'application/xhtml+xml,text/html;q=0.9', true],
  ['curl', undefined, '*/*', false],
  ['a service that says nothing', undefined, undefined, false],
  ['a service that says nothing of worth', undefined, '', false],
  ['axios', undefined, 'application/json, text/plain, */*', false],
  ['a program that takes HTML too', undefined, 'application/json, text/html', false],
  ['a program that prefers JSON by weight', undefined, 'text/html;q=0.5, application/json', false],
  ['a person by weight', undefined, 'application/json;q=0.5, text/html;q=0.9', true],
  ['one that refuses HTML', undefined, 'text/html;q=0', false],
  ['a weight that is none', undefined, 'text/html;q=x', false],
  ['capitals and white space', undefined, ' Text/HTML ; Q=0.9 , */* ; q=0.1', true],
]
for (const [who, mode, accept, isPerson] of rows) {
  test(`${who} is a ${isPerson ? 'person' : 'program'}`, () => {
    const headers = new Map([
      ['sec-fetch-mode', mode],
      ['accept', accept],
    ])
    expect(isNavigation({ header: (name) => headers.get(name) } as IncomingRequest)).toBe(isPerson)
  })
}
