import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { interceptFiles } from '../support/file-faults.js'
import { type MintFolder, makeLongCsv, makeMintFolder } from '../support/mint-from.ts'

const program = fileURLToPath(new URL('../../bin/hookurl.js', import.meta.url))

let folder: MintFolder
beforeEach(() => {
  folder = makeMintFolder()
})
afterEach(() => folder.remove())

const getMode = (name: string): number => statSync(folder.file(name)).mode & 0o777

describe('a file of -o', () => {
  test('is readable by its owner only', async () => {
    await folder.mintFrom('{"command":"/a"}', '-o', 'new.nd')
    expect(getMode('new.nd')).toBe(0o600)
  })

  test('keeps the mode of an existing file', async () => {
    writeFileSync(folder.file('old.nd'), '')
    chmodSync(folder.file('old.nd'), 0o644)
    await folder.mintFrom('{"command":"/b"}', '-o', 'old.nd')
    expect(getMode('old.nd')).toBe(0o644)
    expect(readFileSync(folder.file('old.nd'), 'utf8')).toContain('/b')
  })

  test('is written through a symbolic link, which stays a link', async () => {
    writeFileSync(folder.file('target.nd'), '')
    symlinkSync('target.nd', folder.file('link'))
    await folder.mintFrom('{"command":"/b"}', '-o', 'link')
    expect(lstatSync(folder.file('link')).isSymbolicLink()).toBe(true)
    expect(readFileSync(folder.file('target.nd'), 'utf8')).toContain('/b')
  })

  test('is written through a symbolic link to a file that does not exist, which stays a link', async () => {
    symlinkSync('target.nd', folder.file('link'))
    await folder.mintFrom('{"command":"/b"}', '-o', 'link')
    expect(lstatSync(folder.file('link')).isSymbolicLink()).toBe(true)
    expect(readFileSync(folder.file('target.nd'), 'utf8')).toContain('/b')
  })

  test('can have a name of 255 characters', async () => {
    const name = `${'é'.repeat(125)}.nd`
    const { exit, stderr } = await folder.mintFrom('{"command":"/b"}', '-o', name)
    expect(exit, stderr).toBe(0)
    expect(readdirSync(folder.path)).toStrictEqual([name])
  })

  test('keeps its owner where the system allows it', async (context) => {
    if (process.getuid?.() !== 0) return context.skip('only root can give a file to another user')
    writeFileSync(folder.file('old.nd'), '')
    chownSync(folder.file('old.nd'), 1234, 5678)
    await folder.mintFrom('{"command":"/b"}', '-o', 'old.nd')
    const { uid, gid } = statSync(folder.file('old.nd'))
    expect({ uid, gid }).toStrictEqual({ uid: 1234, gid: 5678 })
  })

  test('gives no access to another group where its own cannot be kept', async (context) => {
    if (process.getuid?.() !== 0) return context.skip('only root can give a file to another user')
    writeFileSync(folder.file('old.nd'), '')
    chownSync(folder.file('old.nd'), 1234, 5678)
    chmodSync(folder.file('old.nd'), 0o664)
    const restore = interceptFiles(folder.path, (name) => (name === 'handle.chown' ? 'EPERM' : undefined))
    const { exit } = await folder.mintFrom('{"command":"/b"}', '-o', 'old.nd').finally(restore)
    expect(exit).toBe(0)
    expect(getMode('old.nd')).toBe(0o604)
  })

  test('can be /dev/stdout, as a pipe', async (context) => {
    if (!existsSync('/dev/stdout')) return context.skip('there is no /dev/stdout')
    const line = `echo '{"command":"/b"}' | "$0" "$1" mint --from - -o /dev/stdout | cat`
    const child = spawn('/bin/sh', ['-c', line, process.execPath, program], { env: folder.env, cwd: folder.path })
    let stdout = ''
    child.stdout.on('data', (chunk) => (stdout += chunk))
    await once(child, 'close')
    expect(stdout).toMatch(/^\{"command":"\/b","url":"https:/)
  })

  test('can be a device, which is not replaced; a full disk is reported', async (context) => {
    if (!existsSync('/dev/full')) return context.skip('there is no /dev/full')
    const { stderr, exit } = await folder.mintFrom(makeLongCsv(100), '-o', '/dev/full')
    expect(stderr).toContain('-o: the file /dev/full cannot be written (ENOSPC)\n  fix: Free disk space')
    expect(exit).toBe(2)
    expect(lstatSync('/dev/full').isCharacterDevice()).toBe(true)
  })
})

describe('an existing file stays unchanged', () => {
  beforeEach(() => writeFileSync(folder.file('out.csv'), 'before'))

  function expectUnchanged(): void {
    expect(readdirSync(folder.path)).toStrictEqual(['out.csv'])
    expect(readFileSync(folder.file('out.csv'), 'utf8')).toBe('before')
  }

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('if %s interrupts the program, which exits with %i', async (signal, code) => {
    const args = [program, 'mint', '--from', '-', '-o', 'out.csv']
    const child = spawn(process.execPath, args, { env: folder.env, cwd: folder.path })
    child.stdin.write(makeLongCsv(1000))
    const isTempFile = (name: string): boolean => /^\.out\.csv\./.test(name) && statSync(folder.file(name)).size > 0
    while (!readdirSync(folder.path).some(isTempFile)) await sleep(10)
    child.kill(signal)
    const [exit] = await once(child, 'close')
    expect(exit).toBe(code)
    expectUnchanged()
  })

  test('if the file reaches the size limit of the process, which exits with 2', async () => {
    const line = 'ulimit -f 64; exec "$0" "$1" mint --from - -o out.csv'
    const child = spawn('/bin/sh', ['-c', line, process.execPath, program], { env: folder.env, cwd: folder.path })
    let stderr = ''
    child.stderr.on('data', (chunk) => (stderr += chunk))
    child.stdin.on('error', () => {})
    child.stdin.end(makeLongCsv(2000))
    const [exit] = await once(child, 'close')
    expect(stderr).toContain('-o: the file out.csv cannot be written (EFBIG)')
    expect(exit).toBe(2)
    expectUnchanged()
  })
})
