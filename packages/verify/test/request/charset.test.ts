import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { parsePayload } from '../../src/request/payload.ts'

const form = 'application/x-www-form-urlencoded'
const multipart = 'multipart/form-data; boundary=B'
const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1')
const utf8 = (text: string): Uint8Array => Buffer.from(text)
const utf16le = (text: string): Uint8Array => Buffer.from(text, 'utf16le')
const utf16be = (text: string): Uint8Array => Buffer.from(text, 'utf16le').swap16()
const field = (name: string, value: string, headers = ''): string =>
  `--B\r\nContent-Disposition: form-data; name="${name}"\r\n${headers}\r\n${value}\r\n`
const end = '--B--\r\n'

function parse(type: string, bytes: Uint8Array): unknown {
  const payload = parsePayload({ kind: 'bytes', bytes }, type, {})
  return payload.ok ? payload.value : payload.code
}

// Bytes 0x80 to 0xFF, in Python: bytes(range(128, 256)).decode('cp1252'), with C1 controls for the five it leaves out.
const windows1252 =
  '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ' +
  '\xa0¡¢£¤¥¦§¨©ª«¬\xad®¯°±²³´µ¶·¸¹º»¼½¾¿ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ'

for (const label of ['windows-1252', 'iso-8859-1', 'us-ascii', 'Latin1', ' CP1252 ']) {
  test(`every byte of ${label} is decoded`, () => {
    const bytes = Uint8Array.from({ length: 128 }, (_, index) => 128 + index)
    expect(parse(`text/plain; charset="${label}"`, bytes)).toBe(windows1252)
  })
}

describe('the charset of text', () => {
  const rows: readonly [what: string, type: string, bytes: Uint8Array, text: string][] = [
    ['its content type', 'text/plain; charset=ISO-8859-1', latin1('Gr\xfc\xdfe'), 'Grüße'],
    ['its content type, in capitals and quotes', 'Text/Plain; Charset="Shift_JIS"', latin1('\x95\x5c'), '表'],
    ['UTF-8 for an unknown charset', 'text/plain; charset=x-nothing', utf8('ü'), 'ü'],
    ['UTF-8 for an empty charset', 'text/plain; charset=', utf8('ü'), 'ü'],
    ['UTF-8 for an empty quoted charset', 'text/plain; charset=""', utf8('ü'), 'ü'],
    ['UTF-8 for a charset in single quotes', "text/plain; charset='utf-8'", utf8('ü'), 'ü'],
    ['UTF-8 for UTF-7', 'text/plain; charset=utf-7', utf8('+APw-'), '+APw-'],
    // The Encoding Standard decodes these to one U+FFFD, so that no script hides in them.
    ['UTF-8 for ISO-2022-KR', 'text/plain; charset=iso-2022-kr', utf8('ü'), 'ü'],
    ['UTF-8 for a label of 10,000 characters', `text/plain; charset=${'x'.repeat(10_000)}`, utf8('ü'), 'ü'],
    ['its byte order mark', 'text/plain', utf8('\ufeffü'), 'ü'],
    ['its byte order mark, whatever its content type is', 'text/plain; charset=latin1', utf8('\ufeffü'), 'ü'],
    ['a byte order mark of UTF-16LE', 'text/csv', utf16le('\ufeffa;ü'), 'a;ü'],
    ['a byte order mark of UTF-16BE', 'text/csv; charset=utf-16', utf16be('\ufeffa;ü'), 'a;ü'],
    ['UTF-16LE for UTF-16', 'text/plain; charset=UTF-16', utf16le('ü'), 'ü'],
    ['UTF-16BE', 'text/plain; charset=UTF-16BE', utf16be('ü'), 'ü'],
    ['one byte order mark', 'text/plain', utf8('\ufeff\ufeffü'), '\ufeffü'],
  ]
  for (const [what, type, bytes, text] of rows) {
    test(`is recognized: ${what}`, () => expect(parse(type, bytes)).toBe(text))
  }

  for (const type of ['text/plain', 'application/xml', 'image/svg+xml', 'application/csv', 'application/x-ndjson']) {
    test(`invalid bytes of ${type} become U+FFFD`, () => {
      expect(parse(type, latin1('a\xffb\xe2\x82'))).toBe('a\ufffdb\ufffd')
    })
  }

  test('a truncated unit of UTF-16 becomes U+FFFD', () => {
    expect(parse('text/plain; charset=utf-16le', utf16le('aü').subarray(0, 3))).toBe('a\ufffd')
  })
})

