import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createVerifier } from '@hookurl/verify'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { findUrls, type MintFolder, makeLongCsv, makeMintFolder } from '../support/mint-from.ts'
import { testKeys } from '../support/run.ts'

let folder: MintFolder
beforeEach(() => {
  folder = makeMintFolder()
})
afterEach(() => folder.remove())

const readOutput = (name: string): string => readFileSync(folder.file(name), 'utf8')

describe('mint --from', () => {
  test('mints every row in order, also those that are split between two chunks', async () => {
    writeFileSync(folder.file('in.csv'), makeLongCsv(20_000))
    const { exit, stderr } = await folder.mint(['--from', 'in.csv', '-o', 'out.csv'])
    expect(stderr).toBe('20,000 URLs minted.\nColumns signed: command, userId, content\n')
    expect(exit).toBe(0)
    const urls = findUrls(readOutput('out.csv'))
    expect(urls).toHaveLength(20_000)
    const verifier = createVerifier({ keys: testKeys })
    for (let index = 0; index < urls.length; index += 1000) {
      const hook = verifier.verifySync(urls[index] as string)
      expect(hook).toMatchObject({ userId: `${index}`, content: `ä"\n${'é'.repeat(index % 7)}` })
    }
  })

  test('can write to the file that it reads', async () => {
    writeFileSync(folder.file('same.csv'), makeLongCsv(5000))
    await folder.mint(['--from', 'same.csv', '-o', 'same.csv'])
    expect(findUrls(readOutput('same.csv'))).toHaveLength(5000)
  })

  test.each([
    ['CSV', 'command,email,Name\n/a,a@b.example,B\n'],
    ['NDJSON', '{"command":"/a","email":"a@b.example","Name":"B"}\n'],
  ])('notes which columns of %s were signed, and which were only copied', async (_format, rows) => {
    const { stderr } = await folder.mintFrom(rows)
    expect(stderr).toBe('1 URL minted.\nColumns signed: command\nColumns copied but not signed: email, Name\n')
  })

  test.each([
    ['in a column', 'id,maxUses\nk1,1\n', []],
    ['as a flag', 'id\nk1\n', ['--max-uses', '1']],
    ['in NDJSON', '{"id":"k1","maxUses":1}\n', []],
  ])('with maxUses %s, notes that URLs with the same id share their uses', async (_name, rows, args) => {
    const { stderr } = await folder.mintFrom(rows, '--command', '/a', ...args)
    expect(stderr).toContain('\nURLs with the same id share their uses, also across files.\n')
  })

  test.each([
    ['maxUses', 'id,maxUses\nk1,\n'],
    ['an id', 'id,maxUses\n,1\n'],
  ])('without %s in any row, does not mention shared uses', async (_name, rows) => {
    expect((await folder.mintFrom(rows, '--command', '/a')).stderr).not.toContain('share')
  })

  test('notes how many URLs never expire', async () => {
    const { stderr } = await folder.mintFrom('command,expiresIn\n/a,\n/a,never\n')
    expect(stderr).toBe('2 URLs minted.\nColumns signed: command, expiresIn\n1 URL never expires.\n')
  })

  test.each([
    ['an empty input', '', 'the input is empty', 'Pass CSV'],
    ['a row without a command', 'command,content\n,x\n', 'line 2: command is missing', 'pass --command'],
    [
      'a redirect that is not allowed',
      'command,redirectTo\n/a,http://x.example\n',
      'line 2: redirectTo is not https',
      'Pass --errors FILE to collect',
    ],
    ['input that is not UTF-8', Buffer.from([0x63, 0xff, 0x0a]), 'the input is not UTF-8', 'Convert it'],
  ])('rejects %s with exit 2, and writes no file', async (_name, rows, message, fix) => {
    const { stdout, stderr, exit } = await folder.mintFrom(rows, '-o', 'out.csv')
    expect(stderr).toContain(message)
    expect(stderr).toContain(fix)
    expect(stdout).toBe('')
    expect(exit).toBe(2)
    expect(readdirSync(folder.path)).toStrictEqual([])
  })
})

describe('mint --from --errors', () => {
  async function mintWithTwoBadRows(): Promise<{ stderr: string; exit: number | null }> {
    const rows = Array.from({ length: 12 }, (_each, index) => `/a,https://a.example/${index}`)
    rows[5] = '/a,http://a.example'
    rows[7] = `/a,https://a.example/${'x'.repeat(300)}`
    const flags = ['-o', 'out.csv', '--errors', 'bad.csv', '--max-url-length', '300']
    return await folder.mintFrom(`command,redirectTo\n${rows.join('\n')}\n`, ...flags)
  }

  test('writes the cells of rejected rows, what is wrong and what to do', async () => {
    await mintWithTwoBadRows()
    expect(readOutput('bad.csv')).toMatch(
      /^command,redirectTo,error,fix\n\/a,http:\/\/a\.example,.*\(line 7\).*\n\/a,https:.*\(line 9\).*\n$/,
    )
  })

  test('mints the other rows', async () => {
    await mintWithTwoBadRows()
    const written = readOutput('out.csv').trim().split('\n')
    expect(written.map((line) => line.split(',')[1])).toStrictEqual([
      'redirectTo',
      ...[0, 1, 2, 3, 4, 6, 8, 9, 10, 11].map((index) => `https://a.example/${index}`),
    ])
  })

  test('notes how many rows were minted and rejected, and exits with 2', async () => {
    const { stderr, exit } = await mintWithTwoBadRows()
    expect(stderr).toContain('10 URLs minted.')
    expect(stderr).toContain('2 rows rejected: see bad.csv')
    expect(exit).toBe(2)
  })

  test('empties an existing file if no row is rejected', async () => {
    writeFileSync(folder.file('bad.nd'), 'old')
    await folder.mintFrom('{"command":"/a"}', '-o', 'out.nd', '--errors', 'bad.nd')
    expect(readOutput('bad.nd')).toBe('')
  })
})

test.each([
  [['--from', 'none.csv'], '--from: the file none.csv cannot be read (ENOENT)', 2],
  [['--from', '.'], '--from: the file . cannot be read (EISDIR)', 2],
  [['--from', '-', '-o', 'no/where'], '-o: the file no/where cannot be written (ENOENT)', 2],
  [['--from', '-', '-o', '.'], '-o: the file . cannot be written (EISDIR)', 2],
  [['--from', '-', '--content', '-'], 'both read stdin', 2],
  [['--from', '-', '--keys-file', '-'], 'hks_', 6],
  [['--from', '-', '--id', 'x'], '--id cannot be combined with --from', 2],
  [['--from', '-', '--qr'], '--qr cannot be combined with --from', 2],
  [['--command', 'a', '--errors', 'x'], '--errors requires --from', 2],
  [['--command', 'a', '-o', 'x'], '-o requires --from or --qr', 2],
])('`mint %j` is rejected', async (args, message, code) => {
  const { stderr, exit, stdout } = await folder.mint(args, 'command\n/a\n')
  expect(stderr).toContain(message)
  expect(stderr).toMatch(/^error: .*\n {2}fix: \S/m)
  expect(stdout).toBe('')
  expect(exit).toBe(code)
})
