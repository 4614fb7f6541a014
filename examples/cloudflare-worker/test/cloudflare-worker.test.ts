import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { findPackagedProgram, getVersion } from '../../../test/runtimes/programs.ts'
import { sendToOrigin } from '../../../test/runtimes/runtime.ts'
import { environment, type RunningExample, testMinimalReceiver } from '../../support/minimal-receiver.ts'
import { startProgram } from '../../support/program.ts'

const folder = fileURLToPath(new URL('..', import.meta.url))
const found = findPackagedProgram('@cloudflare/workerd-linux-64', 'bin/workerd')
const program = 'program' in found ? found.program : ''

testMinimalReceiver({
  name: 'cloudflare-worker',
  by: program === '' ? 'workerd' : `workerd ${getVersion(program)}`,
  absence: 'absence' in found ? found.absence : undefined,
  start,
})

// Does what wrangler does: bundles the entry point for Workers, and passes its settings to workerd.
async function start(): Promise<RunningExample> {
  const cwd = mkdtempSync(join(tmpdir(), 'hookurl-worker-'))
  const settings = readFileSync(join(folder, 'wrangler.toml'), 'utf8')
  await build({
    entryPoints: [join(folder, read(settings, 'main'))],
    outfile: join(cwd, 'worker.js'),
    bundle: true,
    format: 'esm',
    target: 'es2023',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:*'],
    logLevel: 'silent',
  })
  writeFileSync(join(cwd, 'config.capnp'), toConfig(settings))
  const command: [string, ...string[]] = [program, 'serve', 'config.capnp', '--control-fd=1']
  const { origin, output, stop } = await startProgram(command, { cwd, env: environment, portPattern: /"port":(\d+)/ })
  const end = async (): Promise<void> => {
    await stop()
    rmSync(cwd, { recursive: true })
  }
  return { send: sendToOrigin(origin), output, stop: end }
}

function toConfig(settings: string): string {
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "worker.js")],
  compatibilityDate = "${read(settings, 'compatibility_date')}",
  bindings = [(name = "HOOKURL_KEYS", fromEnvironment = "HOOKURL_KEYS")],
);
`
}

function read(settings: string, name: string): string {
  const value = new RegExp(`^${name} = "(.*)"$`, 'm').exec(settings)?.[1]
  if (value === undefined) throw new Error(`wrangler.toml does not set ${name}`)
  return value
}
