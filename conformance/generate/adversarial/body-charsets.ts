import { Buffer } from 'node:buffer'
import type { BodyRow } from '../../adversarial/format.ts'

type Payload = readonly [name: string, contentType: string, body: Uint8Array, payload: unknown]

const form = 'application/x-www-form-urlencoded'
const multipart = 'multipart/form-data; boundary=B'
const malformed = { status: 400, code: 'malformed_body' }

// Encoded by the codecs of Python 3.11, and the same by iconv of glibc 2.36. Among them are characters whose second byte is
// a backslash or a letter, and those that ISO-8859-1 lacks.
const samples: readonly (readonly [charset: string, text: string, hex: string])[] = [
  ['iso-8859-1', 'Grüße', '47 72 fc df 65'],
  ['windows-1252', '„Grüße“ – 5 €', '84 47 72 fc df 65 93 20 96 20 35 20 80'],
  ['iso-8859-15', '5 € für Žižek', '35 20 a4 20 66 fc 72 20 b4 69 b8 65 6b'],
  ['iso-8859-2', 'Łódź', 'a3 f3 64 bc'],
  ['windows-1250', 'Příliš žluťoučký kůň', '50 f8 ed 6c 69 9a 20 9e 6c 75 9d 6f 75 e8 6b fd 20 6b f9 f2'],
  ['windows-1251', 'Операция отменена', 'ce ef e5 f0 e0 f6 e8 ff 20 ee f2 ec e5 ed e5 ed e0'],
  ['windows-1254', 'İstanbul’da ışık', 'dd 73 74 61 6e 62 75 6c 92 64 61 20 fd fe fd 6b'],
  ['koi8-r', 'Привет', 'f0 d2 c9 d7 c5 d4'],
  ['shift_jis', '表示テスト、ｱｲｳ', '95 5c 8e a6 83 65 83 58 83 67 81 41 b1 b2 b3'],
  ['euc-jp', '日本語', 'c6 fc cb dc b8 ec'],
  ['iso-2022-jp', '日本語', '1b 24 42 46 7c 4b 5c 38 6c 1b 28 42'],
  ['gbk', '你好，朱镕基', 'c4 e3 ba c3 a3 ac d6 ec e9 46 bb f9'],
  ['gb18030', '你好😀', 'c4 e3 ba c3 94 39 fc 36'],
  ['big5', '功能測試', 'a5 5c af e0 b4 fa b8 d5'],
  ['euc-kr', '안녕하세요', 'be c8 b3 e7 c7 cf bc bc bf e4'],
]

/** Bodies of text, CSV, XML, JSON, forms and parts, each in many charsets and damaged in many ways. */
export function makeCharsetRows(): BodyRow[] {
  return [
    ...samples.flatMap((sample) => acceptedRows('every type of text is decoded by its charset', inCharset(sample))),
    ...acceptedRows('every type of text is decoded by its charset', inUtf16()),
    ...acceptedRows('the labels of the Encoding Standard count, as senders write them', labels()),
    ...acceptedRows('a byte order mark counts more than any label', marks()),
    ...acceptedRows('an XML prolog counts where no charset is declared', prologs()),
    ...acceptedRows('a form may name its charset in a field', fields()),
    ...acceptedRows('bytes that fit no charset become U+FFFD: no delivery is lost', damagedText()),
    ...damagedJson(),
  ]
}

function acceptedRows(reason: string, payloads: readonly Payload[]): BodyRow[] {
  return payloads.map(([name, contentType, body, payload]) => ({
    name,
    reason,
    contentType,
    body: toBase64(body),
    status: 200,
    payload,
  }))
}

