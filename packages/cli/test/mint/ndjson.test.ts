import type { Hook } from '@hookurl/core'
import { createVerifier } from '@hookurl/verify'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type MintFolder, makeMintFolder } from '../support/mint-from.ts'
import { parseJsonLines } from '../support/parse-json-lines.ts'
import { testKeys } from '../support/run.ts'

const verifier = createVerifier({ keys: testKeys })

let folder: MintFolder
beforeEach(() => {
  folder = makeMintFolder()
})
afterEach(() => folder.remove())

describe('NDJSON', () => {
  const rows = ['{ "command":"/a", "n":12345678901234567890, "x":1.50 }', '{"content":[1,{"a":null}],"userId":7}']
  const input = `${rows.join('\n\n')}\r\n`

  test('is written byte for byte, even numbers that JavaScript would round', async () => {
    const { stdout, exit } = await folder.mintFrom(input, '--command', '/b')
    expect(stdout).toMatch(/^\{ "command":"\/a", "n":12345678901234567890, "x":1\.50,"url":"https:/)
    expect(exit).toBe(0)
  })

  test('is signed with its values', async () => {
    const { stdout } = await folder.mintFrom(input, '--command', '/b')
    const hooks = parseJsonLines(stdout).map(({ url }): Hook => verifier.verifySync(url))
    expect(hooks).toMatchObject([{ command: '/a' }, { command: '/b', userId: '7', content: [1, { a: null }] }])
  })

  test.each([
    // The first row is an object, which NDJSON is detected by.
    ['an array', '{"command":"/a"}\n[1]', 'line 2: it is not a JSON object'],
    ['truncated JSON', '{"command":"/a"}\n\n{"command":', 'line 3: it is not a JSON object'],
    [
      'a number that JavaScript would round',
      '{"command":"/a","userId":12345678901234567890}',
      'line 1: userId cannot be represented exactly as a number',
    ],
    ['a misspelled name', '{"command":"/a","expires_in":1}', 'line 1: unknown column expires_in'],
    ['the name url', '{"command":"/a","url":1}', 'line 1: the input already has a column named url'],
    ['more than 1 MiB', `{"command":"${'a'.repeat(1_200_000)}`, 'line 1: the row is longer than 1 MiB'],
  ])('with a row of %s is rejected with exit 2', async (_name, rows, message) => {
    const { stderr, exit } = await folder.mintFrom(rows, '--command', 'c')
    expect(stderr).toContain(message)
    expect(exit).toBe(2)
  })
})
