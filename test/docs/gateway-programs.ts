// Starts the programs of docs/gateways.md on free ports: the gate, the application and the proxies.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFreePort } from '../../examples/support/free-port.ts'
import { type Program, startProgram } from '../../examples/support/program.ts'
import { readFences } from '../../tools/docs/markdown.ts'
import { root } from '../../tools/setup/io.js'
import { testKey } from '../../tools/snippets.ts'

const page = 'docs/gateways.md'
const START_TIMEOUT_MS = 60_000
// What the page calls the ports of the gate and of the application.
const GATE = '127.0.0.1:8789'
const APPLICATION = '127.0.0.1:3000'

/** Returns the code block of the page in a language. */
export function readConfiguration(language: string, at = 0): string {
  const code = readFences(page).filter((fence) => fence.language === language)[at]?.code
  if (code === undefined) throw new Error(`${page} has no code block in ${language}`)
  return code
}

/** A request that the application has received. */
export interface AppRequest {
  readonly method: string
  /** The path and query. */
  readonly target: string
  /** The headers, by their names in WSGI. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The application of the page. */
export interface Application {
  readonly port: number
  readonly requests: readonly AppRequest[]
  /** What it prints. */
  readonly lines: readonly string[]
  stop(): Promise<void>
}

// Prints each request before the application handles it, also one that it fails on.
const recorder = `
import io, sys

def record(application):
    def run(environ, start_response):
        body = environ['wsgi.input'].read(int(environ.get('CONTENT_LENGTH') or 0))
        environ['wsgi.input'] = io.BytesIO(body)
        print('REQUEST', json.dumps({
            'method': environ['REQUEST_METHOD'],
            'target': environ['PATH_INFO'] + '?' + environ['QUERY_STRING'],
            'headers': {name: value for name, value in environ.items() if name.startswith('HTTP_')},
            'body': body.decode('latin-1'),
        }), flush=True)
        return application(environ, start_response)
    return run

`

/** Starts the application of the page. With `claims`, it reads the header that HAProxy sets. */
export async function startApplication(python: string, header: 'hook' | 'claims'): Promise<Application> {
  const port = await findFreePort()
  const folder = makeFolder('application')
  const [hookLine = ''] = /^ {4}hook = .*$/m.exec(readConfiguration('python')) ?? []
  const code = readConfiguration('python')
    .replace(hookLine, () => (header === 'hook' ? hookLine : readConfiguration('python', 1)))
    .replace("make_server('127.0.0.1', 3000, application)", `make_server('127.0.0.1', ${port}, record(application))`)
    .replace('\nmake_server', `${recorder}make_server`)
  writeFileSync(join(folder.path, 'application.py'), code)
  const child = spawn(python, ['application.py'], { cwd: folder.path, stdio: ['ignore', 'pipe', 'ignore'] })
  const requests: AppRequest[] = []
  const lines: string[] = []
  let rest = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n')
    rest = parts.pop() ?? ''
    for (const line of parts) {
      if (line.startsWith('REQUEST ')) requests.push(JSON.parse(line.slice('REQUEST '.length)))
      else lines.push(line)
    }
  })
  await waitForPort(port, child)
  const stop = async (): Promise<void> => {
    await end(child)
    folder.remove()
  }
  return { port, requests, lines, stop }
}

/** Starts `hookurl gate`, as built. */
export function startGate(args: readonly string[], cwd: string): Promise<Program> {
  const command = [process.execPath, join(root, 'packages/cli/bin/hookurl.js'), 'gate', '--port', '0', ...args] as const
  return startProgram(command, { cwd, env: { HOOKURL_KEYS: testKey } })
}

/** The ports that a proxy connects to. */
export interface Upstreams {
  readonly gatePort: number
  readonly applicationPort: number
}

/** A running proxy. */
export interface ProxyProgram {
  readonly port: number
  readonly origin: string
  stop(): Promise<void>
}

/** How a proxy is started with a configuration. */
interface ProxyStart {
  readonly fileName: string
  /** Sets the port, and what a program in a temporary folder needs. */
  adapt(configuration: string, port: number, folder: string): string
  args(folder: string): readonly string[]
}

const starts: Readonly<Record<'nginx' | 'caddy' | 'haproxy', ProxyStart>> = {
  nginx: {
    fileName: 'nginx.conf',
    adapt: (configuration, port, folder) => `daemon off; master_process off; pid ${folder}/pid; events {}
http {
access_log off;
${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join('\n')}
${configuration.replace('listen 8080', `listen 127.0.0.1:${port} backlog=1024`)}
}`,
    args: (folder) => ['-e', join(folder, 'error.log'), '-p', folder, '-c', join(folder, 'nginx.conf')],
  },
  caddy: {
    fileName: 'Caddyfile',
    adapt: (configuration, port) =>
      `{\n\tadmin off\n\tauto_https off\n}\n${configuration.replace(':8080 {', `:${port} {\n\tbind 127.0.0.1`)}\n`,
    args: (folder) => ['run', '--config', join(folder, 'Caddyfile')],
  },
  haproxy: {
    fileName: 'haproxy.cfg',
    adapt: (configuration, port) => `${configuration.replace('bind :8080', `bind 127.0.0.1:${port}`)}\n`,
    args: (folder) => ['-f', join(folder, 'haproxy.cfg')],
  },
}

interface ProxyOptions extends Upstreams {
  /** By default, the configuration of the page. */
  readonly configuration?: string
  readonly env?: Readonly<Record<string, string>>
}

const languages = { nginx: 'nginx', caddy: 'caddyfile', haproxy: 'haproxy' } as const

/** Starts a proxy with the configuration of the page. */
export async function startProxy(
  name: 'nginx' | 'caddy' | 'haproxy',
  program: string,
  { gatePort, applicationPort, configuration = readConfiguration(languages[name]), env = {} }: ProxyOptions,
): Promise<ProxyProgram> {
  const port = await findFreePort()
  const folder = makeFolder(name)
  const { fileName, adapt, args } = starts[name]
  const connected = configuration
    .replaceAll(GATE, `127.0.0.1:${gatePort}`)
    .replaceAll(APPLICATION, `127.0.0.1:${applicationPort}`)
  writeFileSync(join(folder.path, fileName), adapt(connected, port, folder.path))
  const child = spawn(program, args(folder.path), {
    env: { PATH: process.env.PATH, HOME: folder.path, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  await waitForPort(port, child)
  const stop = async (): Promise<void> => {
    await end(child)
    folder.remove()
  }
  return { port, origin: `http://127.0.0.1:${port}`, stop }
}

/** Makes a temporary folder. */
export function makeFolder(name: string): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), `hookurl-${name}-`))
  mkdirSync(path, { recursive: true })
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

async function waitForPort(port: number, child: ChildProcess): Promise<void> {
  let errors = ''
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk))
  const startedAt = performance.now()
  while (!(await isReachable(port))) {
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended before it listened\n${errors}`)
    if (performance.now() - startedAt > START_TIMEOUT_MS) {
      child.kill('SIGKILL')
      throw new Error(`${child.spawnfile} did not listen in time\n${errors}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function isReachable(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'close')
  child.kill()
  await ended
}
