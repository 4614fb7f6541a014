import { createMinter, type MintOptions, type State } from '@hookurl/core'
import { hkdf } from '@noble/hashes/hkdf.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import canonicalize from 'canonicalize'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { serializeState } from '../../src/token/state.ts'
import { baseUrl, catchError, getClaims, keyA, keyB, minter, minterOptions } from '../helpers.ts'

const euro = '\u20ac'

const states: readonly [what: string, state: State, json: string][] = [
  ['a string', 'v1', '"v1"'],
  ['an empty string', '', '""'],
  ['a string with quotes, controls and line separators', '"\\\n\u0000\u2028', '"\\"\\\\\\n\\u0000\u2028"'],
  ['a character of two UTF-16 units', '\u{1f600}', '"\u{1f600}"'],
  ['an integer', 7, '7'],
  ['-0', -0, '0'],
  ['the largest safe integer', Number.MAX_SAFE_INTEGER, '9007199254740991'],
  ['the smallest safe integer', Number.MIN_SAFE_INTEGER, '-9007199254740991'],
  ['a bigint', 18_446_744_073_709_551_615n, '"18446744073709551615"'],
  ['a negative bigint', -5n, '"-5"'],
  ['true', true, 'true'],
  ['false', false, 'false'],
  ['null', null, 'null'],
  ['an empty array', [], '[]'],
  ['an array of every type', ['v1', 7, 5n, true, null], '["v1",7,"5",true,null]'],
  ['4,096 bytes', 'x'.repeat(4094), `"${'x'.repeat(4094)}"`],
  ['4,096 bytes of multi-byte characters', `${euro.repeat(1364)}xx`, `"${euro.repeat(1364)}xx"`],
]

const sparse = ['a', 'b']
delete sparse[0]
const unsupported: readonly [what: string, state: unknown][] = [
  ['undefined', undefined],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['a fraction', 1.5],
  ['2^53', 2 ** 53],
  ['-2^53', -(2 ** 53)],
  ['a high surrogate alone', '\ud83d'],
  ['a low surrogate alone', 'x\ude00'],
  ['a lone surrogate in an array', ['\ud83d']],
  ['an array in an array', [['v1']]],
  ['an empty array in an array', [[]]],
  ['undefined in an array', ['v1', undefined]],
  ['a sparse array', sparse],
  ['an empty object', {}],
  ['an object', { version: 1 }],
  ['an object in an array', [{}]],
  ['an object with toJSON', { toJSON: () => 'v1' }],
  ['an array-like object', { length: 1, 0: 'v1' }],
  ['a boxed string', Object('v1')],
  ['a boxed number', Object(1)],
  ['a Date', new Date(0)],
  ['a Map', new Map()],
  ['a Set', new Set(['v1'])],
  ['bytes', Uint8Array.of(1)],
  ['a function', () => 'v1'],
  ['a symbol', Symbol('v1')],
  ['a promise', Promise.resolve('v1')],
]

const tooLarge: readonly [what: string, state: unknown][] = [
  ['4,097 bytes', 'x'.repeat(4095)],
  ['4,097 bytes of multi-byte characters', euro.repeat(1365)],
  ['4,097 bytes of escapes', `${'\u0000'.repeat(682)}xxx`],
  ['an array of 4,097 bytes', Array.from({ length: 2048 }, () => 1)],
  ['a bigint of 5,000 digits', 10n ** 5000n],
  ['a megabyte', 'x'.repeat(2 ** 20)],
]

const stateValue = fc.oneof(fc.string({ unit: 'binary' }), fc.maxSafeInteger(), fc.boolean(), fc.constant(null))
const anyState = fc.oneof(stateValue, fc.array(stateValue))

async function mintHash(options: Partial<MintOptions>, changes: Partial<typeof minterOptions> = {}): Promise<string> {
  const url = await createMinter({ ...minterOptions, ...changes }).mint({ command: '/reset', ...options })
  return readHash(url)
}

// Without hookurl: a token's claims are its second segment from the end.
function readHash(url: string): string {
  const segment = (
    url
      .slice(baseUrl.length + 1)
      .split('.')
      .at(-2) as string
  )
    .replaceAll('-', '+')
    .replaceAll('_', '/')
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(segment), (unit) => unit.charCodeAt(0)))).sta
}

