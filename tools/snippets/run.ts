// Runs snippets that exit, one after the other, and prints the output of each.
import { pathToFileURL } from 'node:url'
import { format } from 'node:util'
import type { SnippetResult } from '../snippets.ts'

const log = console.log

async function run(file: string): Promise<SnippetResult> {
  const lines: string[] = []
  const errors: string[] = []
  console.log = (...given) => void lines.push(format(...given))
  console.error = (...given) => void errors.push(format(...given))
  try {
    await import(pathToFileURL(file).href)
    return { status: 0, stdout: lines.join('\n'), stderr: errors.join('\n') }
  } catch (error) {
    return { status: 1, stdout: lines.join('\n'), stderr: format(error) }
  }
}

const results: SnippetResult[] = []
for (const file of process.argv.slice(2)) results.push(await run(file))
log(JSON.stringify(results))
process.exit()
