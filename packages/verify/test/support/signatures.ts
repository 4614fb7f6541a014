import { createHmac } from 'node:crypto'
import { createMinter, type MintOptions } from '@hookurl/core'
import { createReceiver, type ReceivedHook, type ReceiverOptions, type SignatureScheme } from '@hookurl/verify'
import { baseUrl, key, now, seconds } from './fixtures.ts'

export const signedMinter = createMinter({ keys: key, baseUrl, expiresIn: '30d', now })

/** A URL that requires signed requests, and its secret. */
export interface SignedUrl {
  readonly url: string
  /** `whsec_…` */
  readonly whsec: string
  readonly plain: string
}

/** Mints a URL that requires signed requests, on both engines. */
export async function mintSigned(options: Partial<MintOptions> = {}): Promise<SignedUrl> {
  const url = await signedMinter.mint({ command: '/onIncident', requireSignature: true, ...options })
  const [whsec, plain] = await Promise.all([
    signedMinter.signingSecret(url),
    signedMinter.signingSecret(url, { encoding: 'plain' }),
  ])
  return { url, whsec, plain }
}

/** What a sender signs. */
export interface ToSign {
  readonly secret: Pick<SignedUrl, 'whsec' | 'plain'>
  readonly body: string | Uint8Array
  readonly id?: string
  readonly timestamp?: string
}

/** Signs a body as each scheme documents it. */
export const signers: Readonly<Record<SignatureScheme, (given: ToSign) => Record<string, string>>> = {
  'standard-webhooks': (given) => signStandardWebhook(given),
  'x-hub-signature-256': ({ secret, body }) => ({ 'x-hub-signature-256': `sha256=${signHex(secret, body)}` }),
  'x-hub-signature': ({ secret, body }) => ({ 'x-hub-signature': `sha256=${signHex(secret, body)}` }),
  'x-gitea-signature': ({ secret, body }) => ({ 'x-gitea-signature': signHex(secret, body) }),
  'x-gitlab-token': ({ secret }) => ({ 'x-gitlab-token': secret.plain }),
  'x-telegram-bot-api-secret-token': ({ secret }) => ({ 'x-telegram-bot-api-secret-token': secret.plain }),
}

export const schemeNames = Object.keys(signers) as SignatureScheme[]
/** The schemes that sign the body. */
export const signingSchemes = schemeNames.filter((name) => !name.endsWith('-token'))
/** The schemes that send the secret. */
export const sendingSchemes = schemeNames.filter((name) => name.endsWith('-token'))

export function signStandardWebhook(given: ToSign, family: 'webhook' | 'svix' = 'webhook'): Record<string, string> {
  const { secret, body, id = 'msg_1', timestamp = `${seconds}` } = given
  const hmac = createHmac('sha256', Buffer.from(secret.whsec.slice('whsec_'.length), 'base64'))
  const signature = hmac.update(`${id}.${timestamp}.`).update(body).digest('base64')
  return { [`${family}-id`]: id, [`${family}-timestamp`]: timestamp, [`${family}-signature`]: `v1,${signature}` }
}

export function signHex({ plain }: Pick<SignedUrl, 'plain'>, body: string | Uint8Array, hash = 'sha256'): string {
  return createHmac(hash, plain).update(body).digest('hex')
}

/** The result of a request: its status, the code of a rejection, and what the handler received. */
export interface Delivered {
  readonly status: number
  readonly code?: string
  readonly hook?: ReceivedHook
  readonly text: string
}

export interface SignedRequestOptions {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  readonly query?: string
}

/** Creates a function that sends requests to a receiver for any command. */
export function createSender(
  options: Partial<ReceiverOptions> = {},
): (url: string, request?: SignedRequestOptions) => Promise<Delivered> {
  let received: ReceivedHook | undefined
  const receiver = createReceiver({
    keys: key,
    now,
    onError: () => {},
    handlers: {
      '*': (hook) => {
        received = hook
      },
    },
    ...options,
  })
  return async (url, { method = 'POST', headers = {}, body = '{"a":1}', query } = {}) => {
    received = undefined
    const target = query === undefined ? url : `${url}?${query}`
    const content = method === 'POST' && body.length > 0 ? { body: body as string } : {}
    const all = { 'content-type': 'application/json', ...headers }
    const response = await receiver.fetch(new Request(target, { method, headers: all, ...content }))
    const text = await response.text()
    const isProblem = response.headers.get('content-type') === 'application/problem+json'
    return {
      status: response.status,
      text,
      ...(isProblem && { code: (JSON.parse(text) as { code: string }).code }),
      ...(received !== undefined && { hook: received as ReceivedHook }),
    }
  }
}
