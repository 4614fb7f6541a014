import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createNginxConfig } from './nginx.ts'
import { findFreePorts, waitForPort } from './ports.ts'
import { keepRunning, type Program, type SystemUser } from './program.ts'
import { type VariantName, variants } from './variants.ts'

/** The services of a Compose file, as processes on this machine. */
export interface Fleet {
  readonly origin: string
  readonly databaseUrl: string
  readonly receivers: readonly Program[]
  readonly workers: readonly Program[]
  readonly database: Program
  /** Returns the logs of all processes. */
  readLogs(): string
  stop(): Promise<void>
}

export interface FleetOptions {
  readonly variant: VariantName
  readonly keys: string
  readonly receivers: number
  readonly workers: number
}

const here = fileURLToPath(new URL('..', import.meta.url))

export async function startFleet({ variant: name, keys, receivers, workers }: FleetOptions): Promise<Fleet> {
  const { HOOKURL_NGINX: nginxFile = 'nginx' } = process.env
  const { receiver, worker, variable, createServer } = variants[name]
  const folder = mkdtempSync(join(tmpdir(), 'hookurl-cluster-'))
  // The database may run as another user.
  chmodSync(folder, 0o711)
  const started: Program[] = []
  const keep = (command: readonly string[], options: KeepOptions): Program => {
    const program = keepRunning(command, { ...options, log: join(folder, `${options.name}.log`) })
    started.push(program)
    return program
  }
  const stop = async (): Promise<void> => {
    // The database stops last, since the others would log errors without it.
    const [database, ...others] = started
    await Promise.all(others.map((program) => program.stop()))
    await database?.stop()
    rmSync(folder, { recursive: true, force: true })
  }

  try {
    const [port = 0, databasePort = 0, ...ports] = await findFreePorts(receivers + 2)
    const origin = `http://127.0.0.1:${port}`
    const { command, url: databaseUrl, user } = await createServer(folder, databasePort)
    const database = keep(command, { name, user })
    writeFileSync(join(folder, 'nginx.conf'), createNginxConfig(port, ports))
    keep([nginxFile, '-e', 'stderr', '-p', folder, '-c', 'nginx.conf'], { name: 'nginx' })
    await Promise.all([databasePort, port].map(waitForPort))

    const keepScript = (name: string, file: string, env?: Record<string, string>): Program =>
      keep([process.execPath, '--import', 'tsx', join(here, file)], {
        name,
        env: { [variable]: databaseUrl, ...env },
      })
    const fleet = {
      receivers: ports.map((each, index) =>
        keepScript(`receiver-${index + 1}`, receiver, { HOOKURL_KEYS: keys, PORT: String(each) }),
      ),
      workers:
        worker === undefined
          ? []
          : Array.from({ length: workers }, (_, index) => keepScript(`worker-${index + 1}`, worker)),
    }
    await Promise.all(ports.map(waitForPort))
    return { origin, databaseUrl, database, ...fleet, readLogs: () => readLogs(folder), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

interface KeepOptions {
  readonly name: string
  readonly env?: Readonly<Record<string, string>>
  readonly user?: SystemUser | undefined
}

function readLogs(folder: string): string {
  const names = readdirSync(folder).filter((name) => name.endsWith('.log'))
  return names.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n')
}
