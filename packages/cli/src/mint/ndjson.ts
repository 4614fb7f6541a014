import { isHookurlError } from '@hookurl/core'
import { escapeControlChars, invalidOption } from '@hookurl/core/internal'
import { isColumn } from './columns.ts'
import { longestRow, type Row, type Table, toLines } from './table.ts'

const mostNames = 100

/** Reads one JSON object a line, and writes each again byte for byte, with its URL. */
export function readNdjson(text: AsyncIterator<string>): Table {
  // The same names come again in every row.
  const judged = new Map<string, boolean>()
  return {
    rows: readRows(text, createReader(judged)),
    strangers: () => [...judged].flatMap(([name, known]) => (known ? [] : [name])),
    heading: '',
    refusalHeading: '',
    render: (minted) =>
      toLines(
        minted.map(([{ original }, url]) => addUrl(original as string, url)),
        '\n',
      ),
    renderRefusals: (refusals) =>
      toLines(
        refusals.map((each) => JSON.stringify(each)),
        '\n',
      ),
  }
}

type Reading = Pick<Row, 'fields' | 'problem'>

async function* readRows(text: AsyncIterator<string>, read: (line: string) => Reading): AsyncGenerator<readonly Row[]> {
  let line = 0
  let carry = ''
  for (let next = await text.next(); ; next = await text.next()) {
    if (next.done !== true) carry += next.value
    const lines = carry.split('\n')
    carry = next.done === true ? '' : (lines.pop() as string)
    const rows: Row[] = []
    for (const each of lines) {
      line++
      const original = each.trim()
      if (original !== '') rows.push({ line, original, ...read(original) })
    }
    yield rows
    if (next.done === true) return
    if (carry.length > longestRow) {
      throw invalidOption(`line ${line + 1}: the row has no end`, 'Write one JSON object a line, of at most 1 MiB.')
    }
  }
}

function createReader(judged: Map<string, boolean>): (line: string) => Reading {
  const isKnown = (name: string): boolean => {
    let known = judged.get(name)
    if (known === undefined) {
      known = isColumn(name)
      if (judged.size < mostNames) judged.set(name, known)
    }
    return known
  }
  return (line) => {
    const value = parse(line)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return { fields: {}, problem: 'it is not a JSON object' }
    }
    try {
      return { fields: Object.fromEntries(Object.entries(value).filter(([name]) => isKnown(name))) }
    } catch (error) {
      if (!isHookurlError(error)) throw error
      return { fields: {}, problem: escapeControlChars(`${error.message}: ${error.fix}`) }
    }
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

// The text is kept as it is: numbers that JavaScript would round stay what they are.
function addUrl(original: string, url: string): string {
  const body = original.slice(0, -1).trimEnd()
  return `${body}${body === '{' ? '' : ','}"url":${JSON.stringify(url)}}`
}
