import { describe, expect, test } from 'vitest'
import { getToken, mint, mintPath } from '../support/fixtures.ts'
import type { Subject } from '../support/subjects.ts'
import { getUnsupportedReason } from './cases.ts'
import { expectProblem, sendRequest } from './shared.ts'

const bytes = Uint8Array.from({ length: 256 }, (_, index) => index)
const json = 'application/json'
const form = 'application/x-www-form-urlencoded'

const readable: readonly [name: string, type: string | undefined, body: string | Uint8Array, payload: unknown][] = [
  ['JSON', json, '{"order_id":"A1","ü":[1,null]}', { order_id: 'A1', ü: [1, null] }],
  ['JSON with parameters', `${json}; charset="UTF-8"; profile=x`, '[1]', [1]],
  ['JSON in capitals', 'Application/JSON', '1', 1],
  ['JSON null', json, 'null', null],
  ['JSON after a byte order mark', json, '\ufeff{"a":1}', { a: 1 }],
  ['+json', 'application/cloudevents+json', '{"a":1}', { a: 1 }],
  ['JSON with a constructor member', json, '{"constructor":{"a":1}}', { constructor: { a: 1 } }],
  ['a form', form, 'a=1&b=%C3%BC+x&a=2&a=3&empty=&flag', { a: ['1', '2', '3'], b: 'ü x', empty: '', flag: '' }],
  [
    'a form with the names of Object members',
    form,
    'toString=1&constructor=2&toString=3',
    { toString: ['1', '3'], constructor: '2' },
  ],
  ['text', 'text/plain', 'Grüße\r\n', 'Grüße\r\n'],
  ['text in latin1', 'text/plain; charset=latin1', Buffer.from('Grüße', 'latin1'), 'Grüße'],
  ['text that is not UTF-8', 'text/plain', Buffer.from('a\xff', 'latin1'), 'a\ufffd'],
  ['text in an unknown charset', 'text/plain; charset=x-nothing', 'ü', 'ü'],
  ['text in UTF-16', 'text/plain; charset=utf-16', Buffer.from('Grüße', 'utf16le'), 'Grüße'],
  ['text after a byte order mark of UTF-16', 'text/csv', Buffer.from('\ufeffGrüße', 'utf16le'), 'Grüße'],
  ['CSV in Windows-1252', 'text/csv; charset=windows-1252', Buffer.from('5 \x80', 'latin1'), '5 €'],
  ['JSON in latin1', `${json}; charset=iso-8859-1`, Buffer.from('"Grüße"', 'latin1'), 'Grüße'],
  ['JSON in an unknown charset', `${json}; charset=x-nothing`, '"ü"', 'ü'],
  ['a form in latin1', `${form}; charset=iso-8859-1`, 'a=Gr%FC%DFe+%2B', { a: 'Grüße +' }],
  ['a form in Shift_JIS', form, 'a=%83e%83X%83g&_charset_=Shift_JIS', { a: 'テスト', _charset_: 'Shift_JIS' }],
  [
    'a part in latin1',
    'multipart/form-data; boundary=B',
    Buffer.from(
      '--B\r\nContent-Disposition: form-data; name="a"\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\nGrüße\r\n--B--',
      'latin1',
    ),
    { a: 'Grüße' },
  ],
  ['XML', 'application/xml', '<a>1</a>', '<a>1</a>'],
  [
    'XML with an encoding in its prolog',
    'application/xml',
    Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>ü</a>', 'latin1'),
    '<?xml version="1.0" encoding="ISO-8859-1"?><a>ü</a>',
  ],
  ['+xml', 'application/soap+xml; charset=utf-8', '<a/>', '<a/>'],
  ['bytes', 'application/octet-stream', bytes, bytes],
  ['bytes without a content type', undefined, bytes, bytes],
  ['bytes with a malformed content type', 'application', bytes, bytes],
]

const malformed: readonly [name: string, type: string, body: string | Uint8Array][] = [
  ['JSON with an unquoted name', json, '{a:1}'],
  ['truncated JSON', json, '{"a":1'],
  ['whitespace instead of JSON', json, '  '],
  ['JSON that is not UTF-8', json, Buffer.from('{"a":"\xff"}', 'latin1')],
  ['__proto__', json, '{"a":[{"__proto__":{"admin":true}}]}'],
  ['an escaped __proto__', json, '{"\\u005f\\u005Fproto__":{"admin":true}}'],
  ['constructor.prototype', json, '{"a":{"constructor":{"prototype":{"admin":true}}}}'],
  ['an escaped constructor.prototype', json, '{"\\u0063onstructor":{"protot\\u0079pe":{"admin":true}}}'],
  ['multipart without a boundary', 'multipart/form-data', '--B--\r\n'],
  ['65 levels of arrays', json, '['.repeat(65) + ']'.repeat(65)],
  ['__proto__ in a form', form, 'a=1&__proto__=x'],
  ['a percent-encoded __proto__ in a form', form, '%5F_proto__=x'],
]

