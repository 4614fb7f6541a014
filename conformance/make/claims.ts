import type { ExpectedHook, Json, VerifyRow } from '../format.ts'
import { now, plain, signRaw } from './craft.ts'
import { bad, good } from './rows.ts'

const emoji = '\u{1f600}'
const lone = '\\ud83d'

// Each claim, as JSON text: what is accepted, and what is not.
const limits: { claim: string; hook: (value: Json) => Partial<ExpectedHook>; accepted: string[]; refused: string[] }[] =
  [
    {
      claim: 'cmd',
      hook: (value) => ({ command: value as string }),
      accepted: [
        text('x', 1),
        text('x', 256),
        text(emoji, 256),
        '" "',
        '"/a b?c#d"',
        '"\\u2028"',
        '"\\ud83d\\ude00"',
        '"__proto__"',
      ],
      refused: [...names(), 'null', '7'],
    },
    {
      claim: 'sub',
      hook: (value) => ({ userId: value as string }),
      accepted: [text('7', 1), text('x', 256), text(emoji, 256), '"-1"', '"Gr\u00f6\u00dfe"'],
      refused: [...names(), 'null', '829384712'],
    },
    {
      claim: 'cnt',
      hook: (value) => ({ content: value }),
      accepted: [
        'null',
        '""',
        '0',
        '-1.5e-7',
        'false',
        '[]',
        '{}',
        '{"a":{"b":[null,{"":1}]}}',
        '"\\u0000\\n\\u007f"',
        `"${emoji}"`,
        '9007199254740993.5',
      ],
      refused: [`"${lone}"`, `["a",{"b":"${lone}x"}]`, `{"${lone}":1}`, '"\\ude00\\ud83d"'],
    },
    {
      claim: 'exp',
      hook: (value) => ({ expiresAt: value as number }),
      accepted: [`${now + 1}`, '1.8000036e9', '1800003600.0', '253402300799'],
      refused: [
        '0',
        '-1',
        '1800003600.5',
        '253402300800',
        '1e300',
        '1e400',
        '"1800003600"',
        'null',
        'true',
        '[1800003600]',
        '{}',
      ],
    },
    {
      claim: 'nbf',
      hook: (value) => ({ notBefore: value as number }),
      accepted: ['0', '1', `${now}`],
      refused: ['-1', '0.5', `${plain.exp}`, `${plain.exp + 1}`, '"0"', 'null', 'false', '1e400'],
    },
    {
      claim: 'iat',
      hook: (value) => ({ issuedAt: value as number }),
      accepted: ['0', `${now}`, `${now + 999_999}`],
      refused: ['-1', '0.5', '253402300800', '9007199254740992', '"0"', 'null', 'true'],
    },
    {
      claim: 'jti',
      hook: (value) => ({ id: value as string }),
      accepted: [text('i', 1), text('i', 64), '"-_aZ09"'],
      refused: ['""', text('i', 65), '"a b"', '"a.b"', '"a/b"', '"a\\n"', '"\u00e4"', '7', 'null'],
    },
    {
      claim: 'get',
      hook: () => ({ allowGet: true }),
      accepted: ['1', '1.0'],
      refused: ['0', '2', '-1', 'true', 'false', '"1"', 'null'],
    },
  ]

/** Every claim at its limits and just past them, of the wrong type, and claims that are in no table. */
export function claims(): VerifyRow[] {
  const rows: VerifyRow[] = []
  for (const { claim, hook, accepted, refused } of limits) {
    for (const value of accepted) {
      rows.push(good(`${claim} ${label(value)}`, withClaim(claim, value), { hook: hook(JSON.parse(value)) }))
    }
    for (const value of refused) {
      rows.push(bad(`${claim} ${label(value)}`, withClaim(claim, value), { code: 'invalid_claims' }))
    }
  }
  return [...rows, ...useLimits(), ...strangers(), ...texts()]
}

function useLimits(): VerifyRow[] {
  const use = (value: string): string => signRaw({ claims: `{"cmd":"x","exp":${plain.exp},"jti":"i","use":${value}}` })
  const hook = { command: 'x', id: 'i' }
  const refused = ['0', '-1', '1001', '1.5', '"1"', 'null', 'true', '[]']
  return [
    ...[1, 1000].map((uses) =>
      good(`use ${uses}, uncounted`, use(`${uses}`), { ignore: ['uses'], hook: { ...hook, uses } }),
    ),
    ...refused.map((value) => bad(`use ${value}`, use(value), { ignore: ['uses'], code: 'invalid_claims' })),
    bad('use without exp', signRaw({ claims: '{"cmd":"x","jti":"i","use":1}' }), {
      ignore: ['uses'],
      code: 'invalid_claims',
    }),
    bad('use without jti', signRaw({ claims: { ...plain, use: 1 } }), { ignore: ['uses'], code: 'invalid_claims' }),
  ]
}

