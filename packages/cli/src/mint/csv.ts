import { invalidOption } from '@hookurl/core/internal'
import Papa from 'papaparse'
import { isMintColumn, isMintColumnName } from './columns.ts'
import {
  describeRejection,
  MAX_ROW_LENGTH,
  type Row,
  type RowReader,
  type RowWriter,
  rejectionColumns,
  trimCell,
} from './rows.ts'

export type Cells = readonly string[]

interface Dialect {
  readonly delimiter: string
  readonly newline: '\n' | '\r\n' | '\r'
}

/** Reads CSV (RFC 4180) with a header row. */
export interface CsvReader extends RowReader<Cells> {
  readonly header: Cells
  /** The delimiter and line breaks of the input. */
  readonly dialect: Dialect
  /** The line `sep=;` that Excel reads, if the input begins with one. */
  readonly separatorLine: string
}

/**
 * Reads the header row and returns a reader for the rows below it.
 *
 * @throws {HookurlError} `invalid_option` if the header is not valid
 */
export async function createCsvReader(text: AsyncIterator<string>): Promise<CsvReader> {
  const start = await readHeader(text)
  const { allNames, dialect, separatorLine } = start
  const header = removeRejectionColumns(allNames)
  const columns = findMintColumns(header)
  assertSeparated(header)
  return {
    header,
    dialect,
    separatorLine,
    hasColumns: columns.length > 0,
    rows: readRows(text, start, (cells) => readFields(cells, { header, allNames, columns })),
    getKnownColumns: () => columns.map(({ name }) => name),
    getUnknownColumns: () => header.filter((_name, index) => columns.every((column) => column.index !== index)),
  }
}

