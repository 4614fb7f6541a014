import { readFileSync } from 'node:fs'

const page = readFileSync(new URL('../../../docs/languages.md', import.meta.url), 'utf8')

/** Reads a column of the table in docs/languages.md: the result for each kind of token. */
export function readColumn(heading: string): Record<string, string> {
  const lines = page.split('\n')
  const start = lines.findIndex((line) => line.startsWith('| a token with | '))
  const end = lines.findIndex((line, at) => at > start && !line.startsWith('| '))
  const [headings = [], , ...rows] = lines.slice(start, end).map((line) => line.slice(2, -2).split(' | '))
  const column = headings.indexOf(heading)
  if (column < 0) throw new Error(`docs/languages.md has no column “${heading}”`)
  return Object.fromEntries(rows.map((cells) => [cells[0], cells[column]]))
}
