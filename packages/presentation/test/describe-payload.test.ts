import { createMinter, generateKey } from '@hookurl/core'
import { describe, expect, test } from 'vitest'
import { describePayload } from '../src/describe-payload.ts'
import { parseJson } from '../src/json.ts'

const form = { payload: '{"action":"opened","number":7}' }
const image = new File(['x'.repeat(3000)], 'cat.png', { type: 'image/png' })

const cases: readonly { name: string; payload: unknown; headers?: Record<string, string>; line: string | undefined }[] =
  [
    { name: 'its type', payload: { id: 'evt_1', type: 'invoice.paid' }, line: 'invoice.paid' },
    { name: 'its event', payload: { event: 'user.created', id: 1 }, line: 'user.created' },
    { name: 'the type of its event, as at Slack', payload: { event: { type: 'message' } }, line: 'message' },
    { name: 'its topic', payload: { topic: 'orders/paid' }, line: 'orders/paid' },
    { name: 'its action alone', payload: { action: 'approve', order: 'A1' }, line: 'approve' },
    {
      name: 'the event in a header, and its action',
      payload: { action: 'opened' },
      headers: { 'x-github-event': 'pull_request' },
      line: 'pull_request · opened',
    },
    {
      name: 'the event in a header, before its type',
      payload: { type: 'x' },
      headers: { 'ce-type': 'com.example.paid' },
      line: 'com.example.paid',
    },
    { name: 'the JSON in a form', payload: form, headers: { 'x-github-event': 'issues' }, line: 'issues · opened' },
    { name: 'its first values', payload: { a: 1, b: 'two', c: true, d: 4 }, line: 'a: 1 · b: two · c: true' },
    { name: 'nested values after its own', payload: { deep: { b: 2 }, a: 1 }, line: 'a: 1 · deep.b: 2' },
    {
      name: 'a number as received',
      payload: parseJson('{"id":12345678901234567890}'),
      line: 'id: 12345678901234567890',
    },
    { name: 'no empty values', payload: { a: '', b: null, c: 'x' }, line: 'c: x' },
    { name: 'a file by its name and size', payload: { photo: image }, line: 'photo: cat.png (3 KiB)' },
    { name: 'the first of several files', payload: { photos: [image, image] }, line: 'photos: cat.png (3 KiB)' },
    { name: 'the length of an array', payload: [1, 2, 3], line: '3 items' },
    { name: 'an array of one item', payload: [1], line: '1 item' },
    { name: 'the first line of text', payload: '\n\n  <xml/>\nmore', line: '<xml/>' },
    { name: 'the root of XML', payload: '<?xml version="1.0"?>\r\n<!-- x -->\r\n<feed>\r\n', line: '<feed>' },
    { name: 'nothing, for an empty object', payload: {}, line: undefined },
    { name: 'nothing, for an empty text', payload: ' \n ', line: undefined },
    { name: 'nothing, for bytes', payload: new Uint8Array(9), line: undefined },
    { name: 'nothing, without a payload', payload: undefined, line: undefined },
    { name: 'a type that is not a string by its values', payload: { type: 7 }, line: 'type: 7' },
    { name: 'control characters escaped', payload: { type: 'a\u001b[2J\u202eb' }, line: 'a\\u001b[2J\\u202eb' },
  ]

describe('describePayload', () => {
  for (const { name, payload, headers = {}, line } of cases) {
    test(`shows ${name}`, () => {
      expect(describePayload(payload, (header) => headers[header])).toBe(line)
    })
  }

  const keys = generateKey()
  const token = createMinter({ keys, baseUrl: 'https://a.example', expiresIn: '1d', maxUrlLength: 8000 })
    .mintSync({ command: '/a', content: 'x'.repeat(3000) })
    .split('/')
    .at(-1) as string

  test.each([
    { where: 'value', payload: { url: token } },
    { where: 'value after other text', payload: { text: `${'y'.repeat(40)} ${token}` } },
    { where: 'text', payload: token },
    { where: 'type', payload: { type: token } },
    { where: 'name', payload: { [token]: 1 } },
  ])('redacts a token in a $where', ({ payload }) => {
    const line = describePayload(payload)
    expect(line).toContain('[hook')
    expect(line).not.toContain('eyJ')
  })

  test('redacts a key', () => {
    expect(describePayload({ key: keys })).not.toContain(keys.slice(4))
  })

  test('has at most 100 characters, even for long values', () => {
    const long = '👍'.repeat(500)
    const line = describePayload({ [long]: long, a: long, b: long }) ?? ''
    expect([...line].length).toBeLessThanOrEqual(100)
    expect(line).toMatch(/…$/)
  })

  test('reads a wide and deep payload only in part', () => {
    let reads = 0
    const members = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`n${index}`, []]))
    const wide = new Proxy(members, {
      get: (target, name) => {
        reads++
        return Reflect.get(target, name)
      },
    })
    expect(describePayload(wide)).toBeUndefined()
    expect(reads).toBeLessThan(1000)
  })
})
