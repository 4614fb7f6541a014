import { formatBound, formatFigure, isTargetMet } from './format-row.ts'
import { readResults } from './results.ts'
import type { Row } from './row.ts'

interface Panel {
  readonly title: string
  /** The position of a figure on the axis, from 0 to 1. */
  toPosition(value: number, target: number): number
  /** The position where bars start. */
  readonly base: number
  /** The labels of the axis. */
  readonly marks: readonly (readonly [label: string, position: number])[]
  matches(row: Row): boolean
}

const width = 960
const axis = { left: 450, width: 290 }
const rowHeight = 22
const panelHead = 58
const MAX_LIMIT_RATIO = 2
const MAX_COST_RATIO = 4
const scale = { from: 0.1, to: 100 }

const panels: readonly Panel[] = [
  {
    title: 'Speed compared to … (longer is better)',
    toPosition: toLog,
    base: toLog(1),
    marks: [0.1, 1, 10, 100].map((value) => [`${value} ×`, toLog(value)]),
    matches: ({ unit, target }) => unit === '×' && target !== undefined && 'atLeast' in target,
  },
  {
    title: 'Cost compared to … (shorter is better)',
    toPosition: (value) => value / MAX_COST_RATIO,
    base: 0,
    marks: [0, 1, 2, 3, 4].map((value) => [`${value} ×`, value / MAX_COST_RATIO]),
    matches: ({ unit, target }) => unit === '×' && target !== undefined && 'atMost' in target,
  },
  {
    title: 'Share of the limit (shorter is better)',
    toPosition: (value, target) => value / target / MAX_LIMIT_RATIO,
    base: 0,
    marks: [0, 50, 100, 150, 200].map((value) => [`${value} %`, value / 100 / MAX_LIMIT_RATIO]),
    matches: ({ unit, target }) => unit !== '×' && target !== undefined,
  },
]

// The colors also differ in lightness, and a missed target is labeled in words.
const style = `
  text { font: 12px system-ui, -apple-system, 'Segoe UI', sans-serif; fill: #1f2328 }
  .card { fill: #ffffff } .title { font-size: 15px; font-weight: 600 } .faint { fill: #59636e } .end { text-anchor: end }
  .middle { text-anchor: middle } .grid { stroke: #d1d9e0 } .met { fill: #2da44e } .missed { fill: #bc4c00 }
  .target { stroke: #1f2328; stroke-width: 2 } .label-missed { fill: #bc4c00; font-weight: 600 }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc } .card { fill: #0d1117 } .faint { fill: #9198a1 } .grid { stroke: #3d444d }
    .met { fill: #3fb950 } .missed { fill: #f0883e } .target { stroke: #f0f6fc } .label-missed { fill: #f0883e }
  }`

/** Draws all figures that have a target, as bars. */
export function writeBenchChart(): string {
  return drawChart(Object.values(readResults()).flatMap(({ rows }) => rows))
}

/** Draws rows as bars, each with a mark at its target. */
export function drawChart(rows: readonly Row[]): string {
  let top = 44
  const parts: string[] = []
  for (const panel of panels) {
    const taken = rows.filter((row) => panel.matches(row))
    if (taken.length === 0) continue
    parts.push(drawPanel(panel, { rows: taken, top }))
    top += panelHead + taken.length * rowHeight
  }
  const met = rows.filter((row) => isTargetMet(row) === true).length
  const withTarget = rows.filter((row) => isTargetMet(row) !== undefined).length
  const height = top + 12
  const summary = `${met} of ${withTarget} targets met`
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title">`,
    `<title id="title">Benchmarks: ${summary}</title>`,
    `<style>${style}\n</style>`,
    `<rect class="card" width="${width}" height="${height}" rx="8"/>`,
    `<text class="title" x="20" y="30">${summary}</text>`,
    `<path class="target" d="M${axis.left} 18v14"/><text class="faint" x="${axis.left + 8}" y="30">target</text>`,
    ...parts,
    '</svg>',
  ].join('\n')
}

function drawPanel(panel: Panel, { rows, top }: { rows: readonly Row[]; top: number }): string {
  const begin = top + panelHead - 8
  const end = begin + rows.length * rowHeight
  return [
    `<text class="title" x="20" y="${top + 24}">${escapeText(panel.title)}</text>`,
    ...panel.marks.map(([label, position]) => {
      const x = toX(position)
      return `<path class="grid" d="M${x} ${begin}V${end}"/><text class="faint middle" x="${x}" y="${begin - 6}">${label}</text>`
    }),
    ...rows.map((row, index) => drawRow(row, { panel, y: begin + index * rowHeight })),
  ].join('\n')
}

function drawRow(row: Row, { panel, y }: { panel: Panel; y: number }): string {
  const target = getTarget(row)
  const [from, to] = [toX(panel.base), toX(panel.toPosition(row.value, target))]
  const mark = toX(panel.toPosition(target, target))
  const isMissed = isTargetMet(row) === false
  const figure = `${formatFigure(row)} (${formatBound(row)})${isMissed ? ' missed' : ''}`
  const bar = { x: Math.min(from, to), width: Math.max(Math.abs(to - from), 1).toFixed(1) }
  return [
    `<text class="end" x="${axis.left - 12}" y="${y + 15}">${escapeText(row.task)} <tspan class="faint">${escapeText(row.comparedTo)}</tspan></text>`,
    `<rect class="${isMissed ? 'missed' : 'met'}" x="${bar.x}" y="${y + 4}" width="${bar.width}" height="14" rx="2"/>`,
    `<path class="target" d="M${mark} ${y + 1}v20"/>`,
    `<text${isMissed ? ' class="label-missed"' : ''} x="${axis.left + axis.width + 14}" y="${y + 15}">${escapeText(figure)}</text>`,
  ].join('')
}

function getTarget({ target }: Row): number {
  if (target === undefined) return Number.NaN
  return 'atMost' in target ? target.atMost : target.atLeast
}

// Longer bars are cut at the end of the axis; the figure next to the bar is exact.
function toX(position: number): number {
  return Math.round((axis.left + Math.min(Math.max(position, 0), 1) * axis.width) * 10) / 10
}

function toLog(value: number): number {
  return Math.log(value / scale.from) / Math.log(scale.to / scale.from)
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
