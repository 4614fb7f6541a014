import type { AddressInfo, Socket } from 'node:net'
import { connect, createServer } from 'node:net'

/**
 * A fault on the wire. `reset`: the proxy resets the connection instead of forwarding a request. `cut`: it forwards the
 * request and resets the connection instead of forwarding the reply. `stall`: it delays requests until the fault ends.
 * `mute`: it delays replies until the fault ends. `trickle`: it forwards replies one byte every 60 ms. `late`: it
 * forwards replies 50 ms later. `disconnect`: it resets every connection, and each new one.
 */
export type WireFault = 'reset' | 'cut' | 'stall' | 'mute' | 'trickle' | 'late' | 'disconnect'

/** A TCP proxy that causes faults. */
export interface FaultProxy {
  readonly port: number
  /** Applies a fault to the next request only, or to the one after it. */
  breakNext(fault: 'reset' | 'cut', skipped?: 0 | 1): void
  /** Applies a fault until `stopFault` is called. */
  startFault(fault: WireFault): void
  stopFault(): void
  /** Forwards new connections to another server, and resets the open ones. */
  connectTo(port: number): void
  close(): void
}

const lateMs = 50
const byteMs = 60

export async function startFaultProxy(target: number): Promise<FaultProxy> {
  let to = target
  let fault: WireFault | undefined
  let isOnce = false
  let skips = 0
  const pairs = new Set<() => void>()
  const delayed: (() => void)[] = []

  function takeFault(...faults: readonly WireFault[]): WireFault | undefined {
    if (fault === undefined || !faults.includes(fault)) return undefined
    if (skips > 0) {
      skips--
      return undefined
    }
    const current = fault
    if (isOnce) fault = undefined
    return current
  }

  const server = createServer((client) => {
    if (fault === 'disconnect') {
      client.resetAndDestroy()
      return
    }
    const upstream = connect(to, '127.0.0.1')
    const replies = createWriter(client, () => fault === 'trickle')
    const close = (): void => {
      pairs.delete(close)
      client.resetAndDestroy()
      upstream.resetAndDestroy()
    }
    pairs.add(close)
    for (const socket of [client, upstream]) socket.setNoDelay().on('error', close).on('close', close)
    client.on('data', (chunk) => {
      if (takeFault('reset') !== undefined) close()
      else if (fault === 'stall') delayed.push(() => upstream.writable && upstream.write(chunk))
      else upstream.write(chunk)
    })
    upstream.on('data', (chunk) => {
      if (takeFault('cut') !== undefined) close()
      else if (fault === 'mute') delayed.push(() => replies.write(chunk, 'at once'))
      else replies.write(chunk, fault === 'late' || fault === 'trickle' ? fault : 'at once')
    })
  })

  function stopFault(): void {
    fault = undefined
    for (const forward of delayed.splice(0)) forward()
  }
  function closeAll(): void {
    for (const close of [...pairs]) close()
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    breakNext: (next, skipped = 0) => {
      fault = next
      isOnce = true
      skips = skipped
    },
    startFault: (next) => {
      fault = next
      isOnce = false
      skips = 0
      if (next === 'disconnect') closeAll()
    },
    stopFault,
    connectTo: (port) => {
      to = port
      closeAll()
    },
    close: () => {
      server.close()
      closeAll()
    },
  }
}

/** Writes to a socket in order at any pace, until it may write at once again. */
function createWriter(
  socket: Socket,
  isSlow: () => boolean,
): { write(chunk: Buffer, pace: 'at once' | 'late' | 'trickle'): void } {
  let last = Promise.resolve()
  const write = (bytes: Uint8Array): void => void (socket.writable && socket.write(bytes))
  const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
  const trickle = async (chunk: Buffer): Promise<void> => {
    for (const [index, byte] of chunk.entries()) {
      await sleep(byteMs)
      if (!isSlow()) return write(chunk.subarray(index))
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
