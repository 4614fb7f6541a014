import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'
import type { StoreUrls } from './use-server.ts'

/** A process that runs `use-server.ts`. */
export interface ReceiverProcess {
  readonly port: number
  readonly child: ChildProcess
}

// The scripts use only values of the test helpers, not the functions that call vitest.
const unusedVitest: Plugin = {
  name: 'unused-vitest',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^vitest$/ }, ({ path }) => ({ path, external: true, sideEffects: false }))
  },
}

/** Starts a receiver process with these stores. `execPath` is the Node that runs it. */
export async function startUseServer(
  urls: Partial<StoreUrls>,
  { lease = '1s', execPath = process.execPath }: { readonly lease?: string; readonly execPath?: string } = {},
): Promise<ReceiverProcess> {
  const child = fork(await bundle('use-server'), [JSON.stringify(urls), lease], { execPath, execArgv: [] })
  return { port: (await waitForMessage(child)) as number, child }
}

/** Starts a process that runs a task of `wait-process.ts`, a receiver. */
export async function startWaitServer(task: string, redisUrl: string): Promise<ReceiverProcess> {
  const child = fork(await bundle('wait-process'), [task, redisUrl])
  return { port: (await waitForMessage(child)) as number, child }
}

/** Runs a task of `wait-process.ts` that ends. Returns its output, and how long it ran, in milliseconds. */
export async function runWaitScript(...args: readonly string[]): Promise<{ output: string; ms: number }> {
  const child = fork(await bundle('wait-process'), args, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  const startedAt = performance.now()
  let output = ''
  child.stdout?.on('data', (chunk) => (output += chunk))
  await once(child, 'close')
  return { output: output.trim(), ms: performance.now() - startedAt }
}

/** Starts a process that runs `memory-server.ts`, on a free port. */
export async function startMemoryServer(): Promise<ReceiverProcess> {
  const child = fork(await bundle('memory-server'), { execArgv: ['--expose-gc'] })
  return { port: ((await waitForMessage(child)) as { port: number }).port, child }
}

/**
 * Starts a process that runs `transaction-server.ts`. The arguments are the dialect, the URL or file of its database, and
 * its lease. `execPath` is the Node that runs it.
 */
export async function startTransactionServer(execPath: string, ...args: readonly string[]): Promise<ReceiverProcess> {
  const child = fork(await bundle('transaction-server'), args, { execPath, execArgv: [] })
  return { port: (await waitForMessage(child)) as number, child }
}

async function waitForMessage(child: ChildProcess): Promise<unknown> {
  const exited = once(child, 'exit').then(() => {
    throw new Error('a receiver process exited before it listened')
  })
  exited.catch(() => {})
  const [message] = await Promise.race([once(child, 'message'), exited])
  return message
}

const bundles = new Map<string, Promise<string>>()

function bundle(name: string): Promise<string> {
  const file = bundles.get(name) ?? writeBundle(name)
  bundles.set(name, file)
  return file
}

// Bundled sources start in a quarter of the time that tsx takes. The file is inside the package to resolve `redis`.
async function writeBundle(name: string): Promise<string> {
  const outfile = fileURLToPath(new URL(`../../node_modules/.cache/${name}.mjs`, import.meta.url))
  await build({
    entryPoints: [fileURLToPath(new URL(`${name}.ts`, import.meta.url))],
    outfile,
    bundle: true,
    external: ['lmdb', 'redis', 'pg', 'mysql2'],
    plugins: [unusedVitest],
    conditions: ['@hookurl/source'],
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
  })
  return outfile
}
