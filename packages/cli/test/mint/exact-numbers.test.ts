import { writeFileSync } from 'node:fs'
import { createVerifier } from '@hookurl/verify'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createInspectorApi } from '../../src/inspector/api.ts'
import { createMintRequest, createSettings } from '../support/inspector.ts'
import { findUrls, type MintFolder, makeMintFolder } from '../support/mint-from.ts'
import { testKeys } from '../support/run.ts'

interface Minted {
  readonly url: string | undefined
  readonly output: string
}

/** A place where JSON becomes content, and how the path of its numbers begins. */
interface Place {
  readonly name: string
  readonly root: string
  mint(json: string): Promise<Minted>
}

const verifier = createVerifier({ keys: testKeys })
let folder: MintFolder
beforeEach(() => {
  folder = makeMintFolder()
})
afterEach(() => folder.remove())

async function mintFrom(rows: string, ...flags: string[]): Promise<Minted> {
  const { stdout, stderr } = await folder.mintFrom(rows, '--command', '/a', ...flags)
  return { url: findUrls(stdout)[0], output: stdout + stderr }
}

async function mintWithFlags(args: readonly string[], stdin = ''): Promise<Minted> {
  const { stdout, stderr } = await folder.mint(['--command', '/a', ...args], stdin)
  return { url: findUrls(stdout)[0], output: stdout + stderr }
}

const places: readonly Place[] = [
  { name: '--json-content', root: 'content', mint: (json) => mintWithFlags(['--json-content', json]) },
  { name: '--json-content -', root: 'content', mint: (json) => mintWithFlags(['--json-content', '-'], json) },
  {
    name: '--json-content @file',
    root: 'content',
    mint: (json) => {
      writeFileSync(folder.file('content.json'), json)
      return mintWithFlags(['--json-content', '@content.json'])
    },
  },
  {
    name: 'the column jsonContent of CSV',
    root: 'jsonContent',
    mint: (json) => mintFrom(`jsonContent\n"${json.replaceAll('"', '""')}"\n`),
  },
  { name: 'content in NDJSON', root: 'content', mint: (json) => mintFrom(`{"content":${json}}`) },
  { name: 'jsonContent in NDJSON', root: 'jsonContent', mint: (json) => mintFrom(`{"jsonContent":${json}}`) },
  {
    name: 'a string in jsonContent in NDJSON',
    root: 'jsonContent',
    mint: (json) => mintFrom(JSON.stringify({ jsonContent: json })),
  },
  {
    name: 'the mint form of the inspector',
    root: 'content',
    mint: async (json) => {
      const request = createMintRequest({ content: json, contentIsJson: true })
      const { url, error } = await createInspectorApi(createSettings()).mint(request)
      return { url, output: JSON.stringify(error) ?? '' }
    },
  },
]

const rejected = [
  ...['9007199254740992', '-9007199254740992', '9007199254740993', '12345678901234567890', '9007199254740993.0'],
  ...['100000000000000000000', '1e20', '123456789012345678901234567890', '0.1000000000000000055511151231257827'],
  ...['1.00000000000000000001', '1e400', '-1E400', '1e-400'],
]
const signed: readonly (readonly [literal: string, value: number])[] = [
  ['9007199254740991', Number.MAX_SAFE_INTEGER],
  ['-9007199254740991', Number.MIN_SAFE_INTEGER],
  ['0.1', 0.1],
  ['1.10', 1.1],
  ['1.0', 1],
  ['1e3', 1000],
  ['-0', 0],
  ['0.30000000000000004', 0.1 + 0.2],
  ['1e21', 1e21],
  ['5e-324', 5e-324],
]

describe.each(places)('$name', ({ root, mint }) => {
  test.each(rejected)('rejects %s, and names its path but not its value', async (literal) => {
    const { url, output } = await mint(`{"order":{"userId":[0,${literal}]}}`)
    expect(url).toBeUndefined()
    // Integers that a double can hold are rejected by the library, which knows only the option.
    expect(output).toMatch(
      new RegExp(`(?:${root}|content)\\.order\\.userId\\.1 cannot be represented exactly as a number`),
    )
    expect(output).toContain('Write it as a string')
    expect(output).not.toContain(literal.replace('-', ''))
  })

  test('rejects a number that is the entire content', async () => {
    expect((await mint('12345678901234567890')).output).toContain(`${root} cannot be represented exactly`)
  })

  test.each(signed)('signs %s as the number %d', async (literal, value) => {
    const { url } = await mint(`{"n":${literal}}`)
    expect(verifier.verifySync(url as string).content).toStrictEqual({ n: value })
  })

  test('signs digits in a string as they are', async () => {
    const { url } = await mint('{"n":"12345678901234567890"}')
    expect(verifier.verifySync(url as string).content).toStrictEqual({ n: '12345678901234567890' })
  })
})

describe('a user ID in NDJSON', () => {
  test.each(['9007199254740992', '9007199254740993', '12345678901234567890', '1.00000000000000000001', '1e400'])(
    '%s is rejected',
    async (literal) => {
      const { url, output } = await mintFrom(`{"userId":${literal}}`)
      expect(url).toBeUndefined()
      expect(output).toMatch(/line 1: userId (?:cannot be represented exactly as a number|must be a string)/)
    },
  )

  test('is signed if it is a string of digits', async () => {
    const { url } = await mintFrom('{"userId":"12345678901234567890"}')
    expect(verifier.verifySync(url as string).userId).toBe('12345678901234567890')
  })
})

test('a user ID in CSV and as a flag is signed digit for digit', async () => {
  const fromCsv = await mintFrom('userId\n12345678901234567890\n')
  const fromFlag = await mintWithFlags(['--user-id', '12345678901234567890'])
  for (const { url } of [fromCsv, fromFlag]) {
    expect(verifier.verifySync(url as string).userId).toBe('12345678901234567890')
  }
})

test('a number in another column of NDJSON is copied, whatever it is', async () => {
  const { url, output } = await mintFrom('{"userId":"1","n":12345678901234567890,"m":1e400}')
  expect(url).toBeDefined()
  expect(output).toContain('{"userId":"1","n":12345678901234567890,"m":1e400,"url":')
})
