import { Buffer } from 'node:buffer'
import type { BodyRow } from '../../adversarial/format.ts'
import { nonShortestLabel } from '../craft.ts'
import { makeCharsetRows } from './body-charsets.ts'
import { makePartRows } from './body-parts.ts'
import { invalidJson } from './json-grammar.ts'

const json = 'application/json'
const malformed = { status: 400, code: 'malformed_body' }
const tooLarge = { status: 413, code: 'body_too_large' }
const base64 = (bytes: Uint8Array | number[]): { base64: string } => ({ base64: Buffer.from(bytes).toString('base64') })
// The output of compressors differs by version: these are fixed bytes for `{"a":1}` and for 100,000 zeros.
const gzipped = 'H4sIAAAAAAAAA6tWSlSyMqwFAK+sG1YHAAAA'
const gzippedTwice = 'H4sIAAAAAAAAA5Pv5mAAA+bVYV4hm4zWsDKsXyMdxg4UAgCKq7HcGwAAAA=='
const bomb = 'z///f/gnAOKxQCD3/p/////wTwDEYQGA7v0/////4Z8AiMMiAN37//z//8c/ARCHBQC69/8='
const zeros =
  'H4sIAAAAAAAAA+3BMQEAAADCoPVPbQ0PoAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIBXA32VEdSghgEA'
const deflated = 'eJyrVkpUsjKsBQAIKgIJ'
const brotli = 'CwOAeyJhIjoxfQM='
const around = (...bytes: number[]): { base64: string } =>
  base64([...Buffer.from('{"a":"'), ...bytes, ...Buffer.from('"}')])

type Body = BodyRow['body']
type Outcome = Pick<BodyRow, 'status' | 'code' | 'payload' | 'headers'> & { contentType?: string; reason: string }

/** Bodies for a receiver with default limits. */
export function makeBodyRows(): BodyRow[] {
  return [
    ...prototypes(),
    ...depths(),
    ...sizes(),
    ...rejectedBodies({ ...malformed, reason: 'JSON is what RFC 8259 says, and nothing near to it' }, invalidJson),
    ...encodings(),
    ...types(),
    ...controls(),
    ...makeCharsetRows(),
    ...makePartRows(),
  ]
}

function rejectedBodies(
  { contentType = json, ...outcome }: Outcome,
  bodies: readonly [name: string, body: Body][],
): BodyRow[] {
  return bodies.map(([name, body]) => ({ name, contentType, body, ...outcome }))
}

function acceptedBodies(reason: string, bodies: readonly [name: string, body: Body, payload: unknown][]): BodyRow[] {
  return bodies.map(([name, body, payload]) => ({ name, reason, contentType: json, body, status: 200, payload }))
}

function prototypes(): BodyRow[] {
  return rejectedBodies(
    {
      ...malformed,
      reason: 'a member that changes what objects inherit is refused, however it is spelled and wherever it stands',
    },
    [
      ['__proto__', '{"__proto__":{"admin":true}}'],
      ['__proto__: null', '{"__proto__":null}'],
      ['__proto__: a text', '{"__proto__":"x"}'],
      ['__proto__ twice', '{"__proto__":1,"__proto__":{"a":1}}'],
      ['__proto__ after a space', '{"a":1, "__proto__" : {"a":1}}'],
      ['__proto__ with one letter escaped', '{"\\u005f_proto__":{"a":1}}'],
      ['__proto__ escaped whole', '{"\\u005f\\u005f\\u0070\\u0072\\u006f\\u0074\\u006f\\u005f\\u005f":{"a":1}}'],
      ['__proto__ with escapes in other case', '{"__pr\\u006Fto__":{"a":1}}'],
      ['__proto__ in an object', '{"a":{"__proto__":{"b":1}}}'],
      ['__proto__ in an array', '[{"__proto__":{"b":1}}]'],
      ['__proto__ sixty arrays deep', `${'['.repeat(60)}{"__proto__":1}${']'.repeat(60)}`],
      [
        '__proto__ after a thousand members',
        `{${Array.from({ length: 1000 }, (_, at) => `"m${at}":${at}`).join()},"__proto__":{}}`,
      ],
      ['__proto__ in __proto__', '{"__proto__":{"__proto__":{"a":1}}}'],
      ['constructor.prototype', '{"constructor":{"prototype":{"admin":true}}}'],
      ['constructor.prototype, escaped', '{"constructo\\u0072":{"prototyp\\u0065":{"admin":true}}}'],
      ['constructor.prototype in an array', '[[{"constructor":{"a":1,"prototype":null}}]]'],
    ],
  )
}

