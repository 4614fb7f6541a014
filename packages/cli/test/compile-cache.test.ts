import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeHome, testKeys } from './support/run.ts'

const program = fileURLToPath(new URL('../bin/hookurl.js', import.meta.url))
const hasCompileCache = 'enableCompileCache' in createRequire(import.meta.url)('node:module')
const isRoot = process.getuid?.() === 0

let home: ReturnType<typeof makeHome>
beforeEach(() => {
  home = makeHome()
})
afterEach(() => {
  chmodSync(home.path, 0o700)
  home.remove()
})

// Node 20 has no compile cache, so this records the folder that the program would use.
const recorder = `require('node:module').enableCompileCache = (folder) =>
  require('node:fs').writeFileSync(process.env.RECORD, folder)`

function findCacheFolder(env: Record<string, string> = {}): string | undefined {
  const [script, record] = [join(home.path, 'recorder.cjs'), join(home.path, 'record')]
  writeFileSync(script, recorder)
  writeFileSync(record, '')
  const all = { PATH: process.env.PATH ?? '', HOME: home.path, RECORD: record, ...env }
  const output = execFileSync(process.execPath, ['--require', script, program, '--version'], { env: all })
  expect(output.toString()).toMatch(/^\d+\.\d+\.\d+\n$/)
  return execFileSync('cat', [record]).toString() || undefined
}

describe('compiled code is kept', () => {
  test('in ~/.cache/hookurl, which only the user can read', () => {
    expect(findCacheFolder()).toBe(join(home.path, '.cache/hookurl'))
    expect(statSync(join(home.path, '.cache/hookurl')).mode & 0o777).toBe(0o700)
  })

  test('in XDG_CACHE_HOME', () => {
    expect(findCacheFolder({ XDG_CACHE_HOME: join(home.path, 'caches') })).toBe(join(home.path, 'caches/hookurl'))
  })

  test('in ~/.cache/hookurl if XDG_CACHE_HOME is relative', () => {
    expect(findCacheFolder({ XDG_CACHE_HOME: 'caches' })).toBe(join(home.path, '.cache/hookurl'))
  })
})

describe('compiled code is not kept', () => {
  test.each<[string, Record<string, string>]>([
    ['without a home', { HOME: '' }],
    ['with a relative home', { HOME: '.' }],
    ['with NODE_DISABLE_COMPILE_CACHE', { NODE_DISABLE_COMPILE_CACHE: '1' }],
    ['with NODE_COMPILE_CACHE, which has enabled it', { NODE_COMPILE_CACHE: '/nonexistent' }],
    ['in a home that is not a folder', { HOME: '/dev/null' }],
    ['in a home that cannot be created', { HOME: '/proc/none' }],
  ])('%s', (_name, env) => {
    expect(findCacheFolder(env)).toBeUndefined()
    expect(existsSync(join(home.path, '.cache'))).toBe(false)
  })

  test.each([0o720, 0o702, 0o777])('in a folder that others can write to, with mode %o', (mode) => {
    mkdirSync(join(home.path, '.cache/hookurl'), { recursive: true })
    chmodSync(join(home.path, '.cache/hookurl'), mode)
    expect(findCacheFolder()).toBeUndefined()
  })

  test('in a folder of another user', ({ skip }) => {
    if (!isRoot) skip('only root can give a folder away')
    mkdirSync(join(home.path, '.cache/hookurl'), { recursive: true })
    chownSync(join(home.path, '.cache/hookurl'), 12_345, 12_345)
    expect(findCacheFolder()).toBeUndefined()
  })
})

test('a second run uses the compiled code of the first', ({ skip }) => {
  if (!hasCompileCache) skip(`Node ${process.versions.node} has no compile cache; 22.8 has`)
  const env = { PATH: process.env.PATH, HOME: home.path, HOOKURL_KEYS: testKeys, NODE_DEBUG_NATIVE: 'COMPILE_CACHE' }
  const mint = (): string =>
    spawnSync(process.execPath, [program, 'mint', '--command', '/a'], { env, encoding: 'utf8' }).stderr
  mint()
  expect(readdirSync(join(home.path, '.cache/hookurl'))).toHaveLength(1)
  expect(mint()).toMatch(/main\.js was accepted/)
})
