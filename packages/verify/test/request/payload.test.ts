import { describe, expect, test, vi } from 'vitest'
import type { Body } from '../../src/request/incoming-request.ts'
import { parsePayload, parseQuery } from '../../src/request/payload.ts'
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
  test(`the query of ${target.replaceAll(token, 'TOKEN').replaceAll(short, 'SHORT')} is parsed`, () => {
    expect(parseQuery(target)).toEqual(query)
  })
}

const targetsWithToken: readonly string[] = [
  `/a&b/${token}`,
  `/${token}&x=1`,
  `/?t=${token}`,
  `/?t=${token}&t=${token}`,
  `/?t=3D${token}&b=3D2`,
  `/?t=${token}%E3%80%82`,
  `/?t=%E2%80%8B${token}`,
  `/?t=%22${token}%22`,
  `/?t=${short};jsessionid=0A1B`,
  `/a&b/${token}&c`,
]
for (const target of targetsWithToken) {
  test(`the query of ${target.replaceAll(token, 'TOKEN')} contains no token`, () => {
    expect(JSON.stringify(parseQuery(target))).not.toContain(token.slice(-20))
  })
}

test('parsing a query takes linear time', () => {
  const measure = (length: number): number => {
    const target = `/${'&'.repeat(length)}/${'a&'.repeat(length)}?${'?t=&amp;'.repeat(length / 8)}`
    const start = performance.now()
    parseQuery(target)
    return performance.now() - start
  }
  measure(1000)
  expect(measure(400_000)).toBeLessThan(4000)
})

describe('a value that another parser parsed', () => {
  for (const text of ['{"__proto__":{"a":1}}', '{"a":[{"constructor":{"prototype":{}}}]}']) {
    test(`is rejected when it is ${text}`, () => {
      expect(parsePayload(parsed(JSON.parse(text)), json, {})).toMatchObject({ ok: false, code: 'malformed_body' })
    })
  }

  test('is the payload', () => {
    expect(parsePayload(parsed({ a: [1] }), json, {})).toEqual({ ok: true, value: { a: [1] } })
  })

  test('is the payload when it is an empty object for JSON', () => {
    expect(parsePayload(parsed({}), json, {})).toEqual({ ok: true, value: {} })
  })

  // Its files are elsewhere.
  test('is not the payload when it has the fields of multipart/form-data', () => {
    const payload = parsePayload(parsed({ a: 1 }), 'multipart/form-data; boundary=x', {})
    expect(payload).toEqual({ ok: false, code: 'body_already_consumed' })
  })

  // Parsers set `{}` for a body that they did not read.
  for (const type of ['text/plain', undefined]) {
    test(`is rejected when it is an empty object for ${type ?? 'no content type'}`, () => {
      expect(parsePayload(parsed({}), type, {})).toMatchObject({ ok: false, code: 'body_already_consumed' })
    })
  }
})

test('a binary body that a parser corrupted by decoding it is rejected', () => {
  const payload = parsePayload({ kind: 'text', text: 'caf\ufffd' }, 'application/octet-stream', {})
  expect(payload).toMatchObject({ ok: false, code: 'body_already_consumed' })
})

test('a binary body that a parser decoded without loss is the payload', () => {
  const payload = parsePayload({ kind: 'text', text: 'café' }, 'application/octet-stream', {})
  expect(payload).toEqual({ ok: true, value: new TextEncoder().encode('café') })
})

describe('the depth of JSON', () => {
  const nest = (depth: number, [open = '', close = '']: readonly string[]) => open.repeat(depth) + close.repeat(depth)
  const parse = (text: string) => parsePayload({ kind: 'bytes', bytes: new TextEncoder().encode(text) }, json, {})
  const shapes: readonly (readonly [open: string, close: string])[] = [
    ['[', ']'],
    ['{"a":[', ']}'],
    ['[{"a":', '}]'],
    ['[ "]]]}}}\\"]", ', ']'],
  ]

  for (const shape of shapes) {
    const levels = shape[0].replace(/".*?[^\\]"/g, '').match(/[[{]/g)?.length ?? 0
    const nested = nest(64 / levels, shape)

    test(`64 levels of ${shape.join(' … ')} are accepted`, () => {
      expect(parse(nested.replace(/[:,] ?(?=[\]}])/g, (mark) => `${mark}1`))).toMatchObject({ ok: true })
    })

    test(`65 levels of ${shape.join(' … ')} are rejected`, () => {
      const deeper = nested.replace(/[:,] ?(?=[\]}])/g, (mark) => `${mark}[1]`)
      expect(parse(deeper === nested ? `[${deeper}]` : deeper)).toMatchObject({ code: 'malformed_body' })
    })
  }

  test('brackets in strings do not count', () => {
    const text = JSON.stringify([
      `${'['.repeat(1000)}\\"${'{'.repeat(1000)}`,
      { [`["[${'['.repeat(100)}`]: '\\' },
      '[[',
    ])
    expect(parse(text)).toEqual({ ok: true, value: JSON.parse(text) })
  })

  test('100,000 levels are rejected within a second', () => {
    const text = nest(100_000, ['[', ']'])
    const start = performance.now()
    expect(parse(text)).toMatchObject({ ok: false, code: 'malformed_body' })
    expect(performance.now() - start).toBeLessThan(1000)
  })

  test('a megabyte of quotes is rejected', () => {
    expect(parse('"'.repeat(1_000_001))).toMatchObject({ code: 'malformed_body' })
  })

  test('a megabyte of backslashes is rejected', () => {
    expect(parse('\\'.repeat(1_000_000))).toMatchObject({ code: 'malformed_body' })
  })

  const deepest: unknown = JSON.parse(nest(64, ['[', ']']))

  test('64 levels that another parser parsed are accepted', () => {
    expect(parsePayload(parsed(deepest), json, {})).toEqual({ ok: true, value: deepest })
  })

  test('65 levels that another parser parsed are rejected', () => {
    expect(parsePayload(parsed([deepest]), json, {})).toMatchObject({ code: 'malformed_body' })
  })

  test('the bytes of a file in a value that another parser parsed are not visited one by one', ({ onTestFinished }) => {
    const listValues = vi.spyOn(Object, 'values')
    onTestFinished(() => void listValues.mockRestore())
    const content = Buffer.alloc(9)
    expect(
      parsePayload({ kind: 'parsed', value: { file: { content } }, isComplete: true }, 'multipart/form-data', {}),
    ).toMatchObject({ ok: true })
    expect(listValues.mock.calls.flat()).not.toContain(content)
  })

  test('100,000 levels that another parser parsed are rejected', () => {
    const value = JSON.parse(nest(100_000, ['[', ']']))
    expect(parsePayload(parsed(value), json, {})).toMatchObject({ code: 'malformed_body' })
  })
})

describe('the number of form parameters', () => {
  const parse = (text: string) => parsePayload({ kind: 'text', text }, 'application/x-www-form-urlencoded', {})

  test('1000 parameters are accepted', () => {
    expect(parse(Array.from({ length: 1000 }, (_, index) => `a${index}=1`).join('&'))).toMatchObject({ ok: true })
  })

  test('1001 parameters are rejected', () => {
    const text = Array.from({ length: 1001 }, () => 'a=1').join('&')
    expect(parse(text)).toEqual({ ok: false, code: 'body_too_large' })
  })

  test('a million separators are rejected', () => {
    expect(parse('&'.repeat(1_000_000))).toEqual({ ok: false, code: 'body_too_large' })
  })
})
