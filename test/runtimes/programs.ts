import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { run } from '../../tools/setup/io.js'
import { sendToOrigin, type Runtime } from './runtime.ts'

/** A program that runs JavaScript, in which the built packages run and answer over HTTP. */
export interface ProgramRuntime extends Pick<Runtime, 'name' | 'engine' | 'receivers' | 'extras'> {
  /** Where its program is, or why it is not here. */
  findProgram(): Promise<ProgramLookup>
  /** Its arguments; `folder` is its own, and goes away afterwards. */
  getArguments(folder: string): Promise<readonly string[]>
}

export type ProgramLookup = { readonly program: string } | { readonly absence: string }

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '../..')
const find = createRequire(import.meta.url)

const receivers = ['/hooks/', '/hono/']

/** The runtimes that come with the development dependencies. */
export const runtimes: readonly Runtime[] = [
  createProgramRuntime({
    name: 'workerd',
    engine: 'web',
    receivers,
    find: async () => findPackagedProgram('@cloudflare/workerd-linux-64', 'bin/workerd'),
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
      writeFileSync(join(folder, 'config.capnp'), workerdConfig)
      return ['serve', join(folder, 'config.capnp'), '--control-fd=1']
    },
  }),
  createProgramRuntime({
    name: 'Bun',
    engine: 'node',
    receivers,
    find: async () => findPackagedProgram('@oven/bun-linux-x64-baseline', 'bin/bun'),
    prepare: async () => [join(here, 'bun.ts')],
  }),
  createProgramRuntime({
    name: 'Deno',
    engine: 'node',
    receivers,
    find: async () => findPackagedProgram('@deno/linux-x64-glibc', 'deno'),
    prepare: async () => [
      'run',
      '--allow-net=127.0.0.1',
      '--no-lock',
      '--node-modules-dir=manual',
      join(here, 'deno.ts'),
    ],
  }),
]

/** What workerd serves: `worker.js`, beside it, on a port of its choice. */
export const workerdConfig = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "worker.js")],
  compatibilityDate = "2026-01-01",
);
`

/** A runtime as a place: its program is started in a folder of its own, and ended. */
export function createProgramRuntime(runtime: Runtime): Runtime {
  return {
    ...runtime,
    getSkipReason: async () => {
      const found = await runtime.find()
      return 'absence' in found ? found.absence : undefined
    },
    start: async (use) => {
      const found = await runtime.find()
      if ('absence' in found) throw new Error(found.absence)
      const folder = mkdtempSync(join(tmpdir(), 'hookurl-runtime-'))
      const args = await runtime.prepare(folder)
      const child = spawn(found.program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
      try {
        const port = await portOf(child)
        return await use({ version: getVersion(found.program), send: sendToOrigin(`http://127.0.0.1:${port}`) })
      } finally {
        child.kill()
        rmSync(folder, { recursive: true })
      }
    },
  }
}

/** A program in one of the packages, all of which are for Linux on x64: on other machines pnpm does not install them. */
export function findPackagedProgram(name: string, file: string): ProgramLookup {
  try {
    return { program: join(dirname(find.resolve(`${name}/package.json`)), file) }
  } catch {
    return { absence: `${name} is not installed` }
  }
}

/** Its version: `v22.1.0`, `deno 2.9.6 (stable, …)`, `workerd 2026-11-17`. */
export function getVersion(program: string): string {
  return /\d[\d.-]*\d/.exec(run(program, ['--version']).output)?.[0] ?? 'unknown'
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
