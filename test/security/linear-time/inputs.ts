import { encrypt, keyA, plainClaims, shorten, signRaw } from '../../../conformance/generate/craft.ts'

/** Creates a string of any length by one rule. */
export interface InputPattern {
  readonly name: string
  create(length: number): string
}

const header = 'eyJhbGciOiJIUzI1NiJ9'

/** Patterns that are hard for the parsers of headers. */
export function createHeaderPatterns(): InputPattern[] {
  const units = [
    'a',
    '-',
    '--',
    '\r\n--',
    ';',
    ';q=',
    ',',
    ',;',
    ' ',
    'q=0.1,',
    ';a="',
    '"',
    '=',
    'a=b;',
    '*/*,',
    'text/html,',
    'de-',
    '\\\\',
    '\\"',
    ';="',
  ]
  return units.map((unit) => ({
    name: JSON.stringify(unit),
    create: (length) => unit.repeat(Math.ceil(length / unit.length)),
  }))
}

/** Patterns that are hard for regular expressions and loops over URLs and log lines. */
export async function createTextPatterns(): Promise<InputPattern[]> {
  const token = signRaw({ key: keyA, claims: plainClaims })
  const encrypted = await encrypt()
  const wrapped = `${header}.\n${`${'A'.repeat(32)}\n`.repeat(240)}`
  const units = [
    ...['e', '.', '..', '-', '%', '%2', '%25', '%2E', '%252E', '%25252E', '%e9', '%E2%80', '%20', '%0A', '%26amp%3B'],
    ...[
      '/',
      '//',
      '/e',
      '/eyJ',
      '/eyJ.',
      '?',
      '??',
      '&',
      '&amp;',
      '&&t=',
      '&t=e.',
      '?t=eyJ.',
      '&eyJ.',
      '/a&b',
      '/&',
      '#',
      't=',
    ],
    ...[
      ' ',
      '\t',
      '\n',
      '\r\n',
      '\n>',
      ' \n\t> ',
      '\u00a0',
      ')',
      '"',
      '>',
      '=',
      '=\n',
      '= ',
      '&t=\n',
      '=2E',
      '=3D',
      '/=E2=80=8B',
      '/eyJ=2E',
      '?t=3De',
      '&#',
      '&#x0',
      '&#x2F;',
      '\\u00',
      '\\u0026t\\u003d',
      '/e;',
      '/\u2026',
      '/eyJ.\u3002',
      '/e|',
      'Bearer ',
      '"Bearer ',
      'https%3A%2F%2F',
      '%252F',
      '%253D',
      '\u2019',
      ',.',
      '\u{1f600}',
      '\ud800',
      '\0',
    ],
    ...[
      'xeyJhbGci ',
      ';%2565eyJhbGci<b>-""',
      'a ',
      'a\n',
      'a \n> ',
      'aaaaaaa ',
      'aaaaaaaa ',
      'a%',
      'a%2 ',
      '%\n',
      'eyJ ',
      'eyJ.',
      'eyJ.\n',
      'eyJ. a',
      'eyJhbGci ',
      'eyJhbGci\n',
    ],
    ...[
      'eyJhbGci a ',
      'eyJhbGci\naaaaaaaa\n',
      'eyJhbGci%0A',
      'eyJjbWQi. ',
      `eyJ\n${'a'.repeat(40)}\n`,
      `eyJhbGci\n${'a'.repeat(40)}\n`,
    ],
    ...[
      `eyJ.\n${'a.'.repeat(20)}\n`,
      `${'a'.repeat(40)}\n`,
      `${'a'.repeat(40)}%\n`,
      `${header}.`,
      `${header}.\n`,
      `${header}.e30 `,
      'https://',
      'https://a/',
    ],
    ...[
      'https://l.facebook.com/l.php?u=',
      'https%3A%2F%2Fl.facebook.com%2Fl.php%3Fu%3D',
      'https://urldefense.com/v3/__',
      'urldefense.com/v3/__;',
      '**A',
      'urldefense.com/v2/url?u=-',
      '/___',
      'google.com/url?q=https://',
    ],
    ...[
      `${token} `,
      `${token}\n`,
      `${token}/`,
      `/${token}`,
      `&t=${token}`,
      `${token}.`,
      `${shorten(token)} `,
      `${encrypted} `,
      `/${encrypted}`,
    ],
    ...[
      '\u200b',
      `e${'\u200b'.repeat(80)}`,
      `eyJhbGci${'\u200b'.repeat(80)}`,
      `eyJ.${'\u200b'.repeat(2000)}`,
      'e=2E',
      'eyJ=2E',
      'eyJhbGci=2E',
      'eyJhbGci=2Ea',
      'eyJhbGci=\n',
      `${'aaaaaaa%2F'}`,
      'e\u200b',
      'e\n',
      'e\n> ',
      'e&shy;',
      'e<b>',
      'e<a ',
      'e\u001b[31m',
      'e%0A',
      'e...',
      `e\n${'>'.repeat(80)}`,
      `e${' '.repeat(80)}`,
      'ey\u200b',
      'eyJ\u200b',
      'eyJhbGci\u200b',
      'eyJhbGci"+"',
      'eyJhbGci.a\u200b',
      '%65%79%4a',
      '%65%79%4a%0A',
      `eyJhbGci\u200b${'a\u200b'.repeat(2000)}`,
      `eyJhbGci.${'a.'.repeat(20)}" "`,
      'h\u200bk',
      'hks_',
      'hks_\n',
      'hks_ a ',
      'hks_A\u200b',
      `hks_${'A'.repeat(40)}\n`,
      '&&&&',
      '<<<<',
      '\\\\',
      '\\n',
      '\\u200b',
    ],
    ...[
      token.replace(/.{3}/g, '$&\u200b'),
      `${token.replace(/.{3}/g, '$&\n> ')}\n`,
      `${token.slice(0, -1).replace(/.{20}/g, '$&,')} `,
      token.replaceAll('.', '%252E'),
      `${token.replace(/.{40}/g, '$&\n> ')}\n`,
      `${token.slice(0, -1)} `,
      `${token.slice(0, 60)}\n`,
      `${token}A `,
    ],
  ]
  const inside: InputPattern[] = [
    [
      'one token with spaces inside',
      (length: number) => `https://a/${header}${' '.repeat(length)}.e30.${'A'.repeat(43)}`,
    ],
    [
      'one token with invisible characters inside',
      (length: number) => `https://a/${header}${'\u200b'.repeat(length)}.e30.${'A'.repeat(43)}`,
    ],
    [
      'a long base64 in a wrapper',
      (length: number) =>
        `https://urldefense.com/v3/__https://a/${'*'.repeat(length)}__;${'QUFB'.repeat(length / 4)}!!a`,
    ],
    ['a token after a long path', (length: number) => `https://a/${'b'.repeat(length)}/${token}`],
    ['a token before a long query', (length: number) => `https://a/${token}?${'b'.repeat(length)}`],
    ['a long segment that begins like a token', (length: number) => `https://a/eyJ${'b'.repeat(length)}`],
    ['a long string without separators', (length: number) => `eyJhbGci${'b'.repeat(length)}`],
  ].map(([name, create]) => ({ name, create }) as InputPattern)
  // A malformed end makes a search that already matched start over.
  const malformedEnds = ['a', '%', '%25', 'eyJ', 'eyJhbGci', 'eyJhbGci\n', wrapped, `${token}%2E`].map((unit) => {
    const { name, create } = repeat(unit)
    return { name: `${name}, then %%`, create: (length: number) => `${create(length)}%%` }
  })
  return [...units.map(repeat), ...malformedEnds, ...inside]
}

