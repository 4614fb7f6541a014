// Generates all vectors and corpora: `node --import tsx conformance/generate/main.ts`.
import { writeFileSync } from 'node:fs'
import { generateCorpora } from './adversarial/files.ts'
import { generateVectorFiles } from './vectors/files.ts'

write('vectors', await generateVectorFiles())
write('adversarial', await generateCorpora())

function write(folder: string, files: ReadonlyMap<string, string>): void {
  for (const [name, text] of files) {
    writeFileSync(new URL(`../${folder}/${name}`, import.meta.url), text)
    console.log(`${folder}/${name}: ${JSON.parse(text).rows.length} rows`)
  }
}
