import { type ContentInput, type ContentOutput, createMinter, defineCommands, type PayloadOutput } from '@hookurl/core'
import { findCommand, validateWithSchema } from '@hookurl/core/internal'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { claimsOf, minterOptions, refusal } from './helpers.ts'

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
  expect(await claimsOf(url)).toBe('{"cmd":"/onPayment","cnt":{"order":"A1","at":"noon"}}')
})

test('content that its schema refuses names paths, never values', async () => {
  const error = await refusal(() => minter.mint({ command: '/onPayment', content: { order: 'Q' } }))
  expect(error).toMatchObject({ code: 'invalid_content', exit: 2, paths: ['order'] })
  expect(error.message).toBe('the schema of the command refuses the content: order')
})

test('a schema judges what JSON makes of the content, as the receiver will read it', async () => {
  const dates = createMinter({ ...minterOptions, commands: { x: { content: z.date() } } })
  expect(await refusal(() => dates.mint({ command: 'x', content: new Date() }))).toMatchObject({
    code: 'invalid_content',
  })
})

test('a command that is not defined is refused, also by a name of Object.prototype', async () => {
  for (const command of ['/nope', 'toString', '__proto__', 'constructor']) {
    expect(await refusal(() => minter.mint({ command } as never))).toMatchObject({ code: 'invalid_option' })
    expect(findCommand(commands, command)).toBeUndefined()
  }
})

test('an asynchronous schema is waited for', async () => {
  expect(await minter.mint({ command: '/late', content: 'yes' })).toContain('/eyJ')
  expect(await refusal(() => minter.mint({ command: '/late', content: 'no' }))).toMatchObject({
    code: 'invalid_content',
    message: 'the schema of the command refuses the content: as a whole',
  })
})

test('definitions are copied and frozen', () => {
  const own = { x: {} }
  const defined = defineCommands(own)
  expect(Object.isFrozen(defined)).toBe(true)
  expect(defined).not.toBe(own)
})

describe('refuses as commands', () => {
  test.each([
    ['null', null],
    ['an array', []],
    ['a text', '/ping'],
    ['an empty name', { '': {} }],
    ['a name of 257 characters', { ['x'.repeat(257)]: {} }],
    ['a definition that is null', { x: null }],
    ['a misspelt part', { x: { contents: z.string() } }],
    ['a schema that is none', { x: { content: { parse: () => 1 } } }],
    ['a payload schema that is null', { x: { payload: null } }],
  ])('%s', async (_, definitions) => {
    expect(await refusal(() => defineCommands(definitions as never))).toMatchObject({ code: 'invalid_option' })
  })
})

describe('a schema', () => {
  const schema = (validate: (value: unknown) => unknown): never =>
    ({ '~standard': { version: 1, vendor: 'test', validate } }) as never

  test('that throws has not said yes', async () => {
    const thrower = schema(() => {
      throw new Error('hunter2')
    })
    expect(await validateWithSchema(thrower, 1)).toEqual({ ok: false, paths: [] })
    expect(
      await validateWithSchema(
        schema(() => Promise.reject(new Error('x'))),
        1,
      ),
    ).toEqual({ ok: false, paths: [] })
  })

  test('that answers with a thenable of its own is waited for', async () => {
    const issues = [{ message: 'no', path: ['a'] }]
    // biome-ignore lint/suspicious/noThenProperty: that is what a promise of another realm is here
    const thenable = { then: (resolve: (value: unknown) => void) => resolve({ issues }) }
    expect(
      await validateWithSchema(
        schema(() => thenable),
        1,
      ),
    ).toEqual({ ok: false, paths: ['a'] })
  })

  test('names at most 20 paths, cut and quoted where they are odd', async () => {
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
    const many = Array.from({ length: 50 }, (_, index) => ({ message: 'no', path: [index] }))
    expect(
      await validateWithSchema(
        schema(() => ({ issues: many })),
        1,
      ),
    ).toMatchObject({ paths: { length: 20 } })
  })
})
