import { expect, test } from 'vitest'
import { indentJson } from '../../../src/requests/body/indent-json.ts'

test.each([
  ['{"a":1,"b":[1,2]}', '{\n  "a": 1,\n  "b": [\n    1,\n    2\n  ]\n}'],
  ['{ "a" : {} , "b" : [ ] }', '{\n  "a": {},\n  "b": []\n}'],
  ['12345678901234567890', '12345678901234567890'],
  ['[1.0,1e400,-0]', '[\n  1.0,\n  1e400,\n  -0\n]'],
  ['"a\\"{,}\\\\"', '"a\\"{,}\\\\"'],
])('%s is indented without changing a value', (text, expected) => {
  expect(indentJson(text)).toBe(expected)
})

test('a long text takes time linear in its length', () => {
  const text = JSON.stringify(Array.from({ length: 50_000 }, (_, id) => ({ id, text: 'a "b" \\' })))
  expect(JSON.parse(indentJson(text))).toEqual(JSON.parse(text))
})
