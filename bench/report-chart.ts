import { formatFigure } from './format-row.ts'
import { type Results, readResults } from './results.ts'
import type { MeasuredRow } from './row.ts'

interface Group {
  readonly title: string
  readonly rows: readonly MeasuredRow[]
}

// The benchmarks whose ratios say how many times as fast hookurl is.
const groups: readonly { readonly title: string; readonly names: readonly string[] }[] = [
  { title: 'Tokens', names: ['mint', 'verify'] },
  { title: 'Encrypted tokens', names: ['encrypt'] },
  { title: 'Receivers of JSON', names: ['receive'] },
  { title: 'Single use', names: ['uses'] },
]

const width = 960
const axis = { left: 400, width: 460 }
const head = 84
const groupHead = 34
const rowHeight = 22
const scale = { from: 0.1, to: 100 }
const marks = [0.1, 1, 10, 100]

// The colors also differ in lightness, and bars of slower rows point to the left.
const style = `
  text { font: 12px system-ui, -apple-system, 'Segoe UI', sans-serif; fill: #1f2328 }
  .card { fill: #ffffff } .title { font-size: 15px; font-weight: 600 } .group { font-weight: 600 } .faint { fill: #59636e }
  .end { text-anchor: end } .middle { text-anchor: middle } .grid { stroke: #d1d9e0 } .same { stroke: #59636e }
  .faster { fill: #0969da } .slower { fill: #bc4c00 }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc } .card { fill: #0d1117 } .faint { fill: #9198a1 } .grid { stroke: #3d444d }
    .same { stroke: #9198a1 } .faster { fill: #4493f8 } .slower { fill: #f0883e }
  }`

/** Draws the chart of the latest results. */
export function writeBenchChart(): string {
  return drawChart(readResults())
}

/** Draws how many times as fast hookurl is, as bars on a logarithmic axis. */
export function drawChart(results: Results): string {
  const shown = groups.flatMap(({ title, names }): readonly Group[] => {
    const rows = names.flatMap((name) => results[name]?.rows ?? []).filter(isComparison)
    return rows.length === 0 ? [] : [{ title, rows }]
  })
  let y = head
  const parts: string[] = []
  for (const group of shown) {
    parts.push(drawGroup(group, y))
    y += groupHead + group.rows.length * rowHeight
  }
  const height = y + 16
  const title = 'How many times as fast hookurl is'
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title">`,
    `<title id="title">${title}</title>`,
    `<style>${style}\n</style>`,
    `<rect class="card" width="${width}" height="${height}" rx="8"/>`,
    `<text class="title" x="20" y="30">${title}</text>`,
    '<rect class="faster" x="20" y="44" width="12" height="12" rx="2"/><text x="38" y="54">hookurl is faster</text>',
    '<rect class="slower" x="160" y="44" width="12" height="12" rx="2"/><text x="178" y="54">the other is faster</text>',
    ...marks.map((mark) => drawMark(mark, y)),
    ...parts,
    '</svg>',
  ].join('\n')
}

function isComparison({ unit, isInternal }: MeasuredRow): boolean {
  return unit === '×' && isInternal !== true
}

function drawMark(mark: number, bottom: number): string {
  const x = toX(mark)
  const label = mark === 1 ? 'same speed' : `${mark} ×`
  return `<path class="${mark === 1 ? 'same' : 'grid'}" d="M${x} ${head - 6}V${bottom}"/><text class="faint middle" x="${x}" y="${head - 14}">${label}</text>`
}

function drawGroup({ title, rows }: Group, top: number): string {
  return [
    `<text class="group" x="20" y="${top + 22}">${escapeText(title)}</text>`,
    ...rows.map((row, index) => drawRow(row, top + groupHead + index * rowHeight)),
  ].join('\n')
}

function drawRow(row: MeasuredRow, y: number): string {
  const [from, to] = [toX(1), toX(row.median)]
  const kind = row.median < 1 ? 'slower' : 'faster'
  const bar = { x: Math.min(from, to), width: Math.max(Math.abs(to - from), 1).toFixed(1) }
  return [
    `<text class="end" x="${axis.left - 12}" y="${y + 15}">${escapeText(row.task)} <tspan class="faint">${escapeText(row.comparedTo)}</tspan></text>`,
    `<rect class="${kind}" x="${bar.x}" y="${y + 4}" width="${bar.width}" height="14" rx="2"/>`,
    `<text x="${Math.max(from, to) + 8}" y="${y + 15}">${escapeText(formatFigure(row))}</text>`,
  ].join('')
}

// Longer bars are cut at the end of the axis; the figure next to the bar is exact.
function toX(ratio: number): number {
  const position = Math.log(ratio / scale.from) / Math.log(scale.to / scale.from)
  return Math.round((axis.left + Math.min(Math.max(position, 0), 1) * axis.width) * 10) / 10
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
