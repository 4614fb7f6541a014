import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root, run } from '../../tools/setup/io.js'
import { downloadNode } from '../../tools/setup/nodes.js'
import { chromiumPath } from '../browser/open-browser.ts'
import type { CheckResult } from '../packages/row.ts'

// It needs Node 22.
const lighthouse = { version: '13.5.0', node: '24.21.0' }
const folder = join(root, 'node_modules/.cache/lighthouse', lighthouse.version)
const program = join(folder, 'node_modules/lighthouse/cli/index.js')
const categories = ['accessibility', 'best-practices'] as const

interface Report {
  readonly categories: Readonly<
    Record<string, { readonly score: number; readonly auditRefs: { readonly id: string }[] }>
  >
  readonly audits: Readonly<Record<string, { readonly score: number | null; readonly title: string }>>
}

/** Measures an address with Lighthouse: both categories must be at 100. */
export async function checkLighthouse(address: string): Promise<CheckResult> {
  const node = downloadNode(lighthouse.node)
  if ('absence' in node) return node
  const absence = installLighthouse()
  if (absence !== undefined) return { absence }
  const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-background-networking']
  const options = [
    ...['--quiet', '--output=json', '--no-enable-error-reporting', `--only-categories=${categories.join()}`],
    `--chrome-flags=${flags.join(' ')}`,
  ]
  // This process serves the address, so it must not block.
  const { stdout } = await promisify(execFile)(node.program, [program, address, ...options], {
    env: { ...process.env, CHROME_PATH: chromiumPath },
    maxBuffer: 64 * 1024 * 1024,
    timeout: 300_000,
  })
  const report: Report = JSON.parse(stdout)
  const scores = categories.map((name) => `${name} ${Math.round((report.categories[name]?.score ?? 0) * 100)}`)
  const failed = categories
    .flatMap((name) => report.categories[name]?.auditRefs ?? [])
    .map(({ id }) => report.audits[id])
    .filter((audit) => audit !== undefined && audit.score !== null && audit.score < 1)
  if (scores.some((score) => !score.endsWith(' 100')))
    throw new Error(`${scores.join(', ')}: ${failed.map((audit) => audit?.title).join('; ')}`)
  return scores.join(', ')
}

/** Returns why it could not be installed. */
function installLighthouse(): string | undefined {
  if (existsSync(program)) return undefined
  const quiet = ['--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const name = `lighthouse@${lighthouse.version}`
  const { ok, output } = run('npm', ['install', `--prefix=${folder}`, ...quiet, name], { timeout: 300_000 })
  return ok && existsSync(program) ? undefined : `${name} cannot be downloaded: ${output.split('\n').at(-1)}`
}
