import { expect, test } from 'vitest'
import { acceptedHeaders, hasUnknownKeyId, jweHeader } from '../../src/token/header.ts'

const longestId = 'k'.repeat(16)

test.each(acceptedHeaders())('the signed header %s without a key id has no unknown key id', (header) => {
  expect(hasUnknownKeyId(header, 'jws')).toBe(false)
})

test.each(acceptedHeaders('k9'))('the signed header %s has an unknown key id', (header) => {
  expect(hasUnknownKeyId(header, 'jws')).toBe(true)
})

test.each(acceptedHeaders(longestId))(
  'the signed header %s with the longest key id has an unknown key id',
  (header) => {
    expect(hasUnknownKeyId(header, 'jws')).toBe(true)
  },
)

test('an encrypted header without a key id has no unknown key id', () => {
  expect(hasUnknownKeyId(jweHeader(), 'jwe')).toBe(false)
})

test.each(['k9', longestId])('an encrypted header with the key id %s has an unknown key id', (id) => {
  expect(hasUnknownKeyId(jweHeader(id), 'jwe')).toBe(true)
})

test('an encrypted header does not count as one of a signed token', () => {
  expect(hasUnknownKeyId(jweHeader('k9'), 'jws')).toBe(false)
})

test('a signed header does not count as one of an encrypted token', () => {
  expect(hasUnknownKeyId(acceptedHeaders('k9')[0] as string, 'jwe')).toBe(false)
})
