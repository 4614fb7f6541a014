import { getClientKind } from '../../request/content-negotiation.ts'
import type { IncomingRequest } from '../../request/incoming-request.ts'
import type { QueryParams } from '../../request/payload.ts'
import { escapeHtml } from '../../response/escape-html.ts'
import { emptyResponse, getAllowedMethods, jsonResponse, textResponse } from '../../response/response.ts'
import type { HeadHandshakeDefinition } from './definition.ts'

/** The handshakes that are recognized by method, query and headers and need no secret. */
export const headHandshakes: readonly HeadHandshakeDefinition[] = [
  {
    service: 'Okta',
    method: 'GET',
    find: ({ request }) => request.header('x-okta-verification-challenge'),
    respond: (verification) => jsonResponse({ verification }),
  },
  {
    service: 'Adobe Acrobat Sign',
    method: 'GET',
    find: ({ request }) => request.header('x-adobesign-clientid'),
    respond: (xAdobeSignClientId) => jsonResponse({ xAdobeSignClientId }),
  },
  {
    service: 'Mailchimp',
    method: 'GET',
    find: ({ request }) => /^MailChimp\.com\b/i.exec(request.header('user-agent') ?? '')?.[0],
    respond: () => emptyResponse(200),
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
  {
    service: 'WeChat',
    method: 'GET',
    // WeCom encrypts `echostr`, and signs it in `msg_signature` instead.
    find: ({ query }) => ([query.signature, query.timestamp, query.nonce].every(isText) ? query.echostr : undefined),
    respond: textResponse,
  },
  {
    service: 'Oura',
    method: 'GET',
    find: (handshake) =>
      isText(handshake.query.verification_token) && handshake.query.event === undefined
        ? findBareParam('challenge')(handshake)
        : undefined,
    respond: (challenge) => jsonResponse({ challenge }),
  },
  {
    service: 'Dropbox, Nylas, Adobe I/O Events',
    method: 'GET',
    find: findBareParam('challenge'),
    respond: textResponse,
  },
  { service: 'Onfleet', method: 'GET', find: findBareParam('check'), respond: textResponse },
  { service: 'Lucca', method: 'GET', find: findBareParam('echo'), respond: textResponse },
  {
    service: 'Microsoft Graph, SharePoint, OneDrive, Dynamics 365',
    method: 'POST',
    find: ({ request, query }) =>
      isPlainText(request) || isBodyless(request) ? findParam(query, 'validationtoken') : undefined,
    respond: (value) => textResponse(escapeHtml(value)),
  },
  {
    service: 'RingCentral',
    method: 'POST',
    // Deliveries may also have this header.
    find: ({ request }) => (isBodyless(request) ? request.header('validation-token') : undefined),
    respond: (value) => emptyResponse(200, { 'validation-token': value }),
  },
  {
    service: 'Front',
    method: 'POST',
    find: ({ request }) => request.header('x-front-challenge'),
    respond: (challenge) => jsonResponse({ challenge }),
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
    confirm: (value, { hook }, { asana }) => asana(value, hook),
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

// WebSub, section 5.3, which Meta follows.
function findHubChallenge(query: QueryParams): unknown {
  const mode = query['hub.mode']
  return mode === 'subscribe' || mode === 'unsubscribe' ? query['hub.challenge'] : undefined
}

// These names are common: if GET runs the handler, the parameter is the caller's own. Browsers never send handshakes.
function findBareParam(name: string): HeadHandshakeDefinition['find'] {
  return ({ request, hook, query }) => (hook.allowGet || getClientKind(request) === 'browser' ? undefined : query[name])
}

// SharePoint and OneDrive do not capitalize the name as documented.
function findParam(query: QueryParams, lowercaseName: string): unknown {
  const names = Object.keys(query).filter((name) => name.toLowerCase() === lowercaseName)
  return names.length === 1 ? query[names[0] as string] : undefined
}

function isPlainText(request: IncomingRequest): boolean {
  return /^text\/plain *(?:;|$)/i.test(request.header('content-type')?.trim() ?? '')
}

// With HTTP/2 and on fetch-style hosts, the length may be unknown, so a content type counts as a body.
function isBodyless(request: IncomingRequest): boolean {
  const length = request.header('content-length')
  if (length !== undefined) return /^0+$/.test(length)
  return request.header('transfer-encoding') === undefined && request.header('content-type') === undefined
}

// CloudEvents webhooks, section 4.2.2: `*` means no limit.
function getAllowedRate(requested: string | undefined): string {
  return requested !== undefined && /^[1-9]\d{0,9}$/.test(requested) ? requested : '*'
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
