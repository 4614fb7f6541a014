import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type MintFolder, makeLongCsv, makeMintFolder } from '../support/mint-from.ts'

const program = fileURLToPath(new URL('../../bin/hookurl.js', import.meta.url))
const hasScript = existsSync('/usr/bin/script')
const noScript = 'script of util-linux, which opens a terminal, is not installed'

let folder: MintFolder
beforeEach(() => {
  folder = makeMintFolder()
})
afterEach(() => folder.remove())

/** Mints 10,000 rows with stderr on a terminal, and returns what the terminal shows. */
async function mintOnTerminal(term: string): Promise<string> {
  writeFileSync(folder.file('in.csv'), makeLongCsv(10_000))
  const line = `'${process.execPath}' '${program}' mint --from in.csv -o out.csv`
  const env = { ...folder.env, TERM: term }
  const child = spawn('/usr/bin/script', ['-qefc', line, '/dev/null'], { env, cwd: folder.path })
  let shown = ''
  child.stdout.on('data', (chunk) => (shown += chunk))
  await once(child, 'close')
  return shown
}

describe('the progress bar', () => {
  test('shows percentage, rows, rate and time left on a terminal', async (context) => {
    if (!hasScript) return context.skip(noScript)
    const shown = await mintOnTerminal('xterm')
    expect(shown).toMatch(/[█░]{24} \d+% \| [\d,]+ rows \| [\d,]+ per second \| \d+ s left/)
    expect(shown).toContain('10,000 URLs minted.')
  })

  test('is not shown on a dumb terminal', async (context) => {
    if (!hasScript) return context.skip(noScript)
    expect(await mintOnTerminal('dumb')).toBe('10,000 URLs minted.\r\nColumns signed: command, userId, content\r\n')
  })
})
