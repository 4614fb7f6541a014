import { formatFigure } from './format-row.ts'
import { type Result, type Results, readResults } from './results.ts'
import type { MeasuredRow } from './row.ts'

interface Section {
  readonly title: string
  /** What the section measures, and how to read the ratio. */
  readonly text: string
  /** The benchmarks whose rows are in the section. */
  readonly names: readonly string[]
}

const sections: readonly Section[] = [
  {
    title: 'Minting and verifying',
    text: 'The ratio is the speed of hookurl relative to the other library. Higher is better.',
    names: ['mint', 'verify'],
  },
  {
    title: 'Encrypted tokens',
    text: 'The ratio is the speed of hookurl relative to other encrypted formats. Higher is better.',
    names: ['encrypt'],
  },
  {
    title: 'Receiving requests',
    text: "A receiver of JSON, compared to the same server without hookurl. Requests per second of the server's processor time, on one core.",
    names: ['receive'],
  },
  {
    title: 'Single use',
    text: 'Reserving and committing a use, compared to the simplest correct code with the same client. Records are kept until the URL has expired.',
    names: ['uses'],
  },
  {
    title: 'Waiting for a call',
    text: 'What open waits cost the process that awaits them, and how soon it notices a call.',
    names: ['waits'],
  },
  {
    title: 'Overhead',
    text: 'The ratio is the time or memory relative to the other column. Lower is better.',
    names: ['rotate', 'reject', 'waiting', 'chunks', 'memory'],
  },
  {
    title: 'Command line',
    text: 'Complete processes, from start to exit. Higher is better for rates, lower for time and memory.',
    names: ['batch', 'start-up'],
  },
  {
    title: 'Size and length',
    text: 'What a worker downloads, and the length of a URL.',
    names: ['size', 'length'],
  },
]

/** Formats the figures for users, with machine and date. Targets are internal and not shown. */
export function writeBenchTables(): string {
  return formatPage(readResults())
}

/** Formats the tables of results. */
export function formatPage(results: Results): string {
  const shown = sections.flatMap((section) => {
    const entries = section.names.flatMap((name) => results[name] ?? [])
    const rows = entries.flatMap((result) => result.rows.filter(({ isInternal }) => isInternal !== true))
    return rows.length === 0 ? [] : [{ section, rows, setups: describeSetups(entries) }]
  })
  if (shown.length === 0) return 'Nothing is measured yet: `npm run bench`'
  const setups = [...new Set(shown.flatMap((each) => each.setups))]
  const [setup] = setups
  // One line for all of them, or one for each section.
  const isCommon = setups.length === 1
  const tables = shown.map((each) => formatSection(each.section, each.rows, isCommon ? [] : each.setups))
  return [...(isCommon ? [`Measured ${setup}.`] : []), ...tables].join('\n\n')
}

/** Formats the table of docs/scaling.md. */
export function writeScalingTable(): string {
  return formatScaling(readResults())
}

/** Formats the figures of a receiver on one process and on two. */
export function formatScaling({ scaling }: Results): string {
  if (scaling === undefined) return 'Nothing is measured yet: `npm run bench scaling`'
  const [rate, cost, oneProcess, twoProcesses] = scaling.rows
  const figure = (row: MeasuredRow | undefined): string =>
    row === undefined ? '' : `${row.hookurl}: ${formatFigure(row)}`
  const lines = [
    ['processor time per request, all processes together', cost?.other, figure(cost)],
    ['requests per second, with the load generator', rate?.other, figure(rate)].map(stripRate),
    ['latency at full speed, 64 connections', oneProcess?.other, twoProcesses?.other],
    ['latency at half of the rate', oneProcess?.hookurl, twoProcesses?.hookurl],
  ]
  return [
    `Measured ${describeSetup(scaling)}:`,
    '',
    '| | 1 process | 2 processes |',
    '| --- | --- | --- |',
    ...lines.map(formatLine),
  ].join('\n')
}

// The label of the line has the unit.
function stripRate(cell: string | undefined): string | undefined {
  return cell?.replace(' requests per second', '')
}

function formatSection(
  { title, text, names }: Section,
  rows: readonly MeasuredRow[],
  setups: readonly string[],
): string {
  return [
    `### ${title}`,
    '',
    [text, ...setups.map((setup) => `Measured ${setup}.`), `To repeat: \`npm run bench ${names.join(' ')}\``].join(' '),
    '',
    '| task | hookurl | compared to | other | ratio |',
    '| --- | --- | --- | --- | --- |',
    ...rows.map((row) => formatLine(toCells(row))),
    ...formatNotes(rows),
  ].join('\n')
}

function describeSetups(results: readonly Result[]): readonly string[] {
  return [...new Set(results.map(describeSetup))]
}

function describeSetup({ date, quick, machine: { processor, cores, node }, rows }: Result): string {
  const runs = rows[0]?.values.length ?? 1
  const count = runs === 1 ? 'one run' : `the median of ${runs} runs`
  const machine = `${processor} with ${cores} ${cores === 1 ? 'core' : 'cores'}, Node ${node}`
  return `on ${date} on ${machine}: ${count}${quick ? ' with few rounds' : ''}`
}

// A figure that is not a ratio stands in hookurl's column.
function toCells(row: MeasuredRow): readonly string[] {
  const figure = formatFigure(row)
  const isRatio = row.unit === '×'
  return [row.task, row.hookurl ?? (isRatio ? '' : figure), row.comparedTo, row.other ?? '', isRatio ? figure : '']
}

function formatLine(cells: readonly (string | undefined)[]): string {
  return `| ${cells.map((cell) => (cell ?? '').replaceAll('|', '\\|')).join(' | ')} |`
}

// One line per note, even where several rows share it.
function formatNotes(rows: readonly MeasuredRow[]): readonly string[] {
  const notes = new Map<string, Set<string>>()
  for (const { comparedTo, note } of rows) {
    if (note !== undefined) notes.set(note, (notes.get(note) ?? new Set()).add(comparedTo))
  }
  return notes.size === 0 ? [] : ['', ...[...notes].map(([note, names]) => `- ${[...names].join('; ')}: ${note}`)]
}
