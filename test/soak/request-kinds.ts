import { createMinter, type MintOptions } from '@hookurl/core'
import { baseUrl, command, key, oldKey, toPath } from '../../packages/verify/test/support/fixtures.ts'
import type { Client } from './client.ts'

/** A kind of request in the mix of a soak. */
export interface RequestKind {
  readonly name: string
  /** How many of a hundred are of this kind. */
  readonly weight: number
  /** The answer that each must get. */
  readonly response: string
  /** How often each must be run. */
  readonly runs: 0 | 1
  /** How many requests one of them is; 1 unless told. */
  readonly requests?: number
  /** What the receiver refuses it for, where it can tell its sender no more. */
  readonly errorCode?: string
  /** Sends it under its own number, which its content and its payload both bear. */
  send(n: number, client: Client): Promise<string>
}

const minter = createMinter({ keys: key, baseUrl, expiresIn: '1h' })
const short = createMinter({ keys: key, baseUrl, expiresIn: '1h', tokenFormat: 'short', tokenIn: 'query' })
const foreign = createMinter({ keys: oldKey, baseUrl, expiresIn: '1h' })

const json = 'application/json'
const form = 'application/x-www-form-urlencoded'
const plain = 'text/plain'
const multipart = 'multipart/form-data; boundary=B'
const past = new Date('2025-01-01')
const tooMuch = ' '.repeat(70_000)
const bot = 'TelegramBot (like TwitterBot)'
const browser = { accept: 'text/html', 'sec-fetch-mode': 'navigate' }

function pathFor(n: number, options: Partial<MintOptions> = {}): string {
  return toPath(minter.mintSync({ command, content: { n }, ...options }))
}

function post(path: string, type: string, body: string): Parameters<Client['send']>[0] {
  return { method: 'POST', path, type, body }
}

/** Alters one character of the signature, another one for each number. */
function damage(path: string, n: number): string {
  const at = path.length - 2 - (n % 40)
  return `${path.slice(0, at)}${path[at] === 'A' ? 'B' : 'A'}${path.slice(at + 1)}`
}

