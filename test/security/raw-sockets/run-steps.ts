import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** What is done on a socket: bytes written (in latin1), a pause in milliseconds, an orderly end, a reset. */
export type Step = string | number | 'END' | 'RESET'

/** Does the steps on a socket, and gives all that comes back until the server closes or falls silent. */
export async function runSteps(port: number, steps: readonly Step[], quietMs: number): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true })
  let received = ''
  socket.on('data', (chunk) => (received += chunk.toString('latin1')))
  // A server that resets is one that has closed.
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

/** The statuses of the answers in what came back, without the interim ones. */
export function statusesIn(received: string): number[] {
  return [...received.matchAll(/HTTP\/1\.[01] ([2-5]\d\d)/g)].map(([, status]) => Number(status))
}

/** The same bytes one at a time. */
export function byteByByte(bytes: string, pauseMs: number): Step[] {
  return [...bytes].flatMap((byte): Step[] => [byte, pauseMs])
}
