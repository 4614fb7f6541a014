import { describe, expect, test } from 'vitest'
import { catchError, getClaims, minter } from './helpers.ts'

const fraction = 0.1 + 0.2

describe('mint signs a number in the content that JSON preserves', () => {
  test.each([
    [Number.MAX_SAFE_INTEGER, '9007199254740991'],
    [Number.MIN_SAFE_INTEGER, '-9007199254740991'],
    [0, '0'],
    [fraction, '0.30000000000000004'],
    [123456789.12345679, '123456789.12345679'],
    [4503599627370495.5, '4503599627370495.5'],
    [5e-324, '5e-324'],
    [1e21, '1e+21'],
    [Number.MAX_VALUE, '1.7976931348623157e+308'],
    ['12345678901234567890', '"12345678901234567890"'],
  ])('%s', async (content, json) => {
    const url = await minter.mint({ command: 'x', content, expiresIn: 'never' })
    expect(await getClaims(url)).toBe(`{"cmd":"x","cnt":${json}}`)
  })
})

describe('mint rejects an integer in the content that may have been rounded', () => {
  const unsafe = 12_345_678_901_234_567_000
  const cycle: Record<string, unknown> = { id: unsafe }
  test.each([
    ['2^53', 2 ** 53, 'content'],
    ['-2^53', -(2 ** 53), 'content'],
    ['the largest below 1e21', 999_999_999_999_999_900_000, 'content'],
    ['in an object', { order: { id: unsafe } }, 'content.order.id'],
    ['in an array', { ids: [1, [2, unsafe]] }, 'content.ids.1.1'],
    ['under an unusual name', { 'a b\n': unsafe }, 'content."a b\\n"'],
    ['from toJSON', { at: { toJSON: () => ({ ns: unsafe }) } }, 'content.at.ns'],
    ['as a Number object', [Object(unsafe)], 'content.0'],
    ['twice in a value', [cycle, cycle], 'content.0.id'],
    ['at depth 20', JSON.parse(`${'{"a":'.repeat(20)}${unsafe}${'}'.repeat(20)}`), `content${'.a'.repeat(15)}`],
  ])('%s', async (_name, content, path) => {
    const error = await catchError(() => minter.mint({ command: 'x', content }))
    expect(error).toMatchObject({ code: 'invalid_option', fix: 'Write it as a string.' })
    expect(error.message).toBe(`${path} cannot be represented exactly as a number`)
  })

  test('in an encrypted token, too', async () => {
    const error = await catchError(() => minter.mint({ command: 'x', content: [unsafe], encrypt: true }))
    expect(error.code).toBe('invalid_option')
  })

  test('with a message that does not contain a token from its path', async () => {
    const token = (await minter.mint({ command: 'x' })).split('/').at(-1) as string
    const error = await catchError(() => minter.mint({ command: 'x', content: { [token]: unsafe } }))
    expect(error.message).not.toContain(token.slice(0, 40))
  })
})
