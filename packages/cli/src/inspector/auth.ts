import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** Why a request gets nothing. */
export interface Refusal {
  readonly status: number
  readonly reason: string
}

/** The header that every request for data carries: no other page can send it, and none knows what is in it. */
const secretHeader = 'hookurl-inspector'

/**
 * Refuses what comes under another name, as after DNS rebinding, and what another page sends.
 * The files of the page itself are asked for by the browser, which knows no secret; there is nothing in them.
 */
export function refuseStranger({ headers }: IncomingMessage, port: number): Refusal | undefined {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`]
  const { host = '', origin } = headers
  if (!hosts.includes(host)) return { status: 421, reason: 'this is not the name of the inspector' }
  if (origin !== undefined && origin !== `http://${host}`) return { status: 403, reason: 'another origin' }
  const site = headers['sec-fetch-site']
  // A link from another page may open this one, which shows nothing without the secret.
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && headers['sec-fetch-mode'] !== 'navigate') {
    return { status: 403, reason: 'another site' }
  }
  return undefined
}

/** Refuses whoever does not know the secret of this run. */
export function refuseWithoutSecret({ headers }: IncomingMessage, secret: string): Refusal | undefined {
  const given = headers[secretHeader]
  const isKnown = typeof given === 'string' && timingSafeEqual(digest(given), digest(secret))
  return isKnown ? undefined : { status: 401, reason: 'open the address that `hookurl listen` printed' }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
