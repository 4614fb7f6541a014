import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createMinter, parseKeys } from '@hookurl/core'
import { createVerifier } from '@hookurl/verify'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parseJsonLines } from '../support/parse-json-lines.ts'
import { makeHome, run, testKeys } from '../support/run.ts'
import { runInProcess } from '../support/run-in-process.ts'

let home: ReturnType<typeof makeHome>
let env: Record<string, string>
beforeEach(() => {
  home = makeHome()
  env = { HOME: home.path }
})
afterEach(() => home.remove())

const inHome = (...names: string[]): string => join(home.path, ...names)
const developmentKey = (): string => inHome('.config', 'hookurl', 'development.key')
const mint = ['mint', '--command', 'a']

describe('the development key', () => {
  test('is created by the first command that needs a key, with a note', async () => {
    const { stdout, stderr } = await runInProcess(mint, { env })
    expect(stderr).toBe(
      'Created a development key: ~/.config/hookurl/development.key (set HOOKURL_KEYS to use your own)\n',
    )
    const key = readFileSync(developmentKey(), 'utf8').trim()
    expect(parseKeys(key)).toHaveLength(1)
    expect(stdout + stderr).not.toContain(key)
  })

  test('is readable by its owner only', async () => {
    await runInProcess(mint, { env })
    expect(statSync(developmentKey()).mode & 0o777).toBe(0o600)
  })

  test('is used by later commands, with a note', async () => {
    const minted = await runInProcess(mint, { env })
    const { stdout, stderr, exit } = await runInProcess(['verify', minted.stdout.trim()], { env })
    expect(stderr).toBe('Using the development key ~/.config/hookurl/development.key\n')
    expect(stdout + stderr).not.toContain(readFileSync(developmentKey(), 'utf8').trim())
    expect(exit).toBe(0)
  })

  test('is stored in XDG_CONFIG_HOME if that is an absolute path', async () => {
    await runInProcess(mint, { env: { ...env, XDG_CONFIG_HOME: inHome('xdg') } })
    expect(existsSync(inHome('xdg', 'hookurl', 'development.key'))).toBe(true)
  })

  test.each(['', 'relative', './relative'])('is stored in ~/.config if XDG_CONFIG_HOME is %j', async (folder) => {
    await runInProcess(mint, { env: { ...env, XDG_CONFIG_HOME: folder }, cwd: home.path })
    expect(existsSync(developmentKey())).toBe(true)
    expect(readdirSync(home.path)).toStrictEqual(['.config'])
  })

  describe.each(['', 'relative', '.'])('if HOME is %j', (value) => {
    test('is not created, which is an error with exit 6 and a fix', async () => {
      const { stdout, stderr, exit } = await runInProcess(mint, { env: { HOME: value }, cwd: home.path })
      expect(stderr).toMatch(/^error: no key is set, and there is no home directory .*\n {2}fix: Set HOOKURL_KEYS/)
      expect(stdout).toBe('')
      expect(exit).toBe(6)
      expect(readdirSync(home.path)).toStrictEqual([])
    })

    test('is not read from the current folder', async () => {
      await runInProcess(mint, { env })
      const { exit } = await runInProcess(['keys', 'list'], { env: { HOME: value }, cwd: home.path })
      expect(exit).toBe(6)
    })

    test('is stored in XDG_CONFIG_HOME', async () => {
      const { exit } = await runInProcess(mint, { env: { HOME: value, XDG_CONFIG_HOME: inHome('xdg') } })
      expect(exit).toBe(0)
      expect(existsSync(inHome('xdg', 'hookurl', 'development.key'))).toBe(true)
    })
  })

  describe('that other users can read', () => {
    beforeEach(async () => {
      await runInProcess(mint, { env })
    })

    test.each([0o640, 0o604, 0o660, 0o666, 0o644, 0o777])('with mode %o is a warning with the fix', async (mode) => {
      chmodSync(developmentKey(), mode)
      const { stderr, exit } = await runInProcess(mint, { env })
      expect(stderr).toContain(`Warning: other users of this machine can read ${developmentKey()}. `)
      expect(stderr).toContain(`Restrict permissions: chmod 600 ${developmentKey()}\n`)
      expect(exit).toBe(0)
    })

    test('is no warning after the fix', async () => {
      chmodSync(developmentKey(), 0o644)
      const fix = /chmod 600 .*/.exec((await runInProcess(mint, { env })).stderr)?.[0] as string
      execFileSync('/bin/sh', ['-c', fix])
      expect((await runInProcess(mint, { env })).stderr).not.toContain('Warning')
    })

    test('is a note with --json', async () => {
      chmodSync(developmentKey(), 0o644)
      const { stderr } = await runInProcess([...mint, '--json'], { env })
      const notes = parseJsonLines(stderr).map(({ note }) => note)
      expect(notes).toContainEqual(expect.stringMatching(/^Warning: other users/))
    })

    test('in a folder with a quotation mark has a fix that a shell can run', async () => {
      const folder = inHome(`it's`)
      const options = { env: { ...env, XDG_CONFIG_HOME: folder } }
      await runInProcess(mint, options)
      chmodSync(join(folder, 'hookurl', 'development.key'), 0o644)
      const fix = /chmod 600 .*/.exec((await runInProcess(mint, options)).stderr)?.[0] as string
      execFileSync('/bin/sh', ['-c', fix])
      expect(statSync(join(folder, 'hookurl', 'development.key')).mode & 0o777).toBe(0o600)
    })
  })

  test('is the same for processes that start at the same time', async () => {
    const results = await Promise.all(Array.from({ length: 6 }, () => run(mint, { env })))
    const verifier = createVerifier({ keys: readFileSync(developmentKey(), 'utf8') })
    for (const { stdout } of results) expect(verifier.verifySync(stdout.trim()).command).toBe('a')
    expect(readdirSync(inHome('.config', 'hookurl'))).toStrictEqual(['development.key'])
  })

  test('is not created by inspect', async () => {
    const minter = createMinter({ keys: testKeys, baseUrl: 'https://a.example', expiresIn: '1d' })
    const { stdout, exit } = await runInProcess(['inspect', minter.mintSync({ command: 'a' })], { env })
    expect(stdout).toContain('not checked: no key is set')
    expect(exit).toBe(0)
    expect(existsSync(developmentKey())).toBe(false)
  })

  test('is not created by keys list, which exits with 6', async () => {
    expect((await runInProcess(['keys', 'list'], { env })).exit).toBe(6)
    expect(existsSync(developmentKey())).toBe(false)
  })

  test('is not used in production', async () => {
    await runInProcess(mint, { env })
    expect(existsSync(developmentKey())).toBe(true)
    expect((await runInProcess(mint, { env: { ...env, NODE_ENV: 'production' } })).exit).toBe(6)
  })

  test('that cannot be created is an error with exit 6 and a fix', async () => {
    writeFileSync(inHome('.config'), '')
    const { exit, stderr } = await runInProcess(mint, { env })
    expect(stderr).toContain('Set HOOKURL_KEYS')
    expect(exit).toBe(6)
  })
})
