import { readdirSync, readFileSync } from 'node:fs'
import type { VectorFile, Vectors } from './format.ts'

const folder = new URL('vectors/', import.meta.url)
// Every other file has tokens to verify.
const kindByFile: ReadonlyMap<string, keyof Vectors> = new Map([
  ['mint.json', 'mint'],
  ['mint-restrictions.json', 'mint'],
  ['keys.json', 'keys'],
  ['states.json', 'states'],
  ['signing-secrets.json', 'signingSecrets'],
])

/** Reads the vector files, by name. */
export function readVectorFiles(): Map<string, string> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'))
  return new Map(names.sort().map((name) => [name, readFileSync(new URL(name, folder), 'utf8')]))
}

/** Reads all vectors. */
export function readVectors(): Vectors {
  const vectors: Vectors = { verify: [], mint: [], keys: [], states: [], signingSecrets: [] }
  for (const [name, text] of readVectorFiles()) {
    const { rows } = JSON.parse(text) as VectorFile<never>
    vectors[kindByFile.get(name) ?? 'verify'].push(...(rows as never[]))
  }
  return vectors
}
