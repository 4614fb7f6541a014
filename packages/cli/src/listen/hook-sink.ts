import type { IncomingMessage } from 'node:http'
import type { ReceivedHook } from '@hookurl/verify'

/**
 * What a sink did: nothing ran, the work failed and can be retried, or the work may be done. The last one also covers
 * every unknown result.
 */
export type Ending = 'not_run' | 'failed' | 'may_be_done'

export interface SinkResult {
  readonly ending: Ending
  /** If `undefined`, the receiver sends its default response. */
  readonly response: Response | undefined
}

/** The input of a sink. */
export interface SinkCall {
  readonly hook: ReceivedHook
  readonly request: IncomingMessage
  /** The signed content of the hook, with the literals of its numbers. */
  readonly content: unknown
}

/** Processes a verified hook. It throws only if nothing ran. */
export type HookSink = (call: SinkCall) => Promise<SinkResult>

/**
 * Ends the use of a hook depending on what was done, not on the status of the response. A use is released only if
 * nothing ran, or if the work failed and the client is still connected.
 */
export async function endUse(
  hook: ReceivedHook,
  ending: Ending,
  client: { readonly destroyed: boolean },
): Promise<void> {
  const mayRunAgain = ending === 'not_run' || (ending === 'failed' && !client.destroyed)
  await (mayRunAgain ? hook.releaseUse() : hook.commitUse())
}

/** A problem document (RFC 9457). The sender reads the title, so it must not name addresses or quote errors. */
export function problemResponse(status: number, title: string): Response {
  const headers = { 'content-type': 'application/problem+json' }
  return new Response(JSON.stringify({ title, status }), { status, headers })
}