function inCharset([charset, text, hex]: (typeof samples)[number]): Payload[] {
  const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex')
  const prolog = `<?xml version="1.0" encoding="${charset}"?>`
  return [
    [`text in ${charset}`, `text/plain; charset=${charset}`, bytes, text],
    [`CSV in ${charset}`, `text/csv; charset=${charset}`, around('a;b\r\n1;', bytes, '\r\n'), `a;b\r\n1;${text}\r\n`],
    [`XML in ${charset}`, 'application/xml', around(`${prolog}<a>`, bytes, '</a>'), `${prolog}<a>${text}</a>`],
    [`JSON in ${charset}`, `application/json; charset=${charset}`, around('{"a":"', bytes, '"}'), { a: text }],
    [
      `a form in ${charset}`,
      `${form}; charset=${charset}`,
      around('a=', percentEncode(bytes), '&b=1'),
      { a: text, b: '1' },
    ],
    [
      `a form with _charset_ ${charset}`,
      form,
      around('a=', percentEncode(bytes), `&_charset_=${charset}`),
      { a: text, _charset_: charset },
    ],
    [
      `a part in ${charset}`,
      multipart,
      around(`${openPart('a', `Content-Type: text/plain; charset=${charset}\r\n`)}`, bytes, '\r\n--B--\r\n'),
      { a: text },
    ],
    [
      `parts with _charset_ ${charset}`,
      multipart,
      around(openPart('a'), bytes, `\r\n${openPart('_charset_')}${charset}\r\n--B--\r\n`),
      { a: text, _charset_: charset },
    ],
  ]
}

function inUtf16(): Payload[] {
  const text = 'Grüße, 日本 😀'
  const encoders = { 'utf-16le': utf16le, 'utf-16be': utf16be }
  return Object.entries(encoders).flatMap(([charset, encode]): Payload[] => {
    const prolog = '<?xml version="1.0" encoding="UTF-16"?><a>'
    return [
      [`text in ${charset}`, `text/plain; charset=${charset}`, encode(text), text],
      [`text in ${charset} after a byte order mark`, 'text/plain', encode(`\ufeff${text}`), text],
      [`CSV in ${charset} after a byte order mark`, 'text/csv', encode(`\ufeffa\t${text}`), `a\t${text}`],
      [`XML in ${charset}`, 'application/xml', encode(`${prolog}${text}</a>`), `${prolog}${text}</a>`],
      [`XML in ${charset} after a byte order mark`, 'text/xml', encode(`\ufeff${prolog}${text}`), `${prolog}${text}`],
      [`JSON in ${charset}`, `application/json; charset=${charset}`, encode(`{"a":"${text}"}`), { a: text }],
      [`JSON in ${charset} after a byte order mark`, 'application/json', encode(`\ufeff{"a":"${text}"}`), { a: text }],
      [`a form in ${charset}`, `${form}; charset=${charset}`, encode(`a=${text}&b=%C3%BC`), { a: text, b: 'ü' }],
      [`a form in ${charset} after a byte order mark`, form, encode(`\ufeffa=${text}`), { a: text }],
      [
        `a form in ${charset}, percent-encoded`,
        `${form}; charset=${charset}`,
        around('a=', percentEncode(encode(text)), '&b=12'),
        { a: text, b: '12' },
      ],
      [
        `a part in ${charset}`,
        multipart,
        around(openPart('a', `Content-Type: text/plain; charset=${charset}\r\n`), encode(text), '\r\n--B--'),
        { a: text },
      ],
    ]
  })
}

function labels(): Payload[] {
  const written = [
    ['LATIN1', latin1('\xfc')],
    ['"iso-8859-1"', latin1('\xfc')],
    ['iso_8859-1:1987', latin1('\xfc')],
    ['us-ascii', latin1('\xfc')],
    ['Windows-31J', latin1('\x87\x40'), '①'],
    ['gb2312', latin1('\xc4\xe3'), '你'],
    ['ks_c_5601-1987', latin1('\xb0\xa1'), '가'],
    ['UTF8', utf8('ü')],
    ['" utf-8 "', utf8('ü')],
    ["'utf-8'", utf8('ü')],
    ['', utf8('ü')],
    ['""', utf8('ü')],
    ['x-no-such-charset', utf8('ü')],
    ['iso-2022-kr', utf8('ü')],
    ['utf-7', utf8('ü')],
    ['utf-32', utf8('ü')],
    ['%00', utf8('ü')],
    ['x'.repeat(5000), utf8('ü')],
    ['koi8-r; charset=latin1', latin1('\xc1'), 'а'],
    ['latin1; format=flowed; delsp=yes', latin1('\xfc')],
  ] as const
  return written.flatMap(([label, bytes, text = 'ü']): Payload[] => {
    const short = label === '' ? '(none)' : label.length > 40 ? `of ${label.length} letters` : label
    return [
      [`text with the charset ${short}`, `text/plain; charset=${label}`, bytes, text],
      [
        `a form with the charset ${short}`,
        `${form}; charset=${label}`,
        around('a=', percentEncode(bytes)),
        { a: text },
      ],
    ]
  })
}

