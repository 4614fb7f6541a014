import { parseJson } from '@hookurl/presentation/json'
import { describe, expect, test } from 'vitest'
import {
  chooseInitialOpen,
  formatPath,
  listRows,
  PAGE_SIZE,
  type TreeState,
  toCopiedText,
} from '../../../src/requests/body/json-rows.ts'

const closed: TreeState = { open: new Map(), limits: new Map() }
const openAll = (...keys: string[]): TreeState => ({ ...closed, open: new Map(keys.map((key) => [key, true])) })

function formatRows(value: unknown, state: TreeState = closed): string[] {
  return listRows(value, state, chooseInitialOpen(value)).map(
    ({ path, kind, depth, hiddenCount }) =>
      `${'-'.repeat(depth)}${kind === 'more' ? `more ${hiddenCount}` : formatPath(path)}`,
  )
}

describe('listRows', () => {
  test('shows a small document completely', () => {
    expect(formatRows({ a: [1, { b: 2 }], c: {} })).toEqual(['.', '-.a', '--.a[0]', '--.a[1]', '---.a[1].b', '-.c'])
  })

  test('shows a scalar as one row', () => {
    expect(formatRows(7)).toEqual(['.'])
  })

  test('leaves out what is inside a closed row', () => {
    const state = { ...closed, open: new Map([['["a"]', false]]) }
    expect(formatRows({ a: [1], c: 2 }, state)).toEqual(['.', '-.a', '-.c'])
  })

  test('shows a long array in pages', () => {
    const rows = formatRows(Array.from({ length: 250 }, () => 0))
    expect(rows).toHaveLength(1 + PAGE_SIZE + 1)
    expect(rows.at(-1)).toBe('-more 150')
  })

  test('shows the next page when its limit is raised', () => {
    const state = { ...closed, limits: new Map([['[]', 200]]) }
    expect(
      formatRows(
        Array.from({ length: 250 }, () => 0),
        state,
      ).at(-1),
    ).toBe('-more 50')
  })

  test('opens only the first levels of a large document', () => {
    const rows = formatRows(Array.from({ length: 90 }, () => ({ a: [1, 2, 3], b: { c: 1 } })))
    expect(rows.length).toBeLessThan(200)
  })

  test('stops before there are too many rows, even if everything is opened', () => {
    const value = Array.from({ length: 400 }, () => Array.from({ length: 100 }, () => 0))
    const keys = value.map((_, index) => `[${index}]`)
    const state = { open: openAll('[]', ...keys).open, limits: new Map([['[]', 400]]) }
    expect(listRows(value, state, new Set()).length).toBeLessThan(21_000)
  })

  test('does not take a number with its literal for an object', () => {
    expect(formatRows(parseJson('{"id":12345678901234567890}'))).toEqual(['.', '-.id'])
  })

  test('handles deep nesting', () => {
    const deep = parseJson('['.repeat(2000) + ']'.repeat(2000))
    expect(formatRows(deep).length).toBeGreaterThan(100)
  })
})

test.each([
  [[], '.'],
  [['a', 0, 'b'], '.a[0].b'],
  [[3], '.[3]'],
  [['odd name', '"'], '."odd name"."\\""'],
  [['0'], '."0"'],
])('the path %j is %s in jq', (path, text) => {
  expect(formatPath(path)).toBe(text)
})

test('a string is copied as it is, and anything else as JSON with its numbers as received', () => {
  expect(toCopiedText('a\n"b"')).toBe('a\n"b"')
  expect(toCopiedText(parseJson('[1.0]'))).toBe('[\n  1.0\n]')
})
