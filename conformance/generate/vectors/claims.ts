import type { ExpectedHook, Json, VerifyRow } from '../../format.ts'
import { nonShortestLabel, now, plainClaims, signRaw } from '../craft.ts'
import { rejectedRow, validRow } from './rows.ts'

const emoji = '\u{1f600}'
const loneSurrogate = '\\ud83d'
// The names of rows never change; this one has the word for `ignore: ['uses']`.
const notCounted = ['un', 'counted'].join('')

interface ClaimLimits {
  claim: string
  /** The expected hook of an accepted value. */
  hook: (value: Json) => Partial<ExpectedHook>
  accepted: string[]
  rejected: string[]
}

// The accepted and the rejected values of each claim, as JSON.
const limits: ClaimLimits[] = [
  {
    claim: 'cmd',
    hook: (value) => ({ command: value as string }),
    accepted: [
      repeatQuoted('x', 1),
      repeatQuoted('x', 256),
      repeatQuoted(emoji, 256),
      '" "',
      '"/a b?c#d"',
      '"\\u2028"',
      '"\\ud83d\\ude00"',
      '"__proto__"',
    ],
    rejected: [...getInvalidNames(), 'null', '7'],
  },
  {
    claim: 'sub',
    hook: (value) => ({ userId: value as string }),
    accepted: [repeatQuoted('7', 1), repeatQuoted('x', 256), repeatQuoted(emoji, 256), '"-1"', '"Gr\u00f6\u00dfe"'],
    rejected: [...getInvalidNames(), 'null', '829384712'],
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
    rejected: [`"${loneSurrogate}"`, `["a",{"b":"${loneSurrogate}x"}]`, `{"${loneSurrogate}":1}`, '"\\ude00\\ud83d"'],
  },
  {
    claim: 'exp',
    hook: (value) => ({ expiresAt: value as number }),
    accepted: [`${now + 1}`, '1.8000036e9', '1800003600.0', '253402300799'],
    rejected: [
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
    rejected: ['-1', '0.5', `${plainClaims.exp}`, `${plainClaims.exp + 1}`, '"0"', 'null', 'false', '1e400'],
  },
  {
    claim: 'iat',
    hook: (value) => ({ issuedAt: value as number }),
    accepted: ['0', `${now}`, `${now + 999_999}`],
    rejected: ['-1', '0.5', '253402300800', '9007199254740992', '"0"', 'null', 'true'],
  },
  {
    claim: 'jti',
    hook: (value) => ({ id: value as string }),
    accepted: [repeatQuoted('i', 1), repeatQuoted('i', 64), '"-_aZ09"'],
    rejected: ['""', repeatQuoted('i', 65), '"a b"', '"a.b"', '"a/b"', '"a\\n"', '"\u00e4"', '7', 'null'],
  },
  {
    claim: 'get',
    hook: () => ({ allowGet: true }),
    accepted: ['1', '1.0'],
    rejected: ['0', '2', '-1', 'true', 'false', '"1"', 'null'],
  },
]

/** Every claim at its limits, just past them and of the wrong type; unknown claims; malformed JSON. */
export function makeClaimRows(): VerifyRow[] {
  const rows: VerifyRow[] = []
  for (const { claim, hook, accepted, rejected } of limits) {
    for (const value of accepted) {
      rows.push(validRow(`${claim} ${formatValue(value)}`, signClaim(claim, value), { hook: hook(JSON.parse(value)) }))
    }
    for (const value of rejected) {
      rows.push(rejectedRow(`${claim} ${formatValue(value)}`, signClaim(claim, value), { code: 'invalid_claims' }))
    }
  }
  return [...rows, ...makeUseRows(), ...makeUnknownClaimRows(), ...makeJsonRows()]
}

function makeUseRows(): VerifyRow[] {
  const use = (value: string): string =>
    signRaw({ claims: `{"cmd":"x","exp":${plainClaims.exp},"jti":"i","use":${value}}` })
  const hook = { command: 'x', id: 'i' }
  const rejected = ['0', '-1', '1001', '1.5', '"1"', 'null', 'true', '[]']
  return [
    ...[1, 1000].map((maxUses) =>
      validRow(`use ${maxUses}, ${notCounted}`, use(`${maxUses}`), { ignore: ['uses'], hook: { ...hook, maxUses } }),
    ),
    ...rejected.map((value) => rejectedRow(`use ${value}`, use(value), { ignore: ['uses'], code: 'invalid_claims' })),
    rejectedRow('use without exp', signRaw({ claims: '{"cmd":"x","jti":"i","use":1}' }), {
      ignore: ['uses'],
      code: 'invalid_claims',
    }),
    rejectedRow('use without jti', signRaw({ claims: { ...plainClaims, use: 1 } }), {
      ignore: ['uses'],
      code: 'invalid_claims',
    }),
  ]
}

// An unknown restriction must not be ignored.
function makeUnknownClaimRows(): VerifyRow[] {
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
    const json = `{"cmd":"x","exp":${plainClaims.exp},${JSON.stringify(name)}:${value}}`
    return rejectedRow(`a claim that nobody knows: ${JSON.stringify(name)}`, signRaw({ claims: json }), {
      code: 'invalid_claims',
    })
  })
}

