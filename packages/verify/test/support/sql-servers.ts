import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { explainAbsence, findProgram } from '../../../../tools/setup/programs.js'

/** A database server for one test, with an empty database `hookurl` for everyone on this machine. */
export interface SqlServer {
  readonly port: number
  /** The URL of the database. */
  readonly url: string
  /** The URL for a user who may change the settings of the server. */
  readonly adminUrl: string
  readonly folder: string
  /** Suspends all processes of the server; its connections stay open. */
  pause(): void
  resume(): void
  /** Kills all processes, and starts the server again with its data. */
  kill(): Promise<void>
  restart(): Promise<void>
  stop(): Promise<void>
}

/** How to start a server. */
export interface ServerOptions {
  /** Settings in the syntax of the server's command line. */
  readonly settings?: readonly string[]
  /** A PostgreSQL server that the new one follows as a hot standby. */
  readonly standbyOf?: SqlServer
  /** The folder of the data, which must exist and be empty; otherwise a temporary one. */
  readonly folder?: string
}

const postgres = findProgram('postgres')
const mariadbd = findProgram('mariadbd')

/** The reason PostgreSQL is not installed; `undefined` if it is. */
export const postgresAbsence: string | undefined = postgres === undefined ? explainAbsence('postgres') : undefined
/** The reason MariaDB is not installed; `undefined` if it is. */
export const mariadbAbsence: string | undefined = mariadbd === undefined ? explainAbsence('mariadbd') : undefined

// Neither server runs as root.
const UNPRIVILEGED_ID = 65_534
const user = process.getuid?.() === 0 ? { uid: UNPRIVILEGED_ID, gid: UNPRIVILEGED_ID } : {}

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) killAll(child)
})

/** Starts PostgreSQL on a free port. A killed server loses nothing, although it does not flush its files. */
export async function startPostgres(options: ServerOptions = {}): Promise<SqlServer> {
  if (postgres === undefined) throw new Error(postgresAbsence)
  const { settings = [], standbyOf, folder = createFolder() } = options
  const data = join(folder, 'data')
  const programs = dirname(realpathSync(postgres))
  if (standbyOf === undefined) {
    const plain = [
      '--no-sync',
      '--auth=trust',
      '--username=hookurl',
      '--locale=C',
      '--encoding=UTF8',
      '--no-instructions',
    ]
    await runAsUser(join(programs, 'initdb'), ['-D', data, ...plain])
  } else {
    const primary = ['-h', '127.0.0.1', '-p', String(standbyOf.port), '-U', 'hookurl']
    await runAsUser(join(programs, 'pg_basebackup'), ['-D', data, '-R', '--no-sync', '--checkpoint=fast', ...primary])
  }
  const small = ['fsync=off', 'shared_buffers=16MB', 'max_connections=100', 'autovacuum_naptime=1s', ...settings]
  const server = await startServer('postgres', folder, (port) => [
    postgres,
    [
      '-D',
      data,
      '-p',
      String(port),
      '-k',
      folder,
      '-c',
      'listen_addresses=127.0.0.1',
      ...small.flatMap((each) => ['-c', each]),
    ],
  ])
  const url = `postgres://hookurl@127.0.0.1:${server.port}/postgres`
  return { ...server, url, adminUrl: url }
}

