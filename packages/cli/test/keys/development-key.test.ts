import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createMinter, parseKeys } from '@hookurl/core'
import { createVerifier } from '@hookurl/verify'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
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

  test('is stored in ~/.config if XDG_CONFIG_HOME is a relative path', async () => {
    await runInProcess(mint, { env: { ...env, XDG_CONFIG_HOME: 'relative' }, cwd: home.path })
    expect(existsSync(inHome('relative'))).toBe(false)
    expect(existsSync(developmentKey())).toBe(true)
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
