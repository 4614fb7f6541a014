import { invalidOption } from '@hookurl/core/internal'
import Papa from 'papaparse'
import { isColumn } from './columns.ts'
import { longestRow, type Refusal, type Row, type Table, toLines } from './table.ts'

interface Dialect {
  readonly delimiter: string
  readonly newline: '\n' | '\r\n' | '\r'
}

/**
 * Reads CSV (RFC 4180) with a header row, and writes it again with the delimiter and the line breaks that it has.
 *
 * @throws {HookurlError} `invalid_option` for a header that does not do
 */
export async function readCsv(text: AsyncIterator<string>, { json }: { json: boolean }): Promise<Table> {
  const { header, rest, dialect } = await readHeader(text)
  const known = header.flatMap((name, index) => (isColumn(name) ? [{ name, index }] : []))
  for (const { name, index } of known) {
    if (header.indexOf(name) !== index) throw invalidOption(`there are two columns ${name}`, 'Remove one of them.')
  }
  const write = (rows: readonly (readonly unknown[])[]): string =>
    rows.length === 0 ? '' : Papa.unparse(rows as unknown[][], dialect) + dialect.newline
  const rows = readRows({ text, rest, dialect }, (cells) => toFields(cells, { header, known }))
  const strangers = (): string[] => header.filter((_name, index) => known.every((column) => column.index !== index))
  if (json) {
    return {
      rows,
      strangers,
      heading: '',
      refusalHeading: '',
      render: (minted) =>
        toLines(
          minted.map(([{ original }, url]) => toObject(header, original, url)),
          '\n',
        ),
      renderRefusals: (refusals) =>
        toLines(
          refusals.map((each) => JSON.stringify(each)),
          '\n',
        ),
    }
  }
  return {
    rows,
    strangers,
    heading: write([[...header, 'url']]),
    refusalHeading: write([['line', 'code', 'message']]),
    render: (minted) => write(minted.map(([{ original }, url]) => [...(original as string[]), url])),
    renderRefusals: (refusals) => write(refusals.map(({ line, code, message }: Refusal) => [line, code, message])),
  }
}

interface Head {
  readonly header: readonly string[]
  readonly dialect: Dialect
  readonly rest: string
}

async function readHeader(text: AsyncIterator<string>): Promise<Head> {
  let head = ''
  let newline: RegExpExecArray | null = null
  while (newline === null) {
    const { value, done } = await text.next()
    if (done === true) break
    head += value
    if (head.length > longestRow) throw invalidOption('--from: the header row has no end', 'Begin with a header row.')
    // Of a line break that is cut in two, the second half is waited for.
    newline = /\r\n|\n|\r(?!$)/.exec(head)
  }
  const line = newline === null ? head.replace(/\r$/, '') : head.slice(0, newline.index)
  const { data, meta, errors } = Papa.parse<string[]>(line, { delimitersToGuess: [',', ';', '\t'] })
  if (errors.some(({ type }) => type === 'Quotes')) {
    throw invalidOption('--from: the header row cannot be read', 'Write the names of columns, such as command,userId.')
  }
  return {
    header: (data[0] ?? []).map((name) => name.trim()),
    dialect: { delimiter: meta.delimiter || ',', newline: (newline?.[0] ?? '\n') as Dialect['newline'] },
    rest: newline === null ? '' : head.slice(newline.index + newline[0].length),
  }
}

interface Body {
  readonly text: AsyncIterator<string>
  readonly rest: string
  readonly dialect: Dialect
}

type ReadCells = (cells: readonly string[]) => Pick<Row, 'fields' | 'problem'>

async function* readRows({ text, rest, dialect }: Body, read: ReadCells): AsyncGenerator<readonly Row[]> {
  let line = 2
  const parse = (block: string): Row[] => {
    const { data, errors } = Papa.parse<string[]>(block, dialect)
    const broken = new Set(errors.filter(({ type }) => type === 'Quotes').map(({ row }) => row))
    const hasQuotes = block.includes('"')
    const rows: Row[] = []
    for (const [index, cells] of data.entries()) {
      const end = line + (hasQuotes ? countLineBreaks(cells, dialect) : 0)
      const isEmpty = cells.length === 1 && cells[0] === ''
      if (broken.has(index)) rows.push({ line, original: cells, fields: {}, problem: tellQuotes(line, end) })
      else if (!isEmpty) rows.push({ line, original: cells, ...read(cells) })
      line = end + 1
    }
    // Behind the last line break Papa Parse sees one more row, an empty one.
    if (block.endsWith(dialect.newline)) line--
    return rows
  }
  let carry = rest
  for (let next = await text.next(); ; next = await text.next()) {
    if (next.done !== true) carry += next.value
    const end = next.done === true ? carry.length : findEnd(carry, dialect)
    if (end > 0) yield parse(carry.slice(0, end))
    carry = carry.slice(end)
    if (next.done === true) return
    if (carry.length > longestRow) {
      throw invalidOption(`line ${line}: the row has no end`, 'Close its quotation marks; a row has at most 1 MiB.')
    }
  }
}

// An open quotation mark takes the rows after it along: it must be seen how far.
function tellQuotes(line: number, end: number): string {
  return `its quotation marks do not match${end > line ? ` (it goes on to line ${end})` : ''}`
}

/** Where the last whole row ends: behind the last line break that is not between quotation marks. */
function findEnd(text: string, { newline }: Dialect): number {
  if (!text.includes('"')) return text.lastIndexOf(newline) < 0 ? 0 : text.lastIndexOf(newline) + newline.length
  const last = newline.charCodeAt(newline.length - 1)
  let isQuoted = false
  let end = 0
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === 0x22) isQuoted = !isQuoted
    else if (code === last && !isQuoted) end = index + 1
  }
  return end
}

function countLineBreaks(cells: readonly string[], { newline }: Dialect): number {
  return cells.reduce((sum, cell) => sum + cell.split(newline).length - 1, 0)
}

interface Columns {
  readonly header: readonly string[]
  readonly known: readonly { readonly name: string; readonly index: number }[]
}

function toFields(cells: readonly string[], { header, known }: Columns): Pick<Row, 'fields' | 'problem'> {
  if (cells.length !== header.length) {
    return { fields: {}, problem: `it has ${cells.length} cells where the header has ${header.length}` }
  }
  const fields: Record<string, unknown> = {}
  for (const { name, index } of known) fields[name] = cells[index]
  return { fields }
}

function toObject(header: readonly string[], original: unknown, url: string): string {
  const cells = original as readonly string[]
  return JSON.stringify(Object.fromEntries([...header.map((name, index) => [name, cells[index]]), ['url', url]]))
}
