import { createMinter, deriveJwk, findToken, isHookurlError } from '@hookurl/core'
import { synchronous } from '@hookurl/core/internal'
import { createVerifier } from '@hookurl/verify'
import { describe, expect, test } from 'vitest'
import { readVectors } from './read-vectors.ts'
import { defineSuite, runSuite } from './suite.ts'

const vectors = readVectors()
const subject = { createMinter, createVerifier, deriveJwk, findToken, isHookurlError, synchronous }

describe(`vectors on the ${synchronous ? 'node:crypto' : 'Web Crypto'} engine`, () => {
  defineSuite(vectors, subject, test)
})

test('there are more than 700 vectors', () => {
  const { verify, mint, keys } = vectors
  expect(verify.length + mint.length + keys.length).toBeGreaterThan(700)
})

test.each(['verify', 'mint', 'keys'] as const)('the names of the %s vectors are unique', (kind) => {
  const names = vectors[kind].map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
})

test('every verify vector has either a hook or a code', () => {
  for (const { name, hook, code } of vectors.verify)
    expect((hook === undefined) !== (code === undefined), name).toBe(true)
})

test('every verify vector has either a token or a URL', () => {
  for (const { name, token, url } of vectors.verify)
    expect((token === undefined) !== (url === undefined), name).toBe(true)
})

test('the suite reports a subject that disagrees', async () => {
  const createTolerantVerifier: typeof createVerifier = (options) => createVerifier({ ...options, clockTolerance: 300 })
  const { passed, failures } = await runSuite(vectors, { ...subject, createVerifier: createTolerantVerifier })
  expect(passed).toBeGreaterThan(0)
  expect(failures.map(({ name }) => name)).toContain('the second it expires')
})
