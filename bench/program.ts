import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generateKey } from '@hookurl/core'

/** The command line as it is published. */
export const program: string = fileURLToPath(new URL('../packages/cli/bin/hookurl.js', import.meta.url))
const usageTeller = fileURLToPath(new URL('tell-usage.js', import.meta.url))

const env = { PATH: process.env.PATH, HOOKURL_KEYS: generateKey(), HOOKURL_BASE_URL: 'https://bot.example.com/hooks' }

/** What running a program took. */
export interface Run {
  /** By the clock, from start to exit. */
  readonly seconds: number
  /** The most memory that it held, in megabytes. */
  readonly peak: number
}

interface Place {
  readonly folder: string
}

/** Runs the command line to its end, and says what it took. */
export function runProgram(args: readonly string[], { folder }: Place): Run {
  const begin = performance.now()
  execute([process.execPath, '--import', usageTeller, program, ...args], { folder })
  const seconds = (performance.now() - begin) / 1000
  const { maxRSS } = JSON.parse(readFileSync(join(folder, 'usage.json'), 'utf8'))
  return { seconds, peak: maxRSS / 1000 }
}

/** Runs Node several times, and says how much processor time one run took on average, in microseconds. */
export function countProcessorTime(args: readonly string[], { folder, times }: Place & { times: number }): number {
  const calls = Array(times).fill('"$@" > /dev/null 2>&1 || exit 1').join('\n')
  // The shell counts what its children took; nothing is loaded into them, which would be measured too.
  const told = execute(['sh', '-c', `${calls}\ntimes`, 'sh', process.execPath, ...args], { folder })
  const [user = 0, system = 0] = [...(told.trim().split('\n').at(-1) ?? '').matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, seconds]) => Number(minutes) * 60 + Number(seconds),
  )
  return ((user + system) * 1e6) / times
}

function execute([file = '', ...args]: readonly string[], { folder }: Place): string {
  const options = { cwd: folder, env: { ...env, HOME: folder }, encoding: 'utf8' } as const
  const { status, error, stdout } = spawnSync(file, args, { ...options, stdio: ['ignore', 'pipe', 'ignore'] })
  if (error !== undefined || status !== 0) throw error ?? new Error(`${file} ended with ${status}`)
  return stdout
}
