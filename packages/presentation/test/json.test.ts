import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isInexactNumber, parseJson, stringifyJson } from '../src/json.ts'

const exact = [
  ...['0', '-0', '1', '1.0', '1.10', '100', '1e3', '1E+3', '10e-1', '0e5', '0.0e-9', '-0.0', '1e21', '1e300', '5e-324'],
  ...['0.1', '0.30000000000000004', '9007199254740991', '9007199254740992', '9007199254740992.0e0'],
  ...['123456789012345680000', '1000000000000000000000000', `0.${'0'.repeat(50)}1`, `1${'0'.repeat(300)}`],
]
const inexact = [
  ...['9007199254740993', '-9007199254740993', '12345678901234567890', '90071992547409.93e2', '9007199254740993.0'],
  ...['0.1000000000000000055511151231257827', '1.00000000000000000001', '3.14159265358979323846', '1e400', '-1E400'],
  ...['1e-400', '4e-324', '2.4703282292062327e-324', `1${'0'.repeat(309)}`, '1e99999999999999999999'],
]

describe('a literal', () => {
  test.each([...exact, ...inexact])('%s is kept', (literal) => {
    expect(stringifyJson(parseJson(literal))).toBe(literal)
  })

  test.each(exact)('%s is held by a double', (literal) => {
    expect(isInexactNumber(parseJson(literal))).toBe(false)
  })

  test.each(inexact)('%s is not held by a double', (literal) => {
    expect(isInexactNumber(parseJson(literal))).toBe(true)
  })
})

describe('parsing and serializing JSON', () => {
  const number = fc.oneof(fc.constantFrom(...exact, ...inexact), fc.double({ noNaN: true, noDefaultInfinity: true }))
  const name = fc.oneof(fc.constantFrom('__proto__', 'a', '1', 'toJSON', 'literal'), fc.string({ unit: 'binary' }))
  const { json } = fc.letrec<{ json: string; member: string }>((tie) => ({
    json: fc.oneof(
      { maxDepth: 5 },
      number.map(String),
      fc.string({ unit: 'binary' }).map((value) => JSON.stringify(value)),
      fc.constantFrom('true', 'false', 'null', '"\\"1.0"', '"\\\\"', '"\\u0022: 1.0"'),
      fc.array(tie('json'), { maxLength: 4 }).map((items) => `[${items.join(' ,\n')}]`),
      fc.array(tie('member'), { maxLength: 4 }).map((members) => `{\t${members.join(', ')} }`),
    ),
    member: fc.tuple(name, tie('json')).map(([key, value]) => `${JSON.stringify(key)} :${value}`),
  }))

  test('change nothing but the literals of numbers', () => {
    fc.assert(
      fc.property(json, (text) => {
        const value: unknown = JSON.parse(text)
        expect(JSON.stringify(JSON.parse(stringifyJson(parseJson(text))))).toBe(JSON.stringify(value))
        expect(stringifyJson(value)).toBe(JSON.stringify(value))
        expect(stringifyJson(value, 2)).toBe(JSON.stringify(value, null, 2))
      }),
      { numRuns: 2000 },
    )
  })

  test.each([
    ['whitespace', ' { "a" : [ 1.0 , -0 ,\n1e3 ] } ', '{"a":[1.0,-0,1e3]}'],
    [
      'numbers in strings and names',
      '{"1.0":"1.0","a\\"":"\\\\","b":"[1.0"}',
      '{"1.0":"1.0","a\\"":"\\\\","b":"[1.0"}',
    ],
    ['a repeated name: the last value counts', '{"id":1.0,"b":2,"id":3.0}', '{"id":3.0,"b":2}'],
    ['__proto__: it is a member', '{"__proto__":{"a":1.0}}', '{"__proto__":{"a":1.0}}'],
    ['a member named toJSON', '{"toJSON":1.0}', '{"toJSON":1.0}'],
    ['escapes that are not needed', '"\\u0041\\/"', '"A/"'],
    ['empty values', '[{},[],"",null]', '[{},[],"",null]'],
  ])('handle %s', (_name, text, expected) => {
    expect(stringifyJson(parseJson(text))).toBe(expected)
  })

  test.each(['', '01', '1.', '.5', '+1', '1e', '-', 'NaN', '[1.0', '{"a":01}', '"\n"', '\ufeff1', '1.0,'])(
    'reject %j',
    (text) => {
      expect(() => parseJson(text)).toThrow(SyntaxError)
    },
  )

  test('indent each level', () => {
    expect(stringifyJson(parseJson('{"a":[1.0,{}]}'), 2)).toBe('{\n  "a": [\n    1.0,\n    {}\n  ]\n}')
  })

  test('write a missing value as null, and a date as JSON does', () => {
    expect(stringifyJson(undefined)).toBe('null')
    expect(stringifyJson({ at: new Date(0), gone: undefined })).toBe('{"at":"1970-01-01T00:00:00.000Z"}')
  })

  test('accept 3,000 levels, as many as fit into a token', () => {
    const text = `${'['.repeat(3000)}1.0${']'.repeat(3000)}`
    expect(stringifyJson(parseJson(text))).toBe(text)
  })
})
