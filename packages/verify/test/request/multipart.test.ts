import { describe, expect, test } from 'vitest'
import { parsePayload } from '../../src/request/payload.ts'

const type = 'multipart/form-data; boundary=B'
const part = (disposition: string, value: string, headers = ''): string =>
  `--B\r\nContent-Disposition: form-data; ${disposition}\r\n${headers}\r\n${value}\r\n`
const end = '--B--\r\n'

function parse(body: string | Uint8Array, contentType: string = type) {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body
  return parsePayload({ kind: 'bytes', bytes }, contentType, {})
}

/** Parses a body and converts each file to its name, type and text. */
async function parseToText(body: string | Uint8Array, contentType?: string): Promise<unknown> {
  const payload = parse(body, contentType)
  if (!payload.ok) return payload.code
  const fields: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(payload.value as object)) {
    const values = await Promise.all((Array.isArray(value) ? value : [value]).map(toText))
    fields[name] = Array.isArray(value) ? values : values[0]
  }
  return fields
}

async function toText(value: unknown): Promise<unknown> {
  return value instanceof File ? [value.name, value.type, await value.text()] : value
}

const readable: readonly [what: string, body: string | Uint8Array, payload: object, contentType?: string][] = [
  ['a field', part('name="a"', '1') + end, { a: '1' }],
  ['an empty field', part('name="a"', '') + end, { a: '' }],
  ['no fields', end, {}],
  [
    'a repeated field',
    part('name="a"', '1') + part('name="b"', '2') + part('name="a"', '3') + end,
    { a: ['1', '3'], b: '2' },
  ],
  [
    'a file',
    part('name="f"; filename="ü日.txt"', 'x\r\ny', 'Content-Type: text/plain\r\n') + end,
    { f: ['ü日.txt', 'text/plain', 'x\r\ny'] },
  ],
  [
    'a file without a content type',
    part('name="f"; filename="a"', 'x') + end,
    { f: ['a', 'application/octet-stream', 'x'] },
  ],
  [
    'an empty file input',
    part('name="f"; filename=""', '', 'Content-Type: application/octet-stream\r\n') + end,
    { f: ['', 'application/octet-stream', ''] },
  ],
  [
    'a file and a field with the same name',
    part('name="f"; filename="a"', 'x') + part('name="f"', 'y') + end,
    { f: [['a', 'application/octet-stream', 'x'], 'y'] },
  ],
  ['JSON in a part as text', part('name="a"', '{"b":1}', 'Content-Type: application/json\r\n') + end, { a: '{"b":1}' }],
  [
    'the names of Object members',
    part('name="constructor"', '1') + part('name="toString"', '2') + end,
    { constructor: '1', toString: '2' },
  ],
  // .NET quotes neither names nor boundaries, and sends the file name twice.
  [
    'names without quotes',
    part("name=f; filename=a.txt; filename*=utf-8''%C3%BC.txt", 'x') + end,
    { f: ['ü.txt', 'application/octet-stream', 'x'] },
  ],
  ['a quoted boundary', part('name="a"', '1') + end, { a: '1' }, 'multipart/form-data; boundary="B"'],
  [
    'parameters around the boundary',
    part('name="a"', '1') + end,
    { a: '1' },
    'Multipart/Form-Data ; charset=utf-8; Boundary=B; x=y',
  ],
  [
    'a boundary with punctuation',
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
  ['an epilogue after the last boundary', `${part('name="a"', '1') + end}epilogue`, { a: '1' }],
  ['text that resembles a boundary', part('name="a"', '--B\r\n-B\r\n--C') + end, { a: '--B\r\n-B\r\n--C' }],
  // RFC 2046, section 5.1.1.
  ['a preamble', `This is a multi-part message.\r\n\r\n${part('name="a"', '1')}${end}`, { a: '1' }],
  ['a preamble that resembles a boundary', `x--B\r\n--Bx\r\n${part('name="a"', '1')}${end}`, { a: '1' }],
  ['an epilogue that contains a part', part('name="a"', '1') + end + part('name="b"', '2'), { a: '1' }],
  [
    'whitespace after the boundaries',
    (part('name="a"', '1') + part('name="b"', '2')).replaceAll('--B', '--B \t') + end,
    { a: '1', b: '2' },
  ],
  ['a line that begins with the boundary', part('name="a"', '1\r\n--Bx\r\n2') + end, { a: '1\r\n--Bx\r\n2' }],
  ['a line feed before the boundary', part('name="a"', '1\n--B\r\n2') + end, { a: '1\n--B\r\n2' }],
  [
    'LF instead of CRLF',
    (part('name="a"', '1') + part('name="f"; filename="b"', 'x', 'Content-Type: text/plain\r\n') + end).replaceAll(
      '\r',
      '',
    ),
    { a: '1', f: ['b', 'text/plain', 'x'] },
  ],
  ['LF after a preamble', `x\n${(part('name="a"', '1') + end).replaceAll('\r', '')}`, { a: '1' }],
  [
    'a carriage return at the end of a value, in LF',
    '--B\nContent-Disposition: form-data; name=a\n\n1\r\n--B--',
    { a: '1\r' },
  ],
  [
    'an empty value',
    part('name="a"', '') + part('name="f"; filename="b"', '') + end,
    { a: '', f: ['b', 'application/octet-stream', ''] },
  ],
  // RFC 5322, section 2.2.3: mail programs and Java fold long headers.
  [
    'a folded header',
    part('\r\n name="a";\r\n\tfilename="b.txt"', 'x', 'Content-Type:\r\n text/plain\r\n') + end,
    { a: ['b.txt', 'text/plain', 'x'] },
  ],
  [
    'a header in lowercase, without a space',
    '--B\r\ncontent-disposition:form-data;name=a\r\n\r\n1\r\n--B--',
    { a: '1' },
  ],
  ['a repeated header', part('name="a"', '1', 'Content-Disposition: form-data; name="b"\r\n') + end, { a: '1' }],
  [
    'the parameters of a content type',
    part('name="f"; filename="a"', 'x', 'Content-Type: text/csv; charset=x\r\n') + end,
    { f: ['a', 'text/csv; charset=x', 'x'] },
  ],
]

// What today's browsers, curl 8 and Python requests write, and what older programs do.
const names: readonly [sender: string, parameter: string, name: string][] = [
  ['browsers, curl and requests', '"a%22b\\c.txt"', 'a"b\\c.txt'],
  ['browsers, for line breaks', '"a%0D%0Ab"', 'a\r\nb'],
  ['browsers, for a percent sign', '"100%.txt%20"', '100%.txt%20'],
  ['curl before 7.81', '"a\\"b\\\\c.txt"', 'a"b\\c.txt'],
  ['Go, for a Windows path', '"C:\\\\new\\\\scan.pdf"', 'C:\\new\\scan.pdf'],
  ['Internet Explorer', '"C:\\Users\\ann\\scan.pdf"', 'C:\\Users\\ann\\scan.pdf'],
  ['Internet Explorer, for a network path', '"\\\\server\\ann\\scan.pdf"', '\\\\server\\ann\\scan.pdf'],
  ['a program that quotes nothing', 'C:\\Users\\ann\\scan.pdf', 'C:\\Users\\ann\\scan.pdf'],
  ['a program that ends the name with a backslash', '"a\\"', 'a\\'],
  ['a program that does not close the quotation', '"a.txt', 'a.txt'],
  ['a program that sends a semicolon', '"a;name=b.txt"', 'a;name=b.txt'],
  ['.NET', "a.txt; filename*=utf-8''%C3%BC.txt", 'ü.txt'],
  ['a program that sends Latin-1', "a.txt; filename*=iso-8859-1'de'%FC%80+'.txt", "ü€+'.txt"],
  ['a program that sends an unknown charset', "a.txt; filename*=x-nothing''%C3%BC.txt", 'ü.txt'],
  ['a program whose extended name has no charset', 'a.txt; filename*=b.txt', 'a.txt'],
  ['a program that sends invalid bytes', "a; filename*=UTF-8''%FF%zz", '\ufffd%zz'],
]

describe('multipart/form-data', () => {
  for (const [what, body, payload, contentType] of readable) {
    test(`a body with ${what} is read`, async () => expect(await parseToText(body, contentType)).toEqual(payload))
  }

  for (const [sender, parameter, name] of names) {
    test(`the file name of ${sender} is read`, async () => {
      const fields = await parseToText(part(`name="f"; filename=${parameter}`, 'x') + end)
      expect(fields).toEqual({ f: [name, 'application/octet-stream', 'x'] })
    })
  }

  const malformed: readonly [what: string, body: string | Uint8Array, contentType?: string][] = [
    ['no boundary', part('name="a"', '1') + end, 'multipart/form-data'],
    ['an empty boundary', part('name="a"', '1') + end, 'multipart/form-data; boundary=""'],
    ['another boundary', part('name="a"', '1') + end, 'multipart/form-data; boundary=C'],
    ['no final boundary', part('name="a"', '1')],
    ['a truncated part', part('name="a"', '1') + part('name="b"', '2').slice(0, -6)],
    ['a part without a name', part('x="a"', '1') + end],
    ['a part without headers', `--B\r\n\r\n1\r\n${end}`],
    ['a part named __proto__', part('name="__proto__"', '1') + end],
    ['headers of more than 4 KiB', part('name="a"', '1', `X: ${'a'.repeat(4096)}\r\n`) + end],
    ['JSON instead of multipart', '{"a":1}'],
    ['a preamble alone', 'This is a multi-part message.\r\n'],
    ['a boundary that does not begin a line', `x${part('name="a"', '1')}`],
  ]
  for (const [what, body, contentType] of malformed) {
    test(`a body with ${what} is rejected with malformed_body`, async () =>
      expect(await parseToText(body, contentType)).toBe('malformed_body'))
  }

  test('a file has its exact bytes', async () => {
    const sent = Uint8Array.from({ length: 256 }, (_, index) => index)
    const body = Buffer.concat([
      Buffer.from(part('name="f"; filename="a.bin"', '').slice(0, -2)),
      sent,
      Buffer.from(`\r\n${end}`),
    ])
    const { f } = (parse(body) as { value: { f: File } }).value
    expect(new Uint8Array(await f.arrayBuffer())).toEqual(sent)
  })

  test('the multipart body of a FormData is read', async () => {
    const form = new FormData()
    form.append('a"b', '1\n2')
    form.append('f', new File(['x'], 'a "b".txt', { type: 'text/html' }))
    const request = new Request('http://localhost/', { method: 'POST', body: form })
    const body = new Uint8Array(await request.arrayBuffer())
    const fields = await parseToText(body, request.headers.get('content-type') ?? undefined)
    expect(fields).toEqual({ 'a"b': '1\r\n2', f: ['a "b".txt', 'text/html', 'x'] })
  })

  test('1000 parts are accepted', () => {
    expect(parse(part('name="a"', '1').repeat(1000) + end)).toMatchObject({ ok: true })
  })

  test('1001 parts are rejected', () => {
    expect(parse(part('name="a"', '1').repeat(1001) + end)).toEqual({ ok: false, code: 'body_too_large' })
  })

  test('a quoted boundary can contain a semicolon', async () => {
    const body = '--a;b\r\nContent-Disposition: form-data; name="x"\r\n\r\n1\r\n--a;b--\r\n'
    expect(await parseToText(body, 'multipart/form-data; boundary="a;b"')).toEqual({ x: '1' })
  })

  const adversarial: readonly [what: string, body: string][] = [
    ['10,000 parts', part('name="a"', '1').repeat(10_000) + end],
    ['150,000 boundaries', '--B\r\n\r\n'.repeat(150_000)],
    ['a megabyte of partial boundaries', part('name="a"', '\r\n--A'.repeat(200_000)) + end],
    ['a megabyte in one header', part('name="a"', '1', `X: ${'a'.repeat(1_000_000)}\r\n`) + end],
    ['240 long headers of escapes', part(`name="${'\\"'.repeat(2000)}"`, '1').repeat(240) + end],
    ['240 long headers of spaces', part(`name=${' '.repeat(4000)}x`, '1').repeat(240) + end],
    ['240 long headers of folds', part(`name="a"${';\r\n '.repeat(1000)}`, '1').repeat(240) + end],
    ['a megabyte of line feeds', part('name="a"', '\n'.repeat(1_000_000)) + end],
    ['a megabyte of spaces after a boundary', `--B${' '.repeat(1_000_000)}x\r\n${end}`],
    ['240 long headers of parameters', part(';a'.repeat(2000), '1').repeat(240) + end],
  ]
  for (const [what, body] of adversarial) {
    test(`a body with ${what} is parsed within 2 seconds`, () => {
      const start = performance.now()
      expect(parse(body).ok).toBeTypeOf('boolean')
      expect(performance.now() - start).toBeLessThan(2000)
    })
  }

  test('parsing the boundary of a long header takes linear time', () => {
    for (const header of [
      `boundary=${' '.repeat(100_000)}"x"y`,
      `boundary="${' x'.repeat(50_000)}`,
      '; boundary = '.repeat(8000),
    ]) {
      const start = performance.now()
      parse(end, `multipart/form-data; ${header}`)
      expect(performance.now() - start).toBeLessThan(500)
    }
  })
})
