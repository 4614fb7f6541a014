import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { root, run } from '../setup/io.js'
import type { Packed } from './pack.ts'

/** What publint and attw have against a tarball. */
export async function lint({ name, tarball }: Packed): Promise<string[]> {
  const bytes = readFileSync(tarball)
  const { messages, pkg } = await publint({ pack: { tarball: new Uint8Array(bytes).buffer }, strict: true })
  const problems = messages.map((message) => `publint, ${name}: ${formatMessage(message, pkg, { color: false })}`)
  const attw = join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js')
  const args = [attw, tarball, '--profile', 'esm-only', '--format', 'ascii', '--no-color', '--no-emoji']
  const result = run(process.execPath, args)
  return result.ok ? problems : [...problems, `attw, ${name}:\n${result.output}`]
}
