import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root, run } from '../../tools/setup/io.js'

// `npm test` needs none of these, so they are installed on demand.
const versions = {
  '@yarnpkg/cli-dist': '4.18.1',
  'nest-cli-10': 'npm:@nestjs/cli@10.4.9',
  'nest-cli-11': 'npm:@nestjs/cli@11.0.24',
  'typescript-5.4': 'npm:typescript@5.4.5',
  'typescript-5.9': 'npm:typescript@5.9.3',
  'typescript-6': 'npm:typescript@6.0.3',
  vite: '8.3.8',
  webpack: '5.112.2',
  yarn: '1.22.22',
} as const satisfies Readonly<Record<string, string>>

/** A program that only `npm run test:packages` uses. */
export type FetchedName = keyof typeof versions

/** Installs a program unless it is installed, and returns its folder. */
export function fetchProgram(name: FetchedName): string {
  const version = versions[name]
  const prefix = join(root, 'node_modules/.cache/packages', `${name.replace('/', '-')}@${version.replace(/.*@/, '')}`)
  const folder = join(prefix, 'node_modules', name)
  if (existsSync(join(folder, 'package.json'))) return folder
  const quiet = ['--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const { ok, output } = run('npm', ['install', `--prefix=${prefix}`, ...quiet, `${name}@${version}`], {
    timeout: 300_000,
  })
  if (!ok) throw new Error(`${name}@${version} cannot be installed: ${output.split('\n').at(-1)}`)
  return folder
}
