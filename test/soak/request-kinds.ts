import { createMinter, type MintOptions } from '@hookurl/core'
import { baseUrl, command, key, oldKey, toPath } from '../../packages/verify/test/support/fixtures.ts'
import type { Client } from './client.ts'

/** One kind of request in the mix. */
export interface RequestKind {
  readonly name: string
  /** How many of 100 requests are of this kind. */
  readonly weight: number
  /** The expected response, as summarized by the client. */
  readonly response: string
  /** How often the handler must run. */
  readonly runs: 0 | 1
  /** How many requests `send` makes; 1 by default. */
  readonly requests?: number
  /** The code of the rejection, for a client that disconnects before the response. */
  readonly errorCode?: string
  /** Sends the request with its number, which both its content and its payload contain. */
  send(n: number, client: Client): Promise<string>
}

const minter = createMinter({ keys: key, baseUrl, expiresIn: '1h' })
const shortMinter = createMinter({ keys: key, baseUrl, expiresIn: '1h', tokenFormat: 'short', tokenIn: 'query' })
const otherIssuer = createMinter({ keys: oldKey, baseUrl, expiresIn: '1h' })

const json = 'application/json'
const form = 'application/x-www-form-urlencoded'
const plain = 'text/plain'
const multipart = 'multipart/form-data; boundary=B'
const past = new Date('2025-01-01')
const padding = ' '.repeat(70_000)
const bot = 'TelegramBot (like TwitterBot)'
const browser = { accept: 'text/html', 'sec-fetch-mode': 'navigate' }

function mintPath(n: number, options: Partial<MintOptions> = {}): string {
  return toPath(minter.mintSync({ command, content: { n }, ...options }))
}

function post(path: string, type: string, body: string): Parameters<Client['send']>[0] {
  return { method: 'POST', path, type, body }
}

/** Alters one character of the signature; `n` selects which. */
function alterSignature(path: string, n: number): string {
  const at = path.length - 2 - (n % 40)
  return `${path.slice(0, at)}${path[at] === 'A' ? 'B' : 'A'}${path.slice(at + 1)}`
}

