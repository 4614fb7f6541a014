import { gzipSync } from 'node:zlib'
import type { ReceiverOptions, SignatureScheme } from '@hookurl/verify'
import { describe, expect, test } from 'vitest'
import { now, seconds } from '../../support/fixtures.ts'
import {
  createSender,
  mintSigned,
  schemeNames,
  sendingSchemes,
  signedMinter,
  signers,
  signHex,
  signingSchemes,
  signStandardWebhook,
} from '../../support/signatures.ts'

const send = createSender()
const secret = await mintSigned({ userId: 42, id: 'incident-7' })
const { url } = secret
const body = '{"incident":7,"note":"Grüße"}'
const id = 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W'
const sha256 = 'ee660663910f17fb31f834adb3df0accff3f9ed46d23fa2b03b846a36084068a'
const sha384 = '6c014c467c6b7d68a993ba8c3ca4eddc9dd3a2f86bbd60f9a4d217b9c59456e1e5a8304c6bd69e36fb399eca14d594dd'
const sha512 =
  'c8df44a356a6b478756aca111e05c4a3e8132aeae437c8a40b461c6733ba6d48e97740e652e619e71e44e0df7b5bde50de1c2dd5b7cab541b390267bb0590be9'
const webhook = 'v1,Zk6WL4wsLcvM8h6s54Cw2MbMAXPhN7M93G4tL7PLtUc='

// The hashes are those of `openssl dgst -sha256 -hmac SECRET` and `openssl dgst -sha256 -mac HMAC -macopt hexkey:KEY`.
const accepted: readonly [what: string, scheme: SignatureScheme, headers: Readonly<Record<string, string>>][] = [
  [
    'Standard Webhooks',
    'standard-webhooks',
    { 'webhook-id': id, 'webhook-timestamp': `${seconds}`, 'webhook-signature': webhook },
  ],
  ['Svix', 'standard-webhooks', { 'svix-id': id, 'svix-timestamp': `${seconds}`, 'svix-signature': webhook }],
  [
    'several signatures, of which one holds',
    'standard-webhooks',
    {
      'webhook-id': id,
      'webhook-timestamp': `${seconds}`,
      'webhook-signature': `v1,${'A'.repeat(43)}= v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg== ${webhook}`,
    },
  ],
  [
    'a repeated header, which Node joins',
    'standard-webhooks',
    {
      'webhook-id': id,
      'webhook-timestamp': `${seconds}`,
      'webhook-signature': `${webhook}, v1,${'A'.repeat(43)}=`,
    },
  ],
  ['GitHub', 'x-hub-signature-256', { 'x-hub-signature-256': `sha256=${sha256}` }],
  [
    'GitHub, with its SHA-1 signature for old receivers',
    'x-hub-signature-256',
    {
      'x-hub-signature': 'sha1=7d38cdd689735b008b3c702edd92eea23791c5f6',
      'x-hub-signature-256': `sha256=${sha256}`,
    },
  ],
  ['Bitbucket', 'x-hub-signature', { 'x-hub-signature': `sha256=${sha256}` }],
  ['a WebSub hub with SHA-384', 'x-hub-signature', { 'x-hub-signature': `sha384=${sha384}` }],
  ['a WebSub hub with SHA-512', 'x-hub-signature', { 'x-hub-signature': `sha512=${sha512}` }],
  [
    'a WebSub hub that also signs with SHA-1',
    'x-hub-signature',
    { 'x-hub-signature': `sha1=7d38cdd689735b008b3c702edd92eea23791c5f6, sha512=${sha512}` },
  ],
  ['Gitea', 'x-gitea-signature', { 'x-gitea-signature': sha256 }],
  ['GitLab', 'x-gitlab-token', { 'x-gitlab-token': 'DWPDVjnARFPTLDmPHoy0jcuilEp397BjzDJc47mHqiA' }],
  [
    'Telegram',
    'x-telegram-bot-api-secret-token',
    { 'x-telegram-bot-api-secret-token': 'DWPDVjnARFPTLDmPHoy0jcuilEp397BjzDJc47mHqiA' },
  ],
]

