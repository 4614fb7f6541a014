import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root, run } from '../setup/io.js'
import { testKey } from '../snippets.ts'

/** The commands of the transcript, run in this order in one folder. An `export` applies to the commands after it. */
const commands: readonly string[] = [
  'export HOOKURL_BASE_URL=https://bot.example.com/hooks',
  "npx hookurl mint --command /onWebhook --user-id 42 --content 'Did you see the cat?' | tee url.txt",
  'npx hookurl verify - < url.txt',
  'npx hookurl inspect - < url.txt',
]

const clock = pathToFileURL(join(root, 'tools/docs/clock.js')).href
const program = join(root, 'packages/cli/bin/hookurl.js')

// The commands look as in a terminal, but run the built program at a fixed time.
const asInTerminal = `npx() { shift; "${process.execPath}" --import "${clock}" "${program}" "$@"; }`

/** Runs the commands and returns them with their output. */
export function generateTranscript(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hookurl-transcript-'))
  try {
    const parts = commands.map((command, at) => {
      const exported = commands.slice(0, at).filter((earlier) => earlier.startsWith('export '))
      return `$ ${command}\n${runIn(folder, [...exported, command])}`.trimEnd()
    })
    return ['```console', parts.join('\n\n'), '```'].join('\n')
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function runIn(folder: string, lines: readonly string[]): string {
  const script = ['exec 2>&1', 'cd "$HOME"', asInTerminal, ...lines].join('\n')
  const env = { HOME: folder, XDG_CONFIG_HOME: folder, HOOKURL_KEYS: testKey, NO_COLOR: '1' }
  const unset = { HOOKURL_BASE_URL: undefined, HOOKURL_PURPOSE: undefined, NODE_ENV: undefined, FORCE_COLOR: undefined }
  const { ok, output } = run('bash', ['-c', script], { env: { ...env, ...unset } })
  if (!ok) throw new Error(`the transcript's \`${lines.at(-1)}\` failed:\n${output}`)
  return output
}
