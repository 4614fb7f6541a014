import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** One step on a socket: bytes to write (latin1), a pause in milliseconds, FIN or RST. */
export type Step = string | number | 'END' | 'RESET'

/** Runs the steps on a socket and returns everything the server sends until it closes or is quiet for `quietMs`. */
export async function runSteps(port: number, steps: readonly Step[], quietMs: number): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true })
  let received = ''
  socket.on('data', (chunk) => (received += chunk.toString('latin1')))
  // A reset by the server counts as closed.
  socket.on('error', () => {})
  const closed = new Promise((resolve) => socket.once('close', resolve))
  await Promise.race([once(socket, 'connect'), closed])
  for (const step of steps) {
    if (socket.destroyed) break
    if (typeof step === 'number') await sleep(step)
    else if (step === 'END') socket.end()
    else if (step === 'RESET') socket.resetAndDestroy()
    else socket.write(step, 'latin1')
  }
  socket.once('end', () => socket.destroy())
  if (socket.readableEnded) socket.destroy()
  socket.setTimeout(quietMs, () => socket.destroy())
  await closed
  return received
}

/** Returns the statuses of the responses, without 1xx. */
export function parseStatuses(received: string): number[] {
  return [...received.matchAll(/HTTP\/1\.[01] ([2-5]\d\d)/g)].map(([, status]) => Number(status))
}

/** Writes one byte at a time. */
export function byteByByte(bytes: string, pauseMs: number): Step[] {
  return [...bytes].flatMap((byte): Step[] => [byte, pauseMs])
}
