import { readResults } from './results.ts'
import type { Row } from './row.ts'
import { isReached, writeBound, writeFigure } from './row-text.ts'

interface Panel {
  readonly title: string
  /** Where on the axis, from 0 to 1, a figure stands. */
  at(value: number, target: number): number
  /** What the bars grow from. */
  readonly base: number
  /** Figures that are marked on the axis. */
  readonly marks: readonly (readonly [text: string, at: number])[]
  takes(row: Row): boolean
}

const width = 960
const axis = { left: 450, width: 290 }
const rowHeight = 22
const panelHead = 58
const limit = 2
const mostFloors = 4
const scale = { from: 0.1, to: 100 }

const panels: readonly Panel[] = [
  {
    title: 'Times as fast as … (longer is better)',
    at: toLog,
    base: toLog(1),
    marks: [0.1, 1, 10, 100].map((value) => [`${value} ×`, toLog(value)]),
    takes: ({ unit, reach }) => unit === '×' && reach !== undefined && 'atLeast' in reach,
  },
  {
    title: 'Times the cost of … (shorter is better)',
    at: (value) => value / mostFloors,
    base: 0,
    marks: [0, 1, 2, 3, 4].map((value) => [`${value} ×`, value / mostFloors]),
    takes: ({ unit, reach }) => unit === '×' && reach !== undefined && 'atMost' in reach,
  },
  {
    title: 'Part of the limit (shorter is better)',
    at: (value, target) => value / target / limit,
    base: 0,
    marks: [0, 50, 100, 150, 200].map((value) => [`${value} %`, value / 100 / limit]),
    takes: ({ unit, reach }) => unit !== '×' && reach !== undefined,
  },
]

// Colours that differ in lightness too; what falls short also says so in words.
const style = `
  text { font: 12px system-ui, -apple-system, 'Segoe UI', sans-serif; fill: #1f2328 }
  .card { fill: #ffffff } .title { font-size: 15px; font-weight: 600 } .faint { fill: #59636e } .end { text-anchor: end }
  .middle { text-anchor: middle } .grid { stroke: #d1d9e0 } .reached { fill: #2da44e } .short { fill: #bc4c00 }
  .target { stroke: #1f2328; stroke-width: 2 } .miss { fill: #bc4c00; font-weight: 600 }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc } .card { fill: #0d1117 } .faint { fill: #9198a1 } .grid { stroke: #3d444d }
    .reached { fill: #3fb950 } .short { fill: #f0883e } .target { stroke: #f0f6fc } .miss { fill: #f0883e }
  }`

/** All figures that have a target, as bars. */
export function writeBenchChart(): string {
  return drawChart(Object.values(readResults()).flatMap(({ rows }) => rows))
}

/** Rows as bars, each with a mark where its target is. */
export function drawChart(rows: readonly Row[]): string {
  let top = 44
  const parts: string[] = []
  for (const panel of panels) {
    const taken = rows.filter((row) => panel.takes(row))
    if (taken.length === 0) continue
    parts.push(drawPanel(panel, { rows: taken, top }))
    top += panelHead + taken.length * rowHeight
  }
  const reached = rows.filter((row) => isReached(row) === true).length
  const asked = rows.filter((row) => isReached(row) !== undefined).length
  const height = top + 12
  const summary = `${reached} of ${asked} targets reached`
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title">`,
    `<title id="title">Benchmarks: ${summary}</title>`,
    `<style>${style}\n</style>`,
    `<rect class="card" width="${width}" height="${height}" rx="8"/>`,
    `<text class="title" x="20" y="30">${summary}</text>`,
    `<path class="target" d="M${axis.left} 18v14"/><text class="faint" x="${axis.left + 8}" y="30">the target</text>`,
    ...parts,
    '</svg>',
  ].join('\n')
}

function drawPanel(panel: Panel, { rows, top }: { rows: readonly Row[]; top: number }): string {
  const begin = top + panelHead - 8
  const end = begin + rows.length * rowHeight
  return [
    `<text class="title" x="20" y="${top + 24}">${escapeText(panel.title)}</text>`,
    ...panel.marks.map(([text, at]) => {
      const x = toX(at)
      return `<path class="grid" d="M${x} ${begin}V${end}"/><text class="faint middle" x="${x}" y="${begin - 6}">${text}</text>`
    }),
    ...rows.map((row, index) => drawRow(row, { panel, y: begin + index * rowHeight })),
  ].join('\n')
}

function drawRow(row: Row, { panel, y }: { panel: Panel; y: number }): string {
  const target = targetOf(row)
  const [from, to] = [toX(panel.base), toX(panel.at(row.value, target))]
  const mark = toX(panel.at(target, target))
  const isShort = isReached(row) === false
  const figure = `${writeFigure(row)} (${writeBound(row)})${isShort ? ' short' : ''}`
  const bar = { x: Math.min(from, to), width: Math.max(Math.abs(to - from), 1).toFixed(1) }
  return [
    `<text class="end" x="${axis.left - 12}" y="${y + 15}">${escapeText(row.work)} <tspan class="faint">${escapeText(row.against)}</tspan></text>`,
    `<rect class="${isShort ? 'short' : 'reached'}" x="${bar.x}" y="${y + 4}" width="${bar.width}" height="14" rx="2"/>`,
    `<path class="target" d="M${mark} ${y + 1}v20"/>`,
    `<text${isShort ? ' class="miss"' : ''} x="${axis.left + axis.width + 14}" y="${y + 15}">${escapeText(figure)}</text>`,
  ].join('')
}

function targetOf({ reach }: Row): number {
  if (reach === undefined) return Number.NaN
  return 'atMost' in reach ? reach.atMost : reach.atLeast
}

// What lies beyond the axis ends at its end; the figure beside it says how far it goes.
function toX(at: number): number {
  return Math.round((axis.left + Math.min(Math.max(at, 0), 1) * axis.width) * 10) / 10
}

function toLog(value: number): number {
  return Math.log(value / scale.from) / Math.log(scale.to / scale.from)
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
