import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createMinter } from '@hookurl/core'
import { createVerifier, type Verifier } from '@hookurl/verify'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { testKey } from '../../../tools/snippets.ts'
import { recordCheck } from '../../support/record-check.ts'
import { getGroupName, groups } from './groups.ts'
import { languages } from './languages.ts'
import { readColumn } from './page.ts'
import { readMintCases, readVerifyCases, type VerifyCase } from './rows.ts'

const program = fileURLToPath(new URL('../../../packages/cli/bin/hookurl.js', import.meta.url))
const cases = await readVerifyCases()
const validCases = cases.filter(({ row }) => row.hook !== undefined)
const invalidCases = cases.filter(({ row }) => row.hook === undefined)

// golang-jwt 4 refuses an `iat` in the future, which says nothing of when a hook is good.
const tooStrict: Readonly<Record<string, readonly string[]>> = {
  Go: ['iat 1800999999', 'an issuedAt in the future is not judged'],
}

test('every kind of refused token has vectors', () => {
  const kinds = new Set(invalidCases.map(({ row }) => getGroupName(row)))
  expect([...kinds].sort()).toEqual(groups.map(({ what }) => what).sort())
  expect(validCases.length).toBeGreaterThan(80)
})

describe.each(languages)('$name', ({ name, library, documented, absence, version, run, ask }) => {
  beforeEach((context) => (absence === undefined ? undefined : context.skip(absence)))
  afterAll(() => {
    if (absence === undefined) recordCheck('other-languages', `${version()}: what it mints is good here, and the reverse`)
  })

  test('mints what is verified here, and verifies what is minted here, as a reader runs it', () => {
    const env = { ...process.env, HOOKURL_KEYS: testKey }
    const jwks = spawnSync(process.execPath, [program, 'keys', 'jwk'], { env, encoding: 'utf8' }).stdout
    const minted = run(['mint', '/onWebhook', '42'], jwks)
    expect(minted.stderr).toBe('')
    const hook = createVerifier({ keys: testKey }).verifySync(minted.stdout.trim())
    expect(hook).toMatchObject({ command: '/onWebhook', userId: '42' })

    const minter = createMinter({ keys: testKey, baseUrl: 'https://bot.example.com/hooks', expiresIn: '1h' })
    const url = minter.mintSync({ command: '/onWebhook', userId: 42, content: { order: 'Größe <7>' } })
    const token = url.slice(url.lastIndexOf('/') + 1)
    const verified = run(['verify', '/onWebhook', token], jwks)
    expect(verified.stderr).toBe('')
    expect(JSON.parse(verified.stdout)).toMatchObject({ cmd: '/onWebhook', sub: '42', cnt: { order: 'Größe <7>' } })
    const other = run(['verify', '/other', token], jwks)
    expect([other.status, other.stdout, other.stderr]).toEqual([1, '', expect.stringMatching(/^refused: /)])
  })

  test('mints the hooks of the vectors, which are verified here', async () => {
    const minting = await readMintCases()
    const answers = ask(minting.map(({ asked }) => asked))
    for (const [at, { row, token }] of minting.entries()) {
      const verifier = createVerifier({ keys: row.keys, purpose: row.purpose, now: () => row.now * 1000 })
      expect(open(verifier, answers[at]?.token), row.name).toEqual(open(verifier, token))
    }
    expect(minting.length).toBeGreaterThan(30)
  })

  test('verifies the good tokens of the vectors, and reads the same claims', () => {
    const answers = ask(validCases.map(({ asked }) => asked))
    const failed = validCases.filter((_, at) => answers[at]?.claims === undefined).map(({ row }) => row.name)
    expect(failed.filter((each) => !tooStrict[name]?.includes(each))).toEqual([])
    for (const [at, { row, asked }] of validCases.entries()) {
      const claims = answers[at]?.claims
      if (claims === undefined) continue
      expect(claims, row.name).toEqual(
        JSON.parse(Buffer.from(asked.token?.split('.')[1] ?? '', 'base64url').toString()),
      )
    }
  })

  test('refuses the other tokens of the vectors, as far as docs/languages.md says', () => {
    const answers = ask(invalidCases.map(({ asked }) => asked))
    const sums = summarizeAccepted(invalidCases.filter((_, at) => answers[at]?.claims !== undefined))
    const said = readColumn(`${name} here`)
    if (version().startsWith(documented)) expect(sums).toEqual(said)
    // Another version of the library may refuse more.
    else expect(Object.keys(said).filter((what) => said[what] === 'refused' && sums[what] !== 'refused')).toEqual([])
  })

  // PHP needs no library.
  if (library === undefined) return

  test('refuses by its library alone what docs/languages.md says', (context) => {
    if (!version().startsWith(documented))
      return context.skip(`docs/languages.md is about ${documented}, not ${version()}`)
    const answers = ask(invalidCases.map(({ asked }) => ({ ...asked, bare: true })))
    expect(summarizeAccepted(invalidCases.filter((_, at) => answers[at]?.claims !== undefined))).toEqual(readColumn(library))
  })
})

// Uses are counted by nobody here.
function open(verifier: Verifier, token: string | undefined): unknown {
  return verifier.verifySync(token ?? '', { ignore: ['uses'] })
}

// Of each kind of token: whether all of its vectors are refused, some, or none.
function summarizeAccepted(accepted: readonly VerifyCase[]): Record<string, string> {
  const sums: Record<string, string> = {}
  for (const { what } of groups) {
    const rows = invalidCases.filter(({ row }) => getGroupName(row) === what)
    const passed = rows.filter((row) => accepted.includes(row)).length
    sums[what] = passed === 0 ? 'refused' : passed === rows.length ? 'accepted' : 'some'
  }
  return sums
}
