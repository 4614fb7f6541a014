import { describe, expect, test } from 'vitest'
import type { Body } from '../../src/request/incoming-request.ts'
import { readQuery, toPayload } from '../../src/request/payload.ts'
import { getToken, mint } from '../support/fixtures.ts'

const token = getToken(mint())
const short = token.slice(token.indexOf('.') + 1)
const json = 'application/json'
const parsed = (value: unknown): Body => ({ kind: 'parsed', value })

const targets: readonly [target: string, query: object][] = [
  ['/', {}],
  ['', {}],
  [`/${token}?`, {}],
  [`/${token}?&&=`, { '': '' }],
  [`https://a.com/x&y/${token}?z=1#t=${token}`, { z: '1' }],
  [`/hooks?t=${short}&x=1`, { x: '1' }],
  [`/hooks?T=1&%74=${token}`, { T: '1' }],
  [`/hooks?t=${token.slice(0, -5)}&x=1`, { x: '1' }],
  [`/${token}?t=hello&t=world`, { t: ['hello', 'world'] }],
  [`/${token}?a=%FF&b=%zz`, { a: '\ufffd', b: '%zz' }],
  [`/${token}%26x=1`, {}],
  [`/a&b/${token}/c&d=1`, {}],
]
for (const [target, query] of targets) {
  test(`the query of ${target.replaceAll(token, 'TOKEN').replaceAll(short, 'SHORT')}`, () => {
    expect(readQuery(target)).toEqual(query)
  })
}

test('no token is left in a query, wherever the URL bears it', () => {
  for (const target of [
    `/a&b/${token}`,
    `/${token}&x=1`,
    `/?t=${token}`,
    `/?t=${token}&t=${token}`,
    `/a&b/${token}&c`,
  ]) {
    expect(JSON.stringify(readQuery(target))).not.toContain(token.slice(-20))
  }
})

test('reading a query takes linear time', () => {
  const time = (length: number): number => {
    const target = `/${'&'.repeat(length)}/${'a&'.repeat(length)}?${'?t=&amp;'.repeat(length / 8)}`
    const started = performance.now()
    readQuery(target)
    return performance.now() - started
  }
  time(1000)
  expect(time(400_000)).toBeLessThan(4000)
})

test('a member __proto__ that a parser let through is refused', () => {
  for (const text of ['{"__proto__":{"a":1}}', '{"a":[{"constructor":{"prototype":{}}}]}']) {
    expect(toPayload(parsed(JSON.parse(text)), json, {})).toMatchObject({ ok: false, code: 'malformed_body' })
  }
  expect(toPayload(parsed({ a: [1] }), json, {})).toEqual({ ok: true, value: { a: [1] } })
})

test('what a parser left for a body that it did not read is not taken for one', () => {
  expect(toPayload(parsed({}), 'text/plain', {})).toMatchObject({ ok: false, code: 'body_already_consumed' })
  expect(toPayload(parsed({}), undefined, {})).toMatchObject({ ok: false, code: 'body_already_consumed' })
  expect(toPayload(parsed({}), json, {})).toEqual({ ok: true, value: {} })
  expect(toPayload(parsed({ a: 1 }), 'multipart/form-data; boundary=x', {})).toEqual({ ok: true, value: { a: 1 } })
})

test('bytes that a text parser spoilt are not handed over', () => {
  const body: Body = { kind: 'text', text: 'caf\ufffd' }
  expect(toPayload(body, 'application/octet-stream', {})).toMatchObject({ ok: false, code: 'body_already_consumed' })
  expect(toPayload({ kind: 'text', text: 'café' }, 'application/octet-stream', {})).toEqual({
    ok: true,
    value: new TextEncoder().encode('café'),
  })
})

describe('how deep JSON may be', () => {
  const nest = (depth: number, [open = '', close = '']: readonly string[]) => open.repeat(depth) + close.repeat(depth)
  const read = (text: string) => toPayload({ kind: 'bytes', bytes: new TextEncoder().encode(text) }, json, {})
  const shapes: readonly (readonly [open: string, close: string])[] = [
    ['[', ']'],
    ['{"a":[', ']}'],
    ['[{"a":', '}]'],
    ['[ "]]]}}}\\"]", ', ']'],
  ]

  for (const shape of shapes) {
    const levels = shape[0].replace(/".*?[^\\]"/g, '').match(/[[{]/g)?.length ?? 0
    test(`64 levels of ${shape.join(' … ')}, and not 65`, () => {
      expect(read(nest(64 / levels, shape).replace(/[:,] ?(?=[\]}])/g, (mark) => `${mark}1`))).toMatchObject({
        ok: true,
      })
      const over = nest(64 / levels, shape).replace(/[:,] ?(?=[\]}])/g, (mark) => `${mark}[1]`)
      expect(read(over === nest(64 / levels, shape) ? `[${over}]` : over)).toMatchObject({ code: 'malformed_body' })
    })
  }

  test('brackets in texts do not count', () => {
    const text = JSON.stringify([
      `${'['.repeat(1000)}\\"${'{'.repeat(1000)}`,
      { [`["[${'['.repeat(100)}`]: '\\' },
      '[[',
    ])
    expect(read(text)).toEqual({ ok: true, value: JSON.parse(text) })
  })

  test('100,000 levels are refused at once', () => {
    const text = nest(100_000, ['[', ']'])
    const started = performance.now()
    expect(read(text)).toMatchObject({ ok: false, code: 'malformed_body' })
    expect(performance.now() - started).toBeLessThan(100)
    expect(read('"'.repeat(1_000_001))).toMatchObject({ code: 'malformed_body' })
    expect(read('\\'.repeat(1_000_000))).toMatchObject({ code: 'malformed_body' })
  })

  test('holds for what a parser made of it, too', () => {
    const within: unknown = JSON.parse(nest(64, ['[', ']']))
    expect(toPayload(parsed(within), json, {})).toEqual({ ok: true, value: within })
    expect(toPayload(parsed([within]), json, {})).toMatchObject({ code: 'malformed_body' })
    expect(toPayload(parsed(JSON.parse(nest(100_000, ['[', ']']))), json, {})).toMatchObject({
      code: 'malformed_body',
    })
  })
})

describe('how many parameters a form may have', () => {
  const form = 'application/x-www-form-urlencoded'
  const read = (text: string) => toPayload({ kind: 'text', text }, form, {})

  test('1000, and not 1001', () => {
    expect(read(Array.from({ length: 1000 }, (_, index) => `a${index}=1`).join('&'))).toMatchObject({ ok: true })
    expect(read(Array.from({ length: 1001 }, () => 'a=1').join('&'))).toEqual({ ok: false, code: 'body_too_large' })
    expect(read('&'.repeat(1_000_000))).toEqual({ ok: false, code: 'body_too_large' })
  })
})