export const requestKinds: readonly RequestKind[] = [
  {
    name: 'valid, JSON',
    weight: 20,
    response: '200 ok',
    runs: 1,
    send: (n, { send }) => send(post(mintPath(n), json, JSON.stringify({ n, text: 'ä'.repeat(n % 300) }))),
  },
  {
    name: 'valid, form',
    weight: 12,
    response: '200 ok',
    runs: 1,
    send: (n, { send }) => send(post(mintPath(n), form, `n=${n}&a=%20&a=2`)),
  },
  {
    name: 'valid, text',
    weight: 12,
    response: '200 ok',
    runs: 1,
    send: (n, { send }) => send(post(mintPath(n), plain, String(n))),
  },
  {
    name: 'valid, multipart',
    weight: 2,
    response: '200 ok',
    runs: 1,
    send: (n, { send }) =>
      send(post(mintPath(n), multipart, `--B\r\ncontent-disposition: form-data; name="n"\r\n\r\n${n}\r\n--B--\r\n`)),
  },
  {
    name: 'valid, short token in the query',
    weight: 5,
    response: '200 ok',
    runs: 1,
    send: (n, { send }) => send(post(toPath(shortMinter.mintSync({ command, content: { n } })), json, `{"n":${n}}`)),
  },
  {
    name: 'valid, encrypted',
    weight: 3,
    response: '200 ok',
    runs: 1,
    send: async (n, { send }) =>
      send(post(toPath(await minter.mint({ command, content: { n }, encrypt: true })), json, `{"n":${n}}`)),
  },
  {
    name: 'valid GET',
    weight: 6,
    response: '200 ok',
    runs: 1,
    send: (n, { send }) => send({ method: 'GET', path: `${mintPath(n, { allowGet: true })}?n=${n}` }),
  },
  {
    name: 'failing handler',
    weight: 1,
    response: '500 handler_failed',
    runs: 1,
    send: (n, { send }) => send(post(mintPath(n, { command: '/fail' }), plain, String(n))),
  },
  {
    name: 'single use: delivery, duplicate, other delivery',
    weight: 3,
    response: '200 ok, 200 duplicate, 410 already_used',
    runs: 1,
    requests: 3,
    send: async (n, { send }) => {
      const path = mintPath(n, { maxUses: 1, expiresIn: '20s' })
      const first = await send(post(path, plain, String(n)))
      const duplicate = await send(post(path, plain, String(n)))
      return `${first}, ${duplicate}, ${await send(post(path, plain, `${n}.0`))}`
    },
  },
  {
    name: 'HEAD',
    weight: 4,
    response: '200 empty',
    runs: 0,
    send: (n, { send }) => send({ method: 'HEAD', path: mintPath(n, { allowGet: true }) }),
  },
  {
    name: 'link preview',
    weight: 3,
    response: '200 page',
    runs: 0,
    send: (n, { send }) =>
      send({ method: 'GET', path: mintPath(n, { allowGet: true }), headers: { 'user-agent': bot } }),
  },
  {
    name: 'GET by a browser',
    weight: 2,
    response: '200 page',
    runs: 0,
    send: (n, { send }) => send({ method: 'GET', path: mintPath(n), headers: browser }),
  },
  {
    name: 'GET by an API client',
    weight: 2,
    response: '405 method_not_allowed',
    runs: 0,
    send: (n, { send }) => send({ method: 'GET', path: mintPath(n) }),
  },
  {
    name: 'forged',
    weight: 6,
    response: '403 invalid_signature',
    runs: 0,
    send: (n, { send }) => send(post(toPath(otherIssuer.mintSync({ command, content: { n } })), json, `{"n":${n}}`)),
  },
  {
    name: 'altered signature',
    weight: 4,
    response: '403 invalid_signature',
    runs: 0,
    send: (n, { send }) => send(post(alterSignature(mintPath(n), n), json, `{"n":${n}}`)),
  },
  {
    name: 'truncated',
    weight: 2,
    response: '400 malformed_token',
    runs: 0,
    send: (n, { send }) => send(post(mintPath(n).slice(0, -1 - (n % 30)), json, `{"n":${n}}`)),
  },
  {
    name: 'expired',
    weight: 4,
    response: '410 expired',
    runs: 0,
    send: (n, { send }) => send(post(mintPath(n, { expiresIn: undefined, expiresAt: past }), json, `{"n":${n}}`)),
  },
  {
    name: 'no token',
    weight: 1,
    response: '404 no_token',
    runs: 0,
    send: (n, { send }) => send(post(`/hooks/${n}`, json, `{"n":${n}}`)),
  },
  {
    name: 'oversized',
    weight: 2,
    response: '413 body_too_large',
    runs: 0,
    send: (n, { send }) => send(post(mintPath(n), plain, `${n}${padding}`)),
  },
  {
    name: 'invalid JSON',
    weight: 1,
    response: '400 malformed_body',
    runs: 0,
    send: (n, { send }) => send(post(mintPath(n), json, `{"n":${n}`)),
  },
  {
    name: 'compressed, with an unknown coding',
    weight: 1,
    response: '415 unsupported_encoding',
    runs: 0,
    send: (n, { send }) => send({ ...post(mintPath(n), json, `{"n":${n}}`), headers: { 'content-encoding': 'zstd' } }),
  },
  {
    name: 'aborted with FIN',
    weight: 2,
    response: 'disconnected',
    runs: 0,
    errorCode: 'request_aborted',
    send: (n, { abort }) => abort(post(mintPath(n), plain, `${n}${' '.repeat(1000)}`), 'end'),
  },
  {
    name: 'aborted with RST',
    weight: 2,
    response: 'disconnected',
    runs: 0,
    errorCode: 'request_aborted',
    send: (n, { abort }) => abort(post(mintPath(n), plain, `${n}${' '.repeat(1000)}`), 'reset'),
  },
]
