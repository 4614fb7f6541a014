import { expect, test } from 'vitest'
import { compareTexts } from '../../src/requests/diff.ts'

const lines = (count: number): string[] => Array.from({ length: count }, (_, index) => `line ${index}`)

test('equal strings have no lines', () => {
  expect(compareTexts('a\nb', 'a\nb')).toEqual([])
})

test('a changed line is shown as removed and added, between its neighbors', () => {
  expect(compareTexts('a\nb\nc', 'a\nx\nc')).toEqual([
    { kind: 'same', text: 'a' },
    { kind: 'removed', text: 'b' },
    { kind: 'added', text: 'x' },
    { kind: 'same', text: 'c' },
  ])
})

test('a missing newline at the end is no difference of the last line', () => {
  expect(compareTexts('a\nb', 'a\nb\nc')).toEqual([
    { kind: 'same', text: 'a' },
    { kind: 'same', text: 'b' },
    { kind: 'added', text: 'c' },
  ])
})

test('unchanged lines far from a difference are left out and counted', () => {
  const before = lines(30)
  const after = before.with(15, 'changed')
  const result = compareTexts(before.join('\n'), after.join('\n')) ?? []
  expect(result.filter(({ kind }) => kind === 'skipped')).toEqual([
    { kind: 'skipped', text: '', count: 12 },
    { kind: 'skipped', text: '', count: 11 },
  ])
  expect(result.filter(({ kind }) => kind === 'same').length).toBe(6)
})

test('a string compared with nothing is added', () => {
  expect(compareTexts('', 'a')).toEqual([{ kind: 'added', text: 'a' }])
})

test('strings that differ too much are not compared', () => {
  const other = lines(5000).map((line) => `other ${line}`)
  expect(compareTexts(lines(5000).join('\n'), other.join('\n'))).toBeUndefined()
})