/** Patterns that are hard for parsers of JSON and forms. */
export function createPayloadPatterns(): InputPattern[] {
  const units = [
    ...[
      '[',
      ']',
      '{',
      '{"a":',
      '"',
      '\\',
      '\\"',
      '"\\u005f',
      ' encoding="',
      'encoding=',
      '\u00fc',
      '"__proto__"',
      '"__proto__" ',
      '"constructor"\n',
      '[[]],',
      '"a":1,',
      '1',
      ' ',
    ],
    ...['a&', '&', '=', 'a=1&', 'a=b=', '%', '%4', '%41', '+', '%F0%9F%98%80', '__proto__&', 'a[]=1&', 'a.b=1&'],
    ...[
      '--B\r\n',
      '--B',
      '\r\n',
      '--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n',
      '--B\r\na: b\r\n',
      '\n',
      '\r\n ',
      '--B ',
      '\n--B ',
      '\r\n--Bx',
      '--B\r\n\r\n',
    ],
  ]
  const closed: InputPattern[] = [
    ['a long string', (length: number) => `"${'a'.repeat(length)}"`],
    ['a string of escapes', (length: number) => `"${'\\"'.repeat(length / 2)}"`],
    ['a string of brackets', (length: number) => `"${'['.repeat(length)}"`],
    ['an array of arrays', (length: number) => `[${'[],'.repeat(length / 3)}0]`],
    ['an array of objects', (length: number) => `[${'{"a":{}},'.repeat(length / 9)}0]`],
    ['an array of __proto__ strings', (length: number) => `[${'"__proto__",'.repeat(length / 12)}0]`],
    ['an array of numbers', (length: number) => `[${'1.0,'.repeat(length / 4)}0]`],
    ['a long number', (length: number) => `0.${'0'.repeat(length / 2)}1${'0'.repeat(length / 2)}`],
    [
      'an object of many names',
      (length: number) => `{${Array.from({ length: length / 12 }, (_, at) => `"n${at}":0`).join()}}`,
    ],
    [
      'a form of many names',
      (length: number) => Array.from({ length: 900 }, (_, at) => `n${at}=${'x'.repeat(length / 900)}`).join('&'),
    ],
  ].map(([name, create]) => ({ name, create }) as InputPattern)
  return [...units.map(repeat), ...closed]
}

function repeat(unit: string): InputPattern {
  const name = unit.length > 40 ? `${unit.slice(0, 24)}…${unit.slice(-12)}` : unit
  return { name: `${JSON.stringify(name)} repeated`, create: (length) => unit.repeat(Math.ceil(length / unit.length)) }
}
