import type { Inspection } from '@hookurl/core'
import { decodeSegments } from '@hookurl/core/internal'
import { parseJson } from './json.ts'

type Decoded = Pick<Inspection, 'header' | 'claims'>

/** Returns the header and the claims of an inspected token, with the literals of their numbers. */
export function readTokenLiterals({ token = '', ...inspection }: Inspection): Decoded {
  const json = decodeSegments(token)
  const parse = (name: keyof Decoded): Decoded['claims'] =>
    inspection[name] === undefined ? undefined : (parseJson(json[name] as string) as Decoded['claims'])
  return { header: parse('header'), claims: parse('claims') }
}
