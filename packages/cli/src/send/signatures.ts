import { createHmac } from 'node:crypto'
import type { SignedRequest } from './services.ts'

/** A delivery to sign: its headers, and the input for the signature. */
export interface SignedDelivery extends SignedRequest {
  readonly headers: Readonly<Record<string, string>>
}

/** Returns the headers that prove where a delivery comes from. */
type Sign = (delivery: SignedDelivery) => Readonly<Record<string, string>>

/** The published schemes, by the service that `--as` accepts. */
export const signatures: Readonly<Record<string, Sign>> = {
  // https://developers.asana.com/docs/webhooks-guide
  asana: ({ secret, body }) => ({ 'x-hook-signature': hmac(secret, body) }),
  // https://www.dropbox.com/developers/reference/webhooks
  dropbox: ({ secret, body }) => ({ 'x-dropbox-signature': hmac(secret, body) }),
  // https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
  github: ({ secret, body }) => ({ 'x-hub-signature-256': `sha256=${hmac(secret, body)}` }),
  // https://learn.microsoft.com/en-us/linkedin/shared/api-guide/webhook-validation
  linkedin: ({ secret, body }) => ({ 'x-li-signature': `hmacsha256=${hmac(secret, `hmacsha256=${body}`)}` }),
  // https://developers.facebook.com/docs/graph-api/webhooks/getting-started
  meta: ({ secret, body }) => ({ 'x-hub-signature-256': `sha256=${hmac(secret, body)}` }),
  // https://docs.slack.dev/authentication/verifying-requests-from-slack
  slack: ({ secret, body, now }) => ({
    'x-slack-request-timestamp': `${now}`,
    'x-slack-signature': `v0=${hmac(secret, `v0:${now}:${body}`)}`,
  }),
  // https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
  'standard-webhooks': ({ secret, body, now, headers }) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
    const signed = `${headers['webhook-id']}.${now}.${body}`
    return {
      'webhook-timestamp': `${now}`,
      'webhook-signature': `v1,${createHmac('sha256', key).update(signed).digest('base64')}`,
    }
  },
  // https://docs.stripe.com/webhooks/signature
  stripe: ({ secret, body, now }) => ({ 'stripe-signature': `t=${now},v1=${hmac(secret, `${now}.${body}`)}` }),
  // https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks
  trello: ({ secret, body, url }) => ({
    'x-trello-webhook': createHmac('sha1', secret).update(body).update(url).digest('base64'),
  }),
  // https://www.twilio.com/docs/usage/webhooks/webhooks-security
  twilio: ({ secret, body, url }) => {
    const fields = [...new URLSearchParams(body)].sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0))
    const signed = url + fields.map(([name, value]) => name + value).join('')
    return { 'x-twilio-signature': createHmac('sha1', secret).update(signed).digest('base64') }
  },
  // https://dev.twitch.tv/docs/eventsub/handling-webhook-events
  twitch: ({ secret, body, now, headers }) => {
    const timestamp = new Date(now * 1000).toISOString()
    const id = headers['twitch-eventsub-message-id'] ?? ''
    return {
      'twitch-eventsub-message-timestamp': timestamp,
      'twitch-eventsub-message-signature': `sha256=${hmac(secret, id + timestamp + body)}`,
    }
  },
  // https://docs.x.com/x-api/webhooks/quickstart
  x: ({ secret, body }) => ({
    'x-twitter-webhooks-signature': `sha256=${createHmac('sha256', secret).update(body).digest('base64')}`,
  }),
  // https://developers.zoom.us/docs/api/webhooks
  zoom: ({ secret, body, now }) => ({
    'x-zm-request-timestamp': `${now}`,
    'x-zm-signature': `v0=${hmac(secret, `v0:${now}:${body}`)}`,
  }),
}

function hmac(secret: string, message: string): string {
  return createHmac('sha256', secret).update(message).digest('hex')
}
