import { createMinter, generateKey } from '@hookurl/core'
import { sign as signGithub } from '@octokit/webhooks-methods'
import { Webhook } from 'standardwebhooks'
import { Webhook as SvixWebhook } from 'svix'
import { describe, expect, test } from 'vitest'
import { baseUrl, key, now, oldKey, policy, seconds } from '../../support/fixtures.ts'
import { createSender, mintSigned, schemeNames, signers } from '../../support/signatures.ts'

const send = createSender()
const secret = await mintSigned({ userId: 42 })
const { url, whsec, plain } = secret
const body = '{"ref":"refs/heads/main"}'
const time = new Date(seconds * 1000)

/** Requests as the services send them: by their own libraries, or as documented. */
const deliveries: readonly [what: string, scheme: string, headers: Readonly<Record<string, string>>, body: string][] = [
  [
    'the library of Standard Webhooks',
    'standard-webhooks',
    {
      'webhook-id': 'msg_1',
      'webhook-timestamp': `${seconds}`,
      'webhook-signature': new Webhook(whsec).sign('msg_1', time, body),
    },
    body,
  ],
  [
    'the library of Svix',
    'standard-webhooks',
    {
      'svix-id': 'msg_1',
      'svix-timestamp': `${seconds}`,
      'svix-signature': new SvixWebhook(whsec).sign('msg_1', time, body),
    },
    body,
  ],
  [
    'the library of GitHub',
    'x-hub-signature-256',
    {
      'user-agent': 'GitHub-Hookshot/044aadd',
      'x-github-event': 'push',
      'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
      'x-hub-signature-256': await signGithub(plain, body),
    },
    body,
  ],
  [
    // docs.gitlab.com/user/project/integrations/webhooks, "Delivery headers"
    'GitLab with a secret token',
    'x-gitlab-token',
    {
      'user-agent': 'GitLab/18.5.0-pre',
      'idempotency-key': 'f5e5f430-f57b-4e6e-9fac-d9128cd7232f',
      'x-gitlab-event': 'Push Hook',
      'x-gitlab-instance': 'https://gitlab.com',
      'x-gitlab-token': plain,
      'x-gitlab-webhook-uuid': '02affd2d-2cba-4033-917d-ec22d5dc4b38',
    },
    '{"object_kind":"push","ref":"refs/heads/main"}',
  ],
  [
    'GitLab with a signing token',
    'standard-webhooks',
    {
      'x-gitlab-event': 'Push Hook',
      'idempotency-key': 'f5e5f430-f57b-4e6e-9fac-d9128cd7232f',
      'webhook-id': 'f5e5f430-f57b-4e6e-9fac-d9128cd7232f',
      'webhook-timestamp': `${seconds}`,
      'webhook-signature': new Webhook(whsec).sign('f5e5f430-f57b-4e6e-9fac-d9128cd7232f', time, body),
    },
    body,
  ],
  [
    // core.telegram.org/bots/api#setwebhook
    'Telegram',
    'x-telegram-bot-api-secret-token',
    { 'x-telegram-bot-api-secret-token': plain },
    '{"update_id":10000,"message":{"message_id":1365,"date":1800000000,"chat":{"id":1111111,"type":"private"},"text":"/start"}}',
  ],
]

test.each(deliveries)('a delivery by %s is accepted', async (_what, scheme, headers, sent) => {
  const { hook } = await send(url, { headers, body: sent })
  expect(hook?.signedBy).toBe(scheme)
  expect(hook?.payload).toEqual(JSON.parse(sent))
})

test.each(deliveries.filter(([, scheme]) => !scheme.endsWith('-token')))(
  'a delivery by %s with an edited body is rejected',
  async (_what, _scheme, headers, sent) => {
    expect((await send(url, { headers, body: `${sent} ` })).code).toBe('unsigned_request')
  },
)

describe('the secret', () => {
  test('has the length and the characters that Telegram and GitLab accept', () => {
    // core.telegram.org/bots/api#setwebhook: 1 to 256 characters; GitLab: whsec_ and 32 bytes of base64.
    expect(plain).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(whsec).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(Buffer.from(whsec.slice(6), 'base64')).toEqual(Buffer.from(plain, 'base64url'))
  })

  test('is the same for the full and the short format of one token', async () => {
    const short = url.replace('eyJhbGciOiJIUzI1NiJ9.', '')
    expect(short).not.toBe(url)
    expect(await createMinter({ keys: key, baseUrl, expiresIn: '1d' }).signingSecret(short)).toBe(whsec)
    for (const scheme of schemeNames) {
      const { hook } = await send(short, { headers: signers[scheme]({ secret, body }), body })
      expect(hook?.signedBy, scheme).toBe(scheme)
    }
  })

  test('is the same for the signed and the encrypted format of equal claims', async () => {
    const fields = { command: '/onIncident', id: 'incident-7', userId: 42, requireSignature: true }
    const encrypted = await mintSigned({ ...fields, encrypt: true })
    const open = await mintSigned(fields)
    expect(encrypted.url).not.toBe(open.url)
    expect(encrypted.whsec).toBe(open.whsec)
    const headers = signers['x-hub-signature-256']({ secret: open, body })
    expect((await send(encrypted.url, { headers, body })).hook?.signedBy).toBe('x-hub-signature-256')
  })

  test('of two URLs minted with equal options differs, because each has its own ID', async () => {
    const [one, other] = await Promise.all([mintSigned({ userId: 42 }), mintSigned({ userId: 42 })])
    expect(one.whsec).not.toBe(other.whsec)
    const headers = signers['x-gitlab-token']({ secret: one, body })
    expect((await send(other.url, { headers, body })).code).toBe('unsigned_request')
  })

  test('of another purpose, and of another key, differs', async () => {
    const options = { command: '/onIncident', id: 'incident-7', requireSignature: true }
    const common = { baseUrl, expiresIn: '30d', now } as const
    const minters = [
      createMinter({ ...common, keys: key }),
      createMinter({ ...common, keys: key, purpose: 'billing' }),
      createMinter({ ...common, keys: oldKey }),
    ]
    const secrets = await Promise.all(minters.map(async (minter) => minter.signingSecret(await minter.mint(options))))
    expect(new Set(secrets).size).toBe(3)
  })

  test('of an issued URL stays the same when the key is rotated, until it is retired', async () => {
    const newKey = generateKey()
    const rotated = createMinter({ keys: [newKey, key].join(','), baseUrl, expiresIn: '30d' })
    expect(await rotated.signingSecret(url)).toBe(whsec)
    const headers = signers['standard-webhooks']({ secret, body })
    const { hook } = await createSender({ ...policy, keys: [newKey, key].join(',') })(url, { headers, body })
    expect(hook?.signedBy).toBe('standard-webhooks')
    const { code } = await createSender({ ...policy, keys: newKey })(url, { headers, body })
    expect(code).toBe('invalid_signature')
  })
})