test.each(accepted)('a delivery of %s is accepted, and signedBy is %s', async (_what, scheme, headers) => {
  const { status, hook } = await send(url, { headers, body })
  expect(status).toBe(200)
  expect(hook?.signedBy).toBe(scheme)
  expect(hook?.payload).toEqual({ incident: 7, note: 'Grüße' })
})

const recent = { 'webhook-id': id, 'webhook-timestamp': `${seconds}` }
const rejected: readonly [what: string, headers: Readonly<Record<string, string>>][] = [
  ['without a signature', {}],
  ['with empty headers', { 'x-hub-signature-256': '', 'x-gitlab-token': '', 'x-telegram-bot-api-secret-token': '' }],
  ['with the secret in the encoding of Standard Webhooks', { 'x-gitlab-token': secret.whsec }],
  ['with the plain secret as a signature', { 'x-hub-signature-256': `sha256=${secret.plain}` }],
  ['with only the SHA-1 signature of GitHub', { 'x-hub-signature': 'sha1=7d38cdd689735b008b3c702edd92eea23791c5f6' }],
  ['with an unknown algorithm', { 'x-hub-signature': `md5=${sha256}` }],
  ['with the name of a property as the algorithm', { 'x-hub-signature': `constructor=${sha256}` }],
  ['with the algorithm of another length', { 'x-hub-signature': `sha512=${sha256}` }],
  ['with SHA-512 in the header for SHA-256', { 'x-hub-signature-256': `sha512=${sha512}` }],
  ['with a signature without its prefix', { 'x-hub-signature-256': sha256 }],
  ['with a signature in upper case', { 'x-hub-signature-256': `sha256=${sha256.toUpperCase()}` }],
  ['with half a signature', { 'x-hub-signature-256': `sha256=${sha256.slice(0, 32)}` }],
  ['with a signature and more', { 'x-hub-signature-256': `sha256=${sha256}00` }],
  ['with a prefix in the header of Gitea', { 'x-gitea-signature': `sha256=${sha256}` }],
  ['with half the secret', { 'x-gitlab-token': secret.plain.slice(0, 21) }],
  ['with the secret twice', { 'x-gitlab-token': `${secret.plain}, ${secret.plain}` }],
  ['with the secret as a bearer token', { 'x-gitlab-token': `Bearer ${secret.plain}` }],
  ['signed for another ID', { ...recent, 'webhook-id': 'msg_2', 'webhook-signature': webhook }],
  ['without an ID', { 'webhook-timestamp': `${seconds}`, 'webhook-signature': webhook }],
  ['without a timestamp', { 'webhook-id': id, 'webhook-signature': webhook }],
  ['with the headers of two families', { ...recent, 'svix-signature': webhook }],
  ['with a version that does not exist', { ...recent, 'webhook-signature': webhook.replace('v1', 'v2') }],
  ['with an asymmetric version', { ...recent, 'webhook-signature': webhook.replace('v1', 'v1a') }],
  ['with a signature in base64url', { ...recent, 'webhook-signature': webhook.replace('=', '') }],
  ['with a signature of nothing', { ...recent, 'webhook-signature': 'v1,' }],
  ['with a version alone', { ...recent, 'webhook-signature': 'v1' }],
]

test.each(rejected)('a delivery %s is rejected as unsigned_request', async (_what, headers) => {
  const { status, code, hook } = await send(url, { headers, body })
  expect([status, code]).toEqual([403, 'unsigned_request'])
  expect(hook).toBeUndefined()
})

test('every rejection has the same response', async () => {
  const bodies = await Promise.all(rejected.map(async ([, headers]) => (await send(url, { headers, body })).text))
  expect(new Set(bodies).size).toBe(1)
})

test('signedBy is undefined on a URL that requires no signature, whatever is sent', async () => {
  const unrestricted = await signedMinter.mint({ command: '/onIncident' })
  const { status, hook } = await send(unrestricted, { headers: signers['x-gitlab-token']({ secret, body }), body })
  expect(status).toBe(200)
  expect(hook).not.toHaveProperty('signedBy')
})

