import type { IncomingRequest } from '../../request/incoming-request.ts'

/** A way in which senders prove that they know the signing secret of a URL. */
export type SignatureScheme =
  | 'standard-webhooks'
  | 'x-hub-signature-256'
  | 'x-hub-signature'
  | 'x-gitea-signature'
  | 'x-gitlab-token'
  | 'x-telegram-bot-api-secret-token'

/** The names of hash functions in Web Crypto. */
export type HashAlgorithm = 'SHA-256' | 'SHA-384' | 'SHA-512'

/** A signature that a request claims to have. */
export interface ClaimedSignature {
  readonly algorithm: HashAlgorithm
  /** Whether the key is the 32 bytes of the secret, or its 43 characters. */
  readonly key: 'bytes' | 'plain'
  readonly encoding: 'hex' | 'base64'
  /** Precedes the body in what is signed. */
  readonly prefix: string
  /** Any of them may be the signature. */
  readonly signatures: readonly string[]
}

/** Senders sign the body. */
interface SigningScheme {
  readonly kind: 'signed'
  readonly name: SignatureScheme
  /** Who uses it. */
  readonly service: string
  /** Returns the signatures of a request; `now` is in epoch milliseconds. */
  find(request: IncomingRequest, now: number): readonly ClaimedSignature[]
}

/** Senders send the secret itself, in a header. */
interface SendingScheme {
  readonly kind: 'sent'
  readonly name: SignatureScheme
  readonly service: string
  /** Lowercase. */
  readonly header: string
}

export type SchemeDefinition = SigningScheme | SendingScheme

// How far the clocks of the sender and the server may differ, as in the reference libraries of Standard Webhooks.
const MAX_AGE_SECONDS = 300
// A sender that rotates its secret sends two or three signatures. Callers choose how many there are.
const MAX_SIGNATURES = 16
const MAX_HEADER_LENGTH = 4096

const algorithms: Readonly<Record<string, HashAlgorithm>> = {
  sha256: 'SHA-256',
  sha384: 'SHA-384',
  sha512: 'SHA-512',
}

/** Every scheme. `hook.signedBy` is the first one that holds. */
export const schemes: readonly SchemeDefinition[] = [
  {
    // github.com/standard-webhooks/standard-webhooks, spec, "Signature scheme"
    kind: 'signed',
    name: 'standard-webhooks',
    service: 'Standard Webhooks, Svix, MCP events, GitLab (signing token)',
    find: findStandardWebhook,
  },
  {
    kind: 'signed',
    name: 'x-hub-signature-256',
    service: 'GitHub, Gitea, Forgejo',
    find: (request) => findHex('SHA-256', removePrefix(getShortHeader(request, 'x-hub-signature-256'), 'sha256=')),
  },
  {
    // WebSub, section 8
    kind: 'signed',
    name: 'x-hub-signature',
    service: 'Bitbucket, WebSub',
    find: findHubSignatures,
  },
  {
    kind: 'signed',
    name: 'x-gitea-signature',
    service: 'Gitea',
    find: (request) => findHex('SHA-256', getShortHeader(request, 'x-gitea-signature')),
  },
  { kind: 'sent', name: 'x-gitlab-token', service: 'GitLab (secret token)', header: 'x-gitlab-token' },
  {
    kind: 'sent',
    name: 'x-telegram-bot-api-secret-token',
    service: 'Telegram',
    header: 'x-telegram-bot-api-secret-token',
  },
]

// If there is a `webhook-id` of any length, it identifies the delivery, so it must be the ID that is signed.
function findStandardWebhook(request: IncomingRequest, now: number): readonly ClaimedSignature[] {
  const family = (request.header('webhook-id') ?? '') === '' ? 'svix' : 'webhook'
  const id = getShortHeader(request, `${family}-id`)
  const timestamp = getShortHeader(request, `${family}-timestamp`)
  const signatures = getShortHeader(request, `${family}-signature`)
  if (id === undefined || timestamp === undefined || signatures === undefined) return []
  if (!isRecent(timestamp, now) || containsTimestamp(id)) return []
  const versioned = signatures.split(' ', MAX_SIGNATURES).map((signature) => signature.split(',', 2))
  return [
    {
      algorithm: 'SHA-256',
      key: 'bytes',
      encoding: 'base64',
      prefix: `${id}.${timestamp}.`,
      signatures: versioned.flatMap(([version, signature = '']) => (version === 'v1' ? [signature] : [])),
    },
  ]
}

function isRecent(timestamp: string, now: number): boolean {
  return /^[1-9]\d{0,11}$/.test(timestamp) && Math.abs(Math.floor(now / 1000) - Number(timestamp)) <= MAX_AGE_SECONDS
}

// The ID, the timestamp and the body are signed with dots between them. An ID that takes in the timestamp, and possibly the
// start of the body, would leave a number in the body as the timestamp, and what follows it as the body.
function containsTimestamp(id: string): boolean {
  return /\.\d{10}(?:\.|$)/.test(id)
}

function findHubSignatures(request: IncomingRequest): readonly ClaimedSignature[] {
  const values = getShortHeader(request, 'x-hub-signature')?.split(',', MAX_SIGNATURES) ?? []
  return values.flatMap((value) => {
    const [name = '', signature] = value.trim().split('=', 2)
    const algorithm = Object.hasOwn(algorithms, name) ? algorithms[name] : undefined
    return algorithm === undefined ? [] : findHex(algorithm, signature)
  })
}

function findHex(algorithm: HashAlgorithm, signature: string | undefined): readonly ClaimedSignature[] {
  return signature === undefined
    ? []
    : [{ algorithm, key: 'plain', encoding: 'hex', prefix: '', signatures: [signature] }]
}

function removePrefix(text: string | undefined, prefix: string): string | undefined {
  return text?.startsWith(prefix) === true ? text.slice(prefix.length) : undefined
}

function getShortHeader(request: IncomingRequest, name: string): string | undefined {
  const value = request.header(name)
  return value === undefined || value === '' || value.length > MAX_HEADER_LENGTH ? undefined : value
}
