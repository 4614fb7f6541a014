import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTcpServer, type Server as TcpServer } from 'node:net'
import { invalidOption } from '@hookurl/core/internal'
import { signalExitCodes } from '../io/exit-codes.ts'

/** Where a server listens. */
export interface ListenAddress {
  readonly host: string
  readonly port: number
  /** The flag that sets the port, for error messages; `--port` by default. */
  readonly portFlag?: string
}

export interface RunningServer {
  /** The port in use, which the system chose if port 0 was requested. */
  readonly port: number
  /** Stops accepting connections, and resolves when all requests have finished. */
  stop(): Promise<void>
  /** Resolves when the server has stopped. */
  readonly stopped: Promise<void>
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void

/**
 * Starts an HTTP server.
 *
 * @throws {HookurlError} `invalid_option` if the port or host is not available
 */
export async function serve(handler: Handler, address: ListenAddress): Promise<RunningServer> {
  const active = new Set<ServerResponse>()
  let isStopping = false
  // Browsers keep spare connections that never send a request, so only wait for requests.
  const closeIdleConnections = (): void => {
    if (isStopping && active.size === 0) server.closeAllConnections()
  }
  const server = createServer((request, response) => {
    active.add(response)
    response.on('close', () => {
      active.delete(response)
      closeIdleConnections()
    })
    if (isStopping) response.setHeader('connection', 'close')
    handler(request, response)
  })
  // By default, Node drops the headers after the 2,000th. Their total length stays limited.
  server.maxHeadersCount = 0
  await bind(server, address)
  const bound = server.address()
  const stopped = new Promise<void>((resolve) => server.once('close', resolve))
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : address.port,
    stopped,
    stop: () => {
      isStopping = true
      server.close()
      // Otherwise, these connections would stay open as long as any request, and hide what listens on the port next.
      for (const response of active) if (!response.headersSent) response.setHeader('connection', 'close')
      closeIdleConnections()
      return stopped
    },
  }
}

/** Stops a server on SIGINT and SIGTERM, and sets the exit code. The second signal exits at once. */
export function stopOnSignals(server: Pick<RunningServer, 'stop'>): void {
  let isStopping = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      const exitCode = signalExitCodes[signal]
      // This also kills the programs of --exec.
      if (isStopping) process.exit(exitCode)
      isStopping = true
      process.exitCode = exitCode
      void server.stop()
    })
  }
}

const loopback = /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/

/** Whether only this machine can reach a host. */
export function isLoopback(host: string): boolean {
  return loopback.test(host)
}

/** Formats the address of a server as a URL. */
export function formatAddress(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

async function bind(server: Server, address: ListenAddress): Promise<void> {
  const { host, port, portFlag = '--port' } = address
  const code = await tryToListen(server, address)
  if (code === undefined) return
  if (code !== 'EADDRINUSE') {
    throw invalidOption(
      `cannot listen on port ${port} of ${host} (${code})`,
      `Choose another ${portFlag}, 1024 or higher, or another --host.`,
    )
  }
  const freePort = await findFreePort(address)
  throw invalidOption(
    `port ${port} is already in use`,
    freePort === undefined ? `Choose another port with ${portFlag}.` : `Use ${portFlag} ${freePort}, which is free.`,
  )
}

/** Resolves to the error code, or to `undefined` once the server listens. */
function tryToListen(server: TcpServer, { host, port }: ListenAddress): Promise<string | undefined> {
  return new Promise((resolve) => {
    const onError = (error: NodeJS.ErrnoException): void => resolve(error.code ?? error.message)
    server.once('error', onError)
    server.listen(port, host, () => {
      server.off('error', onError)
      resolve(undefined)
    })
  })
}

const PORTS_TO_TRY = 50

async function findFreePort({ host, port }: ListenAddress): Promise<number | undefined> {
  for (let next = port + 1; next <= Math.min(port + PORTS_TO_TRY, 65_535); next++) {
    const server = createTcpServer()
    const code = await tryToListen(server, { host, port: next })
    if (code !== undefined) continue
    await new Promise<void>((resolve) => server.close(() => resolve()))
    return next
  }
  return undefined
}
