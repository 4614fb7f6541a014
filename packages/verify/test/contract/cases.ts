/** What a host may not have, so that a case says nothing there. */
export type Lack = 'parsers' | 'sockets' | 'aborts' | 'slow bodies' | 'streams' | 'bytes of text' | 'raw query' | 'ack'

const wholeBodies = 'the gateway calls with whole bodies only'
const gateway = {
  parsers: 'nothing comes before the function',
  aborts: wholeBodies,
  'slow bodies': wholeBodies,
  streams: 'the gateway takes whole answers only',
  ack: 'the host freezes after an answer: refused as invalid_option',
}

/** Why a subject has no part in a case, by the subject's name. */
export const lacks: Readonly<Record<string, Partial<Record<Lack, string>>>> = {
  fetch: {
    parsers: 'a spent request is refused: adapters.test.ts',
    sockets: 'called without a socket',
    aborts: 'called without a socket: adapters.test.ts',
    ack: 'called without a waitUntil: refused as invalid_option',
  },
  'node, HTTP/1': { parsers: 'node:http has none' },
  'node, HTTP/2': { parsers: 'node:http2 has none', sockets: 'HTTP/2 keeps no connection for one request' },
  next: { parsers: 'Next has none' },
  'lambda 1.0': { ...gateway, 'raw query': 'the gateway has decoded the parameters' },
  'lambda 2.0': { ...gateway, 'bytes of text': 'the gateway decodes them as UTF-8' },
}

/** A row of the table of adapters. */
export interface Case {
  readonly name: string
  /** The tests that it stands for, by their names below the subject's. */
  readonly tests: RegExp
  readonly needs?: Lack
}

/** The rows of the table of adapters. */
export const cases: readonly Case[] = [
  { name: 'methods and the confirm page', tests: /^methods > / },
  { name: 'HEAD', tests: /\bHEAD\b/ },
  { name: 'CORS', tests: /^pages of other origins/ },
  { name: 'payloads', tests: /^payloads > / },
  { name: 'refusals', tests: /^refusals > / },
  { name: 'handshakes', tests: /^handshakes(?! at a guard)/ },
  { name: 'previews and prefetches', tests: /^who only looks/ },
  { name: 'body parsers before it', tests: /^hosts > .*parsers/, needs: 'parsers' },
  { name: 'at a sub-path', tests: /^hosts > .*sub-path/ },
  { name: 'behind a prefix-stripping proxy', tests: /^hosts > .*proxy/ },
  { name: 'keep-alive after a refusal', tests: /^hosts > .*connection/, needs: 'sockets' },
  { name: 'aborted upload', tests: /^hosts > .*breaks off/, needs: 'aborts' },
  { name: 'slow upload', tests: /bodyTimeout/, needs: 'slow bodies' },
  { name: 'body over the limit', tests: /over maxBodySize/ },
  { name: '1 MiB of binary, byte for byte', tests: /exact bytes of a large binary body/ },
  { name: 'two cookies in an answer', tests: /a response goes out as it is/ },
  { name: 'streaming answer', tests: /streaming response arrives/ },
  { name: 'streaming answer that fails', tests: /streaming response that fails/, needs: 'streams' },
  { name: 'a handler that throws', tests: /a handler that (?:throws|rejects)/ },
  { name: 'a handler slower than ack', tests: /^hosts > .*ack/, needs: 'ack' },
  { name: 'a receiver made elsewhere', tests: /^hosts > .*made elsewhere/ },
  { name: 'guard: door, refusals, methods', tests: /^guards > / },
  { name: 'guard: handshakes', tests: /^handshakes at a guard/ },
  { name: 'guard: body parsers before it', tests: /^hosts > a guard .*parsers/, needs: 'parsers' },
  { name: 'guard: counts uses by the status', tests: /^hosts > a guard .*use/ },
]

/** Why a subject has no part in what needs something; undefined: it has. */
export function lackOf(subject: { readonly name: string }, what: Lack): string | undefined {
  return lacks[subject.name]?.[what]
}
