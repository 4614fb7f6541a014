import { expect, test } from 'vitest'
import { benchmarks } from '../bench/benchmarks.ts'
import { drawChart } from '../bench/report-chart.ts'
import { readResults } from '../bench/results.ts'
import type { Row } from '../bench/row.ts'
import { writeFigure, writeOutcome, writeReach } from '../bench/row-text.ts'
import { renderTable } from '../bench/table.ts'

const cost: Row = { work: 'mint', against: 'the floor', value: 1.6, unit: '×', reach: { atMost: 1.7 } }
const speed: Row = { work: 'mint', against: 'a < b', value: 1.4, unit: '×', reach: { atLeast: 1.5 } }
const plain: Row = { work: 'refuse', against: 'the floor', value: 9.123, unit: '×' }

test('a figure at its target has reached it, one past it has not, and without a target nothing is said', () => {
  expect([cost, { ...cost, value: 1.7 }, { ...cost, value: 1.71 }].map(writeOutcome)).toEqual([
    'reached',
    'reached',
    'short',
  ])
  expect([speed, { ...speed, value: 1.5 }].map(writeOutcome)).toEqual(['short', 'reached'])
  expect(writeOutcome(plain)).toBe('')
})

test('figures have as many digits as a second run would show again', () => {
  expect(writeFigure(plain)).toBe('9.12 ×')
  expect(writeFigure({ ...plain, value: 31.46 })).toBe('31.5 ×')
  expect(writeFigure({ ...plain, value: 237, unit: 'characters' })).toBe('237 characters')
  expect(writeReach(speed)).toBe('≥ 1.5 ×')
})

test('the table has a line for each row, and says which fall short', () => {
  const lines = renderTable([cost, speed, plain]).split('\n')
  expect(lines).toHaveLength(4)
  expect(lines.filter((line) => line.includes('**short**'))).toEqual([lines[2]])
})

test('the chart draws each figure that has a target, with a mark where that is', () => {
  const svg = drawChart([cost, speed, plain])
  expect(svg).toContain('1 of 2 targets reached')
  expect(svg.match(/<rect class="(?:reached|short)"/g)).toEqual(['<rect class="short"', '<rect class="reached"'])
  expect(svg).toContain('1.40 × (≥ 1.5) short')
  expect(svg).toContain('a &lt; b')
  expect(svg).not.toContain('refuse')
})

test('the results that are kept are those of benchmarks that there are', () => {
  const results = readResults()
  expect(Object.keys(benchmarks)).toEqual(expect.arrayContaining(Object.keys(results)))
  for (const { rows, machine } of Object.values(results)) {
    expect(rows.length).toBeGreaterThan(0)
    expect(rows.every(({ value }) => Number.isFinite(value))).toBe(true)
    expect(machine.cores).toBeGreaterThan(0)
  }
})
