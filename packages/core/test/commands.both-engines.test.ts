import {
  type AnyCommands,
  type ChoiceFields,
  type CommandDefinition,
  type ContentInput,
  type ContentOutput,
  createMinter,
  defineCommands,
  type Hook,
  type PayloadOutput,
} from '@hookurl/core'
import { findCommand, validateWithSchema } from '@hookurl/core/internal'
import fc from 'fast-check'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { catchError, getClaims, keyA, minterOptions } from './helpers.ts'

const commands = defineCommands({
  '/onPayment': {
    content: z.object({
      order: z.string().min(2),
      at: z
        .string()
        .transform((text) => text.length)
        .optional(),
    }),
    payload: z.object({ paid: z.coerce.number() }),
    title: 'Payment',
  },
  '/ping': {},
  '/late': { content: z.string().refine(async (text) => text !== 'no') },
})
const minter = createMinter({ ...minterOptions, commands })
const full = `eyJhbGciOiJIUzI1NiJ9.eyJjbWQiOiIveCIsInN1YiI6IjQyIn0.${'Ab1-'.repeat(10)}AbE`

test('content and payload are typed by their schemas', () => {
  type D = typeof commands
  expectTypeOf<ContentInput<D, '/onPayment'>>().toEqualTypeOf<{ order: string; at?: string | undefined }>()
  expectTypeOf<ContentOutput<D, '/onPayment'>>().toEqualTypeOf<{ order: string; at?: number | undefined }>()
  expectTypeOf<PayloadOutput<D, '/onPayment'>>().toEqualTypeOf<{ paid: number }>()
  expectTypeOf<ContentInput<D, '/ping'>>().toEqualTypeOf<unknown>()
  expectTypeOf<Parameters<typeof minter.mint>[0]['command']>().toEqualTypeOf<'/onPayment' | '/ping' | '/late'>()
  // @ts-expect-error a command that is not defined
  const unknown: Parameters<typeof minter.mint>[0] = { command: '/nope' }
  // @ts-expect-error content is required by its schema
  const missing: Parameters<typeof minter.mint>[0] = { command: '/onPayment' }
  // @ts-expect-error content of another shape
  const wrong: Parameters<typeof minter.mint>[0] = { command: '/onPayment', content: { order: 1 } }
  expect([unknown, missing, wrong]).toHaveLength(3)
})

test("what is signed is the schema's input", async () => {
  const url = await minter.mint({ command: '/onPayment', content: { order: 'A1', at: 'noon' }, expiresIn: 'never' })
  expect(await getClaims(url)).toBe('{"cmd":"/onPayment","cnt":{"order":"A1","at":"noon"}}')
})

test('the error about content that does not match its schema has paths, never values', async () => {
  const error = await catchError(() => minter.mint({ command: '/onPayment', content: { order: 'Q' } }))
  expect(error).toMatchObject({ code: 'invalid_content', exit: 2, paths: ['order'] })
  expect(error.message).toBe("the content does not match the command's schema: order")
})

test('a schema validates the content after a JSON round trip, as the receiver will parse it', async () => {
  const dates = createMinter({ ...minterOptions, commands: { x: { content: z.date() } } })
  expect(await catchError(() => dates.mint({ command: 'x', content: new Date() }))).toMatchObject({
    code: 'invalid_content',
  })
})

test.each(['/nope', 'toString', '__proto__', 'constructor'])(
  'the undefined command %s is rejected',
  async (command) => {
    expect(await catchError(() => minter.mint({ command } as never))).toMatchObject({ code: 'invalid_option' })
    expect(findCommand(commands, command)).toBeUndefined()
  },
)

test('an asynchronous schema is awaited', async () => {
  expect(await minter.mint({ command: '/late', content: 'yes' })).toContain('/eyJ')
  expect(await catchError(() => minter.mint({ command: '/late', content: 'no' }))).toMatchObject({
    code: 'invalid_content',
    message: "the content does not match the command's schema: the entire value",
  })
})

test('definitions are copied and frozen', () => {
  const own = { x: {} }
  const defined = defineCommands(own)
  expect(Object.isFrozen(defined)).toBe(true)
  expect(defined).not.toBe(own)
})

describe('defineCommands rejects', () => {
  test.each([
    ['null', null],
    ['an array', []],
    ['a string', '/ping'],
    ['an empty name', { '': {} }],
    ['the name *', { '*': {} }],
    ['a name of 257 characters', { ['x'.repeat(257)]: {} }],
    ['a definition that is null', { x: null }],
    ['a misspelled member', { x: { contents: z.string() } }],
    ['an object that is not a Standard Schema', { x: { content: { parse: () => 1 } } }],
    ['a payload schema that is null', { x: { payload: null } }],
  ])('%s', async (_, definitions) => {
    expect(await catchError(() => defineCommands(definitions as never))).toMatchObject({ code: 'invalid_option' })
  })
})

