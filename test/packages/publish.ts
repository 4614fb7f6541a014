import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Packed } from './pack.ts'
import type { Registry } from './registry.ts'
import { runIsolated } from './run-isolated.ts'

interface PublishOptions {
  readonly registry: Registry
  /** Where npm may write. It does not read the user's own settings. */
  readonly folder: string
  readonly dryRun?: true
}

/** Publishes every tarball, and returns npm's warnings. */
export async function publishAll(packed: readonly Packed[], options: PublishOptions): Promise<string[]> {
  const { registry, folder, dryRun } = options
  mkdirSync(folder, { recursive: true })
  const userconfig = join(folder, 'empty.npmrc')
  writeFileSync(userconfig, '')
  const args = [...registry.publishArgs, '--ignore-scripts', `--userconfig=${userconfig}`]
  if (dryRun) args.push('--dry-run')
  // Only a workflow can prove where a package was built.
  else args.push('--provenance=false')
  const warnings = packed.map(async ({ name, tarball }) => {
    const { ok, output } = await runIsolated(['npm', 'publish', tarball, ...args], { cwd: folder })
    const lines = output.split('\n')
    return (ok ? lines.filter((line) => /^npm (?:warn|error)/i.test(line)) : lines).map((line) => `${name}: ${line}`)
  })
  return (await Promise.all(warnings)).flat()
}
