import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Registry } from '../packages/registry.ts'
import { runApart } from '../packages/run-apart.ts'
import type { Packed } from './pack.ts'

interface PublishOptions {
  readonly registry: Registry
  /** Where npm may write: what it is told is kept from the person's own settings. */
  readonly folder: string
  readonly dryRun?: true
}

/** Publishes every tarball, and returns what npm warns of. */
export async function publishAll(packed: readonly Packed[], options: PublishOptions): Promise<string[]> {
  const { registry, folder, dryRun } = options
  mkdirSync(folder, { recursive: true })
  const userconfig = join(folder, 'empty.npmrc')
  writeFileSync(userconfig, '')
  const args = [...registry.publishArgs, '--ignore-scripts', `--userconfig=${userconfig}`]
  if (dryRun) args.push('--dry-run')
  // Provenance is what only a workflow can give.
  else args.push('--provenance=false')
  const warnings = packed.map(async ({ name, tarball }) => {
    const { ok, output } = await runApart(['npm', 'publish', tarball, ...args], { cwd: folder })
    const lines = output.split('\n')
    return (ok ? lines.filter((line) => /^npm (?:warn|error)/i.test(line)) : lines).map((line) => `${name}: ${line}`)
  })
  return (await Promise.all(warnings)).flat()
}
