import type { AddressInfo } from 'node:net'
import { connect, createServer, type Socket } from 'node:net'
import type { TestContext } from 'vitest'

/** A TCP proxy that can drop a response. */
export interface Proxy {
  readonly port: number
  /** Forwards the next request, then drops the connection instead of returning the response. */
  cutNextResponse(): void
  readonly cuts: () => number
}

export async function startProxy(target: number, { onTestFinished }: TestContext): Promise<Proxy> {
  let isCutting = false
  let cuts = 0
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1')
    const close = (): void => {
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', close).on('close', close)
    }
    client.on('data', (chunk) => upstream.write(chunk))
    upstream.on('data', (chunk) => {
      if (!isCutting) {
        client.write(chunk)
        return
      }
      isCutting = false
      cuts++
      close()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return {
    port: (server.address() as AddressInfo).port,
    cutNextResponse: () => {
      isCutting = true
    },
    cuts: () => cuts,
  }
}
