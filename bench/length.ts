import { createMinter, generateKey } from '@hookurl/core'
import { hook } from './claims.ts'
import type { Row } from './row.ts'

// 27 characters.
const baseUrl = 'https://bots.example.com/in'
const bound = 'what a JWT of its claims takes'

/** The length of the README's URL. */
export async function run(): Promise<readonly Row[]> {
  const keys = generateKey()
  const lengthOf = (tokenFormat: 'full' | 'short'): number =>
    createMinter({ keys, baseUrl, expiresIn: '30d', tokenFormat }).mintSync(hook).length
  return [
    { work: "the README's URL", against: bound, value: lengthOf('full'), unit: 'characters', reach: { atMost: 238 } },
    { work: 'its short form', against: bound, value: lengthOf('short'), unit: 'characters', reach: { atMost: 217 } },
  ]
}
