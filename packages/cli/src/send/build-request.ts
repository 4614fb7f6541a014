import { isUtf8 } from 'node:buffer'
import { invalidOption } from '@hookurl/core/internal'
import type { HeaderList } from '../http/client.ts'
import { withEvent } from './event.ts'
import { type Handshake, type Sample, type SignedRequest, services } from './services.ts'
import { signatures } from './signatures.ts'

/** The parts of the request that the flags of `send` determine. */
export interface BuildRequestOptions {
  readonly method: string | undefined
  readonly data: Uint8Array | undefined
  readonly headers: HeaderList
  /** A service's name, from {@link services}. */
  readonly service: string | undefined
  readonly handshake: boolean
  /** The event that the sample is about. */
  readonly event: string | undefined
  /** The secret of the service. */
  readonly secret: string | undefined
  readonly browser: boolean
}

export interface TestRequest {
  readonly url: URL
  readonly method: string
  readonly headers: HeaderList
  readonly body: Uint8Array
  /** The string that the response must contain, or its format. */
  readonly expectedEcho: string | RegExp | undefined
}

/** The value that a service expects, and the headers that sign its request. */
interface Completed {
  readonly expectedEcho: TestRequest['expectedEcho']
  readonly headers?: Readonly<Record<string, string>>
}

const formType = 'application/x-www-form-urlencoded'
const browserHeaders: Readonly<Record<string, string>> = {
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
 * Builds a request: a service's sample, a browser's navigation, or a plain one. `options.headers` replace the defaults.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function buildRequest(target: URL, options: BuildRequestOptions): TestRequest {
  const { data, browser } = options
  const sample = findSample(options)
  const sampleBody = encodeBody(sample.body)
  const url = new URL(target)
  for (const [name, value] of Object.entries(sample.query ?? {})) {
    url.search += `${url.search === '' ? '?' : '&'}${encodeURIComponent(name)}=${encodeURIComponent(value)}`
  }
  const body = data ?? sampleBody
  const signed = {
    secret: options.secret,
    url: target.href,
    body: Buffer.from(body).toString(),
    now: Math.floor(Date.now() / 1000),
  }
  const { expectedEcho, headers: signatureHeaders } = options.handshake
    ? completeHandshake(sample, signed)
    : signDelivery(sample, signed, options.service)
  const method = options.method ?? sample.method ?? (browser && body.byteLength === 0 ? 'GET' : 'POST')
  const defaultHeaders = {
    accept: '*/*',
    'user-agent': 'hookurl',
    ...(body.byteLength === 0 ? {} : { 'content-type': browser ? formType : guessContentType(body) }),
    ...(browser ? browserHeaders : {}),
    ...sample.headers,
    ...signatureHeaders,
  }
  const givenNames = new Set(options.headers.map(([name]) => name.toLowerCase()))
  const otherHeaders = Object.entries(defaultHeaders).filter(([name]) => !givenNames.has(name))
  return { url, method, headers: [...otherHeaders, ...options.headers], body, expectedEcho }
}

/**
 * Parses a header from the command line: `Name: value`.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function parseHeader(text: string): [name: string, value: string] {
  const [, name, value] = /^([!#$%&'*+.^`|~\w-]+):[ \t]*([\t\x20-\x7e\xa0-\xff]*)$/.exec(text) ?? []
  if (name === undefined || value === undefined) {
    throw invalidOption('--header is not a valid header', "Write a name and a value: --header 'X-Event: opened'.")
  }
  if (name.toLowerCase() !== 'content-length' && name.toLowerCase() !== 'transfer-encoding') return [name, value]
  throw invalidOption('--header cannot set the length of the body', 'Leave out this header: it is set automatically.')
}

function findSample({ service, handshake, event, secret }: BuildRequestOptions): Handshake {
  if (event !== undefined && handshake) {
    throw invalidOption('--event and --handshake cannot be combined', 'Remove one of them.')
  }
  if (service === undefined) {
    if (event !== undefined) throw invalidOption('--event requires --as', 'Choose a service: --as stripe.')
    if (secret !== undefined) throw invalidOption('a secret requires --as', 'Choose a service: --as stripe.')
    if (handshake) throw invalidOption('--handshake needs --as', 'Choose a service: --as slack.')
    return {}
  }
  const found = services[service]
  if (found === undefined) throw new Error(`there is no sample for ${service}`)
  if (!handshake) return event === undefined ? found.delivery : withEvent(found.delivery, event, service)
  if (found.handshake !== undefined) return found.handshake
  const withHandshake = Object.keys(services).filter((name) => services[name]?.handshake !== undefined)
  throw invalidOption(`${service} has no handshake`, `Use one of: ${withHandshake.join(', ')}.`)
}

function signDelivery(sample: Sample, request: PartialRequest, service = ''): Completed {
  const { secret } = request
  if (secret === undefined) return { expectedEcho: undefined }
  const sign = signatures[service]
  if (sign !== undefined) {
    return { expectedEcho: undefined, headers: sign({ ...request, secret, headers: sample.headers ?? {} }) }
  }
  throw invalidOption(
    `hookurl cannot sign requests like ${service}`,
    `Remove the secret, or use one of: ${Object.keys(signatures).join(', ')}.`,
  )
}

type PartialRequest = Omit<SignedRequest, 'secret'> & { readonly secret: string | undefined }

function completeHandshake({ secret: definition, expectedEcho }: Handshake, request: PartialRequest): Completed {
  const { secret } = request
  if (definition === undefined) return { expectedEcho }
  if (secret !== undefined) return definition.complete({ ...request, secret })
  if (definition.expectedForm !== undefined) return { expectedEcho: definition.expectedForm }
  throw invalidOption(
    'the service signs its test, so its secret is required',
    'Pass --secret-file, or set HOOKURL_SERVICE_SECRET.',
  )
}

function encodeBody(body: Sample['body']): Uint8Array {
  if (body === undefined) return new Uint8Array()
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
}

function guessContentType(body: Uint8Array): string {
  if (!isUtf8(body)) return 'application/octet-stream'
  try {
    JSON.parse(Buffer.from(body).toString('utf8'))
    return 'application/json'
  } catch {
    return 'text/plain; charset=utf-8'
  }
}
