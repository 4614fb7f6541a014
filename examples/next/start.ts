// Runs app/ in Next. Next is larger than all other dependencies, so it is not part of this checkout: this script installs
// it once, in a folder outside of it, together with the packed packages.
import { spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = join(tmpdir(), 'hookurl-example-next')
const tarballs = join(folder, 'tarballs')
const next = join(folder, 'node_modules/next/dist/bin/next')
const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1', CI: 'true' }
const needed = ['next@16.4.6', 'react@19', 'react-dom@19', 'typescript@5', '@types/node@20', '@types/react@19', 'zod@4']

const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

function run(program: string, args: readonly string[], { cwd = folder } = {}): void {
  const { status } = spawnSync(program, args, { cwd, env, stdio: ['ignore', 'ignore', 'inherit'] })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed`)
}

mkdirSync(folder, { recursive: true })
for (const old of [tarballs, join(folder, 'app'), join(folder, '.next')]) rmSync(old, { recursive: true, force: true })
cpSync(new URL('app', import.meta.url), join(folder, 'app'), { recursive: true })
writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }))

for (const name of ['core', 'verify']) {
  run('npx', ['--yes', packageManager, 'pack', '--pack-destination', tarballs], { cwd: join(root, 'packages', name) })
}
const packed = readdirSync(tarballs).map((file) => join(tarballs, file))
const quiet = ['--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
// npm would remove what is not listed, also if an earlier start has installed it.
run('npm', ['install', ...quiet, ...needed, ...packed])

run(process.execPath, [next, 'build'])
const args = [next, 'start', '--port', process.env.PORT ?? '8787']
const server = spawn(process.execPath, args, { cwd: folder, env, stdio: 'inherit' })
server.once('close', (code) => {
  process.exitCode = code ?? 0
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => server.kill(signal))
