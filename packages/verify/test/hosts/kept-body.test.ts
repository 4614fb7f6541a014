import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { toBody } from '../../src/hosts/kept-body.ts'
import { type NodeRequest, readBody } from '../../src/hosts/node-body.ts'

const limits = { maxBodySize: 100, timeoutMs: 50 }
const consumed = { kind: 'unread', code: 'body_already_consumed' }
const tooLarge = { kind: 'unread', code: 'body_too_large' }
const abc = Uint8Array.from([97, 98, 99])
const bytesOf = (text: string) => ({ kind: 'bytes', bytes: new TextEncoder().encode(text), isKept: true })

function createShared(): Uint8Array<SharedArrayBuffer> {
  const shared = new Uint8Array(new SharedArrayBuffer(3))
  shared.set(abc)
  return shared
}

async function createReadStream(): Promise<ReadableStream<Uint8Array>> {
  const stream = new Blob(['abcd']).stream()
  const reader = stream.getReader()
  await reader.read()
  reader.releaseLock()
  return stream
}

function createLocked(): ReadableStream<Uint8Array> {
  const stream = new Blob(['abc']).stream()
  stream.getReader()
  return stream
}

async function createReadNodeStream(): Promise<Readable> {
  const stream = Readable.from([abc])
  for await (const _ of stream);
  return stream
}

const neverEnds = (): ReadableStream => new ReadableStream({ pull: () => sleep(60_000, undefined, { ref: false }) })
const ofStrings = (): ReadableStream => new ReadableStream({ start: (controller) => controller.enqueue('abc') })
const inRealm = (code: string): unknown => runInNewContext(code, { abc: [97, 98, 99] })

describe('bytes', () => {
  const kinds: readonly [name: string, value: unknown][] = [
    ['a Uint8Array', abc],
    ['a Buffer', Buffer.from('abc')],
    ['a part of a larger buffer', Buffer.from('xabcx').subarray(1, 4)],
    ['an Int8Array', new Int8Array([97, 98, 99])],
    ['a Uint8ClampedArray', new Uint8ClampedArray([97, 98, 99])],
    ['a DataView', new DataView(abc.buffer)],
    ['an ArrayBuffer', abc.buffer],
    ['a SharedArrayBuffer', createShared().buffer],
    ['a Uint8Array on shared memory', createShared()],
    ["another realm's Uint8Array", inRealm('Uint8Array.from(abc)')],
    ["another realm's ArrayBuffer", inRealm('Uint8Array.from(abc).buffer')],
    ["another realm's DataView", inRealm('new DataView(Uint8Array.from(abc).buffer)')],
  ]
  for (const [name, value] of kinds) {
    test(`${name} is read as exact bytes`, async () => {
      expect(await toBody(value, limits)).toEqual({
        kind: 'bytes',
        bytes: value instanceof Buffer ? Buffer.from('abc') : abc,
        isKept: true,
      })
    })

    test(`hook.request accepts the bytes of ${name}`, async () => {
      const body = await toBody(value, limits)
      const { bytes } = body as { bytes: Uint8Array<ArrayBuffer> }
      expect(await new Request('http://a/', { method: 'POST', body: bytes }).text()).toBe('abc')
    })
  }

  test('a Uint16Array is read as bytes, not as elements', async () => {
    expect(await toBody(new Uint16Array(abc.slice(0, 2).buffer), limits)).toEqual(bytesOf('ab'))
  })
})

