import { expect, test } from 'vitest'
import { getBodyKind } from '../src/body-kind.ts'

test.each([
  ['application/json', 'json'],
  ['application/problem+json; charset=utf-8', 'json'],
  ['text/json', 'json'],
  ['Application/JSON', 'json'],
  ['application/x-www-form-urlencoded', 'form'],
  ['multipart/form-data; boundary=x', 'multipart'],
  ['application/atom+xml', 'xml'],
  ['text/xml', 'xml'],
  ['image/svg+xml', 'xml'],
  ['image/png', 'image'],
  ['text/html', 'html'],
  ['text/plain', 'text'],
  ['application/x-ndjson', 'text'],
  ['application/yaml', 'text'],
  ['application/csv', 'text'],
  ['application/octet-stream', 'binary'],
  ['application/jsonx', 'binary'],
  ['garbage', 'binary'],
  [undefined, 'text'],
  ['', 'text'],
])('a body of %s is %s', (contentType, kind) => {
  expect(getBodyKind(contentType, 1)).toBe(kind)
})

test('an empty body is of no kind', () => {
  expect(getBodyKind('application/json', 0)).toBe('none')
})
