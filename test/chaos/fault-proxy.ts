import type { AddressInfo, Socket } from 'node:net'
import { connect, createServer } from 'node:net'

/**
 * What a proxy does to what passes. `reset`: breaks the connection instead of passing a request on. `cut`: passes the
 * request on, and breaks the connection instead of its reply. `stall`: keeps requests back, and passes them on in the
 * end. `mute`: the same with replies. `trickle`: replies come a byte at a time. `late`: replies come later. `refuse`:
 * breaks every connection, and each new one.
 */
export type WireFault = 'reset' | 'cut' | 'stall' | 'mute' | 'trickle' | 'late' | 'refuse'

/** A TCP proxy that disturbs. */
export interface FaultProxy {
  readonly port: number
  /** Disturbs the next request alone. */
  disturbNext(fault: 'reset' | 'cut'): void
  /** Disturbs everything until it is told to stop. */
  disturb(fault: WireFault): void
  stop(): void
  /** Passes connections that are made from now on to another server, and breaks the others. */
  pointTo(port: number): void
  close(): void
}

const lateMs = 50
const byteMs = 60

export async function startFaultProxy(target: number): Promise<FaultProxy> {
  let to = target
  let fault: WireFault | undefined
  let isOnce = false
  const pairs = new Set<() => void>()
  const held: (() => void)[] = []

  function take(...faults: readonly WireFault[]): WireFault | undefined {
    if (fault === undefined || !faults.includes(fault)) return undefined
    const taken = fault
    if (isOnce) fault = undefined
    return taken
  }

  const server = createServer((client) => {
    if (fault === 'refuse') {
      client.resetAndDestroy()
      return
    }
    const upstream = connect(to, '127.0.0.1')
    const replies = createWriter(client)
    const close = (): void => {
      pairs.delete(close)
      client.resetAndDestroy()
      upstream.resetAndDestroy()
    }
    pairs.add(close)
    for (const socket of [client, upstream]) socket.setNoDelay().on('error', close).on('close', close)
    client.on('data', (chunk) => {
      if (take('reset') !== undefined) close()
      else if (fault === 'stall') held.push(() => upstream.writable && upstream.write(chunk))
      else upstream.write(chunk)
    })
    upstream.on('data', (chunk) => {
      if (take('cut') !== undefined) close()
      else if (fault === 'mute') held.push(() => replies.write(chunk, 'at once'))
      else replies.write(chunk, fault === 'late' || fault === 'trickle' ? fault : 'at once')
    })
  })

  function stop(): void {
    fault = undefined
    for (const pass of held.splice(0)) pass()
  }
  function closeAll(): void {
    for (const close of [...pairs]) close()
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    disturbNext: (next) => {
      fault = next
      isOnce = true
    },
    disturb: (next) => {
      fault = next
      isOnce = false
      if (next === 'refuse') closeAll()
    },
    stop,
    pointTo: (port) => {
      to = port
      closeAll()
    },
    close: () => {
      server.close()
      closeAll()
    },
  }
}

/** Writes to a socket in order, whatever the pace. */
function createWriter(socket: Socket): { write(chunk: Buffer, pace: 'at once' | 'late' | 'trickle'): void } {
  let last = Promise.resolve()
  const write = (bytes: Uint8Array): void => void (socket.writable && socket.write(bytes))
  const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
  const trickle = async (chunk: Buffer): Promise<void> => {
    for (const byte of chunk) {
      await sleep(byteMs)
      write(Uint8Array.of(byte))
    }
  }
  return {
    write: (chunk, pace) => {
      last = last.then(async () => {
        if (pace === 'trickle') return trickle(chunk)
        if (pace === 'late') await sleep(lateMs)
        write(chunk)
      })
    },
  }
}