function marks(): Payload[] {
  return [
    ['text in UTF-8 after a byte order mark', 'text/plain', utf8('\ufeffü'), 'ü'],
    ['CSV in UTF-8 after a byte order mark, as Latin-1', 'text/csv; charset=latin1', utf8('\ufeffü;1'), 'ü;1'],
    [
      'JSON in UTF-8 after a byte order mark, as UTF-16',
      'application/json; charset=utf-16',
      utf8('\ufeff["ü"]'),
      ['ü'],
    ],
    [
      'JSON in UTF-16 after a byte order mark, as UTF-8',
      'application/json; charset=utf-8',
      utf16be('\ufeff["ü"]'),
      ['ü'],
    ],
    ['a form in UTF-8 after a byte order mark', form, utf8('\ufeffa=ü'), { a: 'ü' }],
    [
      'a part in UTF-8 after a byte order mark',
      multipart,
      around(openPart('a'), utf8('\ufeffü'), '\r\n--B--'),
      { a: 'ü' },
    ],
    ['a second byte order mark', 'text/plain', utf8('\ufeff\ufeffü'), '\ufeffü'],
    ['a byte order mark alone', 'text/plain', utf8('\ufeff'), ''],
    ['half a byte order mark', 'text/plain', latin1('\xef\xbb'), '\ufffd'],
  ]
}

function prologs(): Payload[] {
  const xml = (encoding: string): string => `<?xml version="1.0" encoding="${encoding}"?><a>`
  const single = "<?xml version='1.0' encoding = 'koi8-r' standalone='yes' ?>"
  return [
    ['a prolog in single quotes', 'text/xml', latin1(`${single}\xc1`), `${single}а`],
    ['a prolog of SOAP', 'application/soap+xml', latin1(`${xml('windows-1251')}\xfc`), `${xml('windows-1251')}ь`],
    ['a prolog in text/plain', 'text/plain', latin1(`${xml('windows-1251')}\xfc`), `${xml('windows-1251')}ь`],
    [
      'a prolog in a part',
      multipart,
      around(openPart('a'), latin1(`${xml('koi8-r')}\xc1`), '\r\n--B--'),
      { a: `${xml('koi8-r')}а` },
    ],
    ['a prolog, and another charset', 'text/xml; charset=koi8-r', latin1(`${xml('latin1')}\xc1`), `${xml('latin1')}а`],
    [
      'a prolog, and an unknown charset',
      'text/xml; charset=x-none',
      latin1(`${xml('latin1')}\xfc`),
      `${xml('latin1')}ü`,
    ],
    ['an unknown encoding in a prolog', 'text/xml', utf8(`${xml('x-none')}ü`), `${xml('x-none')}ü`],
    ['an empty encoding in a prolog', 'text/xml', utf8(`${xml('')}ü`), `${xml('')}ü`],
    ['UTF-8 whose prolog says UTF-16', 'text/xml', utf8(`${xml('utf-16')}ü`), `${xml('utf-16')}ü`],
    [
      'UTF-8 with a prolog, declared as UTF-16',
      'text/xml; charset=utf-16',
      utf8(`${xml('utf-8')}ü`),
      `${xml('utf-8')}ü`,
    ],
    [
      'UTF-8 after a byte order mark, whose prolog says Latin-1',
      'text/xml',
      utf8(`\ufeff${xml('latin1')}ü`),
      `${xml('latin1')}ü`,
    ],
    ['a prolog after a space', 'text/xml', utf8(` ${xml('latin1')}ü`), ` ${xml('latin1')}ü`],
    ['a prolog that does not end', 'text/xml', latin1('<?xml encoding="latin1"\xfc'), '<?xml encoding="latin1"\ufffd'],
  ]
}

