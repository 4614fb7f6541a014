import type { HeaderPair } from '@hookurl/presentation/protocol'
import { describe, expect, test } from 'vitest'
import { countBytes } from '../../src/inspector/entry.ts'
import { createTestEntry, type EntryFields } from '../support/history-entry.ts'

const json: HeaderPair = ['Content-Type', 'application/json']

describe('the key of a delivery', () => {
  const first: EntryFields = { url: '/hooks/a', body: '{"a":1}', headers: [json] }
  const withId = (id: string, url = '/hooks/a'): EntryFields => ({ url, body: '{}', headers: [['Webhook-Id', id]] })

  test.each<[string, EntryFields, EntryFields, boolean]>([
    ['the same URL and body', first, { ...first, headers: [json, ['date', 'x']] }, true],
    ['another body', first, { ...first, body: '{"a":2}' }, false],
    ['another URL', first, { ...first, url: '/hooks/b' }, false],
    ['another method', first, { ...first, record: { method: 'PUT' } }, false],
    ['the same delivery ID and another body', withId('m1'), { ...withId('m1'), body: 'x' }, true],
    ['the same delivery ID and another query', withId('m1'), withId('m1', '/hooks/a?t=2'), true],
    ['another delivery ID', withId('m1'), withId('m2'), false],
    ['the same delivery ID at another URL', withId('m1'), withId('m1', '/hooks/b'), false],
    ['an empty delivery ID and another body', withId(''), { ...withId(''), body: 'x' }, false],
  ])('%s', (_, one, other, isSame) => {
    const keys = [one, other].map((fields) => createTestEntry(fields).detail.deliveryKey)
    expect(keys[0] === keys[1]).toBe(isSame)
  })
})

describe('what a request is about', () => {
  test.each<[string, EntryFields, string | undefined]>([
    ['its payload', { record: { payload: { type: 'a.b' } } }, 'a.b'],
    ['the event in a header', { headers: [['X-GitHub-Event', 'push']], record: { payload: {} } }, 'push'],
    ['the body of a rejected request', { headers: [json], body: '{"type":"late"}' }, 'late'],
    [
      'the rejection, if the body is no JSON',
      { body: 'x', record: { error: { code: 'expired', message: 'it expired', fix: '' } } },
      'it expired',
    ],
    ['nothing, for malformed JSON', { headers: [json], body: '{' }, undefined],
    [
      'nothing, for bytes',
      { headers: [['content-type', 'image/png']], body: 'x', record: { payload: { base64: 'eA==' } } },
      undefined,
    ],
  ])('%s', (_, fields, about) => {
    expect(createTestEntry(fields).detail.about).toBe(about)
  })
})

describe('the payload', () => {
  const entry = (body: string, payload: unknown): ReturnType<typeof createTestEntry> =>
    createTestEntry({ headers: [json], body, record: { payload } })

  test('takes no memory if it is the body', () => {
    const { bytes, detail } = entry('{"a":1}', { a: 1 })
    expect(bytes.payload).toBe(bytes.body)
    expect(detail.hasPayload).toBe(true)
    expect(countBytes({ bytes, detail })).toBe(7)
  })

  test('is kept if it is not the body', () => {
    expect(entry('{ "a": 1 }', { a: 1 }).bytes.payload?.toString()).toBe('{"a":1}')
  })

  test('is not kept if it was not parsed', () => {
    expect(entry('{', undefined).detail.hasPayload).toBe(false)
  })

  test('is not kept if it is nested too deeply to be serialized', () => {
    let deep: unknown = 0
    for (let depth = 0; depth < 200_000; depth++) deep = [deep]
    expect(entry('[]', deep).detail.hasPayload).toBe(false)
  })
})

test('the detail contains no bytes', () => {
  const { detail } = createTestEntry({ body: 'the body', responseBody: 'the response' })
  expect(JSON.stringify(detail)).not.toMatch(/the (body|response)/)
})
