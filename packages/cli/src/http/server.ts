import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createProbe, type Server as PortServer } from 'node:net'
import { invalidOption } from '@hookurl/core/internal'

export interface Place {
  readonly host: string
  readonly port: number
  /** The flag that chooses the port; `--port` unless told. */
  readonly portFlag?: string
}

/** A server that runs, and the ways to end it. */
export interface Running {
  /** The port that it has, which for port 0 the system chose. */
  readonly port: number
  /** Accepts nothing more, lets what runs finish, and is done then. */
  stop(): Promise<void>
  /** When it has stopped. */
  readonly stopped: Promise<void>
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void

/**
 * Serves on a port of this machine.
 *
 * @throws {HookurlError} `invalid_option` where the port or host cannot be had
 */
export async function serve(handler: Handler, place: Place): Promise<Running> {
  let running = 0
  let isStopping = false
  // A browser keeps spare connections that never send anything; only requests are waited for.
  const hangUp = (): void => {
    if (isStopping && running === 0) server.closeAllConnections()
  }
  const server = createServer((request, response) => {
    running++
    response.on('close', () => {
      running--
      hangUp()
    })
    if (isStopping) response.setHeader('connection', 'close')
    handler(request, response)
  })
  await bind(server, place)
  const address = server.address()
  const stopped = new Promise<void>((resolve) => server.once('close', resolve))
  return {
    port: typeof address === 'object' && address !== null ? address.port : place.port,
    stopped,
    stop: () => {
      isStopping = true
      server.close()
      hangUp()
      return stopped
    },
  }
}

async function bind(server: Server, place: Place): Promise<void> {
  const { portFlag = '--port' } = place
  const code = await tryToListen(server, place)
  if (code === undefined) return
  if (code !== 'EADDRINUSE') {
    throw invalidOption(
      `port ${place.port} of ${place.host} cannot be had (${code})`,
      `Choose another ${portFlag}, from 1024 on, or another --host.`,
    )
  }
  const free = await findFreePort(place)
  throw invalidOption(
    `port ${place.port} is taken`,
    free === undefined ? `Choose another with ${portFlag}.` : `Use ${portFlag} ${free}, which is free.`,
  )
}

function tryToListen(server: PortServer, { host, port }: Place): Promise<string | undefined> {
  return new Promise((resolve) => {
    const onError = (error: NodeJS.ErrnoException): void => resolve(error.code ?? error.message)
    server.once('error', onError)
    server.listen(port, host, () => {
      server.off('error', onError)
      resolve(undefined)
    })
  })
}

const portsToTry = 50

async function findFreePort({ host, port }: Place): Promise<number | undefined> {
  for (let next = port + 1; next <= Math.min(port + portsToTry, 65_535); next++) {
    const probe = createProbe()
    const code = await tryToListen(probe, { host, port: next })
    if (code !== undefined) continue
    await new Promise<void>((resolve) => probe.close(() => resolve()))
    return next
  }
  return undefined
}