describe('what is read', () => {
  const kinds: readonly [name: string, create: () => unknown, body: unknown][] = [
    ['a Blob', () => new Blob(['abc']), bytesOf('abc')],
    ['a File', () => new File(['abc'], 'a.txt'), bytesOf('abc')],
    ['a web stream', () => new Blob(['abc']).stream(), { ...bytesOf('abc'), isKept: undefined }],
    ['a Node stream', () => Readable.from([abc]), { kind: 'bytes', bytes: Buffer.from('abc') }],
    ['a Map', () => new Map([['a', 1]]), { kind: 'parsed', value: { a: 1 } }],
    ["another realm's Map", () => inRealm("new Map([['a', 1]])"), { kind: 'parsed', value: { a: 1 } }],
    ['an object', () => ({ a: 1 }), { kind: 'parsed', value: { a: 1 } }],
    ['an array', () => [1], { kind: 'parsed', value: [1] }],
    ['an object without a prototype', () => Object.create(null), { kind: 'parsed', value: {} }],
    ['a number', () => 1, { kind: 'parsed', value: 1 }],
    ['false', () => false, { kind: 'parsed', value: false }],
    ['a bigint', () => 2n ** 64n, { kind: 'parsed', value: 2n ** 64n }],
    ['a string', () => 'abc', { kind: 'text', text: 'abc' }],
    // A caller can send the same JSON.
    [
      'a JSON-serialized Buffer',
      () => ({ type: 'Buffer', data: [1] }),
      { kind: 'parsed', value: { type: 'Buffer', data: [1] } },
    ],
  ]
  for (const [name, create, body] of kinds) {
    test(`${name} is a body`, async () => {
      expect(await toBody(create(), limits)).toEqual(body)
    })
  }

  test('the pairs of a FormData are a form', async () => {
    const form = new FormData()
    form.append('a', '1')
    form.append('a', '2')
    expect(await toBody(form, limits)).toMatchObject({
      kind: 'form',
      pairs: [
        ['a', '1'],
        ['a', '2'],
      ],
    })
  })

  test('the pairs of a URLSearchParams are a form', async () => {
    expect(await toBody(new URLSearchParams('a=1'), limits)).toMatchObject({ kind: 'form', pairs: [['a', '1']] })
  })

  test('forms that differ only in a byte of a file have different digests', async () => {
    const digest = async (text: string): Promise<unknown> => {
      const form = new FormData()
      form.append('f', new File([text], 'f'))
      return Reflect.get(await toBody(form, limits), 'digest')
    }
    expect(await digest('a')).toBe(await digest('a'))
    expect(await digest('a')).not.toBe(await digest('b'))
  })
})

describe('what cannot be read', () => {
  const kinds: readonly [name: string, create: () => unknown][] = [
    ['undefined', () => undefined],
    ['a function', () => () => abc],
    ['a symbol', () => Symbol('a')],
    ['a Set', () => new Set([1])],
    ['a Date', () => new Date()],
    ['a Map with a key that is no string', () => new Map([[1, 1]])],
    ['a generator', () => (async function* () {})()],
    ['a locked web stream', createLocked],
    ['a web stream that was read', createReadStream],
    ['a web stream of strings', ofStrings],
    ["another realm's object that looks like a stream", () => inRealm("({ [Symbol.toStringTag]: 'ReadableStream' })")],
    ['a Node stream that was read', createReadNodeStream],
    ['a Node stream of strings', () => Readable.from(['abc'])],
  ]
  for (const [name, create] of kinds) {
    test(`${name} counts as an already consumed body`, async () => {
      expect(await toBody(await create(), limits)).toEqual(consumed)
    })
  }
})

test('a promise counts as an already consumed body', async () => {
  expect(await toBody(Promise.resolve(abc), limits)).toEqual(consumed)
})

