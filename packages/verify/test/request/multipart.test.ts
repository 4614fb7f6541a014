import { describe, expect, test, vi } from 'vitest'
import { toPayload } from '../../src/request/payload.ts'

const type = 'multipart/form-data; boundary=B'
const part = (disposition: string, value: string, headers = ''): string =>
  `--B\r\nContent-Disposition: form-data; ${disposition}\r\n${headers}\r\n${value}\r\n`
const end = '--B--\r\n'

function read(body: string | Uint8Array, contentType: string = type) {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body
  return toPayload({ kind: 'bytes', bytes }, contentType, {})
}

/** What was read, with a file as its name, type and text. */
async function show(body: string | Uint8Array, contentType?: string): Promise<unknown> {
  const payload = read(body, contentType)
  if (!payload.ok) return payload.code
  const shown: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(payload.value as object)) {
    const values = await Promise.all((Array.isArray(value) ? value : [value]).map(showOne))
    shown[name] = Array.isArray(value) ? values : values[0]
  }
  return shown
}

async function showOne(value: unknown): Promise<unknown> {
  return value instanceof File ? [value.name, value.type, await value.text()] : value
}

const good: readonly [what: string, body: string | Uint8Array, payload: object, contentType?: string][] = [
  ['a field', part('name="a"', '1') + end, { a: '1' }],
  ['an empty field', part('name="a"', '') + end, { a: '' }],
  ['no field', end, {}],
  [
    'a field that is repeated',
    part('name="a"', '1') + part('name="b"', '2') + part('name="a"', '3') + end,
    { a: ['1', '3'], b: '2' },
  ],
  [
    'a file',
    part('name="f"; filename="ü日.txt"', 'x\r\ny', 'Content-Type: text/plain\r\n') + end,
    { f: ['ü日.txt', 'text/plain', 'x\r\ny'] },
  ],
  ['a file of no type', part('name="f"; filename="a"', 'x') + end, { f: ['a', 'application/octet-stream', 'x'] }],
  [
    'a file input that was left empty',
    part('name="f"; filename=""', '', 'Content-Type: application/octet-stream\r\n') + end,
    { f: ['', 'application/octet-stream', ''] },
  ],
  [
    'a file and a field of one name',
    part('name="f"; filename="a"', 'x') + part('name="f"', 'y') + end,
    { f: [['a', 'application/octet-stream', 'x'], 'y'] },
  ],
  ['JSON in a part is text', part('name="a"', '{"b":1}', 'Content-Type: application/json\r\n') + end, { a: '{"b":1}' }],
  [
    'names of Object',
    part('name="constructor"', '1') + part('name="toString"', '2') + end,
    { constructor: '1', toString: '2' },
  ],
  // .NET quotes neither names nor boundaries, and has the file's name twice.
  [
    'names without quotes',
    part("name=f; filename=a.txt; filename*=utf-8''%C3%BC.txt", 'x') + end,
    { f: ['ü.txt', 'application/octet-stream', 'x'] },
  ],
  ['a boundary in quotes', part('name="a"', '1') + end, { a: '1' }, 'multipart/form-data; boundary="B"'],
  [
    'parameters around the boundary',
    part('name="a"', '1') + end,
    { a: '1' },
    'Multipart/Form-Data ; charset=utf-8; Boundary=B; x=y',
  ],
  [
    'a boundary with marks',
    (part('name="a"', '1') + end).replaceAll('--B', "--=_x'(1):2/3?"),
    { a: '1' },
    `multipart/form-data; boundary="=_x'(1):2/3?"`,
  ],
  [
    'other headers, in capitals',
    part('name="a"', '1', 'CONTENT-LENGTH: 1\r\nContent-Transfer-Encoding: 8bit\r\n') + end,
    { a: '1' },
  ],
  ['a line break before the first boundary', `\r\n${part('name="a"', '1')}${end}`, { a: '1' }],
  ['no line break after the last boundary', `${part('name="a"', '1')}--B--`, { a: '1' }],
  ['something after the last boundary', `${part('name="a"', '1') + end}epilogue`, { a: '1' }],
  ['what looks like a boundary', part('name="a"', '--B\r\n-B\r\n--C') + end, { a: '--B\r\n-B\r\n--C' }],
]

