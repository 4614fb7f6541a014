import { redact } from '@hookurl/core'
import { hopByHopHeaders } from '@hookurl/presentation/hop-by-hop-headers'
import type { HeaderList } from '../http/client.ts'

const connectionHeaders: readonly string[] = [
  ...hopByHopHeaders,
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'trailer',
]

// Headers with which a caller could control an application that trusts `listen`.
const steeringHeaders: readonly string[] = [
  'content-length',
  'host',
  // CGI exposes it as HTTP_PROXY, which many clients use as their proxy ("httpoxy").
  'proxy',
  // A path other than that of --forward.
  'x-original-url',
  'x-rewrite-url',
  // A method other than the one that the hook allows.
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
]

/**
 * Removes hop-by-hop headers, those that `Connection` names, those that could be mistaken for hookurl's, and those that
 * choose a path, method or proxy; redacts the `Referer`.
 */
export function filterRequestHeaders(headers: HeaderList): HeaderList {
  const dropped = toNames([...connectionHeaders, ...steeringHeaders, ...listConnectionOptions(headers)])
  return redactReferer(headers.filter(([name]) => !dropped.has(normalizeName(name)) && !isReserved(name)))
}

/** Removes the headers of a response that belong to one connection, or that could be mistaken for hookurl's. */
export function filterResponseHeaders(headers: HeaderList): HeaderList {
  const dropped = toNames([...connectionHeaders, ...listConnectionOptions(headers)])
  return headers.filter(([name]) => !dropped.has(normalizeName(name)) && !isReserved(name))
}

/** Redacts tokens in the `Referer`, which a page opened with a hook URL sends. */
export function redactReferer(headers: HeaderList): HeaderList {
  return headers.map(([name, value]) => [name, normalizeName(name) === 'referer' ? redact(value) : value])
}

function listConnectionOptions(headers: HeaderList): string[] {
  return headers
    .filter(([name]) => name.toLowerCase() === 'connection')
    .flatMap(([, value]) => value.split(',').map((name) => name.trim()))
}

function toNames(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.map(normalizeName))
}

function isReserved(name: string): boolean {
  return normalizeName(name).startsWith('hookurl-')
}

// CGI, WSGI, Rack and PHP do not distinguish `-` from `_`, and some do not distinguish `.` either; letter case never
// matters.
function normalizeName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '-')
}