// An unknown restriction must not be ignored.
function strangers(): VerifyRow[] {
  const names = [
    'iss',
    'aud',
    'scope',
    '',
    'CMD',
    'cmd ',
    'command',
    '__proto__',
    'constructor',
    'toString',
    '\u0441md',
  ]
  return names.map((name) => {
    const value = name === '__proto__' ? '{"use":1}' : '"x"'
    const json = `{"cmd":"x","exp":${plain.exp},${JSON.stringify(name)}:${value}}`
    return bad(`a claim that nobody knows: ${JSON.stringify(name)}`, signRaw({ claims: json }), {
      code: 'invalid_claims',
    })
  })
}

function texts(): VerifyRow[] {
  const json = JSON.stringify(plain)
  const bytes = (...values: number[]): Uint8Array =>
    Buffer.concat([Buffer.from('{"cmd":"'), Buffer.from(values), Buffer.from('"}')])
  const refused: [string, string | Uint8Array][] = [
    ['no claims', '{}'],
    ['no command', `{"exp":${plain.exp}}`],
    ['an array', `[${json}]`],
    ['a string', '"cmd"'],
    ['a number', '1800000000'],
    ['null', 'null'],
    ['true', 'true'],
    ['not JSON', '{"cmd":"x"'],
    ['a comma at the end', '{"cmd":"x",}'],
    ['single quotes', "{'cmd':'x'}"],
    ['a comment', '{"cmd":"x"/**/}'],
    ['NaN', '{"cmd":"x","cnt":NaN}'],
    ['a number with a leading zero', '{"cmd":"x","exp":01800003600}'],
    ['two objects', `${json}${json}`],
    ['a NUL at the end', `${json}\0`],
    ['a raw control character', '{"cmd":"x","cnt":"\n"}'],
    ['a byte order mark', `\ufeff${json}`],
    ['UTF-16', Buffer.from(json, 'utf16le')],
    ['Latin-1', bytes(0xe4)],
    ['a byte that UTF-8 never has', bytes(0xff)],
    ['extra_characters UTF-8', bytes(0xc1, 0xa1)],
    ['a surrogate in UTF-8', bytes(0xed, 0xa0, 0xbd)],
    ['a character beyond Unicode', bytes(0xf4, 0x90, 0x80, 0x80)],
    ['a cut character', bytes(0xf0, 0x9f, 0x98)],
    ['a command twice, the last one bad', '{"cmd":"x","cmd":""}'],
    ['an expiry twice, the last one bad', `{"cmd":"x","exp":${plain.exp},"exp":null}`],
  ]
  return [
    ...refused.map(([name, value]) => bad(`claims: ${name}`, signRaw({ claims: value }), { code: 'invalid_claims' })),
    // RFC 7519, section 4: the last of two members with one name counts.
    good('claims: a command twice, the last one counts', signRaw({ claims: '{"cmd":"","cmd":"x"}' }), {
      hook: { command: 'x', expiresAt: undefined },
    }),
    bad('claims: an expiry twice, the last one counts', signRaw({ claims: `{"cmd":"x","exp":${plain.exp},"exp":1}` }), {
      code: 'expired',
    }),
    good('claims: escaped names', signRaw({ claims: '{"\\u0063md":"\\u0078"}' }), {
      hook: { command: 'x', expiresAt: undefined },
    }),
  ]
}

function names(): string[] {
  const controls = ['\\u0000', '\\t', '\\n', '\\u001f', '\\u007f', '\\u0085', '\\u009f']
  return [
    '""',
    text('x', 257),
    text(emoji, 257),
    `"${lone}"`,
    '"\\ude00x"',
    'true',
    '[]',
    '{}',
    ...controls.map((control) => `"a${control}"`),
  ]
}

function withClaim(claim: string, value: string): string {
  const members = Object.entries({ cmd: '"/onWebhook"', exp: `${plain.exp}`, [claim]: value })
  return signRaw({ claims: `{${members.map(([name, json]) => `"${name}":${json}`).join(',')}}` })
}

function text(character: string, times: number): string {
  return `"${character.repeat(times)}"`
}

function label(value: string): string {
  return value.length < 32 ? value : `${value.slice(0, 12)}… (${[...JSON.parse(value)].length} characters)`
}