describe('a schema', () => {
  const schema = (validate: (value: unknown) => unknown): never =>
    ({ '~standard': { version: 1, vendor: 'test', validate } }) as never

  test('that throws rejects the value', async () => {
    const thrower = schema(() => {
      throw new Error('hunter2')
    })
    expect(await validateWithSchema(thrower, 1)).toEqual({ ok: false, paths: [] })
  })

  test('whose promise is rejected rejects the value', async () => {
    expect(
      await validateWithSchema(
        schema(() => Promise.reject(new Error('x'))),
        1,
      ),
    ).toEqual({ ok: false, paths: [] })
  })

  test('that returns a custom thenable is awaited', async () => {
    const issues = [{ message: 'no', path: ['a'] }]
    // biome-ignore lint/suspicious/noThenProperty: stands for a promise of another realm
    const thenable = { then: (resolve: (value: unknown) => void) => resolve({ issues }) }
    expect(
      await validateWithSchema(
        schema(() => thenable),
        1,
      ),
    ).toEqual({ ok: false, paths: ['a'] })
  })

  test('reports paths with unusual keys quoted and long keys cut', async () => {
    const paths = [['a', 0, { key: 'b' }], ['x y'], ['z'.repeat(99)], [Symbol('s')], [], ['a', 0, 'b']]
    const issues = paths.map((path) => ({ message: 'no', path }))
    expect(
      await validateWithSchema(
        schema(() => ({ issues })),
        1,
      ),
    ).toEqual({
      ok: false,
      paths: ['a.0.b', '"x y"', 'z'.repeat(64), '"Symbol(s)"'],
    })
  })

  test.each([
    ['a token', [full]],
    ['a token that is cut', [`${'x'.repeat(30)}${full}`]],
    ['a token with a line break in it', [`${full.slice(0, 40)}\n${full.slice(40)}`]],
    ['a token with escapes in it', [full.replaceAll('.', '%2E')]],
    ['a token with spaces between its characters', [[...full].join(' ')]],
    ['a token in two keys', full.split('.').slice(0, 2)],
    ['the end of a token', [`.${full.slice(-60)}`]],
    ['a key', [keyA]],
    ['a key in quotes', [`"${keyA}"`]],
  ])('never reports %s', async (_, path) => {
    const issues = [{ message: 'no', path: ['data', ...path] }]
    const result = await validateWithSchema(
      schema(() => ({ issues })),
      1,
    )
    const [reported = ''] = result.ok ? [] : result.paths
    expect(reported).toMatch(/^data\./)
    for (const secret of [full, keyA]) {
      for (let at = 0; at + 16 <= secret.length; at++) expect(reported).not.toContain(secret.slice(at, at + 16))
    }
  })

  test('reports paths of any keys without control characters, and at most 256 characters of each', async () => {
    const property = fc.asyncProperty(
      fc.array(fc.array(fc.string({ unit: 'binary' }), { maxLength: 40 })),
      async (all) => {
        const issues = all.map((path) => ({ message: 'no', path }))
        const result = await validateWithSchema(
          schema(() => ({ issues })),
          1,
        )
        const paths = result.ok ? [] : result.paths
        expect(paths.length).toBeLessThanOrEqual(20)
        for (const path of paths) {
          expect(path.length).toBeLessThanOrEqual(256)
          expect(path).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|[\u202a-\u202e\u200b\u2060-\u206f\ufeff]/u)
        }
      },
    )
    await fc.assert(property, { numRuns: 300 })
  })

  test('never reports half of a character at the end of a path', async () => {
    for (const first of ['a', 'aa']) {
      const path = [first, ...Array<string>(30).fill('😀'.repeat(20))]
      const result = await validateWithSchema(
        schema(() => ({ issues: [{ message: 'no', path }] })),
        1,
      )
      expect(result.ok ? '' : result.paths.join()).not.toMatch(/\p{Cs}/u)
    }
  })

  test('reports at most 20 paths', async () => {
    const many = Array.from({ length: 50 }, (_, index) => ({ message: 'no', path: [index] }))
    expect(
      await validateWithSchema(
        schema(() => ({ issues: many })),
        1,
      ),
    ).toMatchObject({ paths: { length: 20 } })
  })
})

