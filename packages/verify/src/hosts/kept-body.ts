import { type MaybePromise, sha256Hex } from '@hookurl/core/internal'
import { type BodyLimits, MAX_PARTS } from '../request/body-limits.ts'
import type { Body, FormPair, UnreadBody } from '../request/incoming-request.ts'
import { fromBytes, toBytes } from './bytes-body.ts'
import { isUnread, type NodeReadable, readNodeStream } from './node-stream.ts'
import { fromText, type TextLimits } from './text-body.ts'
import { readWebStream } from './web-stream.ts'
import { withTimeout } from './with-timeout.ts'

/**
 * What a host, framework or parser has kept of a body.
 *
 * @internal
 */
export interface KeptBody {
  readonly rawBody?: unknown
  readonly body?: unknown
}

type BodyReader<T> = (value: T, limits: BodyLimits) => MaybePromise<Body | UnreadBody>

const alreadyConsumed: UnreadBody = { kind: 'unread', code: 'body_already_consumed' }
const tooLarge: UnreadBody = { kind: 'unread', code: 'body_too_large' }

// Keyed by the name from `Object.prototype.toString`, which is the same in every realm. Other values, such as a promise
// or a set, are not bodies. Parsers of JSON, forms and XML return only the last six.
const readers: Readonly<Record<string, BodyReader<never>>> = {
  ReadableStream: readKeptStream,
  Blob: readBlob,
  File: readBlob,
  FormData: readForm,
  URLSearchParams: readForm,
  Map: fromMap,
  Object: fromParsed,
  Array: fromParsed,
  Number: fromParsed,
  BigInt: fromParsed,
  Boolean: fromParsed,
  Null: fromParsed,
}

/**
 * Returns the exact bytes of a body, or the `rawBody` string, or `undefined` if there is neither. Every adapter prefers
 * them to what `toBody` makes of `body`. An empty buffer or string is a placeholder and is skipped.
 */
export function findExactBody({ rawBody, body }: KeptBody, limits: TextLimits): Body | UnreadBody | undefined {
  if (rawBody === undefined && body === undefined) return undefined
  const bytes = toBytes(rawBody)
  if (bytes !== undefined && bytes.byteLength > 0) return fromKeptBytes(bytes, limits)
  if (typeof rawBody === 'string' && rawBody !== '') return fromText(rawBody, limits)
  const bodyBytes = toBytes(body)
  return bodyBytes === undefined || bodyBytes.byteLength === 0 ? undefined : fromKeptBytes(bodyBytes, limits)
}

/**
 * Reads a body in any form in which hosts, frameworks and parsers keep it: bytes, a string, a stream, a form or a
 * parsed value. A value that cannot be read results in `body_already_consumed`.
 */
export function toBody(value: unknown, limits: BodyLimits): MaybePromise<Body | UnreadBody> {
  if (typeof value === 'string') return fromParsedText(value, limits)
  const bytes = toBytes(value)
  if (bytes !== undefined) return fromKeptBytes(bytes, limits)
  if (isNodeStream(value)) return isUnread(value) ? readNodeStream(value, limits) : alreadyConsumed
  const name = Object.prototype.toString.call(value).slice('[object '.length, -1)
  const read = Object.hasOwn(readers, name) ? (readers[name] as BodyReader<unknown>) : undefined
  return read?.(value, limits) ?? alreadyConsumed
}

function fromKeptBytes(bytes: Uint8Array, limits: BodyLimits): Body | UnreadBody {
  const body = fromBytes(bytes, limits)
  return body.kind === 'bytes' ? { ...body, isKept: true } : body
}

// A parser has already decoded the string, so the exact bytes are unknown.
function fromParsedText(text: string, { maxBodySize }: BodyLimits): Body | UnreadBody {
  return new TextEncoder().encode(text).byteLength > maxBodySize ? tooLarge : { kind: 'text', text }
}

function fromParsed(value: unknown): Body {
  return { kind: 'parsed', value }
}

function fromMap(map: ReadonlyMap<unknown, unknown>): Body | UnreadBody {
  const isNamed = [...map.keys()].every((key) => typeof key === 'string')
  return isNamed ? fromParsed(Object.fromEntries(map)) : alreadyConsumed
}

function isNodeStream(value: unknown): value is NodeReadable {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'pipe') === 'function'
}

function readKeptStream(stream: ReadableStream<unknown>, limits: BodyLimits): MaybePromise<Body | UnreadBody> {
  return isUndisturbed(stream) ? readWebStream(stream, limits) : alreadyConsumed
}

// `Response` accepts only a stream that no one has read, and would convert a stream of another realm to a string.
function isUndisturbed(stream: ReadableStream<unknown>): boolean {
  if (!(stream instanceof ReadableStream)) return false
  try {
    return new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).body !== null
  } catch {
    return false
  }
}

async function readBlob(blob: Blob, limits: BodyLimits): Promise<Body | UnreadBody> {
  if (blob.size > limits.maxBodySize) return tooLarge
  const result = await withTimeout(
    blob.arrayBuffer().catch(() => alreadyConsumed),
    limits,
  )
  return 'kind' in result ? result : fromKeptBytes(new Uint8Array(result), limits)
}

// A form can contain files, which `JSON.stringify` ignores, so its digest is computed here.
async function readForm(form: Iterable<FormPair>, limits: BodyLimits): Promise<Body | UnreadBody> {
  const pairs = [...form]
  const size = pairs.reduce((sum, [name, value]) => sum + name.length + getSize(value), 0)
  if (pairs.length > MAX_PARTS || size > limits.maxBodySize) return tooLarge
  const parts = await withTimeout(
    Promise.all(pairs.map(describePart)).catch(() => alreadyConsumed),
    limits,
  )
  return 'kind' in parts ? parts : { kind: 'form', pairs, digest: sha256Hex(JSON.stringify(parts)) }
}

function getSize(value: string | File): number {
  return typeof value === 'string' ? value.length : value.size
}

async function describePart([name, value]: FormPair): Promise<readonly string[]> {
  if (typeof value === 'string') return [name, value]
  return [name, value.name, value.type, sha256Hex(new Uint8Array(await value.arrayBuffer()))]
}
