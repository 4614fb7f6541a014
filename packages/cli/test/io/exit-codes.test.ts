import { errorCodes } from '@hookurl/core'
import { expect, test } from 'vitest'
import { exitCodes, formatExitCodes } from '../../src/io/exit-codes.ts'

test('the exit code of every error is in the table', () => {
  const codes = Object.values(errorCodes).flatMap((error) => ('exit' in error ? [error.exit] : []))
  const known = Object.values(exitCodes).map(({ exit }) => exit)
  expect(known).toEqual(expect.arrayContaining(codes))
})

test('help lists every exit code, on lines of at most 98 characters', () => {
  const [title, ...lines] = formatExitCodes().split('\n')
  expect(title).toBe('Exit codes:')
  const items = lines.flatMap((line) => line.trim().split('  '))
  expect(items).toStrictEqual(Object.values(exitCodes).map(({ exit, meaning }) => `${exit} ${meaning}`))
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(98)
})