/** Rows of types that a host may decode as UTF-8 text. */
const notUtf8: readonly string[] = [
  'text in latin1',
  'text in UTF-16',
  'text after a byte order mark of UTF-16',
  'CSV in Windows-1252',
  'JSON in latin1',
  'XML with an encoding in its prolog',
  'JSON that is not UTF-8',
]

/** How bodies and queries become payloads. */
export function describePayloads(subject: Subject): void {
  describe('payloads', () => {
    const decodes = getUnsupportedReason(subject, 'bytes of text')
    for (const [name, type, body, expected] of readable) {
      const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type }
      test(`${name} is read`, async (context) => {
        if (decodes !== undefined && notUtf8.includes(name)) context.skip(decodes)
        const { response, payload } = await sendRequest(subject, { path: mintPath(), headers, body })
        expect(response.status).toBe(200)
        expect(payload instanceof Uint8Array ? Uint8Array.from(payload) : payload).toEqual(expected)
      })

      test(`rawBody() has the exact bytes of ${name}`, async (context) => {
        if (decodes !== undefined && [...notUtf8, 'text that is not UTF-8'].includes(name)) context.skip(decodes)
        const { calls } = await sendRequest(subject, { path: mintPath(), headers, body })
        expect(Buffer.from(calls[0]?.rawBody() ?? [])).toEqual(Buffer.from(body))
      })
    }

    for (const [name, type, body] of malformed) {
      test(`${name} is rejected with malformed_body`, async (context) => {
        if (decodes !== undefined && notUtf8.includes(name)) context.skip(decodes)
        const path = mintPath()
        const { response, calls } = await sendRequest(subject, { path, headers: { 'content-type': type }, body })
        expect(response.status).toBe(400)
        expectProblem(response, 'malformed_body', path)
        expect(calls).toEqual([])
        expect(Reflect.get({}, 'admin')).toBeUndefined()
      })
    }

    test('multipart fields and files are read', async () => {
      const name = 'Content-Disposition: form-data; name='
      const parts = [
        `${name}"a"\r\n\r\nü`,
        `${name}"a"\r\n\r\n2`,
        `${name}"f"; filename="日.bin"\r\nContent-Type: image/png\r\n\r\n`,
      ]
      const body = Buffer.concat([
        Buffer.from(`--B\r\n${parts.join('\r\n--B\r\n')}`),
        bytes,
        Buffer.from('\r\n--B--\r\n'),
      ])
      const headers = { 'content-type': 'multipart/form-data; boundary=B' }
      const { response, payload } = await sendRequest(subject, { path: mintPath(), headers, body })
      expect(response.status).toBe(200)
      expect(payload).toEqual({ a: ['ü', '2'], f: expect.any(File) })
      const { f } = payload as { f: File }
      expect(f.name).toBe('日.bin')
      expect(f.type).toBe('image/png')
      expect(new Uint8Array(await f.arrayBuffer())).toEqual(bytes)
    })

    const token = getToken(mint({ allowGet: true }))
    const queries: readonly [path: string, query: object][] = [
      [`/hooks/${token}`, {}],
      [`/hooks/${token}?a=1&a=2&b=%2Fx`, { a: ['1', '2'], b: '/x' }],
      [`/hooks?t=${token}&a=1`, { a: '1' }],
      [`/hooks?a=1&t=${encodeURIComponent(token)}.`, { a: '1' }],
      [`/hooks/${token}&x=1`, { x: '1' }],
      [`/hooks/${token}&x=1&y=a/b?z=2`, { x: '1', y: 'a/b', z: '2' }],
      [`/hooks/${token}?t=12:30`, { t: '12:30' }],
      [`/hooks/${token}?token=${token}&a=1`, { a: '1' }],
      [`/hooks/${token}?x=1?y=2&amp;z=3`, { x: '1', y: '2', z: '3' }],
      [`/hooks/${token}?__proto__=1&a=1`, { a: '1' }],
      [`/hooks/a&b/${token}?x=1`, { x: '1' }],
      [`/hooks/a&b/${token}&x=1`, { x: '1' }],
    ]
    for (const [path, query] of queries) {
      if (path.includes('1?y') && getUnsupportedReason(subject, 'raw query') !== undefined) continue
      if (path.includes('a=2') && getUnsupportedReason(subject, 'multiple values') !== undefined) continue
      test(`without a body, the payload is the query: ${path.replaceAll(token, 'TOKEN')}`, async () => {
        for (const method of ['GET', 'POST']) {
          const { calls, payload } = await sendRequest(subject, { method, path })
          expect(payload).toEqual(query)
          expect(calls[0]?.query).toEqual(query)
          expect(Object.getPrototypeOf(payload)).toBe(Object.prototype)
        }
      })
    }

    test('payload, query and content are separate', async () => {
      const path = `${mintPath({ content: { a: 'signed' } })}?a=query`
      const { calls } = await sendRequest(subject, { path, headers: { 'content-type': json }, body: '{"a":"posted"}' })
      expect(calls[0]).toMatchObject({ content: { a: 'signed' }, query: { a: 'query' }, payload: { a: 'posted' } })
    })
  })
}
