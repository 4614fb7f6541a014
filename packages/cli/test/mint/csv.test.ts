import { readdirSync } from 'node:fs'
import { createVerifier } from '@hookurl/verify'
import fc from 'fast-check'
import Papa from 'papaparse'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Cells, type CsvReader, createCsvWriter } from '../../src/mint/csv.ts'
import { findUrls, type MintFolder, makeMintFolder, urlPattern } from '../support/mint-from.ts'
import { testKeys } from '../support/run.ts'

const verifier = createVerifier({ keys: testKeys })

let folder: MintFolder
beforeEach(() => {
  folder = makeMintFolder()
})
afterEach(() => folder.remove())

describe('CSV', () => {
  const input = '\ufeffname;command;content\r\n"Ä; ""b""";/a;"two\r\nlines"\r\n\r\n;/b;=1+1'

  test('is written with the order, delimiter, line breaks and values of the input', async () => {
    const { stdout, exit } = await folder.mintFrom(input)
    expect(stdout).toMatch(
      new RegExp(
        `^name;command;content;url\r\n"Ä; ""b""";/a;"two\r\nlines";${urlPattern}\r\n;/b;=1\\+1;${urlPattern}\r\n$`,
      ),
    )
    expect(exit).toBe(0)
  })

  test('is signed with the values of its cells', async () => {
    const hooks = findUrls((await folder.mintFrom(input)).stdout).map((url) => verifier.verifySync(url))
    expect(hooks).toMatchObject([
      { command: '/a', content: 'two\r\nlines' },
      { command: '/b', content: '=1+1' },
    ])
  })

  test.each([
    ['two columns of the same name', 'command,command\n/a,/b\n', 'there are two columns named command', 'Remove one'],
    [
      'a row with too few cells',
      'command,userId\n/a\n',
      'line 2: it has 1 cells, but the header has 2',
      'Fix the row.',
    ],
    [
      'a quotation mark that is not closed',
      'command,content\n/a,"open\n/b,x\n',
      'line 2: its quotation marks do not match (the row ends on line',
      '--errors',
    ],
    [
      'a row that does not end',
      `command,content\n/a,"${'x'.repeat(1_200_000)}`,
      'line 2: the row is longer than 1 MiB',
      'Close its quotation marks',
    ],
  ])('with %s is rejected with exit 2, and no file is written', async (_name, rows, message, fix) => {
    const { stdout, stderr, exit } = await folder.mintFrom(rows, '-o', 'out.csv')
    expect(stderr).toContain(message)
    expect(stderr).toContain(fix)
    expect(stdout).toBe('')
    expect(exit).toBe(2)
    expect(readdirSync(folder.path)).toStrictEqual([])
  })

  test('counts the lines of cells and empty lines in the line number of an error', async () => {
    const { stderr } = await folder.mintFrom('command,content\n\n"/a","1\n2"\n,x\n')
    expect(stderr).toContain('line 5: command is missing')
  })
})

describe('the CSV writer', () => {
  type Dialect = CsvReader['dialect']
  const url = 'https://a.example/eyJ'
  const formatRow = (source: Cells, dialect: Dialect, minted = url): string =>
    createCsvWriter({ header: source, dialect, separatorLine: '' }).formatRows([
      { row: { line: 2, fields: {}, source }, url: minted },
    ])

  test.each([
    ['nothing special', ['/a', '', 'b c', "d'e", 'ä', '=1+1'], `/a,,b c,d'e,ä,=1+1,${url}\n`],
    ['a delimiter', ['a,b', 'c;d', 'e\tf'], `"a,b",c;d,e\tf,${url}\n`],
    ['quotation marks', ['"', 'a"b', '""'], `"""","a""b","""""",${url}\n`],
    ['line breaks', ['a\nb', 'c\r\nd', '\r'], `"a\nb","c\r\nd","\r",${url}\n`],
    ['spaces around it', [' a', 'b ', ' ', 'c d'], `" a","b "," ",c d,${url}\n`],
    ['a byte order mark', ['\ufeffa'], `"\ufeffa",${url}\n`],
  ])('quotes a cell with %s only where a reader could misread it', (_name, cells, line) => {
    expect(formatRow(cells, { delimiter: ',', newline: '\n' })).toBe(line)
  })

  test('quotes a URL with the delimiter', () => {
    const line = formatRow(['/a'], { delimiter: ';', newline: '\n' }, 'https://a.example/b;c/eyJ')
    expect(line).toBe('/a;"https://a.example/b;c/eyJ"\n')
  })

  test('writes what Papa Parse would write, and reads back', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', ' ', ',', ';', '\t', '"', '\r', '\n', '\ufeff', 'ä') })
    const dialects = fc.record<Dialect>({
      delimiter: fc.constantFrom(',', ';', '\t'),
      newline: fc.constantFrom('\n', '\r\n', '\r'),
    })
    const rows = fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(rows, dialects, (sources, dialect) => {
        const text = sources.map((source) => formatRow(source, dialect)).join('')
        const expected = sources.map((source) => [...source, url])
        expect(Papa.parse<string[]>(text, dialect).data.slice(0, -1)).toStrictEqual(expected)
        expect(text).toBe(Papa.unparse(expected, dialect) + dialect.newline)
      }),
    )
  })
})
