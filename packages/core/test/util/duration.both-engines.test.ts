import { parseDuration } from '@hookurl/core/internal'
import { expect, test } from 'vitest'
import { catchError } from '../helpers.ts'

test.each([
  ['30d', 2_592_000],
  ['15m', 900],
  ['15min', 900],
  ['2500ms', 2.5],
  ['1h', 3600],
  ['90s', 90],
  ['2 weeks', 1_209_600],
  ['1.5h', 5400],
  ['1y', 31_557_600],
  [90, 90],
  [0.5, 0.5],
  [0, 0],
])('%j is %d seconds', (value, expected) => {
  expect(parseDuration(value, 'expiresIn')).toBe(expected)
})

test.each(['', '30', '-1d', '1e3s', '1 mo', '1fortnight', 'd', '1d2h', 'Infinity', '5sd', '30md', '1M', '1D', '1hd'])(
  '%j is rejected',
  async (value) => {
    const error = await catchError(() => parseDuration(value, 'expiresIn'))
    expect(error).toMatchObject({ code: 'invalid_option', message: 'expiresIn must be a duration' })
    expect(error.fix).toContain("'30d'")
  },
)

test.each([-1, Number.NaN, Number.POSITIVE_INFINITY, null, undefined, {}, 1n, true])(
  '%s is rejected',
  async (value) => {
    expect(await catchError(() => parseDuration(value, 'expiresIn'))).toMatchObject({ code: 'invalid_option' })
  },
)
