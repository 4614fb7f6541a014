import { spawnSync } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generateKey } from '@hookurl/core'

/** The path of the published CLI. */
export const cliPath: string = fileURLToPath(new URL('../packages/cli/bin/hookurl.js', import.meta.url))
const memoryRecorder = fileURLToPath(new URL('record-memory.js', import.meta.url))

/** The keys of the CLI. */
export const cliKeys: string = generateKey()
const env = { PATH: process.env.PATH, HOOKURL_KEYS: cliKeys, HOOKURL_BASE_URL: 'https://bot.example.com/hooks' }

/** The cost of one run of the CLI. */
export interface RunResult {
  /** Processor time of all threads, from start to exit. */
  readonly seconds: number
  /** Peak memory, in megabytes of 1,000 kB. */
  readonly peakMegabytes: number
}

/** The files, in the folder of the run, that stdin and stdout are redirected to. */
export interface Redirects {
  readonly stdin?: string
  readonly stdout?: string
}

/** Runs the CLI to its end in a folder and measures it. */
export function runCli(args: readonly string[], folder: string, { stdin, stdout }: Redirects = {}): RunResult {
  const input = stdin === undefined ? 'ignore' : openSync(join(folder, stdin), 'r')
  const output = stdout === undefined ? 'ignore' : openSync(join(folder, stdout), 'w')
  try {
    runToEnd([process.execPath, '--import', memoryRecorder, cliPath, ...args], folder, [input, output, 'ignore'])
  } finally {
    for (const file of [input, output]) if (typeof file === 'number') closeSync(file)
  }
  const { maxRSS, userCPUTime, systemCPUTime } = JSON.parse(readFileSync(join(folder, 'usage.json'), 'utf8'))
  return { seconds: (userCPUTime + systemCPUTime) / 1e6, peakMegabytes: maxRSS / 1000 }
}

/** Runs Node several times; returns the mean processor time of a run, in microseconds. */
export function measureProcessorTime(args: readonly string[], folder: string, times: number): number {
  const calls = Array(times).fill('"$@" > /dev/null 2>&1 || exit 1').join('\n')
  // The shell sums up its children's time, so nothing has to be loaded into the measured processes.
  const output = runToEnd(['sh', '-c', `${calls}\ntimes`, 'sh', process.execPath, ...args], folder)
  const [user = 0, system = 0] = [...(output.trim().split('\n').at(-1) ?? '').matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, seconds]) => Number(minutes) * 60 + Number(seconds),
  )
  return ((user + system) * 1e6) / times
}

type Stdio = readonly ['ignore' | number, 'pipe' | 'ignore' | number, 'ignore']

function runToEnd(
  [file = '', ...args]: readonly string[],
  folder: string,
  stdio: Stdio = ['ignore', 'pipe', 'ignore'],
): string {
  const options = { cwd: folder, env: { ...env, HOME: folder }, encoding: 'utf8' } as const
  const { status, error, stdout } = spawnSync(file, args, { ...options, stdio: [...stdio] })
  if (error !== undefined || status !== 0) throw error ?? new Error(`${file} ended with ${status}`)
  return stdout
}
