import { findToken, inspect, isHookurlError, redact } from '@hookurl/core'
import { sanitizeLogLines } from '@hookurl/core/internal'
import { createVerifier } from '@hookurl/verify'
import { keyA, now } from '../../../conformance/generate/craft.ts'
import { isInexactNumber, parseJson as parseLiterals } from '../../../packages/presentation/src/json.ts'
import type { HandshakeRequest } from '../../../packages/verify/src/receive/handshakes/definition.ts'
import { findHandshake } from '../../../packages/verify/src/receive/handshakes/find-handshake.ts'
import { BodyBuffer } from '../../../packages/verify/src/request/body-buffer.ts'
import { getClientKind, parseLanguages } from '../../../packages/verify/src/request/content-negotiation.ts'
import type { IncomingRequest } from '../../../packages/verify/src/request/incoming-request.ts'
import { assertSafeValue, parseJson } from '../../../packages/verify/src/request/json.ts'
import { isLinkPreview, isPrefetch } from '../../../packages/verify/src/request/link-previews.ts'
import { parseParameters } from '../../../packages/verify/src/request/parameters.ts'
import { parsePayload, parseQuery } from '../../../packages/verify/src/request/payload.ts'
import { isSameOrigin } from '../../../packages/verify/src/request/same-origin.ts'
import { identifyDelivery } from '../../../packages/verify/src/uses/delivery-id.ts'
import type { MeasuredFunction } from './measure.ts'

const urlencoded = 'application/x-www-form-urlencoded'
const clock = (): number => now * 1000
const verifier = createVerifier({ keys: keyA, now: clock })

/** Functions that read URLs, tokens and log lines. */
export const textFunctions: readonly MeasuredFunction[] = [
  { name: 'inspect', run: (text) => inspect(text, { now: clock }) },
  { name: 'findToken', run: ignoreRejection(findToken) },
  { name: 'verify', run: ignoreRejection((text) => verifier.verifySync(text)) },
  { name: 'redact', run: redact },
  { name: 'a log line', run: sanitizeLogLines },
  { name: 'the query', run: parseQuery },
]

/** Functions that read bodies. */
export const payloadFunctions: readonly MeasuredFunction[] = [
  { name: 'a JSON body', run: (text) => readPayload(text, 'application/json') },
  { name: 'a form', run: (text) => readPayload(text, urlencoded) },
  { name: 'a multipart body', run: (text) => readPayload(text, 'multipart/form-data; boundary=B') },
  { name: 'bytes of a form', run: (text) => readBytes(text, `${urlencoded}; charset=gbk`) },
  { name: 'a UTF-16 form', run: (text) => readBytes(text, `${urlencoded}; charset=utf-16`) },
  { name: 'text in latin1', run: (text) => readBytes(text, 'text/plain; charset=latin1') },
  { name: 'text in GB18030', run: (text) => readBytes(text, 'text/plain; charset=gb18030') },
  { name: 'an XML prolog', run: (text) => readBytes(`<?xml ${text}`, 'application/xml') },
  { name: 'the field _charset_', run: (text) => readBytes(`_charset_=${text}&a=${text}`, urlencoded) },
  { name: 'the part _charset_', run: (text) => readParts(part('_charset_', text) + part('a', text)) },
  { name: 'the part charsets', run: (text) => readParts(part('charsets', text) + part('a', text)) },
  { name: 'a preamble', run: (text) => readParts(`${text}\r\n${part('a', '1')}`) },
  { name: 'a part', run: (text) => readParts(part('a', text)) },
  { name: 'a content type', run: (text) => parsePayload({ kind: 'text', text: '1' }, text, {}) },
  { name: 'a parsed body', run: parseAndCheck },
  { name: 'number literals', run: readLiterals },
]

/**
 * Functions of one part of a request that its caller chooses. Where its size meets another one, such as that of the body,
 * both grow together: a product of the two would take four times as long.
 */
