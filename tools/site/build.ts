import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { log, readNote, root, run, writeNote } from '../setup/io.js'
import { buildDebuggerPage } from './debugger-page.ts'

const note = 'site'
const folder = join(root, 'site')
const vitepress = join(folder, 'node_modules/vitepress/bin/vitepress.js')
/** What is copied into the site as it is. */
const assets = join(root, 'node_modules/.cache/site')

/** Where the built site is. */
export const siteOutput: string = join(folder, 'dist')

/** Installs VitePress unless it is installed in the locked version: only the site needs it. */
export function installSite(): void {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'pnpm-lock.yaml')))
    .digest('hex')
  if (existsSync(vitepress) && readNote(note) === lock) return
  const pnpm = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).packageManager
  log('installing what the site needs …')
  const result = run('npx', ['--yes', pnpm, 'install', '--frozen-lockfile', '--filter=@hookurl/site'], {
    env: { CI: 'true', npm_config_loglevel: 'error', npm_config_update_notifier: 'false' },
  })
  if (!result.ok) throw new Error(`pnpm could not install the dependencies of the site\n${result.output}`)
  writeNote(note, lock)
}

/** Runs a command of VitePress, such as `build`, with the debugger and the icon in place. Returns its exit code. */
export async function runVitePress(
  command: string,
  { base = '/', args = [] as readonly string[] } = {},
): Promise<number> {
  mkdirSync(assets, { recursive: true })
  cpSync(join(root, 'packages/inspector/src/icon.svg'), join(assets, 'icon.svg'))
  writeFileSync(join(assets, 'debugger.html'), buildDebuggerPage())
  const child = spawn(process.execPath, [vitepress, command, folder, ...args], {
    cwd: root,
    env: { ...process.env, HOOKURL_SITE_BASE: base },
    stdio: 'inherit',
  })
  const [code] = await once(child, 'exit')
  return code ?? 1
}
