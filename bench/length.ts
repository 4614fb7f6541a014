import { createMinter, generateKey } from '@hookurl/core'
import { claims, getExpiry, hook } from './claims.ts'
import type { Row } from './row.ts'

// 27 characters.
const baseUrl = 'https://bots.example.com/in'
const SIGNATURE_LENGTH = 43

/** The length of the README's URL, compared to the shortest JWT with its claims in the same place. */
export async function run(): Promise<readonly Row[]> {
  const keys = generateKey()
  const getLength = (tokenFormat: 'full' | 'short'): number =>
    createMinter({ keys, baseUrl, expiresIn: '30d', tokenFormat }).mintSync(hook).length
  const minimum = getMinimum()
  const toRow = (task: string, value: number): Row => ({
    task,
    comparedTo: 'the shortest JWT with its claims',
    value,
    unit: 'characters',
    hookurl: `${value} characters`,
    other: `${minimum} characters`,
    note: `in a URL that starts with ${baseUrl}/; the JWT has the header {"alg":"HS256"} and no white space`,
  })
  return [
    { ...toRow("the README's URL", getLength('full')), target: { atMost: minimum } },
    toRow('the same URL in the short token format', getLength('short')),
  ]
}

function getMinimum(): number {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const input = `${encode({ alg: 'HS256' })}.${encode({ ...claims, exp: getExpiry() })}`
  return `${baseUrl}/${input}.`.length + SIGNATURE_LENGTH
}