describe('a charset that the runtime does not know', () => {
  class SmallTextDecoder extends TextDecoder {
    constructor(label: string = 'utf-8', options?: TextDecoderOptions) {
      if (label !== 'utf-8') throw new RangeError(`The "${label}" encoding is not supported`)
      super(label, options)
    }
  }
  beforeEach(() => void vi.stubGlobal('TextDecoder', SmallTextDecoder))
  afterEach(() => void vi.unstubAllGlobals())

  const rows: readonly [type: string, body: string, payload: unknown][] = [
    ['text/plain', 'ü', 'ü'],
    ['application/json', '"ü"', 'ü'],
    [form, 'a=%C3%BC', { a: 'ü' }],
  ]
  for (const [type, body, payload] of rows) {
    test(`is ignored for ${type}`, () => expect(parse(`${type}; charset=gbk`, utf8(body))).toEqual(payload))
  }

  test('is ignored in a byte order mark', () => {
    expect(parse('text/plain', utf16le('\ufeffa'))).toBe('\ufffd\ufffda\0')
  })
})

describe('the charset of XML', () => {
  const prolog = (encoding: string): string => `<?xml version="1.0" encoding="${encoding}"?>\n<a>`
  const xml = 'application/xml'
  const rows: readonly [what: string, type: string, bytes: Uint8Array, text: string][] = [
    ['its prolog', xml, latin1(`${prolog('ISO-8859-1')}\xfc`), `${prolog('ISO-8859-1')}ü`],
    [
      'its prolog, in single quotes',
      'text/xml',
      latin1("<?xml version='1.0'\tencoding = 'koi8-r' ?>\xc1"),
      "<?xml version='1.0'\tencoding = 'koi8-r' ?>а",
    ],
    ['its prolog, in text/plain', 'text/plain', latin1(`${prolog('windows-1251')}\xfc`), `${prolog('windows-1251')}ь`],
    [
      'its content type, whatever its prolog is',
      `${xml}; charset=windows-1251`,
      latin1(`${prolog('ISO-8859-1')}\xfc`),
      `${prolog('ISO-8859-1')}ь`,
    ],
    [
      'its prolog, for an unknown charset',
      `${xml}; charset=x-nothing`,
      latin1(`${prolog('ISO-8859-1')}\xfc`),
      `${prolog('ISO-8859-1')}ü`,
    ],
    ['UTF-8 for an unknown encoding', xml, utf8(`${prolog('x-nothing')}ü`), `${prolog('x-nothing')}ü`],
    ['UTF-8 for a prolog in UTF-8 that says UTF-16', xml, utf8(`${prolog('utf-16')}ü`), `${prolog('utf-16')}ü`],
    [
      'UTF-8 for UTF-8 that is said to be UTF-16',
      `${xml}; charset=utf-16`,
      utf8(`${prolog('utf-8')}ü`),
      `${prolog('utf-8')}ü`,
    ],
    ['UTF-16LE without a byte order mark', xml, utf16le(`${prolog('UTF-16')}ü`), `${prolog('UTF-16')}ü`],
    [
      'UTF-16BE without a byte order mark',
      `${xml}; charset=utf-16`,
      utf16be(`${prolog('UTF-16')}ü`),
      `${prolog('UTF-16')}ü`,
    ],
    [
      'its byte order mark, whatever its prolog is',
      xml,
      utf8(`\ufeff${prolog('ISO-8859-1')}ü`),
      `${prolog('ISO-8859-1')}ü`,
    ],
    [
      'UTF-8 for an encoding after the prolog',
      xml,
      utf8('<?xml version="1.0"?><a encoding="koi8-r">ü'),
      '<?xml version="1.0"?><a encoding="koi8-r">ü',
    ],
    [
      'UTF-8 for an endless prolog',
      xml,
      utf8(`<?xml ${' '.repeat(1000)}encoding="koi8-r"?>ü`),
      `<?xml ${' '.repeat(1000)}encoding="koi8-r"?>ü`,
    ],
  ]
  for (const [what, type, bytes, text] of rows) {
    test(`is recognized: ${what}`, () => expect(parse(type, bytes)).toBe(text))
  }
})