describe.each(schemeNames)('%s', (scheme) => {
  const sign = signers[scheme]

  test('a delivery signed with the secret of another URL is rejected', async () => {
    const other = await mintSigned({ userId: 42, id: 'incident-8' })
    expect((await send(url, { headers: sign({ secret: other, body }), body })).code).toBe('unsigned_request')
  })

  test('it is accepted where signatureSchemes names it', async () => {
    const { hook } = await createSender({ signatureSchemes: [scheme] })(url, {
      headers: sign({ secret, body }),
      body,
    })
    expect(hook?.signedBy).toBe(scheme)
  })

  test('it is rejected where signatureSchemes names all others', async () => {
    const signatureSchemes = schemeNames.filter((name) => name !== scheme)
    const { code } = await createSender({ signatureSchemes })(url, { headers: sign({ secret, body }), body })
    expect(code).toBe('unsigned_request')
  })

  test('a delivery without a body is accepted', async () => {
    const { status, hook } = await send(url, { headers: sign({ secret, body: '' }), body: '' })
    expect(status).toBe(200)
    expect(hook?.payload).toBeUndefined()
  })

  test('a signature next to invalid ones of all other schemes is accepted', async () => {
    const other = await mintSigned({ id: 'other' })
    const headers = Object.assign({}, ...Object.values(signers).map((signOther) => signOther({ secret: other, body })))
    const { hook } = await send(url, { headers: { ...headers, ...sign({ secret, body }) }, body })
    expect(hook?.signedBy).toBe(scheme)
  })
})

describe.each(signingSchemes)('%s, which signs the body', (scheme) => {
  const sign = signers[scheme]
  const bytes = Uint8Array.from({ length: 512 }, (_, index) => (index * 7) % 256)
  const binary = { 'content-type': 'application/octet-stream' }

  test('binary bodies are compared byte by byte', async () => {
    const { hook } = await send(url, { headers: { ...binary, ...sign({ secret, body: bytes }) }, body: bytes })
    expect(hook?.payload).toEqual(bytes)
    const changed = bytes.with(511, 0)
    const { code } = await send(url, { headers: { ...binary, ...sign({ secret, body: bytes }) }, body: changed })
    expect(code).toBe('unsigned_request')
  })

  test('a compressed body may be signed before it is compressed', async () => {
    const headers = { 'content-encoding': 'gzip', ...sign({ secret, body }) }
    expect((await send(url, { headers, body: gzipSync(body) })).hook?.payload).toEqual(JSON.parse(body))
  })

  test('a compressed body may be signed as it is sent', async () => {
    const compressed = gzipSync(body)
    const headers = { 'content-encoding': 'gzip', ...sign({ secret, body: compressed }) }
    expect((await send(url, { headers, body: compressed })).hook?.payload).toEqual(JSON.parse(body))
  })

  test('a compressed body that is signed as sent, and cannot be inflated, is malformed_body', async () => {
    const broken = gzipSync(body).subarray(0, -4)
    const headers = { 'content-encoding': 'gzip', ...sign({ secret, body: broken }) }
    expect((await send(url, { headers, body: broken })).code).toBe('malformed_body')
  })

  test('a signed body that is not JSON is malformed_body', async () => {
    expect((await send(url, { headers: sign({ secret, body: '{' }), body: '{' })).code).toBe('malformed_body')
  })
})

describe.each(sendingSchemes)('%s, which sends the secret', (scheme) => {
  test('the secret is accepted with any body', async () => {
    const headers = signers[scheme]({ secret, body })
    for (const other of [body, '{}']) expect((await send(url, { headers, body: other })).status).toBe(200)
  })
})

describe('the timestamp of Standard Webhooks', () => {
  test.each([
    [-300, 200],
    [-301, 403],
    [300, 200],
    [301, 403],
  ])('%i seconds from now gets %i', async (offset, status) => {
    const headers = signStandardWebhook({ secret, body, timestamp: `${seconds + offset}` })
    expect((await send(url, { headers, body })).status).toBe(status)
  })

  test.each([`0${seconds}`, `${seconds}.0`, `+${seconds}`, `${seconds}e0`, `0x6b49d200`, `${seconds}000`])(
    '%s is rejected, even if it is signed',
    async (timestamp) => {
      const headers = signStandardWebhook({ secret, body, timestamp })
      expect((await send(url, { headers, body })).code).toBe('unsigned_request')
    },
  )

  test('it is compared with the option now', async () => {
    const later = createSender({ now: () => now() + 3_600_000 })
    const headers = signStandardWebhook({ secret, body, timestamp: `${seconds + 3600}` })
    expect((await later(url, { headers, body })).status).toBe(200)
  })
})

