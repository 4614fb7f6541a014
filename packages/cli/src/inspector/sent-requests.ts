import type { IncomingMessage } from 'node:http'

/** Finds the requests that the page sends among those that the receiver gets. */
export interface SentRequests {
  /** Announces a request from a local port. Resolves to its ID once it is recorded, or to `undefined` after 5 seconds. */
  expect(localPort: number, from: number | undefined): Promise<number | undefined>
  /** Returns the announced request, if this is it. */
  take(request: IncomingMessage): SentRequest | undefined
}

export interface SentRequest {
  /** The request that is sent again. */
  readonly from: number | undefined
  setId(id: number): void
}

const maxWaitMs = 5000

/** A request is recognized by the port of its connection, so that it is sent without an additional header. */
export function createSentRequests(): SentRequests {
  const expected = new Map<number, SentRequest>()
  return {
    expect: (localPort, from) =>
      new Promise((resolve) => {
        const forget = (id?: number): void => {
          expected.delete(localPort)
          clearTimeout(timer)
          resolve(id)
        }
        const timer = setTimeout(forget, maxWaitMs, undefined).unref()
        expected.set(localPort, { from, setId: forget })
      }),
    take: ({ socket }) => {
      const { remoteAddress, localAddress, remotePort = 0 } = socket
      // Another machine may use the same port.
      return remoteAddress === localAddress ? expected.get(remotePort) : undefined
    },
  }
}
