import type { Hook } from '@hookurl/core'
import { stringifyJson } from '@hookurl/presentation/json'
import { getHookFields } from './hook-json.ts'

/** The header in which an application receives the verified hook. */
export const HOOK_HEADER = 'hookurl-hook'
export const MAX_HOOK_HEADER_LENGTH = 4096

/** Encodes a hook for its header: its JSON in base64url. `content` has the literals of its numbers. */
export function encodeHook(hook: Hook, content: unknown): string {
  return Buffer.from(stringifyJson(getHookFields(hook, content))).toString('base64url')
}
