import { join } from 'node:path'
import { fetchProgram } from './fetched.ts'
import { makeFolder, makeProject, must, mustPrint, others, versionOf } from './project.ts'
import type { Registry } from './registry.ts'
import { type Row, toRow } from './row.ts'

interface Manager {
  readonly name: string
  /** The command. */
  readonly call: () => readonly string[]
  readonly add: readonly string[]
  /** Its command that runs Node, if it needs one. */
  readonly node?: readonly string[]
  /** Its command that runs a program of a package. */
  readonly exec: readonly string[]
  /** Its command that runs a program which is not installed, if it has one. */
  readonly once?: { readonly name: string; readonly call: () => readonly string[] }
  readonly files: (registry: string) => Readonly<Record<string, string>>
}

/** What the package managers install. */
export interface Published {
  readonly registry: Registry
  readonly folder: string
  readonly version: string
}

const npmrc = (registry: string): Readonly<Record<string, string>> => ({ '.npmrc': `registry=${registry}\n` })
const callPnpm = (): readonly string[] => ['npx', '--yes', `pnpm@${versionOf('pnpm')}`]
const callBerry = (): readonly string[] => [process.execPath, join(fetchProgram('@yarnpkg/cli-dist'), 'bin/yarn.js')]
const berry = (linker: 'node-modules' | 'pnp') => (registry: string) => ({
  'yarn.lock': '',
  '.yarnrc.yml': [
    `npmRegistryServer: ${registry}`,
    `nodeLinker: ${linker}`,
    'unsafeHttpWhitelist: [127.0.0.1]',
    // The same version is packed again in each run; a cache would have an old one.
    'enableGlobalCache: false',
    'enableImmutableInstalls: false',
    'enableTelemetry: false',
  ].join('\n'),
})

const managers: readonly Manager[] = [
  {
    name: 'npm',
    call: () => ['npm'],
    add: ['install', '--no-audit', '--no-fund'],
    exec: ['exec', '--no', '--'],
    once: { name: 'npx', call: () => ['npx', '--yes'] },
    files: npmrc,
  },
  {
    name: 'pnpm',
    call: callPnpm,
    add: ['add'],
    exec: ['exec'],
    once: { name: 'pnpm dlx', call: () => [...callPnpm(), 'dlx'] },
    files: npmrc,
  },
  {
    name: 'yarn 1',
    call: () => [process.execPath, join(fetchProgram('yarn'), 'bin/yarn.js')],
    add: ['add', '--no-progress', '--cache-folder=.cache'],
    exec: ['run', '--silent'],
    files: npmrc,
  },
  {
    name: 'yarn 4',
    call: callBerry,
    add: ['add'],
    exec: ['run'],
    once: { name: 'yarn dlx', call: () => [...callBerry(), 'dlx', '--quiet'] },
    files: berry('node-modules'),
  },
  {
    name: 'yarn 4, Plug’n’Play',
    call: callBerry,
    add: ['add'],
    node: ['node'],
    exec: ['run'],
    files: berry('pnp'),
  },
]

/** Installs the packages with each package manager and uses them. */
export async function checkManagers(published: Published): Promise<Row[]> {
  const rows: Row[] = []
  // One at a time: each is timed, and uses two processors.
  for (const { name, once, ...manager } of managers) {
    const folder = join(published.folder, name.replace(/\W+/g, '-'))
    rows.push(await toRow(`installed by ${name}`, () => install(manager, { ...published, folder })))
    if (once === undefined) continue
    makeFolder(`${folder}-once`, manager.files(published.registry.url))
    const run = [...once.call(), 'hookurl']
    rows.push(
      await toRow(`${once.name} in an empty folder`, () => runOnce(run, { ...published, folder: `${folder}-once` })),
    )
  }
  return rows
}

async function install(manager: Omit<Manager, 'name' | 'once'>, published: Published): Promise<string> {
  const { registry, folder: cwd, version } = published
  makeProject(cwd, manager.files(registry.url))
  const call = manager.call()
  await must([...call, ...manager.add, '@hookurl/core', '@hookurl/verify', 'hookurl', ...others], { cwd })
  const node = manager.node === undefined ? [process.execPath] : [...call, ...manager.node]
  await mustPrint('works', [...node, 'node.mjs'], { cwd })
  await mustPrint('works', [...node, 'node.cjs'], { cwd })
  await mustPrint(version, [...call, ...manager.exec, 'hookurl', '--version'], { cwd })
  const itself = await must([...call, '--version'], { cwd })
  return `${itself}: import, require, Express, hookurl`
}

async function runOnce(run: readonly string[], { folder: cwd, version }: Published): Promise<string> {
  await mustPrint(version, [...run, '--version'], { cwd })
  const keys = (await must([...run, 'keys', 'new'], { cwd })).replace(/^HOOKURL_KEYS=/, '')
  const env = { HOOKURL_KEYS: keys, HOOKURL_BASE_URL: 'https://bot.example.com/hooks' }
  const url = await must([...run, 'mint', '--command', '/onWebhook'], { cwd, env })
  const verified = await must([...run, 'verify', url], { cwd, env })
  if (!verified.startsWith('valid')) throw new Error(`it printed ${verified}`)
  return 'hookurl: keys, mint, verify'
}
