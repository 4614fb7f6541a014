import { isDeepStrictEqual } from 'node:util'
import type { Hook } from '@hookurl/core'
import { parseJson } from '@hookurl/presentation/json'
import type { ReceivedHook } from '@hookurl/verify'
import { getPayloadJson } from '@hookurl/verify/internal'

/** Returns the signed fields of a hook, without the request data. */
export function getHookFields(hook: Hook, content: unknown): Hook {
  const { command, userId, redirectTo, allowGet, expiresAt, notBefore, issuedAt, id, maxUses, key } = hook
  return { command, userId, content, redirectTo, allowGet, expiresAt, notBefore, issuedAt, id, maxUses, key }
}

/** Returns the payload of a hook, with the literals of its numbers if it is JSON. */
export function getPayload(hook: ReceivedHook): unknown {
  const json = getPayloadJson(hook)
  // The receiver removes the field of its confirm page from a payload.
  return json !== undefined && isDeepStrictEqual(JSON.parse(json), hook.payload) ? parseJson(json) : hook.payload
}
