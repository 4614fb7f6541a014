import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { makeHome } from '../support/run.ts'
import { listenWhile, mintUrl, type StartedListen, spawnListen, stopListen } from '../support/start-listen.ts'

let home: ReturnType<typeof makeHome>
let env: Record<string, string>
beforeEach(() => {
  home = makeHome()
  env = { HOME: home.path }
})
afterEach(() => home.remove())

const inHome = (name: string): string => join(home.path, name)

/** Sends a hook; resolves to the status, or to `undefined` if there is no complete response. */
async function sendHook(url: string, body: string): Promise<number | undefined> {
  try {
    const response = await fetch(url, { method: 'POST', body, headers: { 'content-type': 'text/plain' } })
    await response.arrayBuffer()
    return response.status
  } catch {
    return undefined
  }
}

/** Sends a hook, and disconnects once the work has started. */
async function sendAndDisconnect(url: string, hasStarted: () => boolean): Promise<void> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.on('error', () => {})
  socket.write(formatRequest(url))
  await vi.waitFor(() => expect(hasStarted()).toBe(true), { timeout: 5000, interval: 10 })
  socket.destroy()
}

function formatRequest(url: string): string {
  return `POST ${new URL(url).pathname} HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx`
}

type Use = 'committed' | 'released'

/** An application on a socket. */
interface Application {
  readonly url: string
  runs(): number
  close(): void
}

