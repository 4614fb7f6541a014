import type { Hook } from '@hookurl/core'
import { assertOptions, invalidOption } from '@hookurl/core/internal'
import { isNavigation } from '../request/content-negotiation.ts'
import type { IncomingRequest, OutgoingResponse } from '../request/incoming-request.ts'
import type { QueryParams } from '../request/payload.ts'
import { escapeHtml } from '../response/default-pages.ts'
import { emptyResponse, getAllowedMethods, jsonResponse, textResponse } from '../response/response.ts'
import type { HandshakeOptions } from './options.ts'

/** Which handshakes are answered, checked. */
export type Handshakes = HandshakeOptions

/** A request in which a handshake may be. */
export interface HandshakeRequest {
  readonly exchange: IncomingRequest
  readonly hook: Hook
  readonly query: QueryParams
}

/** A handshake that was recognised. */
export interface Handshake {
  readonly answer: OutgoingResponse
  /** The application's part in it, before the answer: `false` refuses. */
  consent?(): unknown
}

/** How a service tests a URL. */
interface Row {
  readonly service: string
  readonly method: 'GET' | 'POST' | 'OPTIONS'
  /** Only where the receiver was told so. */
  readonly option?: keyof HandshakeOptions
  /** The value that the service wants back, where a request is this handshake. */
  find(greeting: HandshakeRequest): unknown
  answer(value: string, greeting: HandshakeRequest): OutgoingResponse
  /** What the application has to do before the answer. */
  consent?(value: string, greeting: HandshakeRequest, options: Handshakes): unknown
}

/** How a service tests a URL by what it posts, as JSON. */
interface BodyRow {
  readonly service: string
  find(body: unknown, exchange: IncomingRequest): unknown
  answer(value: string): OutgoingResponse
}

// An echo is to be no way to send something large.
const longestValue = 1024

/** The handshakes by the method, query and headers of a request. The first that fits is answered. */
export const handshakes: readonly Row[] = [
  {
    service: 'Okta',
    method: 'GET',
    find: ({ exchange }) => exchange.header('x-okta-verification-challenge'),
    answer: (verification) => jsonResponse({ verification }),
  },
  {
    service: 'Strava',
    method: 'GET',
    option: 'strava',
    find: ({ query }) => (query['hub.topic'] === undefined ? findHubChallenge(query) : undefined),
    answer: (value) => jsonResponse({ 'hub.challenge': value }),
  },
  {
    service: 'Meta (Facebook, Instagram, WhatsApp), WebSub',
    method: 'GET',
    find: ({ query }) => findHubChallenge(query),
    answer: textResponse,
  },
  { service: 'Dropbox, Nylas', method: 'GET', find: bare('challenge'), answer: textResponse },
  { service: 'Onfleet', method: 'GET', find: bare('check'), answer: textResponse },
  { service: 'Lucca', method: 'GET', find: bare('echo'), answer: textResponse },
  {
    service: 'Microsoft Graph',
    method: 'POST',
    find: ({ exchange, query }) => (isText(exchange) ? query.validationToken : undefined),
    answer: (value) => textResponse(escapeHtml(value)),
  },
  {
    service: 'Smartsheet',
    method: 'POST',
    find: ({ exchange }) => exchange.header('smartsheet-hook-challenge'),
    answer: (value) => jsonResponse({ smartsheetHookResponse: value }),
  },
  {
    service: 'Asana',
    method: 'POST',
    option: 'asana',
    find: ({ exchange }) => exchange.header('x-hook-secret'),
    answer: (value) => emptyResponse(200, { 'x-hook-secret': value }),
    consent: (value, { hook }, { asana }) => asana?.(value, hook),
  },
  {
    service: 'CloudEvents, Azure Event Grid',
    method: 'OPTIONS',
    find: ({ exchange }) => exchange.header('webhook-request-origin'),
    answer: (origin, { exchange, hook }) =>
      emptyResponse(200, {
        allow: getAllowedMethods(hook),
        'webhook-allowed-origin': origin,
        'webhook-allowed-rate': readRate(exchange.header('webhook-request-rate')),
      }),
  },
]

/** The handshakes by what is posted. */
export const bodyHandshakes: readonly BodyRow[] = [
  {
    service: 'Slack, Feishu, Lark',
    find: (body) => (memberOf(body, 'type') === 'url_verification' ? memberOf(body, 'challenge') : undefined),
    answer: (challenge) => jsonResponse({ challenge }),
  },
  {
    service: 'monday.com',
    find: (body) => (isObject(body) && Object.keys(body).length === 1 ? memberOf(body, 'challenge') : undefined),
    answer: (challenge) => jsonResponse({ challenge }),
  },
  {
    service: 'Azure Event Grid',
    find: (body, exchange) =>
      exchange.header('aeg-event-type') === 'SubscriptionValidation' && Array.isArray(body) && body.length === 1
        ? memberOf(memberOf(body[0], 'data'), 'validationCode')
        : undefined,
    answer: (validationResponse) => jsonResponse({ validationResponse }),
  },
]

/**
 * Checks the option. Undefined: none is answered.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function toHandshakes(given: false | HandshakeOptions | undefined): Handshakes | undefined {
  if (given === false) return undefined
  const options = given ?? {}
  assertOptions(options, new Set(['strava', 'asana']), 'handshakes')
  const { strava, asana } = options
  if (strava !== undefined && typeof strava !== 'boolean') {
    throw invalidOption('handshakes.strava must be true or false', 'Set it to true for URLs that Strava calls.')
  }
  if (asana !== undefined && typeof asana !== 'function') {
    throw invalidOption('handshakes.asana must be a function', 'Write (secret, hook) => remember(hook.id, secret).')
  }
  return options
}

/** The handshake that a request is, by all but its body. */
export function findHandshake(options: Handshakes | undefined, greeting: HandshakeRequest): Handshake | undefined {
  if (options === undefined) return undefined
  for (const row of handshakes) {
    if (row.method !== greeting.exchange.method) continue
    if (row.option !== undefined && !options[row.option]) continue
    const value = row.find(greeting)
    if (!isEchoable(value)) continue
    const answer = row.answer(value, greeting)
    return row.consent === undefined ? { answer } : { answer, consent: () => row.consent?.(value, greeting, options) }
  }
  return undefined
}

/** The answer to the handshake that a posted JSON value is. */
export function findBodyHandshake(exchange: IncomingRequest, json: unknown): OutgoingResponse | undefined {
  for (const row of bodyHandshakes) {
    const value = row.find(json, exchange)
    if (isEchoable(value)) return row.answer(value)
  }
  return undefined
}

// WebSub, section 5.3, and Meta after it.
function findHubChallenge(query: QueryParams): unknown {
  const mode = query['hub.mode']
  return mode === 'subscribe' || mode === 'unsubscribe' ? query['hub.challenge'] : undefined
}

// A name that a caller may well use itself: where GET runs the command it is the handler's, and a person is no service.
function bare(name: string): Row['find'] {
  return ({ exchange, hook, query }) => (hook.allowGet || isNavigation(exchange) ? undefined : query[name])
}

function isText(exchange: IncomingRequest): boolean {
  return /^text\/plain *(?:;|$)/i.test(exchange.header('content-type')?.trim() ?? '')
}

// CloudEvents webhooks, section 4.2.2: without a number there is no limit.
function readRate(asked: string | undefined): string {
  return asked !== undefined && /^[1-9]\d{0,9}$/.test(asked) ? asked : '*'
}

function isEchoable(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && new TextEncoder().encode(value).length <= longestValue
}

function memberOf(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
