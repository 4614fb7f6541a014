import { isHookurlError } from '@hookurl/core'
import { escapeControlChars, invalidOption } from '@hookurl/core/internal'
import { assertExactMembers } from '../io/exact-json.ts'
import { isMintColumn } from './columns.ts'
import type { Cells } from './csv.ts'
import { describeRejection, MAX_ROW_LENGTH, type Rejection, type Row, type RowReader, type RowWriter } from './rows.ts'

const MAX_CACHED_NAMES = 100

/** Reads NDJSON: one JSON object per line. */
export function createNdjsonReader(text: AsyncIterator<string>): RowReader<string> {
  // Most rows have the same columns.
  const cache = new Map<string, boolean>()
  return {
    rows: readRows(text, createParser(cache)),
    getKnownColumns: () => [...cache].flatMap(([name, isKnown]) => (isKnown ? [name] : [])),
    getUnknownColumns: () => [...cache].flatMap(([name, isKnown]) => (isKnown ? [] : [name])),
  }
}

/** Writes each row of NDJSON unchanged, with its URL added. */
export function createNdjsonWriter(): RowWriter<string> {
  return {
    heading: '',
    rejectionHeading: '',
    formatRows: (rows) => joinLines(rows.map(({ row, url }) => appendUrl(row.source, url))),
    formatRejections: (rejections) => joinLines(rejections.map(formatRejection)),
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
    formatRejections: (rejections) =>
      joinLines(
        rejections.map((rejection) => {
          const entries = header.map((name, index) => [name, rejection.row.source[index]])
          const { error, fix } = toProblem(rejection)
          return JSON.stringify(Object.fromEntries([...entries, ['error', error], ['fix', fix]]))
        }),
      ),
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
      const source = removeProblem(each.trim())
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
      if (known || cache.size < MAX_CACHED_NAMES) cache.set(name, known)
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

function toProblem(rejection: Rejection): { readonly error: string; readonly fix: string } {
  return { error: describeRejection(rejection), fix: rejection.fix }
}

// A line that is not an object is kept as a string.
function formatRejection(rejection: Rejection<string>): string {
  const { source } = rejection.row
  const problem = JSON.stringify(toProblem(rejection)).slice(1)
  const value = parseJson(source)
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  const members = isObject ? source.slice(0, -1).trimEnd() : `{"row":${JSON.stringify(source)}`
  return `${members}${members === '{' ? '' : ','}${problem}`
}

const problemMembers = /^,?"error":"(?:[^"\\]|\\.)*","fix":"(?:[^"\\]|\\.)*"\}$/

/** Removes what `formatRejection` has added, so that a fixed file of rejected rows can be minted from. */
function removeProblem(line: string): string {
  const start = line.lastIndexOf('"error":"')
  if (start < 0) return line
  const from = line[start - 1] === ',' ? start - 1 : start
  return problemMembers.test(line.slice(from)) ? `${line.slice(0, from)}}` : line
}

function joinLines(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}
