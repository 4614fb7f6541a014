import type { Hook } from '@hookurl/core'
import { assertOptions, invalidOption } from '@hookurl/core/internal'
import { getClientKind } from '../request/content-negotiation.ts'
import type { IncomingRequest } from '../request/incoming-request.ts'
import type { QueryParams } from '../request/payload.ts'
import { escapeHtml } from '../response/default-pages.ts'
import {
  emptyResponse,
  getAllowedMethods,
  jsonResponse,
  type OutgoingResponse,
  textResponse,
} from '../response/response.ts'
import type { HandshakeOptions } from './options.ts'

/** The validated option `handshakes`. */
export type HandshakesConfig = HandshakeOptions

/** A request that may be a handshake. */
export interface HandshakeRequest {
  readonly request: IncomingRequest
  readonly hook: Hook
  readonly query: QueryParams
}

/** A recognized handshake. */
export interface Handshake {
  readonly response: OutgoingResponse
  /** Asks the application before the response is sent. If the result is `false`, the handshake is rejected. */
  confirm?(): unknown
}

/** How a service tests a URL. */
interface HandshakeDefinition {
  readonly service: string
  readonly method: 'GET' | 'POST' | 'OPTIONS'
  /** The option that enables it, if it is off by default. */
  readonly option?: keyof HandshakeOptions
  /** Returns the value that the service expects back, if the request is this handshake. */
  find(handshake: HandshakeRequest): unknown
  respond(value: string, handshake: HandshakeRequest): OutgoingResponse
  /** Asks the application before the response is sent. */
  confirm?(value: string, handshake: HandshakeRequest, options: HandshakesConfig): unknown
}

/** How a service tests a URL with a JSON body. */
interface BodyHandshakeDefinition {
  readonly service: string
  find(body: unknown, request: IncomingRequest): unknown
  respond(value: string): OutgoingResponse
}

// The maximum size of an echoed value, in bytes. It keeps a handshake from making hookurl send a lot of data.
const MAX_ECHO_SIZE = 1024

/** The handshakes that are recognized by method, query and headers. The first match is completed. */
export const handshakes: readonly HandshakeDefinition[] = [
  {
    service: 'Okta',
    method: 'GET',
    find: ({ request }) => request.header('x-okta-verification-challenge'),
    respond: (verification) => jsonResponse({ verification }),
  },
  {
    service: 'Strava',
    method: 'GET',
    option: 'strava',
    find: ({ query }) => (query['hub.topic'] === undefined ? findHubChallenge(query) : undefined),
    respond: (value) => jsonResponse({ 'hub.challenge': value }),
  },
  {
    service: 'Meta (Facebook, Instagram, WhatsApp), WebSub',
    method: 'GET',
    find: ({ query }) => findHubChallenge(query),
    respond: textResponse,
  },
  { service: 'Dropbox, Nylas', method: 'GET', find: findBareParam('challenge'), respond: textResponse },
  { service: 'Onfleet', method: 'GET', find: findBareParam('check'), respond: textResponse },
  { service: 'Lucca', method: 'GET', find: findBareParam('echo'), respond: textResponse },
  {
    service: 'Microsoft Graph',
    method: 'POST',
    find: ({ request, query }) => (isPlainText(request) ? query.validationToken : undefined),
    respond: (value) => textResponse(escapeHtml(value)),
  },
  {
    service: 'Smartsheet',
    method: 'POST',
    find: ({ request }) => request.header('smartsheet-hook-challenge'),
    respond: (value) => jsonResponse({ smartsheetHookResponse: value }),
  },
  {
    service: 'Asana',
    method: 'POST',
    option: 'asana',
    find: ({ request }) => request.header('x-hook-secret'),
    respond: (value) => emptyResponse(200, { 'x-hook-secret': value }),
    confirm: (value, { hook }, { asana }) => asana?.(value, hook),
  },
  {
    service: 'CloudEvents, Azure Event Grid',
    method: 'OPTIONS',
    find: ({ request }) => request.header('webhook-request-origin'),
    respond: (origin, { request, hook }) =>
      emptyResponse(200, {
        allow: getAllowedMethods(hook),
        'webhook-allowed-origin': origin,
        'webhook-allowed-rate': getAllowedRate(request.header('webhook-request-rate')),
      }),
  },
]

