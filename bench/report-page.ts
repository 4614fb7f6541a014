import { type Machine, type Result, readResults } from './results.ts'
import type { Row } from './row.ts'
import { isReached, writeFigure, writeOutcome, writeReach } from './row-text.ts'
import { whyShort } from './shortfalls.ts'

/** The table of every benchmark, with its date and machine. */
export function writeBenchTables(): string {
  return Object.entries(readResults()).map(writeSection).join('\n\n')
}

/** What does not reach its target, each with the reason. */
export function writeShortfalls(): string {
  const rows = Object.values(readResults()).flatMap((result) => result.rows)
  const short = rows.filter((row) => isReached(row) === false)
  if (short.length === 0) return 'Nothing: every target was reached.'
  return short.map(writeShortfall).join('\n')
}

function writeSection([name, { date, quick, machine, rows }]: [string, Result]): string {
  const rounds = quick ? ', with few rounds' : ''
  return [
    `### ${name}`,
    '',
    `${date}, ${writeMachine(machine)}${rounds}. Again: \`npm run bench ${name}\``,
    '',
    '| work | ours | against | theirs | figure | reach | |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...rows.map((row) => `| ${toCells(row).join(' | ')} |`),
    ...writeNotes(rows),
  ].join('\n')
}

function writeMachine({ processor, cores, node }: Machine): string {
  return `${processor}, ${cores} ${cores === 1 ? 'core' : 'cores'}, Node ${node}`
}

function toCells(row: Row): readonly string[] {
  const outcome = writeOutcome(row)
  const cells = [row.work, row.ours ?? '', row.against, row.theirs ?? '', writeFigure(row), writeReach(row)]
  return [...cells, outcome === 'short' ? '**short**' : outcome].map((cell) => cell.replaceAll('|', '\\|'))
}

// One line for each peer, however many rows it is in.
function writeNotes(rows: readonly Row[]): readonly string[] {
  const notes = new Map(rows.flatMap(({ against, note }) => (note === undefined ? [] : [[note, against]])))
  return notes.size === 0 ? [] : ['', ...[...notes].map(([note, against]) => `- ${against}: ${note}`)]
}

function writeShortfall(row: Row): string {
  const why = whyShort(row)
  const head = `- **${row.work}**, against ${row.against}: ${writeFigure(row)}, to reach ${writeReach(row)}.`
  return why === undefined ? head : `${head} ${why}`
}
