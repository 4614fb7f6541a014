import { createMinter, generateKey } from '@hookurl/core'
import { hook } from './claims.ts'
import type { Row } from './row.ts'

// 27 characters.
const baseUrl = 'https://bots.example.com/in'
const comparedTo = 'the length of a JWT with its claims'

/** The length of the README's URL. */
export async function run(): Promise<readonly Row[]> {
  const keys = generateKey()
  const getLength = (tokenFormat: 'full' | 'short'): number =>
    createMinter({ keys, baseUrl, expiresIn: '30d', tokenFormat }).mintSync(hook).length
  return [
    { task: "the README's URL", comparedTo, value: getLength('full'), unit: 'characters', target: { atMost: 238 } },
    { task: 'its short form', comparedTo, value: getLength('short'), unit: 'characters', target: { atMost: 217 } },
  ]
}
