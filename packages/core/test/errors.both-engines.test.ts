import { inspect } from 'node:util'
import { errorCodes, type Hook, HookurlError, isHookurlError } from '@hookurl/core'
import { expect, test } from 'vitest'

const hook: Hook = { command: '/secret', content: 'hunter2', allowGet: false, key: { index: 0 } }

test('an error has the status, exit code, message and fix of its code', () => {
  const error = new HookurlError('expired')
  expect(error).toBeInstanceOf(Error)
  expect(error).toMatchObject({
    name: 'HookurlError',
    code: 'expired',
    status: 410,
    exit: 4,
    message: 'the URL has expired',
    fix: 'Mint a new URL.',
  })
})

const codes = Object.keys(errorCodes) as (keyof typeof errorCodes)[]

test.each(codes)('%s has a message, a fix and an exit code', (code) => {
  const error = new HookurlError(code)
  expect(error.message).not.toBe('')
  expect(error.fix).toMatch(/^[A-Z].*\.$/)
  expect(error.exit).toBeGreaterThanOrEqual(1)
})

const withoutStatus = ['invalid_option', 'url_too_long', 'invalid_key']
test.each(codes.filter((code) => !withoutStatus.includes(code)))('%s has a status', (code) => {
  expect(new HookurlError(code).status).toBeGreaterThanOrEqual(400)
})

test('the hook of an error is not enumerable, so that it is not logged', () => {
  const error = new HookurlError('expired', { hook })
  expect(error.hook).toBe(hook)
  expect(Object.keys(error)).not.toContain('hook')
  expect(JSON.stringify(error)).not.toContain('hunter2')
  expect(JSON.stringify({ ...error })).not.toContain('hunter2')
  expect(inspect(error, { depth: 9 })).not.toContain('hunter2')
})

test('an error keeps its cause', () => {
  const cause = new Error('x')
  expect(new HookurlError('denied', { cause }).cause).toBe(cause)
})

test('an error without a cause does not have the property', () => {
  expect('cause' in new HookurlError('denied')).toBe(false)
})

test('a HookurlError is recognized', () => {
  expect(isHookurlError(new HookurlError('already_used'))).toBe(true)
})

test('an error of another copy of the package is recognized by its name and code', () => {
  const other = Object.assign(new Error('x'), { name: 'HookurlError', code: 'expired' })
  expect(isHookurlError(other)).toBe(true)
})

test.each([
  new Error('x'),
  Object.assign(new Error('x'), { code: 'expired' }),
  Object.assign(new Error('x'), { name: 'HookurlError' }),
  Object.assign(new Error('x'), { name: 'HookurlError', code: 'toString' }),
  { name: 'HookurlError', code: 'expired' },
  null,
  undefined,
  'expired',
])('%s is not a HookurlError', (value) => {
  expect(isHookurlError(value)).toBe(false)
})