function depths(): BodyRow[] {
  const nested = (open: string, close: string, times: number, middle = ''): Body => ({
    repeat: [
      [open, times],
      [middle, 1],
      [close, times],
    ],
  })
  return rejectedBodies(
    { ...malformed, reason: 'at most 64 levels: recursion over a payload must not end a process' },
    [
      ['65 arrays', nested('[', ']', 65)],
      ['65 objects', nested('{"a":', '}', 65, '1')],
      ['65 levels of both', nested('[{"a":', '}]', 33, '1')],
      ['1,000 arrays', nested('[', ']', 1000)],
      ['100,000 arrays', nested('[', ']', 100_000)],
      ['100,000 objects', nested('{"":', '}', 100_000, '0')],
      ['500,000 arrays that are never closed', { repeat: [['[', 500_000]] }],
      ['100,000 objects that are never closed', { repeat: [['{"a":', 100_000]] }],
      [
        '65 arrays after texts full of brackets',
        {
          repeat: [
            ['["]]]]",', 65],
            ['0', 1],
            [']', 65],
          ],
        },
      ],
      ['500,000 closing brackets', { repeat: [[']', 500_000]] }],
    ],
  )
}

function sizes(): BodyRow[] {
  return [
    ...rejectedBodies({ ...tooLarge, reason: 'more bytes than the limit are not read, whatever they are' }, [
      [
        'a byte over a mebibyte',
        {
          repeat: [
            ['"', 1],
            ['a', 1_048_575],
            ['"', 1],
          ],
        },
      ],
      [
        'a mebibyte of white space, and a byte',
        {
          repeat: [
            [' ', 1_048_576],
            ['1', 1],
          ],
        },
      ],
      ['two megabytes of open arrays', { repeat: [['[', 2_000_000]] }],
    ]),
    ...rejectedBodies(
      { ...tooLarge, headers: { 'content-length': '9007199254740993' }, reason: 'a length over the limit is believed' },
      [['a length that is a lie', '{"a":1}']],
    ),
  ]
}

function encodings(): BodyRow[] {
  const encoded = (encoding: string, bytes: string): BodyRow[] =>
    rejectedBodies(
      {
        status: 415,
        code: 'unsupported_encoding',
        headers: { 'content-encoding': encoding },
        reason: 'only gzip, deflate and br are inflated, and only once',
      },
      [[`Content-Encoding: ${encoding}`, { base64: bytes }]],
    )
  const inflated = (encoding: string, bytes: string): BodyRow => ({
    name: `Content-Encoding: ${encoding}`,
    contentType: json,
    headers: { 'content-encoding': encoding },
    body: { base64: bytes },
    status: 200,
    payload: { a: 1 },
    reason: 'a compressed body is inflated',
  })
  return [
    ...rejectedBodies({ ...malformed, reason: 'bytes that are no UTF-8 are not mended' }, [
      ['a byte that UTF-8 never has', around(0xff)],
      [`an ${nonShortestLabel} quotation mark`, around(0xc0, 0xa2)],
      [`an ${nonShortestLabel} NUL`, around(0xc0, 0x80)],
      ['a surrogate', around(0xed, 0xa0, 0x80)],
      ['a cut character', around(0xf0, 0x9f)],
      ['Latin-1', around(0xe9)],
      ['UTF-16 that nothing announces', base64(Buffer.from('{"a":1}', 'utf16le'))],
      ['gzip that nothing announces', { base64: gzipped }],
    ]),
    {
      name: 'an unknown charset',
      contentType: `${json}; charset=no-such-charset`,
      body: '{"a":1}',
      status: 200,
      payload: { a: 1 },
      reason: 'a charset that no one knows is ignored: JSON is UTF-8',
    },
    ...rejectedBodies(
      { ...malformed, contentType: `${json}; charset=utf-16le`, reason: 'bytes are read as what they are said to be' },
      [['UTF-8 that is said to be UTF-16', '{"a":12}']],
    ),
    inflated('gzip', gzipped),
    ...rejectedBodies({ ...malformed, headers: { 'content-encoding': 'GZIP' }, reason: 'zeros are not JSON' }, [
      ['Content-Encoding: GZIP', { base64: zeros }],
    ]),
    ...rejectedBodies(
      { ...tooLarge, headers: { 'content-encoding': 'br' }, reason: 'nothing is inflated beyond the limit' },
      [['Content-Encoding: br, 64 MiB of zeros', { base64: bomb }]],
    ),
    inflated('deflate', deflated),
    inflated('br', brotli),
    ...encoded('zstd', 'KLUv/SQHOQAAeyJhIjoxfQ=='),
    ...encoded('gzip, gzip', gzippedTwice),
    inflated('identity, gzip', gzipped),
    ...rejectedBodies(
      {
        ...malformed,
        headers: { 'content-encoding': 'gzip' },
        reason: 'bytes that are not compressed as declared are rejected',
      },
      [['Content-Encoding: gzip, for plain JSON', '{"a":1}']],
    ),
    ...encoded('x-unknown', 'eyJhIjoxfQ=='),
  ]
}