describe('a title', () => {
  test.each([
    { title: 'Pay' },
    { title: { en: 'Pay', 'de-AT': 'Bezahlen' } },
    { title: ({ content }: Hook, language: string) => `${language} ${content}` },
  ])('of the form %j is accepted', (definition) => {
    expect(defineCommands({ '/a': definition })['/a']).toBe(definition)
  })

  test.each([
    '',
    'a\nb',
    'x'.repeat(257),
    7,
    null,
    [],
    ['Pay'],
    {},
    { en: 7 },
    { en: '' },
    { en: 'x'.repeat(257) },
    { 'no tag': 'Pay' },
    { [`en-${'a-'.repeat(20)}a`]: 'Pay' },
    { en: () => 'Pay' },
  ])('of the form %j is rejected', async (title) => {
    const error = await catchError(() => defineCommands({ '/a': { title: title as unknown as string } }))
    expect(error.code).toBe('invalid_option')
    expect(error.message).toMatch(/the title of "\/a"/)
  })
})

describe('choices and a comment', () => {
  type D = {
    '/both': { choices: { yes: 'Yes'; no: 'No' }; comment: { label: 'Why?'; maxLength: 9 } }
    '/choices': { choices: { a: 'A' } }
    '/comment': { comment: { label: 'Why?'; maxLength: 9 } }
    '/none': { title: 'None' }
  }

  test('are typed by their definition', () => {
    expectTypeOf<ChoiceFields<D, '/both'>['choice']>().toEqualTypeOf<'yes' | 'no'>()
    expectTypeOf<ChoiceFields<D, '/both'>['comment']>().toEqualTypeOf<string | undefined>()
    expectTypeOf<keyof ChoiceFields<D, '/choices'>>().toEqualTypeOf<'choice'>()
    expectTypeOf<keyof ChoiceFields<D, '/comment'>>().toEqualTypeOf<'comment'>()
    expectTypeOf<keyof ChoiceFields<D, '/none'>>().toEqualTypeOf<never>()
    expectTypeOf<keyof ChoiceFields<AnyCommands, string>>().toEqualTypeOf<never>()
  })

  const twenty = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`c${at}`, 'Choose']))
  const valid: readonly object[] = [
    { choices: { yes: 'Yes' } },
    { choices: twenty },
    { choices: { constructor: 'Build', 'two words': 'ü'.repeat(256) } },
    { choices: { yes: { en: 'Yes', 'pt-BR': 'Sim' }, no: (language: string) => language } },
    { comment: { label: { de: 'Warum?' }, maxLength: 5 } },
    { comment: { label: () => 'Why?', maxLength: 5 } },
    { comment: { label: 'Why?', maxLength: 1 } },
    { comment: { label: 'Why?', maxLength: 10_000 } },
  ]
  for (const definition of valid) {
    test(`may be ${JSON.stringify(definition).slice(0, 60)}`, () => {
      expect(defineCommands({ '/a': definition as CommandDefinition })).toEqual({ '/a': definition })
    })
  }

  const invalid: readonly object[] = [
    { choices: {} },
    { choices: [] },
    { choices: ['yes'] },
    { choices: null },
    { choices: 'yes' },
    { choices: { ...twenty, one: 'Too many' } },
    { choices: { yes: '' } },
    { choices: { '': 'Yes' } },
    { choices: { yes: 1 } },
    { choices: { yes: 'a\nb' } },
    { choices: { yes: 'x'.repeat(257) } },
    { choices: { yes: {} } },
    { choices: { yes: { en: '' } } },
    { choices: { yes: { en_US: 'Yes' } } },
    { comment: { label: ['Why?'], maxLength: 5 } },
    { comment: {} },
    { comment: null },
    { comment: 'Why?' },
    { comment: { label: 'Why?' } },
    { comment: { maxLength: 5 } },
    { comment: { label: '', maxLength: 5 } },
    { comment: { label: 'Why?', maxLength: 0 } },
    { comment: { label: 'Why?', maxLength: 1.5 } },
    { comment: { label: 'Why?', maxLength: '5' } },
    { comment: { label: 'Why?', maxLength: 10_001 } },
    { comment: { label: 'Why?', maxLength: 5, placeholder: 'x' } },
  ]
  for (const definition of invalid) {
    test(`may not be ${JSON.stringify(definition).slice(0, 60)}`, async () => {
      const error = await catchError(() => defineCommands({ '/a': definition as CommandDefinition }))
      expect(error.code).toBe('invalid_option')
      expect(error.message).toMatch(/the (?:choices|comment) of "\/a"/)
    })
  }

  test('with choices, a URL cannot be minted with allowGet', async () => {
    const chooser = createMinter({ ...minterOptions, commands: defineCommands({ '/a': { choices: { yes: 'Yes' } } }) })
    const error = await catchError(() => chooser.mint({ command: '/a', allowGet: true }))
    expect(error).toMatchObject({ code: 'invalid_option', message: expect.stringContaining('allowGet') })
    expect(await chooser.mint({ command: '/a', allowGet: false })).toMatch(/^https:/)
  })
})
