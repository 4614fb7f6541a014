import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createNginxConfig } from './nginx.ts'
import { findFreePorts, waitForPort } from './ports.ts'
import { keepRunning, type Program } from './program.ts'

/** The services of `compose.yaml`, as processes on this machine. */
export interface Fleet {
  readonly origin: string
  readonly redisUrl: string
  readonly receivers: readonly Program[]
  readonly workers: readonly Program[]
  readonly redis: Program
  /** Returns the logs of all processes. */
  readLogs(): string
  stop(): Promise<void>
}

export interface FleetOptions {
  readonly keys: string
  readonly receivers: number
  readonly workers: number
}

/** The settings with which Redis loses no accepted write: each one is on the disk before its reply. */
export const redisSettings = ['--appendonly', 'yes', '--appendfsync', 'always', '--maxmemory-policy', 'noeviction']

const here = fileURLToPath(new URL('..', import.meta.url))

export async function startFleet({ keys, receivers, workers }: FleetOptions): Promise<Fleet> {
  const { HOOKURL_NGINX: nginxFile = 'nginx', HOOKURL_REDIS_SERVER: redisFile = 'redis-server' } = process.env
  const folder = mkdtempSync(join(tmpdir(), 'hookurl-cluster-'))
  const started: Program[] = []
  const keep = (name: string, command: readonly string[], env?: Record<string, string>): Program => {
    const program = keepRunning(command, { name, log: join(folder, `${name}.log`), env })
    started.push(program)
    return program
  }
  const stop = async (): Promise<void> => {
    // Redis stops last, since the others would log errors without it.
    const [redis, ...others] = started
    await Promise.all(others.map((program) => program.stop()))
    await redis?.stop()
    rmSync(folder, { recursive: true, force: true })
  }

  try {
    const [port = 0, redisPort = 0, ...ports] = await findFreePorts(receivers + 2)
    const origin = `http://127.0.0.1:${port}`
    const redisUrl = `redis://127.0.0.1:${redisPort}`
    const files = ['--dir', folder, '--save', '', '--bind', '127.0.0.1', '--port', String(redisPort)]
    const redis = keep('redis', [redisFile, ...files, ...redisSettings])
    writeFileSync(join(folder, 'nginx.conf'), createNginxConfig(port, ports))
    keep('nginx', [nginxFile, '-e', 'stderr', '-p', folder, '-c', 'nginx.conf'])
    await Promise.all([redisPort, port].map(waitForPort))

    const env = { HOOKURL_KEYS: keys, REDIS_URL: redisUrl }
    const keepScript = (name: string, file: string, more?: Record<string, string>): Program =>
      keep(name, [process.execPath, '--import', 'tsx', join(here, file)], { ...env, ...more })
    const fleet = {
      receivers: ports.map((each, index) => keepScript(`receiver-${index + 1}`, 'receiver.ts', { PORT: String(each) })),
      workers: Array.from({ length: workers }, (_, index) => keepScript(`worker-${index + 1}`, 'worker.ts')),
    }
    await Promise.all(ports.map(waitForPort))
    return { origin, redisUrl, redis, ...fleet, readLogs: () => readLogs(folder), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function readLogs(folder: string): string {
  const names = readdirSync(folder).filter((name) => name.endsWith('.log'))
  return names.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n')
}