describe('the charset of JSON', () => {
  const json = 'application/json'
  const rows: readonly [what: string, type: string, bytes: Uint8Array, value: unknown][] = [
    ['in Latin-1', `${json}; charset=iso-8859-1`, latin1('"\xfc"'), 'ü'],
    ['in an unknown charset', `${json}; charset=x-nothing`, utf8('"ü"'), 'ü'],
    ['in an empty charset', `${json}; charset=`, utf8('"ü"'), 'ü'],
    ['in UTF-16LE with a byte order mark', json, utf16le('\ufeff"ü"'), 'ü'],
    ['in UTF-16BE with a byte order mark', `${json}; charset=utf-8`, utf16be('\ufeff"ü"'), 'ü'],
    ['in UTF-16', `${json}; charset=utf-16`, utf16le('"ü"'), 'ü'],
    ['with an invalid byte', json, latin1('"\xfc"'), 'malformed_body'],
    ['with an invalid byte, in an unknown charset', `${json}; charset=x-nothing`, latin1('"\xfc"'), 'malformed_body'],
    ['with a truncated character of Shift_JIS', `${json}; charset=shift_jis`, latin1('"a"\x83'), 'malformed_body'],
    ['after a second byte order mark', json, utf8('\ufeff\ufeff"ü"'), 'malformed_body'],
    ['with half a unit of UTF-16', `${json}; charset=utf-16`, utf16le('"ü" ').subarray(0, 7), 'malformed_body'],
  ]
  for (const [what, type, bytes, value] of rows) {
    test(`JSON ${what} is ${value === 'malformed_body' ? 'rejected' : 'read'}`, () =>
      expect(parse(type, bytes)).toEqual(value))
  }
})

describe('the charset of a form', () => {
  const rows: readonly [what: string, type: string, bytes: Uint8Array, fields: object][] = [
    ['its content type', `${form}; charset=ISO-8859-1`, utf8('n%FC=Gr%FC%DFe+%2B'), { nü: 'Grüße +' }],
    ['its content type, for bytes that are not encoded', `${form}; charset=latin1`, latin1('a=\xfc'), { a: 'ü' }],
    // The second byte of a character may be an ASCII letter, which browsers do not encode.
    ['Shift_JIS', `${form}; charset=shift_jis`, utf8('a=%83e%83X%83g%95%5C'), { a: 'テスト表' }],
    ['UTF-8 for an unknown charset', `${form}; charset=x`, utf8('a=%C3%BC'), { a: 'ü' }],
    [
      'the field _charset_',
      form,
      utf8('a=%FC&_charset_=windows-1252&b=%80'),
      { a: 'ü', b: '€', _charset_: 'windows-1252' },
    ],
    [
      'its content type, whatever the field _charset_ is',
      `${form}; charset=koi8-r`,
      utf8('_charset_=latin1&a=%C1'),
      { a: 'а', _charset_: 'latin1' },
    ],
    ['UTF-8 for an unknown field _charset_', form, utf8('_charset_=x&a=%C3%BC'), { a: 'ü', _charset_: 'x' }],
    [
      'UTF-8 for a field _charset_ that is UTF-16',
      form,
      utf8('_charset_=utf-16&a=%C3%BC'),
      { a: 'ü', _charset_: 'utf-16' },
    ],
    [
      'the field _charset_, for what is not the UTF-8 that was declared',
      `${form}; charset=utf-8`,
      utf8('_charset_=latin1&a=%FC'),
      { a: 'ü', _charset_: 'latin1' },
    ],
    // PayPal's IPN, Alipay.
    [
      'the field charset, for bytes that are not UTF-8',
      form,
      utf8('first_name=Jos%E9&charset=windows-1252'),
      { first_name: 'José', charset: 'windows-1252' },
    ],
    [
      'UTF-8, whatever the field charset is',
      form,
      utf8('first_name=Jos%C3%A9&charset=windows-1252'),
      { first_name: 'José', charset: 'windows-1252' },
    ],
    ['UTF-16, for an entire body', `${form}; charset=utf-16`, utf16le('a=ü&b=%C3%BC'), { a: 'ü', b: 'ü' }],
    ['a byte order mark', `${form}; charset=latin1`, utf8('\ufeffa=ü'), { a: 'ü' }],
    ['a byte order mark of UTF-16', form, utf16be('\ufeffa=ü'), { a: 'ü' }],
    ['UTF-16, for what is percent-encoded', `${form}; charset=utf-16le`, utf8('a=%FC%00&b=1'), { a: 'ü', b: '1' }],
    [
      'UTF-8, for ASCII that is said to be UTF-16',
      `${form}; charset=utf-16`,
      utf8('a=12&b=%C3%BC'),
      { a: '12', b: 'ü' },
    ],
  ]
  for (const [what, type, bytes, fields] of rows) {
    test(`is recognized: ${what}`, () => expect(parse(type, bytes)).toEqual(fields))
  }

  test('invalid bytes become U+FFFD', () => {
    expect(parse(form, utf8('a%FF=%FF%C3&b=1'))).toEqual({ 'a\ufffd': '\ufffd\ufffd', b: '1' })
  })

  test('characters that browsers encode as HTML stay as they are', () => {
    expect(parse(`${form}; charset=latin1`, utf8('a=%26%231234%3B'))).toEqual({ a: '&#1234;' })
  })

  test('escapes of a form that a framework decoded to text are decoded using its charset', () => {
    const payload = parsePayload({ kind: 'text', text: 'a=%FC' }, `${form}; charset=latin1`, {})
    expect(payload).toEqual({ ok: true, value: { a: 'ü' } })
  })

  test('characters that a framework decoded are not decoded again', () => {
    const payload = parsePayload({ kind: 'text', text: 'a=ü' }, `${form}; charset=latin1`, {})
    expect(payload).toEqual({ ok: true, value: { a: 'ü' } })
  })

  test('__proto__ is rejected in every charset', () => {
    expect(parse(`${form}; charset=utf-16le`, utf16le('__proto__=1'))).toBe('malformed_body')
  })

  // The table of https://url.spec.whatwg.org/#urlencoded-parsing, and what is near to it.
  const forms = [
    '',
    '&',
    'a',
    'a=',
    '=a',
    '=',
    '&&a=b&&',
    'a=b=c',
    'a+b=%2B+%20',
    '%',
    '%4',
    '%zz=%4',
    '%41%4a',
    '%FF%FE',
    'ü=日',
    '%EF%BB%BFa=1',
    'a=%00',
  ]
  for (const text of forms) {
    test(`${JSON.stringify(text)} is parsed as URLSearchParams does`, () => {
      expect(parse(form, utf8(text))).toEqual(Object.fromEntries(new URLSearchParams(text)))
    })
  }
})

