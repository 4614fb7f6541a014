import type { IncomingMessage } from 'node:http'
import type { Hook } from '@hookurl/core'
import type { ReceivedHook } from '@hookurl/verify'

/** Processes a verified hook. The receiver sends its own response if the sink returns none. */
export type HookSink = (hook: ReceivedHook, request: IncomingMessage) => Promise<Response | undefined>

/** A problem document (RFC 9457). The sender reads the title, so it must not name addresses or quote errors. */
export function problemResponse(status: number, title: string): Response {
  const headers = { 'content-type': 'application/problem+json' }
  return new Response(JSON.stringify({ title, status }), { status, headers })
}

/** Returns the signed fields of a hook, without what came with the request. */
export function getHookFields(hook: Hook): Hook {
  const { command, userId, content, redirectTo, allowGet, expiresAt, notBefore, issuedAt, id, maxUses, key } = hook
  return { command, userId, content, redirectTo, allowGet, expiresAt, notBefore, issuedAt, id, maxUses, key }
}