describe('multipart/form-data', () => {
  for (const [what, body, payload, contentType] of good) {
    test(`reads ${what}`, async () => expect(await show(body, contentType)).toEqual(payload))
  }

  const bad: readonly [what: string, body: string | Uint8Array, contentType?: string][] = [
    ['no boundary', part('name="a"', '1') + end, 'multipart/form-data'],
    ['an empty boundary', part('name="a"', '1') + end, 'multipart/form-data; boundary=""'],
    ['another boundary', part('name="a"', '1') + end, 'multipart/form-data; boundary=C'],
    ['no end', part('name="a"', '1')],
    ['a part that breaks off', part('name="a"', '1') + part('name="b"', '2').slice(0, -6)],
    ['a part without a name', part('x="a"', '1') + end],
    ['a part without headers', `--B\r\n\r\n1\r\n${end}`],
    ['a part named __proto__', part('name="__proto__"', '1') + end],
    ['text that is not UTF-8', Buffer.from(part('name="a"', '\xff') + end, 'latin1')],
    ['a name that is not UTF-8', Buffer.from(part('name="\xff"', '1') + end, 'latin1')],
    ['headers of more than 4 KiB', part('name="a"', '1', `X: ${'a'.repeat(4096)}\r\n`) + end],
    ['what is no multipart at all', '{"a":1}'],
  ]
  for (const [what, body, contentType] of bad) {
    test(`refuses ${what}`, async () => expect(await show(body, contentType)).toBe('malformed_body'))
  }

  test('bytes in a file stay as they are', async () => {
    const sent = Uint8Array.from({ length: 256 }, (_, index) => index)
    const body = Buffer.concat([
      Buffer.from(part('name="f"; filename="a.bin"', '').slice(0, -2)),
      sent,
      Buffer.from(`\r\n${end}`),
    ])
    const { f } = (read(body) as { value: { f: File } }).value
    expect(new Uint8Array(await f.arrayBuffer())).toEqual(sent)
  })

  test('what the platform itself writes is read', async () => {
    const form = new FormData()
    form.append('a"b', '1\n2')
    form.append('f', new File(['x'], 'a "b".txt', { type: 'text/html' }))
    const request = new Request('http://localhost/', { method: 'POST', body: form })
    const body = new Uint8Array(await request.arrayBuffer())
    const shown = await show(body, request.headers.get('content-type') ?? undefined)
    expect(shown).toEqual({ 'a%22b': '1\r\n2', f: ['a %22b%22.txt', 'text/html', 'x'] })
  })

  test('1000 parts, and not 1001', () => {
    const parts = (count: number): string => part('name="a"', '1').repeat(count) + end
    expect(read(parts(1000))).toMatchObject({ ok: true })
    expect(read(parts(1001))).toEqual({ ok: false, code: 'body_too_large' })
  })

  const hostile: readonly [what: string, body: string][] = [
    ['10,000 parts', part('name="a"', '1').repeat(10_000) + end],
    ['150,000 boundaries', '--B\r\n\r\n'.repeat(150_000)],
    ['a megabyte of near boundaries', part('name="a"', '\r\n--A'.repeat(200_000)) + end],
    ['a megabyte of a header', part('name="a"', '1', `X: ${'a'.repeat(1_000_000)}\r\n`) + end],
    ['240 long headers of marks', part(`name="${'\\"'.repeat(2000)}"`, '1').repeat(240) + end],
    ['240 long headers of spaces', part(`name=${' '.repeat(4000)}x`, '1').repeat(240) + end],
    ['240 long headers of parameters', part(';a'.repeat(2000), '1').repeat(240) + end],
  ]
  for (const [what, body] of hostile) {
    test(`${what} are dealt with in time`, () => {
      const started = performance.now()
      expect(read(body).ok).toBeTypeOf('boolean')
      expect(performance.now() - started).toBeLessThan(2000)
    })
  }

  test('reading the boundary of a long header takes linear time', () => {
    for (const header of [
      `boundary=${' '.repeat(100_000)}"x"y`,
      `boundary="${' x'.repeat(50_000)}`,
      '; boundary = '.repeat(8000),
    ]) {
      const started = performance.now()
      read(end, `multipart/form-data; ${header}`)
      expect(performance.now() - started).toBeLessThan(500)
    }
  })

  test('nothing is written to the console for a strange file name', async () => {
    const warned = vi.spyOn(console, 'warn')
    for (const name of ["filename*=x-nothing''%41", "filename*=UTF-8''a; filename* = \"x-nothing''%41\""]) {
      expect(await show(part(`name=f; ${name}`, 'x') + end)).toBe('malformed_body')
    }
    expect(warned).not.toHaveBeenCalled()
    warned.mockRestore()
  })
})
