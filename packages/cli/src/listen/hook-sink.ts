import type { IncomingMessage } from 'node:http'
import type { ReceivedHook } from '@hookurl/verify'

/** A good hook, and the request in which it came. */
export interface Arrived {
  readonly hook: ReceivedHook
  readonly request: IncomingMessage
}

/** Passes a good hook on. What comes back is the answer; nothing is the receiver's usual one. */
export type Deliver = (arrived: Arrived) => Promise<Response | undefined>

/** An answer that says what failed here: a problem document (RFC 9457), without any address or word of what failed. */
export function failure(status: number, title: string): Response {
  const headers = { 'content-type': 'application/problem+json' }
  return new Response(JSON.stringify({ title, status }), { status, headers })
}
