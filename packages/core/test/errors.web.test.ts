import { inspect as show } from 'node:util'
import { errorCodes, type Hook, HookurlError, isHookurlError } from '@hookurl/core'
import { expect, test } from 'vitest'

const hook: Hook = { command: '/secret', content: 'hunter2', allowGet: false, key: { index: 0 } }

test('an error takes status, exit, message and fix from its code', () => {
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

test('every code has a message and a fix, and a status where a receiver answers with it', () => {
  for (const code of Object.keys(errorCodes) as (keyof typeof errorCodes)[]) {
    const error = new HookurlError(code)
    expect(error.message, code).not.toBe('')
    expect(error.fix, code).toMatch(/^[A-Z].*\.$/)
    expect(error.exit, code).toBeGreaterThanOrEqual(1)
    if (!['invalid_option', 'url_too_long', 'invalid_key'].includes(code)) {
      expect(error.status, code).toBeGreaterThanOrEqual(400)
    }
  }
})

test('the hook of an error is not enumerable: no log shows it', () => {
  const error = new HookurlError('expired', { hook })
  expect(error.hook).toBe(hook)
  expect(Object.keys(error)).not.toContain('hook')
  expect(JSON.stringify(error)).not.toContain('hunter2')
  expect(JSON.stringify({ ...error })).not.toContain('hunter2')
  expect(show(error, { depth: 9 })).not.toContain('hunter2')
})

test('what happened underneath is kept as the cause', () => {
  const cause = new Error('x')
  expect(new HookurlError('denied', { cause }).cause).toBe(cause)
  expect('cause' in new HookurlError('denied')).toBe(false)
})

test('an error of another copy of the package is known by its name and code', () => {
  const foreign = Object.assign(new Error('x'), { name: 'HookurlError', code: 'expired' })
  expect(isHookurlError(foreign)).toBe(true)
  expect(isHookurlError(new HookurlError('already_used'))).toBe(true)
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
])('%s is no error of hookurl', (value) => {
  expect(isHookurlError(value)).toBe(false)
})
