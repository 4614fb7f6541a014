// Sends bodies in chunks of one byte to a host or to a plain server, each in its own process, and measures its memory.
// `npm run test:limits` uses it too.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { createMinter, generateKey } from '@hookurl/core'

/** The size of each body, in bytes. */
export const bodySize = 1_000_000
const keys = generateKey()
/** The path of a hook URL that the servers accept. */
export const { pathname } = new URL(
  createMinter({ keys, baseUrl: 'https://bot.example.com/hooks', expiresIn: '1d' }).mintSync({ command: '/onWebhook' }),
)

/** A server in its own process. */
export interface Started {
  readonly child: ChildProcess
  readonly port: number
  readonly rss: number
}

/** Starts a server of `chunked-server.ts` by its name. */
export async function start(name: string, flags: readonly string[] = []): Promise<Started> {
  // The server uses the sources if this process does, and the built packages otherwise.
  const conditions = process.execArgv.filter((flag) => flag.startsWith('--conditions='))
  const execArgv = ['--expose-gc', ...flags, ...conditions, '--import', 'tsx']
  const env = { ...process.env, HOOKURL_KEYS: keys }
  const child = fork(fileURLToPath(new URL('../test/soak/chunked-server.ts', import.meta.url)), [name], {
    execArgv,
    env,
  })
  const [{ port, rss }] = await once(child, 'message')
  return { child, port, rss }
}

/** Sends one body in chunks of one byte and returns the response. */
async function sendByteByByte(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.setEncoding('latin1')
  let response = ''
  socket.on('data', (text: string) => (response += text))
  const head = `POST ${pathname} HTTP/1.1\r\nhost: bot.example.com\r\nconnection: close\r\ntransfer-encoding: chunked\r\n`
  socket.write(`${head}content-type: application/octet-stream\r\n\r\n`)
  const part = '1\r\nx\r\n'.repeat(1000)
  for (let sent = 0; sent < bodySize; sent += 1000) {
    if (!socket.write(part)) await once(socket, 'drain')
  }
  socket.write('0\r\n\r\n')
  await once(socket, 'close')
  return response
}

/** The peak above what the process takes when it is idle, in MiB, with so many bodies at once. */
export async function measurePeak(name: string, count: number): Promise<number> {
  const { child, port, rss } = await start(name)
  const responses = await Promise.all(Array.from({ length: count }, () => sendByteByByte(port)))
  for (const response of responses) {
    if (!response.includes(`{"length":${bodySize}}`)) throw new Error(`${name}: ${response.slice(0, 200)}`)
  }
  child.send('peak')
  const [{ peak }] = await once(child, 'message')
  child.kill()
  return (peak - rss) / 1_048_576
}

/** Whether a process with a heap of 256 MiB survives so many bodies at once. */
export async function survives(name: string, count: number): Promise<boolean> {
  const { child, port } = await start(name, ['--max-old-space-size=256'])
  let hasExited = false
  child.once('exit', () => (hasExited = true))
  const responses = await Promise.all(Array.from({ length: count }, () => sendByteByByte(port).catch(() => 'failed')))
  const isComplete = responses.every((response) => response.includes(`{"length":${bodySize}}`))
  const survived = !hasExited && isComplete
  child.kill()
  return survived
}

/** The hosts, each with the plain server that it is compared with. */
export const comparisons: readonly (readonly [host: string, plain: string])[] = [
  ['node:http', 'plain node:http'],
  ['express', 'plain node:http'],
  ['koa', 'plain node:http'],
  ['fastify', 'plain node:http'],
  ['hono', 'plain fetch'],
  ['fetch', 'plain fetch'],
]
