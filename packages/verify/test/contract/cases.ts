/** A host feature that some test cases need. */
export type HostFeature =
  | 'parsers'
  | 'sockets'
  | 'aborts'
  | 'slow bodies'
  | 'streams'
  | 'bytes of text'
  | 'raw query'
  | 'multiple values'
  | 'background work'

const completeBodies = 'the gateway passes complete bodies only'
const decodedText = 'the gateway decodes text as UTF-8'
const gateway = {
  aborts: completeBodies,
  'slow bodies': completeBodies,
  streams: 'the gateway accepts complete responses only',
  'background work': 'the host freezes after a response: ackAfter is rejected as invalid_option',
}

/** Why a subject does not support a feature, by the subject's name. */
export const unsupported: Readonly<Record<string, Partial<Record<HostFeature, string>>>> = {
  fetch: {
    parsers: 'a consumed request is rejected: fetch.test.ts',
    sockets: 'called without a socket',
    aborts: 'called without a socket: fetch.test.ts',
    'background work': 'called without waitUntil: ackAfter is rejected as invalid_option',
  },
  'node, HTTP/1': { parsers: 'node:http has none' },
  'node, HTTP/2': { parsers: 'node:http2 has none', sockets: 'HTTP/2 multiplexes requests on one connection' },
  next: { parsers: 'Next has none' },
  'h3 2': { parsers: 'a consumed request is rejected: wrappers.test.ts' },
  'h3 1': {
    parsers: 'the body is still there: wrappers.test.ts',
    streams: 'h3 keeps the connection open when a stream fails',
  },
  'lambda 1.0': { ...gateway, 'raw query': 'the gateway decodes the parameters' },
  'lambda 2.0': { ...gateway, 'bytes of text': decodedText },
  'lambda ALB': {
    ...gateway,
    'bytes of text': decodedText,
    'multiple values': 'without multi-value headers, the load balancer passes the last value only',
  },
  'lambda ALB, multi-value': { ...gateway, 'bytes of text': decodedText },
}

/** A row of the adapter table. */
export interface Case {
  readonly name: string
  /** The tests that it covers, by their names below the subject's name. */
  readonly tests: RegExp
  readonly needs?: HostFeature
}

/** The rows of the adapter table. */
export const cases: readonly Case[] = [
  { name: 'methods and the confirm page', tests: /^methods > / },
  { name: 'HEAD', tests: /\bHEAD\b/ },
  { name: 'CORS', tests: /^CORS > / },
  { name: 'payloads', tests: /^payloads > / },
  { name: 'rejections', tests: /^rejections > / },
  { name: 'handshakes', tests: /^handshakes(?!.* at a guard > )/ },
  { name: 'prefetches and link previews', tests: /^prefetches and link previews > / },
  { name: 'signed requests', tests: /^signed requests(?!.* at a guard > )/ },
  { name: 'behind body parsers', tests: /^hosts > .*parsers/, needs: 'parsers' },
  { name: 'mounted at a sub-path', tests: /^hosts > .*sub-path/ },
  { name: 'behind a prefix-stripping proxy', tests: /^hosts > .*proxy/ },
  { name: 'keep-alive after a rejection', tests: /^hosts > .*connection/, needs: 'sockets' },
  { name: 'aborted upload', tests: /^hosts > .*aborted/, needs: 'aborts' },
  { name: 'slow upload', tests: /bodyTimeout/, needs: 'slow bodies' },
  { name: 'body over the limit', tests: /over maxBodySize/ },
  { name: '1 MiB of binary, byte for byte', tests: /exact bytes of a large binary body/ },
  { name: 'two cookies in a response', tests: /both cookies/ },
  { name: 'streaming response', tests: /streaming response arrives/ },
  { name: 'streaming response that fails', tests: /streaming response that fails/, needs: 'streams' },
  { name: 'a handler that throws', tests: /a handler that (?:throws|rejects)/ },
  { name: 'a handler slower than ackAfter', tests: /^hosts > .*ackAfter/, needs: 'background work' },
  { name: 'an existing receiver', tests: /^hosts > .*existing receiver/ },
  { name: 'only its user', tests: /^users at a receiver > / },
  { name: 'guard: only its user', tests: /^users at a guard > / },
  { name: 'guard: route, rejections, methods', tests: /^guards > / },
  { name: 'guard: handshakes', tests: /^handshakes.* at a guard > / },
  { name: 'guard: signed requests', tests: /^signed requests.* at a guard > / },
  { name: 'guard: behind body parsers', tests: /^hosts > a guard .*parsers/, needs: 'parsers' },
  { name: 'guard: counts uses by the status', tests: /^hosts > a guard .*use/ },
]

/** The reason a subject does not support a feature; `undefined` if it does. */
export function getUnsupportedReason(subject: { readonly name: string }, feature: HostFeature): string | undefined {
  return unsupported[subject.name]?.[feature]
}
