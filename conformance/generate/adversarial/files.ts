import { stringifyRows } from '../stringify-rows.ts'
import { makeBodyRows } from './bodies.ts'
import { makeClaimRows } from './claims.ts'
import { makeEncryptedRows } from './encrypted.ts'
import { makeHeaderRows } from './headers.ts'
import { makeKeyRows } from './keys.ts'
import { makeRedirectRows } from './redirects.ts'
import { makeShapeRows } from './shapes.ts'

/** Generates the contents of every corpus in `adversarial/`, by the name of its file. */
export async function generateCorpora(): Promise<Map<string, string>> {
  const tokens = [
    ...makeHeaderRows(),
    ...(await makeShapeRows()),
    ...makeKeyRows(),
    ...makeClaimRows(),
    ...makeEncryptedRows(),
  ]
  return new Map([
    [
      'bodies.json',
      stringifyRows('Bodies: JSON and what resembles it, text in many charsets, multipart', makeBodyRows()),
    ],
    ['redirects.json', stringifyRows('Redirects, at mint and when verifying', makeRedirectRows())],
    ['tokens.json', stringifyRows('Tokens that somebody might try', tokens)],
  ])
}