export const headerFunctions: readonly MeasuredFunction[] = [
  { name: 'a boundary', run: (text) => readPayload(text.repeat(2), `multipart/form-data; boundary=${text}`) },
  { name: 'a short boundary', run: (text) => readPayload(text, `multipart/form-data; boundary=${text.slice(0, 70)}`) },
  { name: 'a charset', run: (text) => readBytes(text, `text/plain; charset=${text}`) },
  { name: 'parameters', run: (text) => parseParameters(`form-data; a="${text}"; b=${text}`) },
  // A part's headers are limited, so that there are many parts with headers of one size.
  {
    name: 'part headers',
    run: (text) => readParts(part(`a"; x=${text.slice(0, 3000)}`, '1').repeat(text.length / 1500)),
  },
  {
    name: 'part charsets',
    run: (text) =>
      readParts(part('a', '1', `Content-Type: text/plain; charset=${text.slice(0, 40)}\r\n`).repeat(text.length / 40)),
  },
  { name: 'an encoding', run: (text) => parsePayload({ kind: 'text', text }, `${text}; a=${text}`, {}) },
  { name: 'Origin', run: (text) => isSameOrigin(createRequest({ origin: text, host: text })) },
  {
    name: 'Host',
    run: (text) => isSameOrigin(createRequest({ origin: 'https://a.example', host: text })),
  },
  { name: 'Accept', run: (text) => getClientKind(createRequest({ accept: text })) },
  {
    name: 'Accept with html',
    run: (text) => getClientKind(createRequest({ accept: `${text},application/xhtml+xml` })),
  },
  {
    name: 'the type of a form',
    run: (text) => getClientKind({ ...createRequest({ accept: 'text/html', 'content-type': text }), method: 'POST' }),
  },
  { name: 'Accept-Language', run: parseLanguages },
  { name: 'User-Agent', run: (text) => isLinkPreview(createRequest({ 'user-agent': text })) },
  { name: 'Purpose', run: (text) => isPrefetch(createRequest({ purpose: text })) },
  { name: 'a delivery name', run: (text) => identify({ 'webhook-id': text }, '') },
  { name: 'a delivery', run: (text) => identify({ 'user-agent': text, 'content-type': text }, text) },
  { name: 'a handshake', run: (text) => findHandshake({}, createHandshake(text)) },
  { name: 'chunks', run: bufferByteByByte },
]

function createRequest(headers: Readonly<Record<string, string>>, target: string = '/'): IncomingRequest {
  return {
    native: undefined,
    method: 'GET',
    target,
    header: (name) => headers[name],
    readBody: () => ({ kind: 'none' }),
    headers: new Headers(),
    request: () => new Request('http://localhost'),
  }
}

function identify(headers: Readonly<Record<string, string>>, text: string): unknown {
  const request = createRequest(headers)
  const body = { kind: 'text' as const, text }
  return identifyDelivery({
    token: 'a.b.c',
    request,
    client: 'browser',
    query: { a: text },
    body,
    isConfirmForm: false,
    hasChoices: false,
  })
}

function createHandshake(text: string): HandshakeRequest {
  const hook = { command: '/x', content: undefined, allowGet: false, key: { index: 0 } }
  const headers = { 'x-okta-verification-challenge': text, 'content-type': text, accept: text }
  return { request: createRequest(headers), hook, query: { challenge: text, 'hub.mode': text, 'hub.challenge': text } }
}

function bufferByteByByte(text: string): number {
  const buffer = new BodyBuffer(text.length)
  const chunk = new Uint8Array(1)
  for (let at = 0; at < text.length; at++) buffer.append(chunk)
  return buffer.length
}

function readPayload(text: string, contentType: string): unknown {
  const body = contentType.startsWith('multipart')
    ? { kind: 'bytes' as const, bytes: new TextEncoder().encode(text) }
    : { kind: 'text' as const, text }
  return parsePayload(body, contentType, {})
}

function readBytes(text: string, contentType: string): unknown {
  return parsePayload({ kind: 'bytes', bytes: new TextEncoder().encode(text) }, contentType, {})
}

function readParts(parts: string): unknown {
  return readBytes(`${parts}--B--`, 'multipart/form-data; boundary=B')
}

function part(name: string, value: string, headers: string = ''): string {
  return `--B\r\nContent-Disposition: form-data; name="${name}"\r\n${headers}\r\n${value}\r\n`
}

function readLiterals(text: string): void {
  try {
    isInexactNumber(parseLiterals(text))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
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
