import { readFileSync, writeFileSync } from 'node:fs'
import { createVerifier } from '@hookurl/verify'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { findUrls, type MintFolder, makeMintFolder } from '../support/mint-from.ts'
import { parseJsonLines } from '../support/parse-json-lines.ts'
import { testKeys } from '../support/run.ts'

let folder: MintFolder
beforeEach(() => {
  folder = makeMintFolder()
})
afterEach(() => folder.remove())

const { verifySync } = createVerifier({ keys: testKeys })
const listUsers = (text: string): unknown[] => findUrls(text).map((url) => verifySync(url, { ignore: ['uses'] }).userId)
const command = ['--command', '/a']

describe('an input without a usable header is rejected, and nothing is minted', () => {
  test.each([
    ['no header', '1,Ada\n2,Grace\n', 'there is no column that mint reads'],
    ['one column of values', 'ada@example.com\ngrace@example.com\n', 'there is no column that mint reads'],
    ['only other columns', 'name,email\nAda,a@example.com\n', 'there is no column that mint reads'],
    ['the separator |', 'userId|name\n1|Ada\n', 'contains the name userId'],
    ['the separator ^', 'name^userId\nAda^1\n', 'contains the name userId'],
    ['two separators', 'userId;name,email\n1;Ada,a\n', 'contains the name userId'],
    ['a name that differs in an underscore', 'user_id\n1\n', 'unknown column user_id'],
    ['a JSON array', '[{"userId":"1"},{"userId":"2"}]', 'is a JSON array'],
    ['a JSON array on several lines', '[\n  {"userId":"1"}\n]\n', 'is a JSON array'],
    ['a JSON array of values', '["1","2"]', 'is a JSON array'],
    ['an empty JSON array', '[]', 'is a JSON array'],
    ['sep= without a header', 'sep=;\n', 'there is no column that mint reads'],
    ['an object without a member that mint reads', '{"name":"Ada"}\n', 'there is no column that mint reads'],
    ['two columns of one name', 'userId,userId\n1,2\n', 'two columns named userId'],
  ])('%s', async (_name, input, message) => {
    const { stdout, stderr, exit } = await folder.mintFrom(input, ...command)
    expect(stderr).toContain(message)
    expect(stderr).toMatch(/^ {2}fix: \S/m)
    expect(findUrls(stdout)).toStrictEqual([])
    expect(exit).toBe(2)
  })

  test.each([
    ['--user-id', ['--user-id', '7']],
    ['--content', ['--content', 'x']],
    ['--max-uses, which gives each URL its own ID', ['--max-uses', '1']],
  ])('unless %s sets what the URLs are for', async (_name, flags) => {
    const { stdout, exit } = await folder.mintFrom('name\nAda\nGrace\n', ...command, ...flags)
    expect(findUrls(stdout)).toHaveLength(2)
    expect(exit).toBe(0)
  })
})

describe('the line sep=', () => {
  test.each([';', ',', '\t', '|'])('sets the separator %j, and stays in the output', async (separator) => {
    const input = `sep=${separator}\r\nname${separator}userId\r\nA,b;c${separator}1\r\n`
    const source = separator === ',' || separator === ';' ? input.replace('A,b;c', 'A') : input
    const { stdout, exit } = await folder.mintFrom(source, ...command)
    expect(stdout.startsWith(`sep=${separator}\r\nname${separator}userId${separator}url\r\n`)).toBe(true)
    expect(listUsers(stdout)).toStrictEqual(['1'])
    expect(exit).toBe(0)
  })

  test('counts as a line in messages', async () => {
    const { stderr } = await folder.mintFrom('sep=;\nuserId;maxUses\n1;x\n', ...command)
    expect(stderr).toContain('line 3: maxUses must be an integer')
  })
})

describe('what surrounds a cell is removed', () => {
  test.each([
    ['a no-break space', '\u00a01\u00a0'],
    ['a zero-width space', '1\u200b'],
    ['a word joiner', '\u20601'],
    ['a byte order mark', '\ufeff1'],
    ['spaces and tabs', ' 1\u3000'],
  ])('%s', async (_name, cell) => {
    const { stdout } = await folder.mintFrom(`userId,name\n${cell},x\n`, ...command)
    expect(listUsers(stdout)).toStrictEqual(['1'])
  })

  test('the \\r of a line that ends differently from the header', async () => {
    const { stdout } = await folder.mintFrom('name,userId\nAda,1\r\nGrace,2\n', ...command)
    expect(listUsers(stdout)).toStrictEqual(['1', '2'])
  })

  test('but not the spaces of content', async () => {
    const { stdout } = await folder.mintFrom('content,name\n"  a ",x\n', ...command)
    expect(verifySync(findUrls(stdout)[0] as string).content).toBe('  a ')
  })

  test('and a header cell is read the same way', async () => {
    const { stdout } = await folder.mintFrom('\u200buserId\u00a0,name\n1,x\n', ...command)
    expect(listUsers(stdout)).toStrictEqual(['1'])
  })
})

