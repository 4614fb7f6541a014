import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type MintFolder, makeMintFolder } from '../support/mint-from.ts'
import { testKeys } from '../support/run.ts'
import { runInProcess } from '../support/run-in-process.ts'

let folder: MintFolder
beforeEach(() => {
  folder = makeMintFolder()
  mkdirSync(folder.file('sub'))
})
afterEach(() => folder.remove())

const rows = 'command\n/a\n'

/** Other names of the file `same.csv`, and how to make them. */
const otherNames: readonly (readonly [title: string, make: (file: (name: string) => string) => string])[] = [
  ['the same name', () => 'same.csv'],
  ['./', () => './same.csv'],
  ['a folder and ..', () => 'sub/../same.csv'],
  ['an absolute path', (file) => file('same.csv')],
  ['a symbolic link', (file) => makeSymbolicLink('same.csv', file('link.csv'))],
  [
    'a symbolic link to a symbolic link',
    (file) => makeSymbolicLink(makeSymbolicLink('same.csv', file('a')), file('b')),
  ],
  ['a folder that is a symbolic link', (file) => `${makeSymbolicLink('.', file('folder'))}/same.csv`],
]

function makeSymbolicLink(target: string, path: string): string {
  symlinkSync(target, path)
  return path
}

/** Checks that a command is rejected, and that no file was written. */
async function expectRejected(args: readonly string[], message: string): Promise<void> {
  const before = readFolder()
  const { stdout, stderr, exit } = await folder.mint(args, rows)
  expect(stderr).toBe(`error: ${message} are the same file\n  fix: Choose another file for ${message.split(' ')[0]}.\n`)
  expect(stdout).toBe('')
  expect(exit).toBe(2)
  expect(readFolder()).toStrictEqual(before)
}

function readFolder(): string[] {
  return readdirSync(folder.path, { withFileTypes: true }).map((entry) =>
    entry.isFile() ? `${entry.name}: ${readFileSync(folder.file(entry.name), 'utf8')}` : entry.name,
  )
}

describe.each(otherNames)('the file of --errors, named by %s', (_title, makeName) => {
  test('must not be the one of -o, which exists', async () => {
    writeFileSync(folder.file('same.csv'), 'old')
    await expectRejected(['--from', '-', '-o', 'same.csv', '--errors', makeName(folder.file)], '--errors and -o')
  })

  test('must not be the one of -o, which does not exist', async () => {
    await expectRejected(['--from', '-', '-o', 'same.csv', '--errors', makeName(folder.file)], '--errors and -o')
    expect(existsSync(folder.file('same.csv'))).toBe(false)
  })

  test('must not be the one of --from', async () => {
    writeFileSync(folder.file('same.csv'), rows)
    await expectRejected(['--from', 'same.csv', '--errors', makeName(folder.file)], '--errors and --from')
    expect(readFileSync(folder.file('same.csv'), 'utf8')).toBe(rows)
  })

  test.each(['--errors', '-o'])('is like that of %s not the one of the keys', async (flag) => {
    writeFileSync(folder.file('same.csv'), testKeys)
    const args = ['mint', '--from', '-', '--keys-file', 'same.csv', flag, makeName(folder.file)]
    const env = { HOME: folder.path }
    const { stderr, exit } = await runInProcess(args, { env, cwd: folder.path, stdin: rows })
    expect(stderr).toContain(`${flag} and the keyring file are the same file`)
    expect(exit).toBe(2)
    expect(readFileSync(folder.file('same.csv'), 'utf8')).toBe(testKeys)
  })
})

describe('the file of --errors', () => {
  test('must not be a hard link of the one of -o', async () => {
    writeFileSync(folder.file('same.csv'), 'old')
    linkSync(folder.file('same.csv'), folder.file('hard.csv'))
    await expectRejected(['--from', '-', '-o', 'same.csv', '--errors', 'hard.csv'], '--errors and -o')
  })

  test('must not be a hard link of the one of --from', async () => {
    writeFileSync(folder.file('same.csv'), rows)
    linkSync(folder.file('same.csv'), folder.file('hard.csv'))
    await expectRejected(['--from', 'same.csv', '--errors', 'hard.csv'], '--errors and --from')
  })

  // A file system that ignores case has one file for both, which a hard link to a name in another case imitates.
  test('must not be the one of -o in another case', async () => {
    writeFileSync(folder.file('same.csv'), 'old')
    if (!existsSync(folder.file('SAME.csv'))) linkSync(folder.file('same.csv'), folder.file('SAME.csv'))
    await expectRejected(['--from', '-', '-o', 'same.csv', '--errors', 'SAME.csv'], '--errors and -o')
  })

  test('must not be the one of -o in another case, if neither exists', async () => {
    await expectRejected(['--from', '-', '-o', 'same.csv', '--errors', 'Same.csv'], '--errors and -o')
  })

  test('can be /dev/null, like the one of -o', async () => {
    const { exit, stderr } = await folder.mint(['--from', '-', '-o', '/dev/null', '--errors', '/dev/null'], rows)
    expect(exit, stderr).toBe(0)
  })

  test('can be another file with the same name in another folder', async () => {
    const { exit, stderr } = await folder.mint(['--from', '-', '-o', 'same.csv', '--errors', 'sub/same.csv'], rows)
    expect(exit, stderr).toBe(0)
  })
})

test('a QR code does not replace the keys', async () => {
  writeFileSync(folder.file('keys.png'), testKeys)
  const args = ['mint', '--command', 'a', '--keys-file', 'keys.png', '--qr', '-o', './keys.png']
  const { stderr, exit } = await runInProcess(args, { env: { HOME: folder.path }, cwd: folder.path })
  expect(stderr).toContain('-o and the keyring file are the same file')
  expect(exit).toBe(2)
  expect(readFileSync(folder.file('keys.png'), 'utf8')).toBe(testKeys)
})
