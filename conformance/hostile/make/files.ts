import type { BodyRow, Corpus, RedirectRow, TokenRow } from '../format.ts'
import { bodies } from './bodies.ts'
import { claims } from './claims.ts'
import { headers } from './headers.ts'
import { keys } from './keys.ts'
import { redirects } from './redirects.ts'
import { sealed } from './sealed.ts'
import { shapes } from './shapes.ts'

/** Every corpus by the name of its file. */
export async function makeCorpora(): Promise<Map<string, string>> {
  const tokens = [...headers(), ...(await shapes()), ...keys(), ...claims(), ...sealed()]
  return new Map([
    ['bodies.json', write<BodyRow>({ about: 'Bodies that are, or say they are, JSON', rows: bodies() })],
    ['redirects.json', write<RedirectRow>({ about: 'Redirects, at mint and when verifying', rows: redirects() })],
    ['tokens.json', write<TokenRow>({ about: 'Tokens that somebody might try', rows: tokens })],
  ])
}

// One row a line. What is not plain ASCII is escaped, since some of it is invisible.
function write<Row>({ about, rows }: Corpus<Row>): string {
  const lines = rows.map((row) => `    ${JSON.stringify(row)}`).join(',\n')
  const text = `{\n  "about": ${JSON.stringify(about)},\n  "rows": [\n${lines}\n  ]\n}\n`
  return text.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
