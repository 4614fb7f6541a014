import { mkdirSync, writeFileSync } from 'node:fs'
import { makeFiles } from './make/files.ts'

const folder = new URL('vectors/', import.meta.url)
mkdirSync(folder, { recursive: true })
for (const [name, text] of await makeFiles()) {
  writeFileSync(new URL(name, folder), text)
  console.log(`${name}: ${JSON.parse(text).rows.length} rows`)
}
