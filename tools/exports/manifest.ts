import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runApart } from '../packages/run-apart.ts'
import { root } from '../setup/io.js'
import type { Packed } from './pack.ts'

const repository = 'https://github.com/hookurl/hookurl'

// What every package says alike, for those who look it up in a registry.
const alike: Readonly<Record<string, unknown>> = {
  license: 'MIT',
  type: 'module',
  homepage: `${repository}#readme`,
  bugs: { url: `${repository}/issues` },
  engines: JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).engines,
  publishConfig: { access: 'public', provenance: true },
}

/** What is wrong with the manifests, as they would be published. */
export async function judgeManifests(packed: readonly Packed[]): Promise<string[]> {
  const versions = new Set(packed.map(({ version }) => version))
  const problems =
    versions.size === 1 ? [] : [`the packages have ${versions.size} versions: ${[...versions].join(', ')}`]
  return [...problems, ...(await Promise.all(packed.map(judge))).flat()]
}

async function judge({ name, folder }: Packed): Promise<string[]> {
  const file = join(folder, 'package.json')
  const text = readFileSync(file, 'utf8')
  const manifest: Record<string, unknown> = JSON.parse(text)
  const others = Object.entries(alike).filter(([key, value]) => JSON.stringify(manifest[key]) !== JSON.stringify(value))
  const { ok, output } = await runApart(['npm', 'pkg', 'fix'], { cwd: folder })
  const fixed = readFileSync(file, 'utf8')
  return [
    ...others.map(([key, value]) => `${name}: ${key} is not ${JSON.stringify(value)}`),
    ...describe(manifest).map((problem) => `${name}: ${problem}`),
    ...(ok && isSame(fixed, text) ? [] : [`${name}: npm pkg fix mends package.json\n${output}`]),
  ]
}

function describe({
  description,
  keywords,
  repository: place,
  scripts,
  dependencies = {},
}: Record<string, unknown>): string[] {
  const { url, directory } = place as { url?: string; directory?: string }
  const ranges = Object.entries(dependencies as Record<string, string>)
  return [
    ...(typeof description === 'string' && description.length > 20 ? [] : ['no description']),
    ...(Array.isArray(keywords) && keywords.length > 3 ? [] : ['too few keywords']),
    ...(url === `git+${repository}.git` && /^packages\/\w+$/.test(directory ?? '') ? [] : ['no repository']),
    ...(scripts === undefined ? [] : ['scripts, which run at people who install']),
    ...ranges.filter(([, range]) => !/^\^?\d/.test(range)).map(([other, range]) => `it wants ${other} ${range}`),
  ]
}

function isSame(one: string, other: string): boolean {
  return JSON.stringify(JSON.parse(one)) === JSON.stringify(JSON.parse(other))
}