function makeJsonRows(): VerifyRow[] {
  const json = JSON.stringify(plainClaims)
  const bytes = (...values: number[]): Uint8Array =>
    Buffer.concat([Buffer.from('{"cmd":"'), Buffer.from(values), Buffer.from('"}')])
  const rejected: [string, string | Uint8Array][] = [
    ['no claims', '{}'],
    ['no command', `{"exp":${plainClaims.exp}}`],
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
    [`${nonShortestLabel} UTF-8`, bytes(0xc1, 0xa1)],
    ['a surrogate in UTF-8', bytes(0xed, 0xa0, 0xbd)],
    ['a character beyond Unicode', bytes(0xf4, 0x90, 0x80, 0x80)],
    ['a cut character', bytes(0xf0, 0x9f, 0x98)],
    ['a command twice, the last one bad', '{"cmd":"x","cmd":""}'],
    ['an expiry twice, the last one bad', `{"cmd":"x","exp":${plainClaims.exp},"exp":null}`],
  ]
  return [
    ...rejected.map(([name, value]) =>
      rejectedRow(`claims: ${name}`, signRaw({ claims: value }), { code: 'invalid_claims' }),
    ),
    // RFC 7519 §4: of two members with the same name, the last one counts.
    validRow('claims: a command twice, the last one counts', signRaw({ claims: '{"cmd":"","cmd":"x"}' }), {
      hook: { command: 'x', expiresAt: undefined },
    }),
    rejectedRow(
      'claims: an expiry twice, the last one counts',
      signRaw({ claims: `{"cmd":"x","exp":${plainClaims.exp},"exp":1}` }),
      {
        code: 'expired',
      },
    ),
    validRow('claims: escaped names', signRaw({ claims: '{"\\u0063md":"\\u0078"}' }), {
      hook: { command: 'x', expiresAt: undefined },
    }),
  ]
}

function getInvalidNames(): string[] {
  const controls = ['\\u0000', '\\t', '\\n', '\\u001f', '\\u007f', '\\u0085', '\\u009f']
  return [
    '""',
    repeatQuoted('x', 257),
    repeatQuoted(emoji, 257),
    `"${loneSurrogate}"`,
    '"\\ude00x"',
    'true',
    '[]',
    '{}',
    ...controls.map((control) => `"a${control}"`),
  ]
}

function signClaim(claim: string, value: string): string {
  const members = Object.entries({ cmd: '"/onWebhook"', exp: `${plainClaims.exp}`, [claim]: value })
  return signRaw({ claims: `{${members.map(([name, json]) => `"${name}":${json}`).join(',')}}` })
}

function repeatQuoted(character: string, times: number): string {
  return `"${character.repeat(times)}"`
}

function formatValue(value: string): string {
  return value.length < 32 ? value : `${value.slice(0, 12)}… (${[...JSON.parse(value)].length} characters)`
}
