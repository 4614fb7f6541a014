import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** A runtime other than Node, in which the built packages run. */
export interface Runtime {
  readonly name: string
  /** The package of its program, by platform and processor. */
  readonly packages: Readonly<Record<string, string>>
  readonly file: string
  readonly engine: 'node' | 'web'
  /** Its arguments; `folder` is its own, and goes away afterwards. */
  prepare(folder: string): Promise<readonly string[]>
}

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '../..')
const find = createRequire(import.meta.url)

export const runtimes: readonly Runtime[] = [
  {
    name: 'workerd',
    packages: { 'linux x64': '@cloudflare/workerd-linux-64' },
    file: 'bin/workerd',
    engine: 'web',
    prepare: async (folder) => {
      await build({
        entryPoints: [join(here, 'worker.ts')],
        outfile: join(folder, 'worker.js'),
        bundle: true,
        format: 'esm',
        target: 'es2023',
        conditions: ['workerd', 'worker', 'browser'],
        logLevel: 'silent',
      })
      writeFileSync(join(folder, 'config.capnp'), config)
      return ['serve', join(folder, 'config.capnp'), '--control-fd=1']
    },
  },
  {
    name: 'Bun',
    packages: { 'linux x64': '@oven/bun-linux-x64-baseline' },
    file: 'bin/bun',
    engine: 'node',
    prepare: async () => [join(here, 'bun.ts')],
  },
  {
    name: 'Deno',
    packages: { 'linux x64': '@deno/linux-x64-glibc' },
    file: 'deno',
    engine: 'node',
    prepare: async () => [
      'run',
      '--allow-net=127.0.0.1',
      '--no-lock',
      '--node-modules-dir=manual',
      join(here, 'deno.ts'),
    ],
  },
]

const config = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "worker.js")],
  compatibilityDate = "2026-01-01",
);
`

/** Where a runtime's program is, or why it is not here. */
export function findRuntime({ name, packages, file }: Runtime): { program: string } | { absence: string } {
  const platform = `${process.platform} ${process.arch}`
  const wanted = packages[platform]
  if (wanted === undefined) return { absence: `the tests have no ${name} for ${platform}` }
  try {
    return { program: join(dirname(find.resolve(`${wanted}/package.json`)), file) }
  } catch {
    return { absence: `${wanted} is not installed` }
  }
}

/** Starts a runtime; `use` gets its origin, and the runtime ends after it. */
export async function withRuntime<T>(
  runtime: Runtime & { readonly program: string },
  use: (origin: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'hookurl-runtime-'))
  const args = await runtime.prepare(folder)
  const child = spawn(runtime.program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  try {
    return await use(`http://127.0.0.1:${await portOf(child)}`)
  } finally {
    child.kill()
    rmSync(folder, { recursive: true })
  }
}

// workerd writes {"event":"listen","socket":"http","port":1234}, the others what their files above print.
function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let output = ''
    const take = (chunk: unknown): void => {
      output += String(chunk)
      const [, port] = /"port":(\d+)|listening on (\d+)/.exec(output)?.filter((text) => text !== undefined) ?? []
      if (port !== undefined) resolve(Number(port))
    }
    child.stdout?.on('data', take)
    child.stderr?.on('data', take)
    child.once('close', () => reject(new Error(`it ended before it listened\n${output}`)))
    child.once('error', reject)
  })
}
