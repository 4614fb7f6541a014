import { formatFigure, formatTarget, getOutcome, isTargetMet } from './format-row.ts'
import { explainMissedTarget } from './missed-targets.ts'
import { type Machine, type Result, readResults } from './results.ts'
import type { Row } from './row.ts'

/** Formats the table of every benchmark, with its date and machine. */
export function writeBenchTables(): string {
  return Object.entries(readResults()).map(formatSection).join('\n\n')
}

/** Lists the missed targets, each with its reason. */
export function writeMissedTargets(): string {
  const rows = Object.values(readResults()).flatMap((result) => result.rows)
  const missed = rows.filter((row) => isTargetMet(row) === false)
  if (missed.length === 0) return 'None: every target was met.'
  return missed.map(formatMissedTarget).join('\n')
}

function formatSection([name, { date, quick, machine, rows }]: [string, Result]): string {
  const rounds = quick ? ', with few rounds' : ''
  return [
    `### ${name}`,
    '',
    `${date}, ${formatMachine(machine)}${rounds}. To repeat: \`npm run bench ${name}\``,
    '',
    '| task | hookurl | compared to | other | figure | target | |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...rows.map((row) => `| ${toCells(row).join(' | ')} |`),
    ...formatNotes(rows),
  ].join('\n')
}

function formatMachine({ processor, cores, node }: Machine): string {
  return `${processor}, ${cores} ${cores === 1 ? 'core' : 'cores'}, Node ${node}`
}

function toCells(row: Row): readonly string[] {
  const outcome = getOutcome(row)
  const cells = [row.task, row.hookurl ?? '', row.comparedTo, row.other ?? '', formatFigure(row), formatTarget(row)]
  return [...cells, outcome === 'missed' ? '**missed**' : outcome].map((cell) => cell.replaceAll('|', '\\|'))
}

// One line per note, even where several rows share it.
function formatNotes(rows: readonly Row[]): readonly string[] {
  const notes = new Map(rows.flatMap(({ comparedTo, note }) => (note === undefined ? [] : [[note, comparedTo]])))
  return notes.size === 0 ? [] : ['', ...[...notes].map(([note, comparedTo]) => `- ${comparedTo}: ${note}`)]
}

function formatMissedTarget(row: Row): string {
  const reason = explainMissedTarget(row)
  const head = `- **${row.task}**, compared to ${row.comparedTo}: ${formatFigure(row)}, target ${formatTarget(row)}.`
  return reason === undefined ? head : `${head} ${reason}`
}