/** The handshakes that are recognized by their body. */
export const bodyHandshakes: readonly BodyHandshakeDefinition[] = [
  {
    service: 'Slack, Feishu, Lark',
    find: (body) => (getMember(body, 'type') === 'url_verification' ? getMember(body, 'challenge') : undefined),
    respond: (challenge) => jsonResponse({ challenge }),
  },
  {
    service: 'monday.com',
    find: (body) => (isObject(body) && Object.keys(body).length === 1 ? getMember(body, 'challenge') : undefined),
    respond: (challenge) => jsonResponse({ challenge }),
  },
  {
    service: 'Azure Event Grid',
    find: (body, request) =>
      request.header('aeg-event-type') === 'SubscriptionValidation' && Array.isArray(body) && body.length === 1
        ? getMember(getMember(body[0], 'data'), 'validationCode')
        : undefined,
    respond: (validationResponse) => jsonResponse({ validationResponse }),
  },
]

/**
 * Validates the option `handshakes`. Returns `undefined` if handshakes are disabled.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function parseHandshakesOption(given: false | HandshakeOptions | undefined): HandshakesConfig | undefined {
  if (given === false) return undefined
  const options = given ?? {}
  assertOptions(options, new Set(['strava', 'asana']), 'handshakes')
  const { strava, asana } = options
  if (strava !== undefined && typeof strava !== 'boolean') {
    throw invalidOption('handshakes.strava must be true or false', 'Set it to true for URLs that Strava calls.')
  }
  if (asana !== undefined && typeof asana !== 'function') {
    throw invalidOption('handshakes.asana must be a function', 'Write (secret, hook) => saveSecret(hook.id, secret).')
  }
  return options
}

/** Recognizes a handshake by everything in the request but its body. */
export function findHandshake(
  options: HandshakesConfig | undefined,
  handshake: HandshakeRequest,
): Handshake | undefined {
  if (options === undefined) return undefined
  for (const definition of handshakes) {
    if (definition.method !== handshake.request.method) continue
    if (definition.option !== undefined && !options[definition.option]) continue
    const value = definition.find(handshake)
    if (!isEchoable(value)) continue
    const response = definition.respond(value, handshake)
    if (definition.confirm === undefined) return { response }
    return { response, confirm: () => definition.confirm?.(value, handshake, options) }
  }
  return undefined
}

/** Recognizes a handshake by its JSON body, and returns the response to it. */
export function findBodyHandshake(request: IncomingRequest, json: unknown): OutgoingResponse | undefined {
  for (const definition of bodyHandshakes) {
    const value = definition.find(json, request)
    if (isEchoable(value)) return definition.respond(value)
  }
  return undefined
}

// WebSub, section 5.3, which Meta follows.
function findHubChallenge(query: QueryParams): unknown {
  const mode = query['hub.mode']
  return mode === 'subscribe' || mode === 'unsubscribe' ? query['hub.challenge'] : undefined
}

// Callers may use such common names themselves: if GET runs the handler, the parameter is theirs. Browsers never send
// handshakes.
function findBareParam(name: string): HandshakeDefinition['find'] {
  return ({ request, hook, query }) => (hook.allowGet || getClientKind(request) === 'browser' ? undefined : query[name])
}

function isPlainText(request: IncomingRequest): boolean {
  return /^text\/plain *(?:;|$)/i.test(request.header('content-type')?.trim() ?? '')
}

// CloudEvents webhooks, section 4.2.2: `*` means no limit.
function getAllowedRate(requested: string | undefined): string {
  return requested !== undefined && /^[1-9]\d{0,9}$/.test(requested) ? requested : '*'
}

function isEchoable(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && new TextEncoder().encode(value).length <= MAX_ECHO_SIZE
}

function getMember(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