function types(): BodyRow[] {
  const adversarial = '{"__proto__":{"admin":true}}'
  const names = [
    'APPLICATION/JSON',
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
    'application/vnd.api+json',
    'application/cloudevents+json',
    'application/problem+JSON',
    'text/x+json',
    ' application/json ',
    'application/json; boundary=x',
    'application/json;',
  ]
  return names.flatMap((contentType) =>
    rejectedBodies({ ...malformed, contentType, reason: 'a body is judged as JSON under every name of JSON' }, [
      [`__proto__ as ${JSON.stringify(contentType)}`, adversarial],
    ]),
  )
}

function controls(): BodyRow[] {
  const deep = (times: number): unknown => (times === 0 ? [] : [deep(times - 1)])
  return [
    ...acceptedBodies('what is only near to hostile is taken as it is', [
      ['64 arrays', `${'['.repeat(64)}${']'.repeat(64)}`, deep(63)],
      ['__proto__ as a value', '{"a":"__proto__"}', { a: '__proto__' }],
      ['proto with fewer lines', '{"_proto_":1,"__proto":2,"proto__":3}', { _proto_: 1, __proto: 2, proto__: 3 }],
      ['constructor as a text', '{"constructor":"x"}', { constructor: 'x' }],
      ['prototype alone', '{"prototype":{"a":1}}', { prototype: { a: 1 } }],
      [
        'toString and valueOf',
        '{"toString":1,"valueOf":2,"hasOwnProperty":3}',
        { toString: 1, valueOf: 2, hasOwnProperty: 3 },
      ],
      ['then', '{"then":"x"}', JSON.parse('{"then":"x"}')],
      ['toJSON', '{"toJSON":"x"}', { toJSON: 'x' }],
      ['a name twice: the last counts', '{"a":1,"a":2}', { a: 2 }],
      ['an empty name', '{"":1}', { '': 1 }],
      ['a text of brackets', `{"a":"${'['.repeat(1000)}"}`, { a: '['.repeat(1000) }],
      ['a text of escaped quotes and brackets', '{"a":"\\"[[[[\\\\"}', { a: '"[[[[\\' }],
      ['a large number loses its precision', '{"a":9007199254740993}', { a: 9007199254740992 }],
      ['ten thousand digits', `{"a":0.${'1'.repeat(10_000)}}`, { a: 0.1111111111111111 }],
      ['null', 'null', null],
      ['false', 'false', false],
      ['an empty text', '""', ''],
      ['a control character, escaped', '"\\u0000\\u001b"', '\0\u001b'],
    ]),
    {
      name: 'a mebibyte to the byte',
      reason: 'the limit is what counts, to the byte',
      contentType: json,
      body: {
        repeat: [
          ['"', 1],
          ['a', 1_048_574],
          ['"', 1],
        ],
      },
      status: 200,
    },
    {
      name: 'a mebibyte of empty arrays',
      reason: 'many small values are no depth',
      contentType: json,
      body: {
        repeat: [
          ['[', 1],
          ['[],', 340_000],
          ['0]', 1],
        ],
      },
      status: 200,
    },
    {
      name: 'Content-Encoding: identity',
      reason: 'identity is no encoding',
      contentType: json,
      headers: { 'content-encoding': 'identity' },
      body: '{"a":1}',
      status: 200,
      payload: { a: 1 },
    },
  ]
}