describe('the charset of a part', () => {
  const rows: readonly [what: string, body: string, fields: object, type?: string][] = [
    ['its content type', field('a', '\xfc', 'Content-Type: text/plain; charset=iso-8859-1\r\n'), { a: 'ü' }],
    [
      'the field _charset_',
      field('n\xfc', '\x80') + field('_charset_', 'windows-1252'),
      { nü: '€', _charset_: 'windows-1252' },
    ],
    [
      'its content type, whatever the field _charset_ is',
      field('_charset_', 'koi8-r') + field('a', '\xfc', 'Content-Type: text/plain; charset=latin1\r\n'),
      { a: 'ü', _charset_: 'koi8-r' },
    ],
    ['the content type of the request', field('n\xfc', '\x80'), { nü: '€' }, `${multipart}; charset=windows-1252`],
    [
      'UTF-8, for ASCII headers and a request that says UTF-16',
      field('a', '\xc3\xbc'),
      { a: 'ü' },
      `${multipart}; charset=utf-16`,
    ],
    ['UTF-16, for a request that says so', field('a', '\xfc\0'), { a: 'ü' }, `${multipart}; charset=utf-16le`],
    ['its byte order mark', field('a', '\xef\xbb\xbf\xc3\xbc'), { a: 'ü' }, `${multipart}; charset=latin1`],
    [
      'its XML prolog',
      field('a', '<?xml version="1.0" encoding="koi8-r"?>\xc1'),
      { a: '<?xml version="1.0" encoding="koi8-r"?>а' },
    ],
    [
      'UTF-8 for an unknown charset',
      field('a', '\xc3\xbc', 'Content-Type: text/plain; charset=x-nothing\r\n'),
      { a: 'ü' },
    ],
    // SendGrid's Inbound Parse.
    [
      'the field charsets, for bytes that are not UTF-8',
      field('charsets', '{"subject":"UTF-8","text":"iso-8859-1","html":5}') +
        field('text', '\xfc') +
        field('subject', '\xc3\xbc') +
        field('html', '\xfc'),
      { charsets: '{"subject":"UTF-8","text":"iso-8859-1","html":5}', text: 'ü', subject: 'ü', html: '\ufffd' },
    ],
    [
      'UTF-8 for a field charsets that is not JSON',
      field('charsets', '{') + field('a', '\xfc'),
      { charsets: '{', a: '\ufffd' },
    ],
    [
      'UTF-8 for a field charsets that is null',
      field('charsets', 'null') + field('a', '\xfc'),
      { charsets: 'null', a: '\ufffd' },
    ],
  ]
  for (const [what, body, fields, type = multipart] of rows) {
    test(`is recognized: ${what}`, () => expect(parse(type, latin1(body + end))).toEqual(fields))
  }

  test('a file name is decoded using the charset of the form before its backslashes are read', () => {
    const body = field('f"; filename="\x95\x5c.txt', 'x') + field('_charset_', 'shift_jis') + end
    const { f } = parse(multipart, latin1(body)) as { f: File }
    expect(f.name).toBe('表.txt')
  })

  test('invalid bytes in values and names become U+FFFD', () => {
    expect(parse(multipart, latin1(field('\xff', '\xff') + end))).toEqual({ '\ufffd': '\ufffd' })
  })
})
