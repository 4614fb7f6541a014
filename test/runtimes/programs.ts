import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { run } from '../../tools/setup/io.js'
import { type Runtime, sendToOrigin } from './runtime.ts'

/** A runtime that is a separate program and serves the application over HTTP. */
export interface ProgramRuntime extends Pick<Runtime, 'name' | 'engine' | 'receivers' | 'extras'> {
  /** Returns the path of the program, or why it is not installed. */
  findProgram(): Promise<ProgramLookup>
  /** Returns the program's arguments; `folder` is an empty folder that is deleted afterwards. */
  getArguments(folder: string): Promise<readonly string[]>
}

export type ProgramLookup = { readonly program: string } | { readonly absence: string }

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '../..')
const require = createRequire(import.meta.url)

const receivers = ['/hooks/', '/hono/']

/** A workerd config that serves the `worker.js` next to it on a free port. */
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

/** The runtimes that come with the development dependencies. */
export const runtimes: readonly Runtime[] = [
  createWorkerd('workerd', workerdConfig, []),
  createWorkerd('workerd with nodejs_compat', withNodeCompat(workerdConfig), ['/tracing']),
  createProgramRuntime({
    name: 'Bun',
    engine: 'node',
    receivers,
    extras: ['/tracing'],
    findProgram: async () => findPackagedProgram('@oven/bun-linux-x64-baseline', 'bin/bun'),
    getArguments: async () => [join(here, 'bun.ts')],
  }),
  createProgramRuntime({
    name: 'Deno',
    engine: 'node',
    receivers,
    extras: ['/tracing'],
    findProgram: async () => findPackagedProgram('@deno/linux-x64-glibc', 'deno'),
    getArguments: async () => [
      'run',
      '--allow-net=127.0.0.1',
      '--no-lock',
      '--node-modules-dir=manual',
      join(here, 'deno.ts'),
    ],
  }),
]

function createWorkerd(name: string, config: string, extras: readonly string[]): Runtime {
  return createProgramRuntime({
    name,
    engine: 'web',
    receivers,
    extras,
    findProgram: async () => findPackagedProgram('@cloudflare/workerd-linux-64', 'bin/workerd'),
    getArguments: async (folder) => {
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
  })
}

function withNodeCompat(config: string): string {
  return config.replace(/^ {2}compatibilityDate/m, '  compatibilityFlags = ["nodejs_compat"],\n$&')
}

/** Creates a runtime that starts a program with its own temporary folder. */
export function createProgramRuntime(runtime: ProgramRuntime): Runtime {
  return {
    ...runtime,
    getSkipReason: async () => {
      const found = await runtime.findProgram()
      return 'absence' in found ? found.absence : undefined
    },
    start: async (use) => {
      const found = await runtime.findProgram()
      if ('absence' in found) throw new Error(found.absence)
      const folder = mkdtempSync(join(tmpdir(), 'hookurl-runtime-'))
      const args = await runtime.getArguments(folder)
      const child = spawn(found.program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
      try {
        const port = await getPort(child)
        return await use({ version: getVersion(found.program), send: sendToOrigin(`http://127.0.0.1:${port}`) })
      } finally {
        child.kill()
        rmSync(folder, { recursive: true })
      }
    },
  }
}

/** Finds a program in an npm package. These packages are for Linux on x64; pnpm skips them on other machines. */
export function findPackagedProgram(name: string, file: string): ProgramLookup {
  try {
    return { program: join(dirname(require.resolve(`${name}/package.json`)), file) }
  } catch {
    return { absence: `${name} is not installed` }
  }
}

/** Returns a program's version from output such as `v22.1.0`, `deno 2.9.6 (stable, …)` or `workerd 2026-11-17`. */
export function getVersion(program: string): string {
  return /\d[\d.-]*\d/.exec(run(program, ['--version']).output)?.[0] ?? 'unknown'
}

// workerd prints {"event":"listen","socket":"http","port":1234}; bun.ts, deno.ts and node.ts print `listening on 1234`.
function getPort(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let output = ''
    const onOutput = (chunk: unknown): void => {
      output += String(chunk)
      const [, port] = /"port":(\d+)|listening on (\d+)/.exec(output)?.filter((text) => text !== undefined) ?? []
      if (port !== undefined) resolve(Number(port))
    }
    child.stdout?.on('data', onOutput)
    child.stderr?.on('data', onOutput)
    child.once('close', () => reject(new Error(`the program exited before it listened\n${output}`)))
    child.once('error', reject)
  })
}
