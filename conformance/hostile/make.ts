// Writes the corpora anew: `node --import tsx conformance/hostile/make.ts`.
import { writeFileSync } from 'node:fs'
import { makeCorpora } from './make/files.ts'

for (const [name, text] of await makeCorpora()) {
  writeFileSync(new URL(name, import.meta.url), text)
  console.log(`${name}: ${JSON.parse(text).rows.length} rows`)
}
