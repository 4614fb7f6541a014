import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

export interface Rejection {
  readonly status: number
  readonly reason: string
}

/** Every API request has this header. Another site can neither send it across origins nor know its value. */
const secretHeader = 'hookurl-inspector'

/** Where the inspector can be reached. */
export interface InspectorAddress {
  readonly port: number
  /** Whether other machines can reach it, maybe through a published port of a container. */
  readonly isPublished: boolean
}

// A host that is an IP address cannot be the name of another site.
const addressHost = /^(?:localhost|\d+\.\d+\.\d+\.\d+|\[[0-9a-f:.]+\])(?::\d+)?$/i

/**
 * Rejects requests for another host name, as in DNS rebinding, and requests from other origins and sites. This check
 * also covers the files of the page, which the browser requests without the secret; they contain no data.
 */
export function checkOrigin(
  { headers }: IncomingMessage,
  { port, isPublished }: InspectorAddress,
): Rejection | undefined {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`]
  const { host = '', origin } = headers
  if (!hosts.includes(host) && !(isPublished && addressHost.test(host))) return { status: 421, reason: 'wrong host' }
  if (origin !== undefined && origin !== `http://${host}`) return { status: 403, reason: 'cross-origin request' }
  const site = headers['sec-fetch-site']
  // A link on another site may open the page, which shows nothing without the secret.
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && headers['sec-fetch-mode'] !== 'navigate') {
    return { status: 403, reason: 'cross-site request' }
  }
  return undefined
}

/** Rejects requests without the secret. */
export function checkSecret({ headers }: IncomingMessage, secret: string): Rejection | undefined {
  const sent = headers[secretHeader]
  const isValid = typeof sent === 'string' && timingSafeEqual(digest(sent), digest(secret))
  return isValid ? undefined : { status: 401, reason: 'open the URL printed by `hookurl listen`' }
}

function digest(value: string): Buffer {
  return createHash('sha256').update(value).digest()
}
