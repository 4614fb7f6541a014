import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const folder = join(import.meta.dirname, '../bundle')

test('what is built is as strict as the modules that it was built from', () => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.js'))
  expect(files).toContain('main.js')
  const loose = files.filter((name) => !readFileSync(join(folder, name), 'utf8').startsWith('"use strict";'))
  expect(loose).toEqual([])
})
