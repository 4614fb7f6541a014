import { describe, expect, test } from 'vitest'
import { mint, mintPath, tokenOf } from '../support/fixtures.ts'
import type { Subject } from '../support/subjects.ts'
import { lackOf } from './cases.ts'
import { expectProblem, post } from './shared.ts'

const bytes = Uint8Array.from({ length: 256 }, (_, index) => index)
const json = 'application/json'
const form = 'application/x-www-form-urlencoded'

const good: readonly [name: string, type: string | undefined, body: string | Uint8Array, payload: unknown][] = [
  ['JSON', json, '{"order_id":"A1","ü":[1,null]}', { order_id: 'A1', ü: [1, null] }],
  ['JSON with parameters', `${json}; charset="UTF-8"; profile=x`, '[1]', [1]],
  ['JSON in capitals', 'Application/JSON', '1', 1],
  ['JSON null', json, 'null', null],
  ['JSON after a byte order mark', json, '\ufeff{"a":1}', { a: 1 }],
  ['+json', 'application/cloudevents+json', '{"a":1}', { a: 1 }],
  ['JSON with an innocent constructor', json, '{"constructor":{"a":1}}', { constructor: { a: 1 } }],
  ['a form', form, 'a=1&b=%C3%BC+x&a=2&a=3&empty=&flag', { a: ['1', '2', '3'], b: 'ü x', empty: '', flag: '' }],
  [
    'a form with names of Object',
    form,
    'toString=1&constructor=2&toString=3',
    { toString: ['1', '3'], constructor: '2' },
  ],
  ['text', 'text/plain', 'Grüße\r\n', 'Grüße\r\n'],
  ['text in latin1', 'text/plain; charset=latin1', Buffer.from('Grüße', 'latin1'), 'Grüße'],
  ['XML', 'application/xml', '<a>1</a>', '<a>1</a>'],
  ['+xml', 'application/soap+xml; charset=utf-8', '<a/>', '<a/>'],
  ['bytes', 'application/octet-stream', bytes, bytes],
  ['bytes of no type', undefined, bytes, bytes],
  ['bytes of an odd type', 'application', bytes, bytes],
]

const bad: readonly [name: string, type: string, body: string | Uint8Array][] = [
  ['JSON that is not', json, '{a:1}'],
  ['JSON that stops', json, '{"a":1'],
  ['white space for JSON', json, '  '],
  ['JSON that is not UTF-8', json, Buffer.from('{"a":"\xff"}', 'latin1')],
  ['text that is not UTF-8', 'text/plain', Buffer.from('\xff', 'latin1')],
  ['a charset that does not exist', 'text/plain; charset=x-nothing', 'a'],
  ['__proto__', json, '{"a":[{"__proto__":{"admin":true}}]}'],
  ['__proto__ in escapes', json, '{"\\u005f\\u005Fproto__":{"admin":true}}'],
  ['constructor.prototype', json, '{"a":{"constructor":{"prototype":{"admin":true}}}}'],
  ['constructor.prototype in escapes', json, '{"\\u0063onstructor":{"protot\\u0079pe":{"admin":true}}}'],
  ['multipart without a boundary', 'multipart/form-data', '--B--\r\n'],
  ['65 levels of arrays', json, '['.repeat(65) + ']'.repeat(65)],
  ['__proto__ in a form', form, 'a=1&__proto__=x'],
  ['__proto__ in a form, in escapes', form, '%5F_proto__=x'],
]

const notUtf8 = ['text in latin1', 'JSON that is not UTF-8', 'text that is not UTF-8']

export function describePayloads(subject: Subject): void {
  describe('payloads', () => {
    const decoded = lackOf(subject, 'bytes of text') === undefined ? [] : notUtf8
    for (const [name, type, body, expected] of good) {
      if (decoded.includes(name)) continue
      test(`reads ${name}`, async () => {
        const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type }
        const { reply, payload } = await post(subject, { path: mintPath(), headers, body })
        expect(reply.status).toBe(200)
        expect(payload instanceof Uint8Array ? Uint8Array.from(payload) : payload).toEqual(expected)
      })
    }

    for (const [name, type, body] of bad) {
      if (decoded.includes(name)) continue
      test(`refuses ${name}`, async () => {
        const path = mintPath()
        const { reply, calls } = await post(subject, { path, headers: { 'content-type': type }, body })
        expect([reply.status, calls]).toEqual([400, []])
        expectProblem(reply, 'malformed_body', path)
        expect(Reflect.get({}, 'admin')).toBeUndefined()
      })
    }

    test('reads multipart, with files', async () => {
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
      const { reply, payload } = await post(subject, { path: mintPath(), headers, body })
      expect([reply.status, payload]).toEqual([200, { a: ['ü', '2'], f: expect.any(File) }])
      const { f } = payload as { f: File }
      expect([f.name, f.type, new Uint8Array(await f.arrayBuffer())]).toEqual(['日.bin', 'image/png', bytes])
    })

    const token = tokenOf(mint({ allowGet: true }))
    const queries: readonly [path: string, query: object][] = [
      [`/hooks/${token}`, {}],
      [`/hooks/${token}?a=1&a=2&b=%2Fx`, { a: ['1', '2'], b: '/x' }],
      [`/hooks?t=${token}&a=1`, { a: '1' }],
      [`/hooks?a=1&t=${encodeURIComponent(token)}.`, { a: '1' }],
      [`/hooks/${token}&x=1`, { x: '1' }],
      [`/hooks/${token}&x=1&y=a/b?z=2`, { x: '1', y: 'a/b', z: '2' }],
      [`/hooks/${token}?t=12:30`, { t: '12:30' }],
      [`/hooks/${token}?x=1?y=2&amp;z=3`, { x: '1', y: '2', z: '3' }],
      [`/hooks/${token}?__proto__=1&a=1`, { a: '1' }],
      [`/hooks/a&b/${token}?x=1`, { x: '1' }],
      [`/hooks/a&b/${token}&x=1`, { x: '1' }],
    ]
    for (const [path, query] of queries) {
      if (path.includes('1?y') && lackOf(subject, 'raw query') !== undefined) continue
      test(`without a body gives the query: ${path.replace(token, 'TOKEN')}`, async () => {
        for (const method of ['GET', 'POST']) {
          const { calls, payload } = await post(subject, { method, path })
          expect(payload).toEqual(query)
          expect(calls[0]?.query).toEqual(query)
          expect(Object.getPrototypeOf(payload)).toBe(Object.prototype)
        }
      })
    }

    test('keeps payload, query and content apart', async () => {
      const path = `${mintPath({ content: { a: 'signed' } })}?a=query`
      const { calls } = await post(subject, { path, headers: { 'content-type': json }, body: '{"a":"posted"}' })
      const { content, query, payload } = calls[0] ?? {}
      expect([content, query, payload]).toEqual([{ a: 'signed' }, { a: 'query' }, { a: 'posted' }])
    })
  })
}
