import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { testKeys } from './support/run.ts'

const folder = join(import.meta.dirname, '../bundle')
const files = readdirSync(folder).filter((name) => name.endsWith('.js'))

test('the bundle contains main.js', () => {
  expect(files).toContain('main.js')
})

// ES modules, from which it is built, are always strict.
test('every file of the bundle is strict', () => {
  const sloppy = files.filter((name) => !readFileSync(join(folder, name), 'utf8').startsWith('"use strict";'))
  expect(sloppy).toStrictEqual([])
})

// What takes the most time at start is finding files and loading modules of Node.
describe('mint', () => {
  const recorder = `process.on('exit', () => console.log(JSON.stringify({
    files: Object.keys(require.cache), modules: process.moduleLoadList })))`
  const program = join(import.meta.dirname, '../bin/hookurl.js')

  function mint(): { files: string[]; modules: string[] } {
    const script = `${recorder}; process.argv.splice(1, 0, ${JSON.stringify(program)}); require(${JSON.stringify(program)})`
    const options = {
      env: {
        PATH: process.env.PATH,
        HOOKURL_KEYS: testKeys,
        HOOKURL_BASE_URL: 'https://a.example',
        NODE_DISABLE_COMPILE_CACHE: '1',
      },
    }
    const output = execFileSync(process.execPath, ['-e', script, 'mint', '--command', '/a'], options).toString()
    return JSON.parse(output.trimEnd().split('\n').at(-1) as string)
  }

  test('loads two files', () => {
    expect(mint().files.map((path) => basename(path))).toStrictEqual(['hookurl.js', 'main.js'])
  })

  test.each(['fs/promises', 'stream/consumers', 'os', 'child_process', 'http', 'readline'])(
    'does not load node:%s',
    (name) => {
      expect(mint().modules).not.toContain(`NativeModule ${name}`)
    },
  )
})
