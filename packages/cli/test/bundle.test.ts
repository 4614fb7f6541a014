import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

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
