import type { ReceivedHook } from '@hookurl/verify'
import { getPayloadJson } from '@hookurl/verify/internal'
import type { ReceivedCallback } from '@hookurl/verify/wait'
import { escapeControlChars, toJson } from '../io/escape.ts'
import { redactReferer } from '../listen/forwarded-headers.ts'
import { getPayload, toJsonValue } from '../listen/hook-json.ts'

/**
 * Returns what is printed of a payload. Text and bytes are printed as they were received, unless stdout is a terminal.
 * JSON and the fields of a form are one line of JSON, with the literals of its numbers. Empty if nothing was sent.
 */
export async function formatPayload(hook: ReceivedHook, isTerminal: boolean): Promise<string | Uint8Array> {
  const { payload } = hook
  if (payload === undefined) return ''
  const isJson = getPayloadJson(hook) !== undefined
  if (typeof payload === 'string' && !isJson) return isTerminal ? formatLines(payload) : payload
  if (payload instanceof Uint8Array && !isTerminal) return payload
  return `${toJson(await toJsonValue(getPayload(hook), 'with_content'))}\n`
}

/** Returns what is printed with `--json`. */
export async function formatCallback(hook: ReceivedHook, received: ReceivedCallback): Promise<string> {
  const { command, id, query, headers, signedBy, receivedAt } = received
  const payload = await toJsonValue(getPayload(hook), 'with_content')
  const headerFields = Object.fromEntries(redactReferer([...headers]))
  return `${toJson({ command, id, payload, query, headers: headerFields, signedBy, receivedAt })}\n`
}

function formatLines(text: string): string {
  const lines = text.trimEnd().split(/\r?\n/)
  return lines.map((line) => `${escapeControlChars(line)}\n`).join('')
}
