import { findToken, inspect, isHookurlError, redact } from '@hookurl/core'
import { createVerifier } from '@hookurl/verify'
import { keyA, now } from '../../../conformance/generate/craft.ts'
import { assertSafeValue, parseJson } from '../../../packages/verify/src/request/json.ts'
import { parsePayload, parseQuery } from '../../../packages/verify/src/request/payload.ts'
import type { MeasuredFunction } from './measure.ts'

const clock = (): number => now * 1000
const verifier = createVerifier({ keys: keyA, now: clock })

/** Functions that read URLs, tokens and log lines. */
export const textFunctions: readonly MeasuredFunction[] = [
  { name: 'inspect', run: (text) => inspect(text, { now: clock }) },
  { name: 'findToken', run: ignoreRejection(findToken) },
  { name: 'verify', run: ignoreRejection((text) => verifier.verifySync(text)) },
  { name: 'redact', run: redact },
  { name: 'the query', run: parseQuery },
]

/** Functions that read bodies. */
export const payloadFunctions: readonly MeasuredFunction[] = [
  { name: 'a JSON body', run: (text) => readPayload(text, 'application/json') },
  { name: 'a form', run: (text) => readPayload(text, 'application/x-www-form-urlencoded') },
  { name: 'a multipart body', run: (text) => readPayload(text, 'multipart/form-data; boundary=B') },
  { name: 'a content type', run: (text) => parsePayload({ kind: 'text', text: '1' }, text, {}) },
  { name: 'a parsed body', run: parseAndCheck },
]

function readPayload(text: string, contentType: string): unknown {
  const body = contentType.startsWith('multipart')
    ? { kind: 'bytes' as const, bytes: new TextEncoder().encode(text) }
    : { kind: 'text' as const, text }
  return parsePayload(body, contentType, {})
}

function parseAndCheck(text: string): void {
  try {
    const value = parseJson(text)
    if (typeof value === 'object' && value !== null) assertSafeValue(value)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
}

// Most inputs are rejected, so the cost of throwing is measured too.
function ignoreRejection(call: (text: string) => unknown): (text: string) => void {
  return (text) => {
    try {
      call(text)
    } catch (error) {
      if (!isHookurlError(error)) throw error
    }
  }
}
