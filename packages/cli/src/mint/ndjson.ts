import { isHookurlError } from '@hookurl/core'
import { escapeControlChars, invalidOption } from '@hookurl/core/internal'
import { assertExactMembers } from '../io/exact-json.ts'
import { isMintColumn } from './columns.ts'
import type { Cells } from './csv.ts'
import { MAX_ROW_LENGTH, type Rejection, type Row, type RowReader, type RowWriter } from './rows.ts'

const MAX_CACHED_NAMES = 100

/** Reads NDJSON: one JSON object per line. */
export function createNdjsonReader(text: AsyncIterator<string>): RowReader<string> {
  // Most rows have the same columns.
  const cache = new Map<string, boolean>()
  return {
    rows: readRows(text, createParser(cache)),
    getUnknownColumns: () => [...cache].flatMap(([name, isKnown]) => (isKnown ? [] : [name])),
  }
}

/** Writes each row of NDJSON unchanged, with its URL added. */
export function createNdjsonWriter(): RowWriter<string> {
  return {
    heading: '',
    rejectionHeading: '',
    formatRows: (rows) => joinLines(rows.map(({ row, url }) => appendUrl(row.source, url))),
    formatRejections,
  }
}

/** Writes rows of CSV as NDJSON. */
export function createCsvToNdjsonWriter(header: Cells): RowWriter<Cells> {
  return {
    heading: '',
    rejectionHeading: '',
    formatRows: (rows) =>
      joinLines(
        rows.map(({ row, url }) => {
          const entries = header.map((name, index) => [name, row.source[index]])
          return JSON.stringify(Object.fromEntries([...entries, ['url', url]]))
        }),
      ),
    formatRejections,
  }
}

type Fields = Pick<Row<string>, 'fields' | 'problem'>

async function* readRows(
  text: AsyncIterator<string>,
  parse: (line: string) => Fields,
): AsyncGenerator<readonly Row<string>[]> {
  let line = 0
  let buffer = ''
  for (let next = await text.next(); ; next = await text.next()) {
    if (next.done !== true) buffer += next.value
    const lines = buffer.split('\n')
    buffer = next.done === true ? '' : (lines.pop() as string)
    const rows: Row<string>[] = []
    for (const each of lines) {
      line++
      const source = each.trim()
      if (source !== '') rows.push({ line, source, ...parse(source) })
    }
    yield rows
    if (next.done === true) return
    if (buffer.length > MAX_ROW_LENGTH) {
      throw invalidOption(`line ${line + 1}: the row is longer than 1 MiB`, 'Write one JSON object per line.')
    }
  }
}

function createParser(cache: Map<string, boolean>): (line: string) => Fields {
  const isKnown = (name: string): boolean => {
    let known = cache.get(name)
    if (known === undefined) {
      known = isMintColumn(name)
      if (cache.size < MAX_CACHED_NAMES) cache.set(name, known)
    }
    return known
  }
  return (line) => {
    const value = parseJson(line)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return { fields: {}, problem: 'it is not a JSON object' }
    }
    try {
      const fields = Object.entries(value).filter(([name]) => isKnown(name))
      assertExactMembers(
        line,
        fields.map(([name]) => name),
      )
      return { fields: Object.fromEntries(fields) }
    } catch (error) {
      if (!isHookurlError(error)) throw error
      return { fields: {}, problem: escapeControlChars(`${error.message}: ${error.fix}`) }
    }
  }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

// The line is not serialized again, because that would round numbers that JavaScript cannot represent.
function appendUrl(line: string, url: string): string {
  const members = line.slice(0, -1).trimEnd()
  return `${members}${members === '{' ? '' : ','}"url":${JSON.stringify(url)}}`
}

function formatRejections(rejections: readonly Rejection[]): string {
  return joinLines(rejections.map(({ line, code, message }) => JSON.stringify({ line, code, message })))
}

function joinLines(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}
