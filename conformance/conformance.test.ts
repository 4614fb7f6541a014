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

test('there are enough vectors, each with a name of its own and exactly one outcome', () => {
  const { verify, mint, keys } = vectors
  expect(verify.length + mint.length + keys.length).toBeGreaterThan(700)
  for (const rows of [verify, mint, keys]) expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length)
  for (const row of verify) {
    expect(
      [row.hook, row.code].filter((outcome) => outcome !== undefined),
      row.name,
    ).toHaveLength(1)
    expect(
      [row.token, row.url].filter((text) => text !== undefined),
      row.name,
    ).toHaveLength(1)
  }
})

test('the suite notices a subject that disagrees', async () => {
  const gullible: typeof createVerifier = (options) => createVerifier({ ...options, clockTolerance: 300 })
  const { passed, failures } = await runSuite(vectors, { ...subject, createVerifier: gullible })
  expect(passed).toBeGreaterThan(0)
  expect(failures.map(({ name }) => name)).toContain('the second it expires')
})
