import { createHash, createHmac } from 'node:crypto'
import deliveries from './deliveries.json' with { type: 'json' }
import handshakes from './handshakes.json' with { type: 'json' }

/** A request as a service sends it. */
export interface Sample {
  /** POST by default. */
  readonly method?: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  /** A string is sent unchanged; any other value is sent as JSON. */
  readonly body?: unknown
}

/** How a service's secret determines its handshake. */
interface SecretDefinition {
  /**
   * The format of the expected value, for when there is no secret. If it is missing, the request cannot be sent without
   * the secret.
   */
  readonly expectedForm?: RegExp
  complete(request: SignedRequest): {
    readonly expectedEcho: string
    readonly headers?: Readonly<Record<string, string>>
  }
}

/** The input for the values that a service signs or expects. */
export interface SignedRequest {
  readonly secret: string
  /** The URL as entered at the service. */
  readonly url: string
  readonly body: string
  /** Epoch seconds. */
  readonly now: number
}

/** The request with which a service tests a URL. */
export interface Handshake extends Sample {
  /** What the service expects in the headers or body of the response; without it, any 2xx passes. */
  readonly expectedEcho?: string
  /** How the service's secret determines what it sends and expects. */
  readonly secret?: SecretDefinition
}

/** What a service sends. Samples have no signatures: they need the secret that the service shows. */
export interface Service {
  readonly delivery: Sample
  readonly handshake?: Handshake
}

const secrets: Readonly<Record<string, SecretDefinition>> = {
  ebay: {
    expectedForm: /"challengeResponse":"[0-9a-f]{64}"/,
    complete: ({ secret, url }) => {
      const hash = createHash('sha256').update(`${getQuery('ebay', 'challenge_code')}${secret}${url}`)
      return { expectedEcho: `"challengeResponse":"${hash.digest('hex')}"` }
    },
  },
  linkedin: {
    expectedForm: /"challengeResponse":"[0-9a-f]{64}"/,
    complete: ({ secret }) => {
      const hmac = createHmac('sha256', secret).update(getQuery('linkedin', 'challengeCode'))
      return { expectedEcho: `"challengeResponse":"${hmac.digest('hex')}"` }
    },
  },
  x: {
    expectedForm: /"response_token":"sha256=[A-Za-z0-9+/]{43}="/,
    complete: ({ secret }) => {
      const hmac = createHmac('sha256', secret).update(getQuery('x', 'crc_token'))
      return { expectedEcho: `"response_token":"sha256=${hmac.digest('base64')}"` }
    },
  },
  zoom: {
    complete: ({ secret, body, now }) => {
      const sign = (message: string): string => createHmac('sha256', secret).update(message).digest('hex')
      return {
        expectedEcho: `"encryptedToken":"${sign(handshakes.zoom.body.payload.plainToken)}"`,
        headers: { 'x-zm-request-timestamp': `${now}`, 'x-zm-signature': `v0=${sign(`v0:${now}:${body}`)}` },
      }
    },
  },
}

function getQuery(service: 'ebay' | 'linkedin' | 'x', name: string): string {
  const query: Readonly<Record<string, string>> = handshakes[service].query
  return query[name] as string
}

/** The services, by the name that `--as` accepts. */
export const services: Readonly<Record<string, Service>> = Object.fromEntries(
  Object.entries(deliveries as Readonly<Record<string, Sample>>).map(([name, delivery]) => [
    name,
    { delivery, ...createHandshake(name) },
  ]),
)

function createHandshake(name: string): Pick<Service, 'handshake'> {
  const sample = (handshakes as Readonly<Record<string, Handshake | undefined>>)[name]
  const secret = secrets[name]
  return sample === undefined ? {} : { handshake: secret === undefined ? sample : { ...sample, secret } }
}