/** Writes CSV with the columns and the dialect of the input, and a column `url`. */
export function createCsvWriter({
  header,
  dialect,
  separatorLine,
}: Pick<CsvReader, 'header' | 'dialect' | 'separatorLine'>): RowWriter<Cells> {
  const { delimiter, newline } = dialect
  const formatCells = createCellFormatter(dialect)
  return {
    heading: separatorLine + formatCells([...header, 'url']) + newline,
    rejectionHeading: separatorLine + formatCells([...header, ...rejectionColumns]) + newline,
    formatRows: (rows) => {
      let text = ''
      for (const { row, url } of rows) {
        // Of the characters that need quotation marks, a URL can contain only the delimiter.
        text += formatCells(row.source) + delimiter + (url.includes(delimiter) ? `"${url}"` : url) + newline
      }
      return text
    },
    formatRejections: (rejections) =>
      rejections
        .map((rejection) => {
          const { row, fix } = rejection
          const missing = Array.from({ length: Math.max(0, header.length - row.source.length) }, () => '')
          return formatCells([...row.source, ...missing, describeRejection(rejection), fix]) + newline
        })
        .join(''),
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
  /** The names of all columns, including those of rejected rows. */
  readonly allNames: Cells
  readonly dialect: Dialect
  readonly separatorLine: string
  /** The line on which the first row begins. */
  readonly firstLine: number
  /** What was read after the header row. */
  readonly rest: string
}

// Excel writes and reads this line.
const separatorLine = /^"?sep=([,;\t|])"?$/i

async function readHeader(text: AsyncIterator<string>): Promise<CsvStart> {
  const first = await readFirstLine(text, '')
  const [, separator] = separatorLine.exec(first.line) ?? []
  const second = separator === undefined ? first : await readFirstLine(text, first.rest)
  const { line, newline, rest } = second
  const options = separator === undefined ? { delimitersToGuess: [',', ';', '\t'] } : { delimiter: separator }
  const { data, meta, errors } = Papa.parse<string[]>(line, options)
  if (errors.some(({ type }) => type === 'Quotes')) {
    throw invalidOption('--from: the header row cannot be read', 'Write column names, such as command,userId.')
  }
  return {
    allNames: (data[0] ?? []).map(trimCell),
    dialect: { delimiter: separator ?? (meta.delimiter || ','), newline },
    separatorLine: separator === undefined ? '' : first.line + newline,
    firstLine: separator === undefined ? 2 : 3,
    rest,
  }
}

interface FirstLine {
  readonly line: string
  readonly newline: Dialect['newline']
  readonly rest: string
}

async function readFirstLine(text: AsyncIterator<string>, start: string): Promise<FirstLine> {
  let buffer = start
  // A \r at the end may be the first half of \r\n.
  let newline = /\r\n|\n|\r(?!$)/.exec(buffer)
  while (newline === null) {
    const { value, done } = await text.next()
    if (done === true) break
    buffer += value
    if (buffer.length > MAX_ROW_LENGTH) {
      throw invalidOption('--from: the header row is longer than 1 MiB', 'Begin the file with a header row.')
    }
    newline = /\r\n|\n|\r(?!$)/.exec(buffer)
  }
  return {
    line: newline === null ? buffer.replace(/\r$/, '') : buffer.slice(0, newline.index),
    newline: (newline?.[0] ?? '\n') as Dialect['newline'],
    rest: newline === null ? '' : buffer.slice(newline.index + newline[0].length),
  }
}

// A file of rejected rows can be fixed and minted from: its last two columns are not part of the rows.
function removeRejectionColumns(names: Cells): Cells {
  const isRejected = rejectionColumns.every(
    (name, index) => names[names.length - rejectionColumns.length + index] === name,
  )
  return isRejected ? names.slice(0, -rejectionColumns.length) : names
}

/** Rejects a header whose columns have another separator, so that they were read as one. */
function assertSeparated(header: Cells): void {
  for (const name of header) {
    const parts = name.split(/[|^~:;,\t]/).map(trimCell)
    const known = parts.length > 1 ? parts.find((part) => isMintColumnName(part)) : undefined
    if (known === undefined) continue
    throw invalidOption(
      `the column ${JSON.stringify(name)} contains the name ${known}`,
      'Separate columns with a comma, semicolon or tab, or begin the file with a line such as sep=|.',
    )
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

type Fields = Pick<Row<Cells>, 'source' | 'fields' | 'problem'>

async function* readRows(
  text: AsyncIterator<string>,
  { dialect, rest, firstLine }: CsvStart,
  toFields: (cells: Cells) => Fields,
): AsyncGenerator<readonly Row<Cells>[]> {
  let line = firstLine
  const parse = (block: string): Row<Cells>[] => {
    const { data, errors } = Papa.parse<string[]>(block, dialect)
    const malformed = new Set(errors.filter(({ type }) => type === 'Quotes').map(({ row }) => row))
    const hasQuotes = block.includes('"')
    const rows: Row<Cells>[] = []
    for (const [index, cells] of data.entries()) {
      const lastLine = line + (hasQuotes ? countLineBreaks(cells, dialect) : 0)
      const isEmpty = cells.every((cell) => trimCell(cell) === '')
      if (malformed.has(index)) rows.push({ line, source: cells, fields: {}, problem: quotesProblem(line, lastLine) })
      else if (!isEmpty) rows.push({ line, ...toFields(cells) })
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

interface Columns {
  readonly header: Cells
  readonly allNames: Cells
  readonly columns: readonly MintColumn[]
}

// Spaces at the ends of content can be intended, unlike the \r of a line that ends differently from the others.
const untrimmed: ReadonlySet<string> = new Set(['content', 'jsonContent'])

function readFields(cells: Cells, { header, allNames, columns }: Columns): Fields {
  if (cells.length !== allNames.length) {
    return { source: cells, fields: {}, problem: `it has ${cells.length} cells, but the header has ${allNames.length}` }
  }
  const fields: Record<string, unknown> = {}
  for (const { name, index } of columns) {
    const cell = cells[index] as string
    fields[name] = untrimmed.has(name) ? cell.replace(/\r$/, '') : trimCell(cell)
  }
  return { source: header.length === cells.length ? cells : cells.slice(0, header.length), fields }
}