test.each([[','], [' , '], ['\u00a0,'], ['"",""'], ['\t,']])('the blank row %j is skipped', async (row) => {
  const { stdout, exit } = await folder.mintFrom(`userId,name\n1,Ada\n${row}\n2,Grace\n`, ...command)
  expect(listUsers(stdout)).toStrictEqual(['1', '2'])
  expect(exit).toBe(0)
})

describe('a second row with an id', () => {
  test.each([
    ['CSV', 'userId,id\n1,a\n2,b\n3,a\n', 'line 4: the id is also that of line 2'],
    ['NDJSON', '{"id":"a","userId":"1"}\n{"id":"a","userId":"2"}\n', 'line 2: the id is also that of line 1'],
  ])('is rejected: %s', async (_name, input, message) => {
    const { stderr, exit } = await folder.mintFrom(input, ...command, '-o', 'out')
    expect(stderr).toContain(message)
    expect(exit).toBe(2)
  })
})

describe('--errors writes rows that can be fixed and minted from', () => {
  const count = 1000
  const isBad = (index: number): boolean => index % 100 === 7
  const read = (name: string): string => readFileSync(folder.file(name), 'utf8')
  const fix = (name: string): void =>
    writeFileSync(folder.file(name), read(name).replaceAll('soon', '7d').replaceAll('"never ever"', '"1d"'))

  async function resume(input: string, ...flags: string[]): Promise<unknown[]> {
    const first = await folder.mintFrom(input, ...command, '-o', 'out1', '--errors', 'bad', ...flags)
    expect(first.exit).toBe(2)
    expect(first.stderr).toContain('10 rows rejected: see bad')
    expect(first.stderr).toContain('mint --from bad')
    fix('bad')
    const second = await folder.mint(['--from', 'bad', ...command, '-o', 'out2', ...flags])
    expect(second.exit, second.stderr).toBe(0)
    expect(read('out2')).not.toContain('must be')
    return [...listUsers(read('out1')), ...listUsers(read('out2'))]
  }

  const everyUser = Array.from({ length: count }, (_each, index) => `${index}`)
  const sort = (users: readonly unknown[]): unknown[] => [...users].sort((one, other) => Number(one) - Number(other))

  test.each([
    ['CSV', ',', ''],
    ['CSV with semicolons', ';', ''],
    ['CSV with sep=', '|', 'sep=|\n'],
  ])('%s: every row is minted exactly once', async (_name, separator, start) => {
    const rows = everyUser.map((user, index) =>
      [user, isBad(index) ? 'soon' : '1d', '"a ""quoted"" name\nof two lines"'].join(separator),
    )
    const input = `${start}${['userId', 'expiresIn', 'name'].join(separator)}\n${rows.join('\n')}\n`
    expect(sort(await resume(input))).toStrictEqual(everyUser)
    const [first, second] = [read('out1'), read('out2')].map((text) => text.slice(0, text.indexOf('url')))
    expect(second).toBe(first)
  })

  test('NDJSON: every row is minted exactly once, and keeps its members as they were', async () => {
    const rows = everyUser.map(
      (user, index) =>
        `{"userId":"${user}","expiresIn":"${isBad(index) ? 'never ever' : '1d'}","n":12345678901234567890}`,
    )
    expect(sort(await resume(`${rows.join('\n')}\n`))).toStrictEqual(everyUser)
    for (const row of read('out2').trimEnd().split('\n')) {
      expect(row).toContain('"n":12345678901234567890,"url":')
      expect(row).not.toContain('"error"')
    }
  })

  test('CSV with --json: every row is minted exactly once', async () => {
    const rows = everyUser.map((user, index) => `${user},${isBad(index) ? 'soon' : '1d'}`)
    expect(sort(await resume(`userId,expiresIn\n${rows.join('\n')}\n`, '--json'))).toStrictEqual(everyUser)
    expect(parseJsonLines(read('out2'))[0]).toStrictEqual({ userId: '7', expiresIn: '7d', url: expect.any(String) })
  })

  test('a row names what is wrong, its line and what to do', async () => {
    await folder.mintFrom('userId,maxUses\n1,x\n', ...command, '-o', 'out', '--errors', 'bad')
    expect(read('bad')).toBe('userId,maxUses,error,fix\n1,x,maxUses must be an integer (line 2),Use only digits.\n')
  })

  test('a row with too few cells is filled up, and one with too many is kept', async () => {
    await folder.mintFrom('userId,name,note\n1\n2,a,b,c\n', ...command, '-o', 'out', '--errors', 'bad')
    const [, short, long] = read('bad').split('\n')
    expect(short).toMatch(/^1,,,/)
    expect(long).toMatch(/^2,a,b,c,/)
  })

  test('a line that is not JSON is kept as a string', async () => {
    await folder.mintFrom('{"userId":"1"}\nnot json\n', ...command, '-o', 'out', '--errors', 'bad')
    expect(JSON.parse(read('bad'))).toMatchObject({ row: 'not json', error: 'it is not a JSON object (line 2)' })
  })
})