function fields(): Payload[] {
  const sent = (body: string): Uint8Array => latin1(body)
  const charsets = '{"from":"UTF-8","text":"iso-8859-1"}'
  return [
    [
      'a declared charset, and _charset_',
      `${form}; charset=koi8-r`,
      sent('_charset_=latin1&a=%C1'),
      { _charset_: 'latin1', a: 'а' },
    ],
    ['an unknown _charset_', form, sent('_charset_=x-none&a=%C3%BC'), { _charset_: 'x-none', a: 'ü' }],
    ['an empty _charset_', form, sent('_charset_=&a=%C3%BC'), { _charset_: '', a: 'ü' }],
    ['_charset_ UTF-16', form, sent('_charset_=UTF-16&a=%C3%BC'), { _charset_: 'UTF-16', a: 'ü' }],
    ['a percent-encoded _charset_', form, sent('%5Fcharset_=koi8%2Dr&a=%C1'), { _charset_: 'koi8-r', a: 'а' }],
    [
      'two fields _charset_',
      form,
      sent('_charset_=koi8-r&_charset_=latin1&a=%C1'),
      { _charset_: ['koi8-r', 'latin1'], a: 'а' },
    ],
    [
      "PayPal's field charset",
      form,
      sent('name=Jos%E9+%80&charset=windows-1252'),
      { name: 'José €', charset: 'windows-1252' },
    ],
    [
      'a field charset that is about something else',
      form,
      sent('name=Jos%C3%A9&charset=latin1'),
      { name: 'José', charset: 'latin1' },
    ],
    [
      "SendGrid's field charsets",
      multipart,
      sent(`${openPart('text')}\xfc\r\n${openPart('from')}\xc3\xbc\r\n${openPart('charsets')}${charsets}\r\n--B--`),
      { text: 'ü', from: 'ü', charsets },
    ],
    [
      'an HTML character for one that the charset lacks',
      `${form}; charset=latin1`,
      sent('a=%26%23960%3B'),
      { a: '&#960;' },
    ],
    ['an escape of JavaScript', form, sent('a=%u010D%'), { a: '%u010D%' }],
    [
      'multipart/form-data that is said to be UTF-16',
      `${multipart}; charset=utf-16`,
      sent(`${openPart('a')}\xc3\xbc\r\n--B--`),
      { a: 'ü' },
    ],
    [
      'the charset of multipart/form-data',
      `${multipart}; charset=windows-1251`,
      sent(`${openPart('a')}\xfc\r\n--B--`),
      { a: 'ь' },
    ],
    [
      'a part in another charset than the form',
      multipart,
      sent(
        `${openPart('_charset_')}koi8-r\r\n${openPart('a', 'Content-Type: text/plain; charset=latin1\r\n')}\xfc\r\n--B--`,
      ),
      { _charset_: 'koi8-r', a: 'ü' },
    ],
    [
      'the name of a part in the charset of the form',
      `${multipart}; charset=shift_jis`,
      sent(`${openPart('\x95\x5c')}1\r\n--B--`),
      { 表: '1' },
    ],
  ]
}