function deriveByNoble(key: string, purpose: string, input: string): string {
  const secret = Uint8Array.from(atob(key.slice(4).replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0))
  const utf8 = new TextEncoder()
  const stateKey = hkdf(sha256, secret, undefined, utf8.encode(`hookurl/1/state/${purpose}`), 32)
  const hash = hmac(sha256, stateKey, utf8.encode(input))
  return btoa(String.fromCharCode(...hash))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .slice(0, 12)
}

describe('a state', () => {
  for (const [what, state, json] of states) {
    test(`can be ${what}`, async () => {
      expect(serializeState(state)).toBe(json)
      expect(await mintHash({ state })).toBe(deriveByNoble(keyA, '', `["/reset",null,${json}]`))
    })
  }

  for (const [what, state] of unsupported) {
    test(`cannot be ${what}`, async () => {
      const error = await catchError(() => minter.mint({ command: 'x', state: state as State }))
      expect(error).toMatchObject({ code: 'invalid_option', exit: 2 })
      expect(error.message).toMatch(/^state must be a string without lone surrogates, a safe integer, a bigint/)
    })
  }

  for (const [what, state] of tooLarge) {
    test(`cannot have ${what}`, async () => {
      const error = await catchError(() => minter.mint({ command: 'x', state: state as State }))
      expect(error).toMatchObject({ code: 'invalid_option', message: 'state must be at most 4,096 bytes of JSON' })
    })
  }

  test('is serialized as canonicalize writes it (RFC 8785)', () => {
    fc.assert(
      fc.property(anyState, (state) => {
        expect(serializeState(state)).toBe(canonicalize(state))
      }),
    )
  })

  test('has the same hash as a bigint and as its decimal string', async () => {
    expect(await mintHash({ state: 5n })).toBe(await mintHash({ state: '5' }))
    expect(await mintHash({ state: [5n] })).toBe(await mintHash({ state: ['5'] }))
  })

  test('is not in the URL', async () => {
    const claims = await getClaims(await minter.mint({ command: 'x', state: 'hunter2-hunter2' }))
    expect(claims).not.toContain('hunter2')
    expect(Object.keys(JSON.parse(claims))).toEqual(['cmd', 'exp', 'sta'])
  })

  test('is not in the error about it', async () => {
    const error = await catchError(() => minter.mint({ command: 'x', state: ['hunter2', 1.5] as never }))
    expect(JSON.stringify(error) + error.stack + error.message + error.fix).not.toContain('hunter2')
  })

  test('makes the URL 28 characters longer', async () => {
    const options = { command: '/reset', userId: '42', expiresIn: 'never' } as const
    const [plain, bound] = [await minter.mint(options), await minter.mint({ ...options, state: 'v1' })]
    expect(bound.length - plain.length).toBe(28)
  })
})

describe('a state hash', () => {
  test('differs whenever the state differs', async () => {
    const different = fc.tuple(anyState, anyState).filter(([one, other]) => canonicalize(one) !== canonicalize(other))
    await fc.assert(
      fc.asyncProperty(different, async ([one, other]) => {
        expect(await mintHash({ state: one })).not.toBe(await mintHash({ state: other }))
      }),
    )
  })

  const others: readonly [what: string, options: Partial<MintOptions>, changes?: Partial<typeof minterOptions>][] = [
    ['key', {}, { keys: keyB }],
    ['purpose', {}, { purpose: 'mail' }],
    ['command', { command: '/reset2' }],
    ['user', { userId: '43' }],
    ['absence of the user', { userId: undefined }],
  ]
  for (const [what, options, changes] of others) {
    test(`differs for another ${what}`, async () => {
      const given = { userId: '42', state: 'v1' }
      expect(await mintHash({ ...given, ...options }, changes)).not.toBe(await mintHash(given))
    })
  }

  test('is the same for a user given as a number and as a string', async () => {
    expect(await mintHash({ userId: 42, state: 'v1' })).toBe(await mintHash({ userId: '42', state: 'v1' }))
  })

  test('differs for a user named null and no user', async () => {
    expect(await mintHash({ userId: 'null', state: 1 })).not.toBe(await mintHash({ state: 1 }))
  })

  test('does not depend on anything else', async () => {
    const hash = await mintHash({ state: 'v1' })
    const others: Partial<MintOptions>[] = [
      { content: { a: 1 } },
      { maxUses: 1 },
      { allowGet: true },
      { requireSignature: true },
      { redirectTo: 'https://example.com/' },
      { expiresIn: '1h', issuedAt: true, id: 'i' },
    ]
    for (const options of others) expect(await mintHash({ ...options, state: 'v1' })).toBe(hash)
  })
})