test('an ID that takes in the timestamp, so that the body starts later, is rejected', async () => {
  const text = { 'content-type': 'text/plain' }
  const signed = signStandardWebhook({ secret, body: `${seconds}.rest`, timestamp: `${seconds - 1}` })
  const moved = { ...signed, 'webhook-id': `msg_1.${seconds - 1}`, 'webhook-timestamp': `${seconds}` }
  expect((await send(url, { headers: { ...text, ...signed }, body: `${seconds}.rest` })).status).toBe(200)
  expect((await send(url, { headers: { ...text, ...moved }, body: 'rest' })).code).toBe('unsigned_request')
})

test('an ID that takes in the timestamp and the start of the body is rejected', async () => {
  const text = { 'content-type': 'text/plain' }
  const signed = signStandardWebhook({ secret, body: `start.${seconds}.rest`, timestamp: `${seconds - 1}` })
  const moved = { ...signed, 'webhook-id': `msg_1.${seconds - 1}.start`, 'webhook-timestamp': `${seconds}` }
  expect((await send(url, { headers: { ...text, ...signed }, body: `start.${seconds}.rest` })).status).toBe(200)
  expect((await send(url, { headers: { ...text, ...moved }, body: 'rest' })).code).toBe('unsigned_request')
})

test.each(['msg.1', 'msg.20261129', 'msg.12345678901', 'msg1800000000'])('the ID %s is accepted', async (name) => {
  expect((await send(url, { headers: signStandardWebhook({ secret, body, id: name }), body })).status).toBe(200)
})

test.each([5, 4096, 4097, 10_000])(
  'an svix-id that is signed does not hide behind another webhook-id of %i characters',
  async (length) => {
    const headers = { ...signStandardWebhook({ secret, body }, 'svix'), 'webhook-id': 'a'.repeat(length) }
    expect((await send(url, { headers, body })).code).toBe('unsigned_request')
  },
)

describe('limits', () => {
  test.each([
    ['16 signatures are read', 15, 200],
    ['the 17th signature is ignored', 16, 403],
  ])('%s', async (_what, others, status) => {
    const signed = signStandardWebhook({ secret, body })
    const list = [...Array<string>(others).fill(`v1,${'A'.repeat(43)}=`), signed['webhook-signature']].join(' ')
    expect((await send(url, { headers: { ...signed, 'webhook-signature': list }, body })).status).toBe(status)
  })

  test('a header of more than 4,096 characters is ignored', async () => {
    const headers = signStandardWebhook({ secret, body, id: 'a'.repeat(4097) })
    expect((await send(url, { headers, body })).code).toBe('unsigned_request')
    const longest = signStandardWebhook({ secret, body, id: 'a'.repeat(4096) })
    expect((await send(url, { headers: longest, body })).status).toBe(200)
  })

  test('the 17th algorithm is ignored', async () => {
    const signature = `sha256=${signHex(secret, body)}`
    const list = (others: number) => [...Array<string>(others).fill('sha1=00'), signature].join(',')
    expect((await send(url, { headers: { 'x-hub-signature': list(15) }, body })).status).toBe(200)
    expect((await send(url, { headers: { 'x-hub-signature': list(16) }, body })).status).toBe(403)
  })
})

describe('the option signatureSchemes', () => {
  const invalid: readonly unknown[] = [[], ['github'], ['X-Hub-Signature-256'], 'x-hub-signature-256', null, [1], {}]
  test.each(invalid.map((given) => ({ given })))('$given is rejected', ({ given }) => {
    const options = { signatureSchemes: given } as Partial<ReceiverOptions>
    expect(() => createSender(options)).toThrow(expect.objectContaining({ code: 'invalid_option' }))
  })
})
