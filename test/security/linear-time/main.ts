// `npm run test:linear`: the linear-time suite. Doubling the length of any input takes at most 2.5 times as long.
// `--all` runs it on Bun and Deno, too.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { findPackagedProgram } from '../../runtimes/programs.ts'
import { measureAll, report } from './run.ts'

const runtimes = [
  { name: 'Bun', lookup: findPackagedProgram('@oven/bun-linux-x64-baseline', 'bin/bun'), args: [] },
  { name: 'Deno', lookup: findPackagedProgram('@deno/linux-x64-glibc', 'deno'), args: ['run', '--allow-all'] },
]

/** Runs the suite on another runtime, as one bundled file. Returns whether it passed. */
async function runOn({ name, lookup, args }: (typeof runtimes)[number]): Promise<boolean> {
  if ('absence' in lookup) {
    console.log(`${name}: skipped, ${lookup.absence}`)
    return true
  }
  const folder = mkdtempSync(join(tmpdir(), 'hookurl-linear-'))
  try {
    const outfile = join(folder, 'suite.mjs')
    await build({
      entryPoints: [fileURLToPath(new URL('./suite.ts', import.meta.url))],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'es2023',
      conditions: ['@hookurl/source'],
      logLevel: 'silent',
    })
    console.log(`\n${name}`)
    return spawnSync(lookup.program, [...args, outfile], { stdio: 'inherit' }).status === 0
  } finally {
    rmSync(folder, { recursive: true })
  }
}

console.log('Node')
const passed = [report(await measureAll()).length === 0]
if (process.argv.includes('--all')) for (const runtime of runtimes) passed.push(await runOn(runtime))
process.exitCode = passed.every(Boolean) ? 0 : 1