export const requestKinds: readonly RequestKind[] = [
  {
    name: 'good JSON',
    weight: 20,
    answer: '200 ok',
    runs: 1,
    send: (n, { send }) => send(post(pathFor(n), json, JSON.stringify({ n, text: 'ä'.repeat(n % 300) }))),
  },
  {
    name: 'good form',
    weight: 12,
    answer: '200 ok',
    runs: 1,
    send: (n, { send }) => send(post(pathFor(n), form, `n=${n}&a=%20&a=2`)),
  },
  {
    name: 'good text',
    weight: 12,
    answer: '200 ok',
    runs: 1,
    send: (n, { send }) => send(post(pathFor(n), plain, String(n))),
  },
  {
    name: 'good multipart',
    weight: 2,
    answer: '200 ok',
    runs: 1,
    send: (n, { send }) =>
      send(post(pathFor(n), multipart, `--B\r\ncontent-disposition: form-data; name="n"\r\n\r\n${n}\r\n--B--\r\n`)),
  },
  {
    name: 'good, short and in the query',
    weight: 5,
    answer: '200 ok',
    runs: 1,
    send: (n, { send }) => send(post(toPath(short.mintSync({ command, content: { n } })), json, `{"n":${n}}`)),
  },
  {
    name: 'good, sealed',
    weight: 3,
    answer: '200 ok',
    runs: 1,
    send: async (n, { send }) =>
      send(post(toPath(await minter.mint({ command, content: { n }, encrypt: true })), json, `{"n":${n}}`)),
  },
  {
    name: 'good GET',
    weight: 6,
    answer: '200 ok',
    runs: 1,
    send: (n, { send }) => send({ method: 'GET', path: `${pathFor(n, { allowGet: true })}?n=${n}` }),
  },
  {
    name: 'handler that fails',
    weight: 1,
    answer: '500 handler_failed',
    runs: 1,
    send: (n, { send }) => send(post(pathFor(n, { command: '/fail' }), plain, String(n))),
  },
  {
    name: 'single use: first, repeat, another',
    weight: 3,
    answer: '200 ok, 200 repeated, 410 spent',
    runs: 1,
    requests: 3,
    send: async (n, { send }) => {
      const path = pathFor(n, { maxUses: 1, expiresIn: '20s' })
      const first = await send(post(path, plain, String(n)))
      const repeat = await send(post(path, plain, String(n)))
      return `${first}, ${repeat}, ${await send(post(path, plain, `${n}.0`))}`
    },
  },
  {
    name: 'HEAD',
    weight: 4,
    answer: '200 empty',
    runs: 0,
    send: (n, { send }) => send({ method: 'HEAD', path: pathFor(n, { allowGet: true }) }),
  },
  {
    name: 'preview',
    weight: 3,
    answer: '200 page',
    runs: 0,
    send: (n, { send }) =>
      send({ method: 'GET', path: pathFor(n, { allowGet: true }), headers: { 'user-agent': bot } }),
  },
  {
    name: 'GET by a person',
    weight: 2,
    answer: '200 page',
    runs: 0,
    send: (n, { send }) => send({ method: 'GET', path: pathFor(n), headers: browser }),
  },
  {
    name: 'GET by a machine',
    weight: 2,
    answer: '405 method_not_allowed',
    runs: 0,
    send: (n, { send }) => send({ method: 'GET', path: pathFor(n) }),
  },
  {
    name: 'forged',
    weight: 6,
    answer: '403 invalid_signature',
    runs: 0,
    send: (n, { send }) => send(post(toPath(foreign.mintSync({ command, content: { n } })), json, `{"n":${n}}`)),
  },
  {
    name: 'damaged',
    weight: 4,
    answer: '403 invalid_signature',
    runs: 0,
    send: (n, { send }) => send(post(damage(pathFor(n), n), json, `{"n":${n}}`)),
  },
  {
    name: 'cut short',
    weight: 2,
    answer: '400 malformed',
    runs: 0,
    send: (n, { send }) => send(post(pathFor(n).slice(0, -1 - (n % 30)), json, `{"n":${n}}`)),
  },
  {
    name: 'expired',
    weight: 4,
    answer: '410 expired',
    runs: 0,
    send: (n, { send }) => send(post(pathFor(n, { expiresIn: undefined, expiresAt: past }), json, `{"n":${n}}`)),
  },
  {
    name: 'no token',
    weight: 1,
    answer: '404 no_token',
    runs: 0,
    send: (n, { send }) => send(post(`/hooks/${n}`, json, `{"n":${n}}`)),
  },
  {
    name: 'oversized',
    weight: 2,
    answer: '413 body_too_large',
    runs: 0,
    send: (n, { send }) => send(post(pathFor(n), plain, `${n}${tooMuch}`)),
  },
  {
    name: 'malformed JSON',
    weight: 1,
    answer: '400 malformed_body',
    runs: 0,
    send: (n, { send }) => send(post(pathFor(n), json, `{"n":${n}`)),
  },
  {
    name: 'compressed',
    weight: 1,
    answer: '415 unsupported_encoding',
    runs: 0,
    send: (n, { send }) => send({ ...post(pathFor(n), json, `{"n":${n}}`), headers: { 'content-encoding': 'gzip' } }),
  },
  {
    name: 'aborted, closed half way',
    weight: 2,
    answer: 'gone',
    runs: 0,
    refusal: 'request_aborted',
    send: (n, { abort }) => abort(post(pathFor(n), plain, `${n}${' '.repeat(1000)}`), 'end'),
  },
  {
    name: 'aborted, reset half way',
    weight: 2,
    answer: 'gone',
    runs: 0,
    refusal: 'request_aborted',
    send: (n, { abort }) => abort(post(pathFor(n), plain, `${n}${' '.repeat(1000)}`), 'reset'),
  },
]
