import { createHmac, randomUUID } from 'node:crypto'
import { createMinter } from '@hookurl/core'
import { invalidOption } from '@hookurl/core/internal'
import type { SignatureScheme } from '@hookurl/verify'
import type { HeaderList } from '../http/client.ts'
import type { Output } from '../io/output.ts'
import { defaultBaseUrl, type KeyFlags, loadSettings } from '../keys/load.ts'
import type { TestRequest } from './build-request.ts'

/** The flags of `send` that sign the request. */
export interface SignFlags extends KeyFlags {
  /** `true` without a scheme. */
  sign?: string | true
}

/** What is signed, and with what. */
interface ToSign {
  /** The 32 bytes of the signing secret. */
  readonly bytes: Buffer
  /** The same in 43 characters. */
  readonly plain: string
  readonly body: Uint8Array
  /** The ID of the delivery. */
  readonly id: string
  /** In seconds. */
  readonly now: number
}

const defaultScheme = 'standard-webhooks'

const signers: Readonly<Record<SignatureScheme, (given: ToSign) => Readonly<Record<string, string>>>> = {
  'standard-webhooks': ({ bytes, body, id, now }) => ({
    'webhook-id': id,
    'webhook-timestamp': `${now}`,
    'webhook-signature': `v1,${createHmac('sha256', bytes).update(`${id}.${now}.`).update(body).digest('base64')}`,
  }),
  'x-hub-signature-256': (given) => ({ 'x-hub-signature-256': `sha256=${signHex(given)}` }),
  'x-hub-signature': (given) => ({ 'x-hub-signature': `sha256=${signHex(given)}` }),
  'x-gitea-signature': (given) => ({ 'x-gitea-signature': signHex(given) }),
  'x-gitlab-token': ({ plain }) => ({ 'x-gitlab-token': plain }),
  'x-telegram-bot-api-secret-token': ({ plain }) => ({ 'x-telegram-bot-api-secret-token': plain }),
}

/** The help of `--sign`. */
export const signHelp: string = `sign with the URL's signing secret: ${Object.keys(signers).join(', ')}`

/**
 * Returns the URL on the command line: after `--sign` without a scheme, it is parsed as the scheme.
 *
 * @throws {HookurlError} `invalid_option` for an unknown scheme
 */
export function resolveSignFlag<F extends SignFlags>(
  argument: string | undefined,
  flags: F,
): { argument: string | undefined; flags: F } {
  const { sign } = flags
  if (typeof sign !== 'string' || Object.hasOwn(signers, sign)) return { argument, flags }
  if (argument === undefined) return { argument: sign, flags: { ...flags, sign: true } }
  throw invalidOption('--sign is not a scheme', `Use one of: ${Object.keys(signers).join(', ')}.`)
}

/**
 * Signs a request with the signing secret of its URL, if the flags say so.
 *
 * @throws {HookurlError} `invalid_option` for a URL that was minted without `requireSignature`
 */
export async function signRequest(request: TestRequest, flags: SignFlags, output: Output): Promise<TestRequest> {
  const { sign, keysFile, purpose } = flags
  if (sign === undefined) {
    if (keysFile === undefined && purpose === undefined) return request
    throw invalidOption('--keys-file and --purpose require --sign', 'Remove them: an unsigned request needs no keys.')
  }
  const settings = await loadSettings({ keysFile, purpose }, output)
  const minter = createMinter({
    keys: settings.keys,
    purpose: settings.purpose,
    baseUrl: defaultBaseUrl,
    expiresIn: '30d',
  })
  const plain = await minter.signingSecret(request.url.href, { encoding: 'plain' })
  const id = findHeader(request.headers, 'webhook-id') ?? `msg_${randomUUID()}`
  const now = Math.floor(Date.now() / 1000)
  const signer = signers[sign === true ? defaultScheme : (sign as SignatureScheme)]
  const signature = signer({ bytes: Buffer.from(plain, 'base64url'), plain, body: request.body, id, now })
  const others = request.headers.filter(([name]) => !Object.hasOwn(signature, name.toLowerCase()))
  return { ...request, headers: [...others, ...Object.entries(signature)] }
}

function signHex({ plain, body }: ToSign): string {
  return createHmac('sha256', plain).update(body).digest('hex')
}

function findHeader(headers: HeaderList, wanted: string): string | undefined {
  return headers.find(([name]) => name.toLowerCase() === wanted)?.[1]
}
