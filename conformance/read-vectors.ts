import { readdirSync, readFileSync } from 'node:fs'
import type { KeyRow, MintRow, VectorFile, Vectors, VerifyRow } from './format.ts'

const folder = new URL('vectors/', import.meta.url)

/** Reads the vector files, by name. */
export function readVectorFiles(): Map<string, string> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'))
  return new Map(names.sort().map((name) => [name, readFileSync(new URL(name, folder), 'utf8')]))
}

/** Reads all vectors. */
export function readVectors(): Vectors {
  const vectors: Vectors = { verify: [], mint: [], keys: [] }
  for (const [name, text] of readVectorFiles()) {
    const { rows } = JSON.parse(text) as VectorFile<never>
    if (name === 'mint.json') vectors.mint.push(...(rows as MintRow[]))
    else if (name === 'keys.json') vectors.keys.push(...(rows as KeyRow[]))
    else vectors.verify.push(...(rows as VerifyRow[]))
  }
  return vectors
}