describe('limits', () => {
  const long = 'x'.repeat(101)
  const form = (value: string | File): FormData => {
    const data = new FormData()
    data.append('a', value)
    return data
  }
  const kinds: readonly [name: string, create: () => unknown][] = [
    ['an ArrayBuffer', () => new ArrayBuffer(101)],
    ['a string', () => long],
    ['a Blob', () => new Blob([long])],
    ['a web stream', () => new Blob([long]).stream()],
    ['a Node stream', () => Readable.from([Buffer.from(long)])],
    ['a FormData', () => form(long)],
    ['a FormData with a file', () => form(new File([long], 'f'))],
    ['a URLSearchParams of 1001 pairs', () => new URLSearchParams('&a='.repeat(1001))],
  ]
  for (const [name, create] of kinds) {
    test(`${name} over a limit is rejected`, async () => {
      expect(await toBody(create(), limits)).toEqual(tooLarge)
    })
  }

  test('a web stream that never ends is rejected after the time limit', async () => {
    expect(await toBody(neverEnds(), limits)).toEqual({ kind: 'unread', code: 'body_timeout' })
  })

  test('a Node stream that never ends is rejected after the time limit', async () => {
    expect(await toBody(new Readable({ read: () => {} }), limits)).toEqual({ kind: 'unread', code: 'body_timeout' })
  })
})

describe('a Node request that was read', () => {
  const length = { 'content-length': '9' }
  const chunked = { 'transfer-encoding': 'chunked' }
  const rows: readonly [name: string, request: Record<string, unknown>, body: unknown][] = [
    ['rawBody comes before body', { rawBody: abc, body: { a: 1 } }, bytesOf('abc')],
    ['a rawBody string comes before the bytes of body', { rawBody: '123456789', body: abc }, bytesOf('123456789')],
    ['an empty rawBody is a placeholder', { rawBody: '', body: { a: 1 } }, { kind: 'parsed', value: { a: 1 } }],
    ['a rawBody that is no body is ignored', { rawBody: true, body: { a: 1 } }, { kind: 'parsed', value: { a: 1 } }],
    ['an empty buffer is consumed', { body: new ArrayBuffer() }, consumed],
    ['null is consumed', { body: null }, consumed],
    ['{} is consumed', { body: {} }, consumed],
    ['{} that body-parser parsed is a body', { body: {}, _body: true }, { kind: 'parsed', value: {} }],
    ['null that body-parser parsed is a body', { body: null, _body: true }, { kind: 'parsed', value: null }],
    ['{} is a body of two bytes', { body: {}, headers: { 'content-length': '2' } }, { kind: 'parsed', value: {} }],
    [
      'an empty string is a body that consists of a byte order mark',
      { body: '', headers: { 'content-length': '3' } },
      { kind: 'text', text: '' },
    ],
    ['an empty string is no body in chunks', { body: '', headers: chunked }, { kind: 'none' }],
    ['{} in chunks is consumed', { body: {}, headers: chunked }, consumed],
    ['an empty Blob is consumed', { body: new Blob() }, consumed],
    ['{} without a declared body is none', { body: {}, headers: {} }, { kind: 'none' }],
    ['bytes that are still being collected are consumed', { rawBody: abc, readableEnded: false }, consumed],
    ['a value that was parsed before the end is consumed', { body: { a: 1 }, readableEnded: false }, consumed],
    [
      'a getter that throws is malformed',
      Object.defineProperty({}, 'body', { enumerable: true, get: throwSyntaxError }),
      { kind: 'unread', code: 'malformed_body' },
    ],
  ]
  for (const [name, request, body] of rows) {
    test(name, async () => {
      const incoming = Object.defineProperties(createRead(), Object.getOwnPropertyDescriptors(request))
      expect(await readBody({ incoming, framework: incoming }, limits)).toEqual(body)
    })
  }

  test('the body that other code left on the Node request is used if the framework has none', async () => {
    const incoming = Object.assign(createRead(), { body: { a: 1 } })
    expect(await readBody({ incoming, framework: {} }, limits)).toEqual({ kind: 'parsed', value: { a: 1 } })
  })

  function createRead(): NodeRequest {
    const request = { headers: length, readableDidRead: true, readableEnded: true, readable: false, on: () => {} }
    return request as unknown as NodeRequest
  }

  function throwSyntaxError(): never {
    throw new SyntaxError('Invalid JSON')
  }
})
