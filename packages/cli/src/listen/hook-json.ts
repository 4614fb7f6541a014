import { isDeepStrictEqual } from 'node:util'
import type { Hook } from '@hookurl/core'
import { JsonNumber, parseJson } from '@hookurl/presentation/json'
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

/** Whether files have only their name, type and size, or also their bytes as base64. */
export type FileFormat = 'summary' | 'with_content'

/** Converts a payload for JSON: bytes to base64, and files to their name, type and size, or also to base64. */
export async function toJsonValue(value: unknown, format: FileFormat): Promise<unknown> {
  if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString('base64') }
  if (value instanceof File) {
    const { name, type, size } = value
    if (format === 'summary') return { name, type, size }
    return { name, type, size, base64: Buffer.from(await value.arrayBuffer()).toString('base64') }
  }
  if (Array.isArray(value)) return Promise.all(value.map((item) => toJsonValue(item, format)))
  if (typeof value !== 'object' || value === null || value instanceof JsonNumber) return value
  const members = Object.entries(value).map(
    async ([name, member]) => [name, await toJsonValue(member, format)] as const,
  )
  return Object.fromEntries(await Promise.all(members))
}
