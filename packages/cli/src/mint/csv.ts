import { invalidOption } from '@hookurl/core/internal'
import Papa from 'papaparse'
import { isMintColumn } from './columns.ts'
import { MAX_ROW_LENGTH, type Row, type RowReader, type RowWriter } from './rows.ts'

export type Cells = readonly string[]

interface Dialect {
  readonly delimiter: ',' | ';' | '\t'
  readonly newline: '\n' | '\r\n' | '\r'
}

/** Reads CSV (RFC 4180) with a header row. */
export interface CsvReader extends RowReader<Cells> {
  readonly header: Cells
  /** The delimiter and line breaks of the input. */
  readonly dialect: Dialect
}

/**
 * Reads the header row and returns a reader for the rows below it.
 *
 * @throws {HookurlError} `invalid_option` if the header is not valid
 */
export async function createCsvReader(text: AsyncIterator<string>): Promise<CsvReader> {
  const start = await readHeader(text)
  const { header, dialect } = start
  const columns = findMintColumns(header)
  return {
    header,
    dialect,
    rows: readRows(text, start, (cells) => readFields(cells, header, columns)),
    getUnknownColumns: () => header.filter((_name, index) => columns.every((column) => column.index !== index)),
  }
}

/** Writes CSV with the columns and the dialect of the input, and a column `url`. */
export function createCsvWriter({ header, dialect }: Pick<CsvReader, 'header' | 'dialect'>): RowWriter<Cells> {
  const { delimiter, newline } = dialect
  const formatCells = createCellFormatter(dialect)
  return {
    heading: formatCells([...header, 'url']) + newline,
    rejectionHeading: formatCells(['line', 'code', 'message']) + newline,
    formatRows: (rows) => {
      let text = ''
      for (const { row, url } of rows) {
        // Of the characters that need quotation marks, a URL can contain only the delimiter.
        text += formatCells(row.source) + delimiter + (url.includes(delimiter) ? `"${url}"` : url) + newline
      }
      return text
    },
    formatRejections: (rejections) =>
      rejections.map(({ line, code, message }) => formatCells([String(line), code, message]) + newline).join(''),
  }
}

/** Returns a function that joins cells, with quotation marks where they are needed (RFC 4180, section 2). */
function createCellFormatter({ delimiter }: Dialect): (cells: Cells) => string {
  // Some readers trim spaces, and remove a byte order mark.
  const special = new RegExp(`["\\r\\n\\ufeff${delimiter}]|^ | $`)
  const quote = (cell: string): string => (special.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)
  return (cells) => {
    let text = ''
    for (let index = 0; index < cells.length; index++) {
      if (index > 0) text += delimiter
      text += quote(cells[index] as string)
    }
    return text
  }
}

interface CsvStart {
  readonly header: Cells
  readonly dialect: Dialect
  /** What was read after the header row. */
  readonly rest: string
}

async function readHeader(text: AsyncIterator<string>): Promise<CsvStart> {
  let buffer = ''
  let newline: RegExpExecArray | null = null
  while (newline === null) {
    const { value, done } = await text.next()
    if (done === true) break
    buffer += value
    if (buffer.length > MAX_ROW_LENGTH) {
      throw invalidOption('--from: the header row is longer than 1 MiB', 'Begin the file with a header row.')
    }
    // A \r at the end may be the first half of \r\n.
    newline = /\r\n|\n|\r(?!$)/.exec(buffer)
  }
  const line = newline === null ? buffer.replace(/\r$/, '') : buffer.slice(0, newline.index)
  const { data, meta, errors } = Papa.parse<string[]>(line, { delimitersToGuess: [',', ';', '\t'] })
  if (errors.some(({ type }) => type === 'Quotes')) {
    throw invalidOption('--from: the header row cannot be read', 'Write column names, such as command,userId.')
  }
  return {
    header: (data[0] ?? []).map((name) => name.trim()),
    dialect: {
      delimiter: (meta.delimiter || ',') as Dialect['delimiter'],
      newline: (newline?.[0] ?? '\n') as Dialect['newline'],
    },
    rest: newline === null ? '' : buffer.slice(newline.index + newline[0].length),
  }
}

interface MintColumn {
  readonly name: string
  readonly index: number
}

function findMintColumns(header: Cells): MintColumn[] {
  const columns = header.flatMap((name, index) => (isMintColumn(name) ? [{ name, index }] : []))
  for (const { name, index } of columns) {
    if (header.indexOf(name) !== index)
      throw invalidOption(`there are two columns named ${name}`, 'Remove one of them.')
  }
  return columns
}

type Fields = Pick<Row<Cells>, 'fields' | 'problem'>

async function* readRows(
  text: AsyncIterator<string>,
  { dialect, rest }: CsvStart,
  toFields: (cells: Cells) => Fields,
): AsyncGenerator<readonly Row<Cells>[]> {
  let line = 2
  const parse = (block: string): Row<Cells>[] => {
    const { data, errors } = Papa.parse<string[]>(block, dialect)
    const malformed = new Set(errors.filter(({ type }) => type === 'Quotes').map(({ row }) => row))
    const hasQuotes = block.includes('"')
    const rows: Row<Cells>[] = []
    for (const [index, cells] of data.entries()) {
      const lastLine = line + (hasQuotes ? countLineBreaks(cells, dialect) : 0)
      const isEmpty = cells.length === 1 && cells[0] === ''
      if (malformed.has(index)) rows.push({ line, source: cells, fields: {}, problem: quotesProblem(line, lastLine) })
      else if (!isEmpty) rows.push({ line, source: cells, ...toFields(cells) })
      line = lastLine + 1
    }
    // Papa Parse returns one more row, an empty one, after the last line break.
    if (block.endsWith(dialect.newline)) line--
    return rows
  }
  let buffer = rest
  for (let next = await text.next(); ; next = await text.next()) {
    if (next.done !== true) buffer += next.value
    const end = next.done === true ? buffer.length : findEndOfRows(buffer, dialect)
    if (end > 0) yield parse(buffer.slice(0, end))
    buffer = buffer.slice(end)
    if (next.done === true) return
    if (buffer.length > MAX_ROW_LENGTH) {
      throw invalidOption(`line ${line}: the row is longer than 1 MiB`, 'Close its quotation marks, or shorten it.')
    }
  }
}

// An unclosed quotation mark pulls in the rows after it, so the message says where the row ends.
function quotesProblem(firstLine: number, lastLine: number): string {
  return `its quotation marks do not match${lastLine > firstLine ? ` (the row ends on line ${lastLine})` : ''}`
}

/** Returns the end of the last complete row: after the last line break outside quotation marks. */
function findEndOfRows(text: string, { newline }: Dialect): number {
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

function countLineBreaks(cells: Cells, { newline }: Dialect): number {
  return cells.reduce((sum, cell) => sum + cell.split(newline).length - 1, 0)
}

function readFields(cells: Cells, header: Cells, columns: readonly MintColumn[]): Fields {
  if (cells.length !== header.length) {
    return { fields: {}, problem: `it has ${cells.length} cells, but the header has ${header.length}` }
  }
  const fields: Record<string, unknown> = {}
  for (const { name, index } of columns) fields[name] = cells[index]
  return { fields }
}
