import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createMinter } from '@hookurl/core'
import { createVerifier, type Verifier } from '@hookurl/verify'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { testKey } from '../../../tools/snippets.ts'
import { recordCheck } from '../../support/record-check.ts'
import { getGroupName, groups } from './groups.ts'
import { languages } from './languages.ts'
import { readColumn } from './page.ts'
import { readMintCases, readStateCases, readVerifyCases, type VerifyCase } from './rows.ts'

const cli = fileURLToPath(new URL('../../../packages/cli/bin/hookurl.js', import.meta.url))
const cases = await readVerifyCases()
const validCases = cases.filter(({ row }) => row.hook !== undefined)
const invalidCases = cases.filter(({ row }) => row.hook === undefined)

test('every kind of rejected token has vectors', () => {
  const kinds = new Set(invalidCases.map(({ row }) => getGroupName(row)))
  expect([...kinds].sort()).toEqual(groups.map(({ name }) => name).sort())
})

test('there are more than 80 vectors with a valid token', () => {
  expect(validCases.length).toBeGreaterThan(80)
})

describe.each(languages)('$name', ({ name, library, documentedVersion, absence, version, run, runDriver }) => {
  let jwks = ''

  beforeAll(() => {
    const env = { ...process.env, HOOKURL_KEYS: testKey }
    jwks = spawnSync(process.execPath, [cli, 'keys', 'jwk'], { env, encoding: 'utf8' }).stdout
  })
  beforeEach((context) => (absence === undefined ? undefined : context.skip(absence)))
  afterAll(() => {
    if (absence === undefined)
      recordCheck('other-languages', `${version()}: its tokens are valid here, and the reverse`)
  })

  test('the program mints a token that hookurl verifies', () => {
    const minted = run(['mint', '/onWebhook', '42'], jwks)
    expect(minted.stderr).toBe('')
    const hook = createVerifier({ keys: testKey }).verifySync(minted.stdout.trim())
    expect(hook).toMatchObject({ command: '/onWebhook', userId: '42' })
  })

  test('the program verifies a token that hookurl mints', () => {
    const verified = run(['verify', '/onWebhook', mintToken()], jwks)
    expect(verified.stderr).toBe('')
    expect(JSON.parse(verified.stdout)).toMatchObject({ cmd: '/onWebhook', sub: '42', cnt: { order: 'Größe <7>' } })
  })

  test('the program rejects a token minted for another command', () => {
    const { status, stdout, stderr } = run(['verify', '/other', mintToken()], jwks)
    expect([status, stdout, stderr]).toEqual([1, '', expect.stringMatching(/^rejected: /)])
  })

  test('the hooks of the vectors, minted here, are verified by hookurl', async () => {
    const mintCases = await readMintCases()
    const responses = runDriver(mintCases.map(({ request }) => request))
    for (const [at, { row, token }] of mintCases.entries()) {
      const verifier = createVerifier({ keys: row.keys, purpose: row.purpose, now: () => row.now * 1000 })
      expect(verify(verifier, responses[at]?.token), row.name).toEqual(verify(verifier, token))
    }
    expect(mintCases.length).toBeGreaterThan(30)
  })

  test('the state hashes of the vectors are derived', async () => {
    const stateCases = await readStateCases()
    const responses = runDriver(stateCases.map(({ request }) => request))
    for (const [at, { row }] of stateCases.entries()) expect(responses[at], row.name).toEqual({ hash: row.sta })
    expect(stateCases.length).toBeGreaterThan(20)
  })

  test('the valid tokens of the vectors are accepted, with the same claims', () => {
    const responses = runDriver(validCases.map(({ request }) => request))
    const rejected = validCases.filter((_, at) => responses[at]?.claims === undefined)
    expect(rejected.filter((each) => !isRejectedByLibrary(name, each)).map(({ row }) => row.name)).toEqual([])
    for (const [at, { row, request }] of validCases.entries()) {
      const claims = responses[at]?.claims
      if (claims !== undefined) expect(claims, row.name).toEqual(readClaims(request.token))
    }
  })

  test('the invalid tokens of the vectors are rejected as docs/languages.md says', () => {
    const responses = runDriver(invalidCases.map(({ request }) => request))
    const results = summarizeAccepted(invalidCases.filter((_, at) => responses[at]?.claims !== undefined))
    const documented = readColumn(`${name} here`)
    if (version().startsWith(documentedVersion)) expect(results).toEqual(documented)
    // Another version of the library may reject more.
    else
      expect(
        Object.keys(documented).filter((kind) => documented[kind] === 'rejected' && results[kind] !== 'rejected'),
      ).toEqual([])
  })

  // PHP needs no library.
  if (library === undefined) return

  test('the library alone rejects what docs/languages.md says', (context) => {
    if (!version().startsWith(documentedVersion))
      return context.skip(`docs/languages.md describes ${documentedVersion}, not ${version()}`)
    const responses = runDriver(invalidCases.map(({ request }) => ({ ...request, libraryOnly: true })))
    const results = summarizeAccepted(invalidCases.filter((_, at) => responses[at]?.claims !== undefined))
    expect(results).toEqual(readColumn(library))
  })
})

function mintToken(): string {
  const minter = createMinter({ keys: testKey, baseUrl: 'https://bot.example.com/hooks', expiresIn: '1h' })
  const url = minter.mintSync({ command: '/onWebhook', userId: 42, content: { order: 'Größe <7>' } })
  return url.slice(url.lastIndexOf('/') + 1)
}

// Restrictions are not checked here.
function verify(verifier: Verifier, token: string | undefined): unknown {
  return verifier.verifySync(token ?? '', { ignore: ['uses', 'state', 'user', 'signature'] })
}

// golang-jwt 4 rejects an `iat` in the future, which does not affect the validity of a hook.
function isRejectedByLibrary(language: string, { request: { token, now } }: VerifyCase): boolean {
  const { iat } = readClaims(token)
  return language === 'Go' && typeof iat === 'number' && iat > now
}

function readClaims(token = ''): { [name: string]: unknown } {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
}

// For each kind of token: whether all of its vectors are rejected, some, or none.
function summarizeAccepted(accepted: readonly VerifyCase[]): Record<string, string> {
  const results: Record<string, string> = {}
  for (const { name } of groups) {
    const vectors = invalidCases.filter(({ row }) => getGroupName(row) === name)
    const passed = vectors.filter((vector) => accepted.includes(vector)).length
    results[name] = passed === 0 ? 'rejected' : passed === vectors.length ? 'accepted' : 'some'
  }
  return results
}
