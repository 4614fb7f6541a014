import type { KeyRow, MintRow, VectorFile, VerifyRow } from '../format.ts'
import { claims } from './claims.ts'
import { derivedKeys, mint } from './mint.ts'
import { policy } from './policy.ts'
import { redirects } from './redirects.ts'
import { sealed } from './sealed.ts'
import { shapes } from './shape.ts'
import { short } from './short.ts'
import { headers, signedGood, signedKeys } from './signed.ts'
import { time } from './time.ts'
import { urls } from './urls.ts'

/** Every file of vectors by its name, as it is to stand in `vectors/`. */
export async function makeFiles(): Promise<Map<string, string>> {
  const verify: [string, string, VerifyRow[]][] = [
    [
      'signed.json',
      'Signed tokens in full: keys, headers, purposes',
      [...(await signedGood()), ...headers(), ...(await signedKeys())],
    ],
    ['shape.json', 'Shape, spelling and alteration of signed tokens', await shapes()],
    ['short.json', 'The short form', await short()],
    ['sealed.json', 'Sealed tokens', await sealed()],
    ['claims.json', 'Claims: limits, types, texts', claims()],
    ['time.json', 'Time, and what is judged first', await time()],
    ['policy.json', 'Commands, methods, uses', await policy()],
    ['redirects.json', 'Redirects', redirects()],
    ['urls.json', 'Finding the token in a URL again', await urls()],
  ]
  const files = new Map<string, string>()
  for (const [name, about, rows] of verify) files.set(name, write({ about, rows }))
  files.set('mint.json', write<MintRow>({ about: 'Minting: options and the exact URL', rows: await mint() }))
  files.set('keys.json', write<KeyRow>({ about: 'HKDF-SHA-256 of keys for purposes', rows: derivedKeys() }))
  return files
}

// One row a line, so that a change shows as one. What is not plain ASCII is escaped, since some of it is invisible.
function write<Row>(file: VectorFile<Row>): string {
  const rows = file.rows.map((row) => `    ${JSON.stringify(row)}`).join(',\n')
  const text = `{\n  "about": ${JSON.stringify(file.about)},\n  "rows": [\n${rows}\n  ]\n}\n`
  return text.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