/** Starts MariaDB on a free port. A killed server loses nothing, although it does not flush its files. */
export async function startMariadb({ settings = [], folder = createFolder() }: ServerOptions = {}): Promise<SqlServer> {
  if (mariadbd === undefined) throw new Error(mariadbAbsence)
  const data = join(folder, 'data')
  const shared = ['--innodb-log-file-size=8M', `--tmpdir=${folder}`]
  await runAsUser('mariadb-install-db', [
    '--no-defaults',
    `--datadir=${data}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
    ...shared,
  ])
  const initFile = join(folder, 'init.sql')
  writeFileSync(
    initFile,
    'CREATE DATABASE IF NOT EXISTS hookurl;\n' +
      "CREATE USER IF NOT EXISTS hookurl@'127.0.0.1', hookurl@localhost, admin@'127.0.0.1', admin@localhost;\n" +
      "GRANT ALL ON hookurl.* TO hookurl@'127.0.0.1', hookurl@localhost;\n" +
      "GRANT ALL ON *.* TO admin@'127.0.0.1', admin@localhost;\n",
  )
  const small = [
    ...shared,
    '--innodb-buffer-pool-size=16M',
    '--innodb-flush-log-at-trx-commit=2',
    '--innodb-fast-shutdown=2',
    '--skip-log-bin',
    '--bind-address=127.0.0.1',
  ]
  const server = await startServer('mariadb', folder, (port) => [
    mariadbd,
    [
      '--no-defaults',
      `--datadir=${data}`,
      `--socket=${join(folder, 'socket')}`,
      `--init-file=${initFile}`,
      `--port=${port}`,
      ...small,
      ...settings,
    ],
  ])
  const url = (name: string): string => `mysql://${name}@127.0.0.1:${server.port}/hookurl`
  return { ...server, url: url('hookurl'), adminUrl: url('admin') }
}

type ServerKind = 'postgres' | 'mariadb'
type CommandLine = (port: number) => readonly [program: string, args: readonly string[]]

async function startServer(
  kind: ServerKind,
  folder: string,
  getCommand: CommandLine,
): Promise<Omit<SqlServer, 'url' | 'adminUrl'>> {
  // Another process may take the port before the server does.
  for (let attempt = 1; attempt < 5; attempt++) {
    const port = await findFreePort()
    let child = await tryToStart(kind, getCommand(port), port)
    if (child === undefined) continue
    const kill = async (): Promise<void> => {
      if (child !== undefined) await end(child)
      child = undefined
    }
    return {
      port,
      folder,
      pause: () => signal(child, 'SIGSTOP'),
      resume: () => signal(child, 'SIGCONT'),
      kill,
      restart: async () => {
        rmSync(join(folder, 'data/postmaster.pid'), { force: true })
        for (let tries = 1; child === undefined && tries < 20; tries++)
          child = await tryToStart(kind, getCommand(port), port)
        if (child === undefined) throw new Error('the database did not start again')
      },
      stop: async () => {
        await kill()
        // After `rmSync` of this folder in Vitest on Node 20, a module that is imported later gets wrong values; why is unknown.
        await rm(folder, { recursive: true, force: true })
      },
    }
  }
  throw new Error('the database did not start')
}

async function tryToStart(
  kind: ServerKind,
  [program, args]: readonly [string, readonly string[]],
  port: number,
): Promise<ChildProcess | undefined> {
  const child = spawn(program, args, { ...user, cwd: '/', stdio: 'ignore' })
  running.add(child)
  const ended = once(child, 'exit').then(() => void running.delete(child))
  if (await Promise.race([waitUntilReady(port, kind), ended.then(() => false)])) return child
  await end(child)
  return undefined
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  killAll(child)
  await exited
}

// The connections of PostgreSQL are separate processes, which would outlive a killed server for a moment.
function signal(child: ChildProcess | undefined, name: NodeJS.Signals): void {
  if (child?.pid === undefined) return
  for (const pid of [child.pid, ...findChildren(child.pid)]) {
    try {
      process.kill(pid, name)
    } catch {}
  }
}

function killAll(child: ChildProcess): void {
  signal(child, 'SIGKILL')
}

function findChildren(parent: number): number[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        // The fields after the name of the program, which is in parentheses: its state, then its parent.
        return Number(readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1]?.split(' ')[1]) === parent
      } catch {
        return false
      }
    })
    .map(Number)
}

function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hookurl-sql-'))
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid)
  return folder
}

async function runAsUser(program: string, args: readonly string[]): Promise<void> {
  const child = spawn(program, args, { ...user, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] })
  let errors = ''
  child.stderr.on('data', (chunk) => (errors += chunk))
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${program} failed: ${errors}`)
}

async function findFreePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (typeof address !== 'object' || address === null) throw new Error('no free port')
  return address.port
}

// The first message of a client of PostgreSQL: its length, the version of the protocol, and who connects to what.
const parameters = Buffer.from('user\0hookurl\0database\0postgres\0\0')
const startup = Buffer.concat([Buffer.from([0, 0, 0, parameters.length + 8, 0, 3, 0, 0]), parameters])

/** Waits until a server is ready: it greets, or lets the user in. PostgreSQL rejects users while it starts. */
async function waitUntilReady(port: number, kind: ServerKind): Promise<boolean> {
  for (let tries = 0; tries < 400; tries++) {
    const socket = connect(port, '127.0.0.1')
    const isReady = await new Promise<boolean>((resolve) => {
      socket.once('error', () => resolve(false))
      socket.once('close', () => resolve(false))
      if (kind === 'postgres') socket.once('connect', () => socket.write(startup))
      socket.once('data', (data) => resolve(kind === 'mariadb' || data.toString('latin1', 0, 1) === 'R'))
    })
    socket.destroy()
    if (isReady) return true
    await sleep(25)
  }
  return false
}
