import { isUtf8 } from 'node:buffer'
import { invalidOption } from '@hookurl/core/internal'
import type { HeaderList } from '../http/client.ts'
import { type Handshake, type Sample, services } from './services.ts'

/** What is to be sent, as the flags say it. */
export interface SendingOptions {
  readonly method: string | undefined
  readonly data: Uint8Array | undefined
  readonly headers: HeaderList
  readonly service: string | undefined
  readonly handshake: boolean
  readonly browser: boolean
}

/** A request that is ready to be sent. */
export interface Sending {
  readonly url: URL
  readonly method: string
  readonly headers: HeaderList
  readonly body: Uint8Array
  /** What the answer must hold. */
  readonly echo: string | undefined
}

const formType = 'application/x-www-form-urlencoded'
const navigation: Readonly<Record<string, string>> = {
  accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'accept-language': 'en',
  'sec-fetch-dest': 'document',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-site': 'none',
  'sec-fetch-user': '?1',
  'upgrade-insecure-requests': '1',
  'user-agent': 'Mozilla/5.0 (compatible; hookurl)',
}

/**
 * The request that the flags ask for: a service's sample, a browser's navigation, or what was given.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function toSending(target: URL, options: SendingOptions): Sending {
  const { data, browser } = options
  const sample = findSample(options)
  const url = new URL(target)
  for (const [name, value] of Object.entries(sample.query ?? {})) {
    url.search += `${url.search === '' ? '?' : '&'}${encodeURIComponent(name)}=${encodeURIComponent(value)}`
  }
  const body = data ?? toBytes(sample.body)
  const method = options.method ?? sample.method ?? (browser && body.byteLength === 0 ? 'GET' : 'POST')
  const type = body.byteLength === 0 ? {} : { 'content-type': browser ? formType : guessType(body) }
  const base = { accept: '*/*', 'user-agent': 'hookurl', ...type, ...(browser ? navigation : {}), ...sample.headers }
  const given = new Set(options.headers.map(([name]) => name.toLowerCase()))
  const kept = Object.entries(base).filter(([name]) => !given.has(name))
  return { url, method, headers: [...kept, ...options.headers], body, echo: sample.echo }
}

/**
 * A header as it is written on the command line: `Name: value`.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function parseHeader(text: string): [name: string, value: string] {
  const [, name, value] = /^([!#$%&'*+.^`|~\w-]+):[ \t]*([\t\x20-\x7e\xa0-\xff]*)$/.exec(text) ?? []
  if (name === undefined || value === undefined) {
    throw invalidOption('--header is not a header', "Write a name and a value: --header 'X-Event: opened'.")
  }
  if (name.toLowerCase() !== 'content-length' && name.toLowerCase() !== 'transfer-encoding') return [name, value]
  throw invalidOption('--header cannot say how long the body is', 'Leave this header out: it is written by itself.')
}

function findSample({ service, handshake }: SendingOptions): Handshake {
  if (service === undefined) {
    if (handshake) throw invalidOption('--handshake needs --as', 'Say whose handshake: --as slack.')
    return {}
  }
  const found = services[service]
  if (found === undefined) throw new Error(`there is no sample of ${service}`)
  if (!handshake) return found.delivery
  if (found.handshake !== undefined) return found.handshake
  const others = Object.keys(services).filter((name) => services[name]?.handshake !== undefined)
  throw invalidOption(`${service} makes no handshake`, `These do: ${others.join(', ')}.`)
}

function toBytes(body: Sample['body']): Uint8Array {
  if (body === undefined) return new Uint8Array()
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
}

function guessType(body: Uint8Array): string {
  if (!isUtf8(body)) return 'application/octet-stream'
  try {
    JSON.parse(Buffer.from(body).toString('utf8'))
    return 'application/json'
  } catch {
    return 'text/plain; charset=utf-8'
  }
}