function damagedText(): Payload[] {
  // One U+FFFD for each maximal part of a character (Encoding Standard, UTF-8 decoder).
  const damages: readonly (readonly [name: string, charset: string, bytes: string, text: string])[] = [
    ['Latin-1 that nothing announces', 'utf-8', 'Gr\xfc\xdfe', 'Gr\ufffd\ufffde'],
    ['a byte that UTF-8 never has', 'utf-8', 'a\xffb', 'a\ufffdb'],
    ['a NUL in two bytes', 'utf-8', '\xc0\x80', '\ufffd\ufffd'],
    ['a surrogate in UTF-8', 'utf-8', '\xed\xa0\x80', '\ufffd\ufffd\ufffd'],
    ['a truncated character of UTF-8', 'utf-8', 'a\xf0\x9f\x98', 'a\ufffd'],
    ['a truncated character of UTF-8 inside', 'utf-8', '\xe2\x82a', '\ufffda'],
    ['a truncated character of Shift_JIS', 'shift_jis', 'a\x83', 'a\ufffd'],
    ['a truncated character of GBK', 'gbk', 'a\xc4', 'a\ufffd'],
    ['a truncated character of Big5', 'big5', 'a\xa5', 'a\ufffd'],
    ['a truncated character of EUC-KR', 'euc-kr', 'a\xb0', 'a\ufffd'],
    ['half a unit of UTF-16', 'utf-16le', 'a\0b', 'a\ufffd'],
    ['half a surrogate pair', 'utf-16be', '\0a\xd8\x3d', 'a\ufffd'],
    ['UTF-8 that is said to be Latin-1', 'iso-8859-1', '\xc3\xbc', 'Ã¼'],
  ]
  return damages.flatMap(([name, charset, bytes, text]): Payload[] => [
    [`${name}, as text`, `text/plain; charset=${charset}`, latin1(bytes), text],
    [`${name}, as CSV`, `text/csv; charset=${charset}`, latin1(bytes), text],
    [`${name}, as XML`, `application/xml; charset=${charset}`, latin1(bytes), text],
    [
      `${name}, as a part`,
      multipart,
      around(openPart('a', `Content-Type: text/plain; charset=${charset}\r\n`), latin1(bytes), '\r\n--B--'),
      { a: text },
    ],
  ])
}

function damagedJson(): BodyRow[] {
  const reason = 'JSON with bytes that fit no charset is not guessed: a string in it may be anything'
  const damages: readonly (readonly [name: string, charset: string, bytes: string])[] = [
    ['Latin-1 in an unknown charset', 'x-no-such-charset', '{"a":"\xfc"}'],
    ['Latin-1 in an empty charset', '', '{"a":"\xfc"}'],
    ['a truncated character of Shift_JIS at the end', 'shift_jis', '{"a":1}\x83'],
    ['half a unit of UTF-16 at the end', 'utf-16be', '\0[\0]\0'],
    ['half a surrogate pair', 'utf-16be', '\0"\xd8\x3d\0"'],
  ]
  return [
    ...damages.map(([name, charset, bytes]) => ({
      name: `JSON with ${name}`,
      reason,
      contentType: `application/json; charset=${charset}`,
      body: toBase64(latin1(bytes)),
      ...malformed,
    })),
    {
      name: '__proto__ in JSON in UTF-16',
      reason: 'a member that changes what objects inherit is rejected in every charset',
      contentType: 'application/json',
      body: toBase64(utf16le('\ufeff{"__proto__":{"admin":true}}')),
      ...malformed,
    },
    {
      name: '__proto__ in a form in UTF-16',
      reason: 'a field that changes what objects inherit is rejected in every charset',
      contentType: form,
      body: toBase64(utf16be('\ufeff__proto__=1')),
      ...malformed,
    },
  ]
}

function openPart(name: string, headers: string = ''): string {
  return `--B\r\nContent-Disposition: form-data; name="${name}"\r\n${headers}\r\n`
}

/** Percent-encodes bytes as browsers do (URL Standard, section 5.2). */
function percentEncode(bytes: Uint8Array): Uint8Array {
  const escaped = Array.from(bytes, (byte) => {
    const character = String.fromCharCode(byte)
    return /[\w*.-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  })
  return latin1(escaped.join(''))
}

function around(before: string, bytes: Uint8Array, after: string = ''): Uint8Array {
  return Buffer.concat([latin1(before), bytes, latin1(after)])
}

function latin1(text: string): Uint8Array {
  return Buffer.from(text, 'latin1')
}

function utf8(text: string): Uint8Array {
  return Buffer.from(text)
}

function utf16le(text: string): Uint8Array {
  return Buffer.from(text, 'utf16le')
}

function utf16be(text: string): Uint8Array {
  return Buffer.from(text, 'utf16le').swap16()
}

function toBase64(bytes: Uint8Array): { base64: string } {
  return { base64: Buffer.from(bytes).toString('base64') }
}
