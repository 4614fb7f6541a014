import { expect, test } from 'vitest'
import { benchmarks } from './benchmarks.ts'
import { formatFigure, formatTarget, getOutcome } from './format-row.ts'
import { drawChart } from './report-chart.ts'
import { readResults } from './results.ts'
import type { Row } from './row.ts'
import { renderTable } from './table.ts'

const cost: Row = { task: 'mint', comparedTo: 'the baseline', value: 1.6, unit: '×', target: { atMost: 1.7 } }
const speed: Row = { task: 'mint', comparedTo: 'a < b', value: 1.4, unit: '×', target: { atLeast: 1.5 } }
const withoutTarget: Row = { task: 'reject', comparedTo: 'the baseline', value: 9.123, unit: '×' }

test('a figure meets an upper target up to and including it', () => {
  const rows = [cost, { ...cost, value: 1.7 }, { ...cost, value: 1.71 }]
  expect(rows.map(getOutcome)).toEqual(['met', 'met', 'missed'])
})

test('a figure meets a lower target from it on', () => {
  expect([speed, { ...speed, value: 1.5 }].map(getOutcome)).toEqual(['missed', 'met'])
})

test('a figure without a target has no outcome', () => {
  expect(getOutcome(withoutTarget)).toBe('')
})

test('a figure has as many digits as a second run would reproduce', () => {
  expect(formatFigure(withoutTarget)).toBe('9.12 ×')
  expect(formatFigure({ ...withoutTarget, value: 31.46 })).toBe('31.5 ×')
  expect(formatFigure({ ...withoutTarget, value: 237, unit: 'characters' })).toBe('237 characters')
})

test('a target has its bound and its unit', () => {
  expect(formatTarget(speed)).toBe('≥ 1.5 ×')
})

test('the table has a line for each row', () => {
  expect(renderTable([cost, speed, withoutTarget]).split('\n')).toHaveLength(4)
})

test('the table marks the rows that miss their target', () => {
  const lines = renderTable([cost, speed, withoutTarget]).split('\n')
  expect(lines.filter((line) => line.includes('**missed**'))).toEqual([lines[2]])
})

test('the chart draws a bar for each figure with a target, and none for one without', () => {
  const svg = drawChart([cost, speed, withoutTarget])
  expect(svg.match(/<rect class="(?:met|missed)"/g)).toEqual(['<rect class="missed"', '<rect class="met"'])
  expect(svg).not.toContain('reject')
})

test('the chart says how many targets are met, and labels a missed one', () => {
  const svg = drawChart([cost, speed, withoutTarget])
  expect(svg).toContain('1 of 2 targets met')
  expect(svg).toContain('1.40 × (≥ 1.5) missed')
})

test('the chart escapes text', () => {
  expect(drawChart([speed])).toContain('a &lt; b')
})

test('the saved results belong to existing benchmarks', () => {
  const saved = Object.keys(readResults())
  expect(saved.length).toBeGreaterThan(0)
  expect(Object.keys(benchmarks)).toEqual(expect.arrayContaining(saved))
})

test('every saved result has rows with finite figures, and a machine with cores', () => {
  for (const { rows, machine } of Object.values(readResults())) {
    expect(rows.length).toBeGreaterThan(0)
    expect(rows.every(({ value }) => Number.isFinite(value))).toBe(true)
    expect(machine.cores).toBeGreaterThan(0)
  }
})
