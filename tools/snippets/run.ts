// Runs snippets that end by themselves, one after the other, and prints what each of them has printed.
import { pathToFileURL } from 'node:url'
import { format } from 'node:util'
import type { Ended } from '../snippets.ts'

const log = console.log

async function run(file: string): Promise<Ended> {
  const lines: string[] = []
  const complaints: string[] = []
  console.log = (...given) => void lines.push(format(...given))
  console.error = (...given) => void complaints.push(format(...given))
  try {
    await import(pathToFileURL(file).href)
    return { status: 0, stdout: lines.join('\n'), stderr: complaints.join('\n') }
  } catch (error) {
    return { status: 1, stdout: lines.join('\n'), stderr: format(error) }
  }
}

const results: Ended[] = []
for (const file of process.argv.slice(2)) results.push(await run(file))
log(JSON.stringify(results))
process.exit()