/** Starts an application that ends each of its first runs in one way, and then responds with 200. */
async function startApplication(end: (socket: Socket) => void, first = 1): Promise<Application> {
  let runs = 0
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    let received = ''
    socket.on('data', (chunk) => {
      const hadRequest = received.includes('\r\n\r\n')
      received += chunk
      if (hadRequest || !received.includes('\r\n\r\n')) return
      if (++runs <= first) end(socket)
      else socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    runs: () => runs,
    close: () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

const respond =
  (status: number, rest = 'Content-Length: 2\r\n\r\nno') =>
  (socket: Socket): void =>
    void socket.end(`HTTP/1.1 ${status} X\r\n${rest}`)
const cutOff =
  (status: number) =>
  (socket: Socket): void => {
    socket.write(`HTTP/1.1 ${status} X\r\nContent-Length: 99\r\n\r\nhalf`, () => setTimeout(() => socket.destroy(), 30))
  }
const stall =
  (status: number) =>
  (socket: Socket): void =>
    void socket.write(`HTTP/1.1 ${status} X\r\nContent-Length: 99\r\n\r\nhalf`)

interface ApplicationEnding {
  readonly name: string
  readonly end: (socket: Socket) => void
  readonly status: number | undefined
  readonly use: Use
}

const applicationEndings: readonly ApplicationEnding[] = [
  ...[200, 201, 202, 302, 303, 400, 401, 403, 404, 406, 409, 410, 412, 413, 417, 422, 429, 431, 499].map(
    (status): ApplicationEnding => ({
      name: `responds with ${status}`,
      end: respond(status),
      status,
      use: 'committed',
    }),
  ),
  ...[500, 501, 502, 503, 504, 507, 599].map(
    (status): ApplicationEnding => ({ name: `responds with ${status}`, end: respond(status), status, use: 'released' }),
  ),
  { name: 'responds with 204', end: respond(204, '\r\n'), status: 204, use: 'committed' },
  { name: 'responds with 304', end: respond(304, '\r\n'), status: 304, use: 'committed' },
  {
    name: 'responds with 500 in chunks',
    end: respond(500, 'Transfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n'),
    status: 500,
    use: 'released',
  },
  {
    name: 'responds with 500 without a body',
    end: respond(500, 'Content-Length: 0\r\n\r\n'),
    status: 500,
    use: 'released',
  },
  { name: 'responds with the invalid status 600', end: respond(600), status: 502, use: 'committed' },
  { name: 'responds with the invalid status 999', end: respond(999), status: 502, use: 'committed' },
  {
    name: 'switches protocols',
    end: respond(101, 'Upgrade: a\r\nConnection: Upgrade\r\n\r\n'),
    status: 502,
    use: 'committed',
  },
  { name: 'closes the connection', end: (socket) => void socket.end(), status: 502, use: 'committed' },
  { name: 'resets the connection', end: (socket) => void socket.resetAndDestroy(), status: 502, use: 'committed' },
  {
    name: 'responds with something that is not HTTP',
    end: (socket) => void socket.end('SSH-2.0\r\n'),
    status: 502,
    use: 'committed',
  },
  {
    name: 'is cut off in the headers',
    end: (socket) => void socket.end('HTTP/1.1 500 X\r\nA: b'),
    status: 502,
    use: 'committed',
  },
  { name: 'is cut off in a response with 200', end: cutOff(200), status: undefined, use: 'committed' },
  { name: 'is cut off in a response with 400', end: cutOff(400), status: undefined, use: 'committed' },
  { name: 'is cut off in a response with 500', end: cutOff(500), status: 502, use: 'committed' },
  { name: 'does not respond in time', end: () => {}, status: 504, use: 'committed' },
  { name: 'stalls in a response with 200', end: stall(200), status: undefined, use: 'committed' },
  { name: 'stalls in a response with 500', end: stall(500), status: 502, use: 'committed' },
]

describe('listen --forward, for a URL with one use', () => {
  test.each(applicationEndings)('an application that $name: the use is $use', async ({ end, status, use }) => {
    const application = await startApplication(end)
    const args = ['--forward', application.url, '--forward-timeout', '0.3s']
    await listenWhile(args, env, async (base) => {
      const url = mintUrl(base, { maxUses: 1 })
      expect(await sendHook(url, '1')).toBe(status)
      expect(await sendHook(url, '2')).toBe(use === 'released' ? 200 : 410)
      expect(await sendHook(url, '3')).toBe(410)
    }).finally(application.close)
    expect(application.runs()).toBe(use === 'released' ? 2 : 1)
  })

  test.each([
    ['responds with 200', respond(200)],
    ['responds with 404', respond(404)],
    ['responds with 500', respond(500)],
    ['closes the connection', (socket: Socket) => void socket.end()],
  ])('a caller that disconnects from an application that then %s: the use is committed', async (_name, end) => {
    let finish = (): void => {}
    const application = await startApplication((socket) => {
      finish = () => end(socket)
    })
    const listening = listenWhile(['--forward', application.url], env, async (base) => {
      const url = mintUrl(base, { maxUses: 1 })
      await sendAndDisconnect(url, () => application.runs() === 1)
      await sleep(50)
      finish()
      await sleep(50)
      expect(await sendHook(url, '2')).toBe(410)
    })
    await listening.finally(application.close)
    expect(application.runs()).toBe(1)
  })

  /** Forwards to a URL that cannot be connected to: the use must still be there when the URL has another receiver. */
  async function expectReleased(forwardUrl: string, status: number): Promise<void> {
    await listenWhile(['--forward', forwardUrl, '--forward-timeout', '0.5s'], env, async (base) => {
      const url = mintUrl(base, { maxUses: 1 })
      for (const body of ['1', '2', '3']) expect(await sendHook(url, body)).toBe(status)
    })
  }

  test('an application that is not running: the use is released', async () => {
    const application = await startApplication(() => {})
    application.close()
    await expectReleased(application.url, 502)
  })

  test('a host that does not exist: the use is released', async () => {
    await expectReleased('http://application.invalid', 502)
  })

  // The request is sent after the handshake.
  test.each([
    ['does not complete the handshake', () => {}, 504],
    ['responds without TLS', (socket: Socket) => void socket.end('HTTP/1.1 400 X\r\n\r\n'), 502],
  ])('an application at an https URL that %s: the use is released', async (_name, onConnection, status) => {
    const server = createServer(onConnection).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    await expectReleased(`https://127.0.0.1:${port}`, status).finally(() => server.close())
  })

  test('a hook that is too long for a header: the use is released, since nothing has run', async () => {
    const application = await startApplication(() => {})
    await listenWhile(['--forward', application.url], env, async (base) => {
      const url = mintUrl(base, { maxUses: 1, content: 'x'.repeat(3100), maxUrlLength: 9000 })
      for (const body of ['1', '2']) expect(await sendHook(url, body)).toBe(500)
    }).finally(application.close)
    expect(application.runs()).toBe(0)
  })
})

interface ProgramEnding {
  readonly name: string
  /** A shell command. */
  readonly end: string
  readonly status: number
  readonly use: Use
}

const programEndings: readonly ProgramEnding[] = [
  { name: 'exits with 0', end: 'exit 0', status: 200, use: 'committed' },
  { name: 'exits with 0 and prints', end: 'echo done', status: 200, use: 'committed' },
  { name: 'exits with 0 without reading its input', end: 'exec 0<&-; exit 0', status: 200, use: 'committed' },
  ...[1, 2, 3, 126, 127, 255].map(
    (code): ProgramEnding => ({ name: `exits with ${code}`, end: `exit ${code}`, status: 500, use: 'released' }),
  ),
  { name: 'prints and exits with 1', end: 'echo no; exit 1', status: 500, use: 'released' },
  { name: 'is not found', end: 'no-such-program', status: 500, use: 'released' },
  { name: 'crashes', end: 'kill -SEGV $$', status: 500, use: 'released' },
  { name: 'does not finish in time', end: 'sleep 20', status: 504, use: 'committed' },
  { name: 'prints too much', end: 'yes', status: 500, use: 'committed' },
  {
    name: 'exits with 1 while what it started keeps its output open until it is killed',
    end: 'sleep 20 & exit 1',
    status: 504,
    use: 'committed',
  },
]

describe('listen --exec, for a URL with one use', () => {
  /** Returns a command that ends its first run in one way, and then exits with 0. */
  function makeCommand(end: string): string {
    return `if [ ! -e "${inHome('ran')}" ]; then echo run >> "${inHome('ran')}"; ${end}; else echo run >> "${inHome('ran')}"; fi`
  }
  const countRuns = (): number =>
    existsSync(inHome('ran')) ? readFileSync(inHome('ran'), 'utf8').split('\n').length - 1 : 0

  test.each(programEndings)('a program that $name: the use is $use', async ({ end, status, use }) => {
    await listenWhile(['--exec', makeCommand(end), '--exec-timeout', '1s'], env, async (base) => {
      const url = mintUrl(base, { maxUses: 1 })
      expect(await sendHook(url, '1')).toBe(status)
      expect(await sendHook(url, '2')).toBe(use === 'released' ? 200 : 410)
      expect(await sendHook(url, '3')).toBe(410)
    })
    expect(countRuns()).toBe(use === 'released' ? 2 : 1)
  })

  test.each(['exit 0', 'exit 1'])(
    'a caller that disconnects from a program that ends with %s: committed',
    async (end) => {
      const go = inHome('go')
      const command = makeCommand(`while [ ! -e "${go}" ]; do sleep 0.02; done; ${end}`)
      await listenWhile(['--exec', command], env, async (base) => {
        const url = mintUrl(base, { maxUses: 1 })
        await sendAndDisconnect(url, () => countRuns() === 1)
        await sleep(50)
        writeFileSync(go, '')
        await sleep(150)
        expect(await sendHook(url, '2')).toBe(410)
      })
      expect(countRuns()).toBe(1)
    },
  )

  // What Node's own modules return belongs to a process.
  test('a program that the system cannot start: the use is released', async () => {
    const preload = `import processes from 'node:child_process'
import { syncBuiltinESMExports } from 'node:module'
const { spawn } = processes
let count = 0
processes.spawn = (...args) => (count++ === 0 ? spawn('/no/such/shell') : spawn(...args))
syncBuiltinESMExports()`
    const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(preload)}`
    const listen: StartedListen = await spawnListen(['--exec', makeCommand('exit 0')], { ...env, NODE_OPTIONS })
    try {
      const url = mintUrl(listen.base, { maxUses: 1 })
      expect(await sendHook(url, '1')).toBe(500)
      expect(await sendHook(url, '2')).toBe(200)
      expect(await sendHook(url, '3')).toBe(410)
    } finally {
      await stopListen(listen)
    }
    expect(countRuns()).toBe(1)
  })
})

// By default, a lease ends after ten minutes.
test('the use of a run that takes as long as --forward-timeout allows is not free during the run', async () => {
  let finish = (): void => {}
  const application = await startApplication((socket) => {
    finish = () => respond(200)(socket)
  })
  const listening = listenWhile(['--forward', application.url, '--forward-timeout', '1d'], env, async (base) => {
    const url = mintUrl(base, { maxUses: 1 })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    // fetch has timeouts of its own.
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    socket.write(formatRequest(url))
    await vi.waitUntil(() => application.runs() === 1)
    for (let hour = 0; hour < 23; hour++) await vi.advanceTimersByTimeAsync(3_600_000)
    expect(await sendHook(url, '2')).toBe(503)
    finish()
    expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1\.1 200 /)
    socket.destroy()
  })
  await listening.finally(() => {
    vi.useRealTimers()
    application.close()
  })
  expect(application.runs()).toBe(1)
})

describe('parallel callers of a URL with three uses', () => {
  const maxUses = 3
  const callers = 40

  test('run at most three requests that are in progress or committed, through --forward', async () => {
    let active = 0
    let committed = 0
    let runs = 0
    const seen: number[] = []
    const finish = (response: ServerResponse, run: number): void => {
      active--
      // Every second run fails, in turn with each kind of failure that commits.
      const isReleased = run % 2 === 0
      if (!isReleased) committed++
      if (isReleased) response.writeHead(503).end()
      else if (run % 4 === 1) response.writeHead(412).end()
      else response.socket?.destroy()
    }
    const application = createHttpServer((_request, response) => {
      const run = runs++
      active++
      seen.push(active + committed)
      setTimeout(() => finish(response, run), 20)
    }).listen(0, '127.0.0.1')
    await once(application, 'listening')
    const target = `http://127.0.0.1:${(application.address() as AddressInfo).port}`
    await listenWhile(['--forward', target], env, async (base) => {
      const url = mintUrl(base, { maxUses })
      for (let round = 0; round < 4; round++) {
        await Promise.all(Array.from({ length: callers }, (_each, index) => sendHook(url, `${round} ${index}`)))
      }
    }).finally(() => application.close())
    expect(Math.max(...seen)).toBeLessThanOrEqual(maxUses)
    expect(committed).toBe(maxUses)
    expect(runs).toBeGreaterThan(maxUses)
  })

  test('run at most three programs that are in progress or committed, through --exec', async () => {
    const log = inHome('log')
    const script = inHome('program.sh')
    // Every second run fails.
    writeFileSync(
      script,
      `echo start >> "${log}"; n=$(grep -c start "${log}"); sleep 0.05
if [ $((n % 2)) = 0 ]; then echo released >> "${log}"; exit 1; fi
echo committed >> "${log}"`,
    )
    await listenWhile(['--exec', `sh "${script}"`, '--concurrency', '20'], env, async (base) => {
      const url = mintUrl(base, { maxUses })
      for (let round = 0; round < 4; round++) {
        await Promise.all(Array.from({ length: callers }, (_each, index) => sendHook(url, `${round} ${index}`)))
      }
    })
    let active = 0
    let committed = 0
    for (const line of readFileSync(log, 'utf8').trim().split('\n')) {
      active += line === 'start' ? 1 : -1
      if (line === 'committed') committed++
      expect(active + committed).toBeLessThanOrEqual(maxUses)
    }
    expect(committed).toBe(maxUses)
  })
})
