import { sha256Hex } from '@hookurl/core/internal'
import { jsonResponse } from '../../response/response.ts'
import {
  type BodyHandshakeDefinition,
  getMember,
  type HandshakeBody,
  type HeadHandshakeDefinition,
} from './definition.ts'
import { signHmac, toBase64, toHex, verifyHmac } from './hmac.ts'

// The services sign their deliveries with the same secrets: X signs the body, LinkedIn the body after `hmacsha256=`,
// Zoom the body after `v0:` and a timestamp. A signed delivery therefore contains a JSON object, which this pattern
// never matches, so no response is the signature of a delivery.
const challengePattern = /^[A-Za-z0-9_+/=-]{1,128}$/
const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

// How far the clocks of Zoom and of the server may differ.
const MAX_AGE_SECONDS = 300

/** The handshakes that are recognized by method, query and headers and need the service's secret. */
export const secretHeadHandshakes: readonly HeadHandshakeDefinition[] = [
  {
    service: 'X, ArcGIS',
    method: 'GET',
    option: 'x',
    find: ({ query }) => findMatch(query.crc_token, challengePattern),
    respond: async (token, _handshake, { x }) =>
      jsonResponse({ response_token: `sha256=${toBase64(await signHmac(x.consumerSecret, token))}` }),
  },
  {
    service: 'LinkedIn',
    method: 'GET',
    option: 'linkedin',
    find: ({ query }) => findMatch(query.challengeCode, uuidPattern),
    respond: async (challengeCode, _handshake, { linkedin }) =>
      jsonResponse({ challengeCode, challengeResponse: toHex(await signHmac(linkedin.clientSecret, challengeCode)) }),
  },
  {
    service: 'eBay',
    method: 'GET',
    option: 'ebay',
    find: ({ query }) => findMatch(query.challenge_code, challengePattern),
    respond: (code, _handshake, { ebay }) =>
      jsonResponse({ challengeResponse: sha256Hex(`${code}${ebay.verificationToken}${ebay.endpoint}`) }),
  },
]

/** The handshakes that are recognized by their body and need the service's secret. */
export const secretBodyHandshakes: readonly BodyHandshakeDefinition[] = [
  {
    service: 'Zoom',
    option: 'zoom',
    find: ({ payload }) =>
      getMember(payload, 'event') === 'endpoint.url_validation'
        ? findMatch(getMember(getMember(payload, 'payload'), 'plainToken'), challengePattern)
        : undefined,
    respond: async (plainToken, handshake, { zoom }) => {
      if (!(await isSignedByZoom(handshake, zoom.secretToken))) return undefined
      return jsonResponse({ plainToken, encryptedToken: toHex(await signHmac(zoom.secretToken, plainToken)) })
    },
  },
]

async function isSignedByZoom({ request, rawBody, now }: HandshakeBody, secret: string): Promise<boolean> {
  const timestamp = request.header('x-zm-request-timestamp') ?? ''
  const [, signature] = /^v0=([0-9a-f]{64})$/.exec(request.header('x-zm-signature') ?? '') ?? []
  if (signature === undefined || !/^\d{1,12}$/.test(timestamp)) return false
  if (Math.abs(now() / 1000 - Number(timestamp)) > MAX_AGE_SECONDS) return false
  return verifyHmac(secret, signature, [`v0:${timestamp}:`, rawBody()])
}

function findMatch(value: unknown, pattern: RegExp): string | undefined {
  return typeof value === 'string' && pattern.test(value) ? value : undefined
}
