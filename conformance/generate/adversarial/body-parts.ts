import type { BodyRow } from '../../adversarial/format.ts'

const contentType = 'multipart/form-data; boundary=B'
const malformed = { status: 400, code: 'malformed_body' }

/** Multipart bodies as browsers, curl, mail programs and devices write them, and damaged ones. */
export function makePartRows(): BodyRow[] {
  return [...readable(), ...damaged()]
}

function readable(): BodyRow[] {
  const reason = 'what RFC 2046 allows and what senders write is read'
  const rows: readonly (readonly [name: string, body: string, payload: unknown])[] = [
    ['a preamble', `This is a multi-part message in MIME format.\r\n\r\n${part('a', '1')}--B--`, { a: '1' }],
    ['an empty line before the first boundary', `\r\n${part('a', '1')}--B--`, { a: '1' }],
    ['a preamble that resembles a boundary', `x--B\r\n--BB\r\n${part('a', '1')}--B--`, { a: '1' }],
    ['an epilogue', `${part('a', '1')}--B--\r\n${part('b', '2')}`, { a: '1' }],
    ['white space after boundaries', `${part('a', '1').replace('--B', '--B \t')}--B-- \t\r\n`, { a: '1' }],
    ['a folded header', `${part('a', '1').replace('; ', ';\r\n\t')}--B--`, { a: '1' }],
    ['a header that is folded before its value', `${part('a', '1').replace(': ', ':\r\n ')}--B--`, { a: '1' }],
    ['LF alone', `${part('a', '1') + part('b', '2')}--B--`.replaceAll('\r', ''), { a: '1', b: '2' }],
    ['LF alone, after a preamble', `x\n${part('a', '1')}--B--`.replaceAll('\r', ''), { a: '1' }],
    ['a line that begins with the boundary', `${part('a', 'x\r\n--Bx\r\ny')}--B--`, { a: 'x\r\n--Bx\r\ny' }],
    ['a boundary after a lone LF', `${part('a', 'x\n--B--\r\ny')}--B--`, { a: 'x\n--B--\r\ny' }],
    ['no parts', '--B--', {}],
    ['an empty part', `${part('a', '')}--B--`, { a: '' }],
    ['a name with a quotation mark, of browsers', `${part('a%22b', '1')}--B--`, { 'a"b': '1' }],
    ['a name with a quotation mark, of curl before 7.81', `${part('a\\"b\\\\c', '1')}--B--`, { 'a"b\\c': '1' }],
    [
      'a name with backslashes, of browsers',
      `${part('C:\\new\\"', '1')}--B--`.replace('\\"', '\\'),
      { 'C:\\new\\': '1' },
    ],
    ['a name without quotation marks', `${part('a', '1').replace('"a"', 'a')}--B--`, { a: '1' }],
    ['a name with other percent signs', `${part('100%41%', '1')}--B--`, { '100%41%': '1' }],
  ]
  return rows.map(([name, body, payload]) => ({
    name: `multipart: ${name}`,
    reason,
    contentType,
    body,
    status: 200,
    payload,
  }))
}

function damaged(): BodyRow[] {
  const reason = 'a multipart body that is not complete, or has no names, is not guessed'
  const rows: readonly (readonly [name: string, body: string])[] = [
    ['no final boundary', part('a', '1')],
    ['a truncated final boundary', `${part('a', '1')}--B-`],
    ['a truncated part', part('a', '1').slice(0, -3)],
    ['truncated headers', part('a', '1').slice(0, 20)],
    ['a preamble alone', 'This is a multi-part message in MIME format.\r\n'],
    ['another boundary', '--C\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--C--'],
    ['no headers', '--B\r\n\r\n1\r\n--B--'],
    ['no name', `${part('a', '1').replace('name=', 'x=')}--B--`],
    ['__proto__', `${part('__proto__', '1')}--B--`],
    ['__proto__ in a folded header', `${part('__proto__', '1').replace('; ', ';\r\n ')}--B--`],
    ['__proto__ after a preamble', `x\r\n${part('__proto__', '1')}--B--`],
    ['__proto__ with LF alone', `${part('__proto__', '1')}--B--`.replaceAll('\r', '')],
    ['JSON', '{"a":1}'],
  ]
  return rows.map(([name, body]) => ({ name: `multipart: ${name}`, reason, contentType, body, ...malformed }))
}

function part(name: string, value: string): string {
  return `--B\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
}
