import type { HandshakeOptions } from '@hookurl/verify'
import type { TestRequest } from './clients.ts'
import { seconds } from './fixtures.ts'

/** A handshake as the service documents it. */
export interface HandshakeCase {
  readonly service: string
  readonly request: Omit<TestRequest, 'path'> & { readonly query?: string }
  /** The challenge, which must not be echoed without a valid token. */
  readonly value: string
  readonly response: {
    readonly json?: unknown
    readonly text?: string
    readonly headers?: Readonly<Record<string, string>>
  }
  /** Whether the handshake is recognized by its body. */
  readonly needsBody?: boolean
  /** Whether it is a handshake even where GET may run the command. */
  readonly isUnambiguous?: boolean
  readonly options?: { readonly handshakes: HandshakeOptions }
}

const json = { 'content-type': 'application/json; charset=utf-8' }
const value = '3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P'
const code = '512d38b6-c7b8-40c8-89fe-f46f9e9622b6'

export const handshakeCases: readonly HandshakeCase[] = [
  {
    service: 'Slack',
    request: {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ token: 'Jhj5dZrVaK7ZwHHjRyZWjbDl', challenge: value, type: 'url_verification' }),
    },
    value,
    response: { json: { challenge: value } },
    needsBody: true,
  },
  {
    service: 'Feishu',
    request: {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ challenge: value, token: 'xxxxxx', type: 'url_verification' }),
    },
    value,
    response: { json: { challenge: value } },
    needsBody: true,
  },
  {
    service: 'monday.com',
    request: { method: 'POST', headers: json, body: JSON.stringify({ challenge: value }) },
    value,
    response: { json: { challenge: value } },
    needsBody: true,
  },
  {
    service: 'Azure Event Grid',
    request: {
      method: 'POST',
      headers: { ...json, 'aeg-event-type': 'SubscriptionValidation' },
      body: JSON.stringify([
        {
          id: '2d1781af-3a4c-4d7c-bd0c-e34b19da4e66',
          topic: '/subscriptions/xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx',
          subject: '',
          data: { validationCode: code, validationUrl: 'https://rp-eastus2.eventgrid.azure.net:553/validate?id=1' },
          eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent',
          eventTime: '2026-01-25T22:12:19.4556811Z',
          metadataVersion: '1',
          dataVersion: '1',
        },
      ]),
    },
    value: code,
    response: { json: { validationResponse: code } },
    needsBody: true,
  },
  {
    service: 'Meta',
    request: { method: 'GET', query: 'hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=meatyhamhock' },
    value: '1158201444',
    response: { text: '1158201444' },
    isUnambiguous: true,
  },
  {
    service: 'Strava',
    request: {
      method: 'GET',
      query: 'hub.verify_token=STRAVA&hub.challenge=15f7d1a91c1f40f8a748fd134752feb3&hub.mode=subscribe',
    },
    value: '15f7d1a91c1f40f8a748fd134752feb3',
    response: { json: { 'hub.challenge': '15f7d1a91c1f40f8a748fd134752feb3' } },
    isUnambiguous: true,
    options: { handshakes: { strava: true } },
  },
  {
    service: 'WebSub',
    request: {
      method: 'GET',
      query:
        'hub.mode=unsubscribe&hub.topic=https%3A%2F%2Fexample.com%2Ffeed&hub.challenge=d2VsY29tZQ&hub.lease_seconds=864000',
    },
    value: 'd2VsY29tZQ',
    response: { text: 'd2VsY29tZQ' },
    isUnambiguous: true,
  },
  { service: 'Dropbox', request: { method: 'GET', query: `challenge=${value}` }, value, response: { text: value } },
  { service: 'Onfleet', request: { method: 'GET', query: `check=${value}` }, value, response: { text: value } },
  { service: 'Lucca', request: { method: 'GET', query: `echo=${value}` }, value, response: { text: value } },
  {
    service: 'Oura',
    request: { method: 'GET', query: `verification_token=s3cret-shared-with-oura&challenge=${value}` },
    value,
    response: { json: { challenge: value } },
  },
  {
    // docs.prelude.so/session/documentation/webhooks/verification-event
    service: 'Prelude',
    request: { method: 'GET', query: 'event=activate&verification_token=xxxxxx&challenge=1234567890&app_id=app_1' },
    value: '1234567890',
    response: { text: '1234567890' },
  },
  {
    service: 'WeChat',
    request: {
      method: 'GET',
      query:
        'signature=f464b24fc39322e44b38aa78f5edd27bd1441696&timestamp=1714036504&nonce=1514711492&echostr=4375120948345356249',
    },
    value: '4375120948345356249',
    response: { text: '4375120948345356249' },
    isUnambiguous: true,
  },
  {
    // helpx.adobe.com/sign/developer/webhook/overview.html
    service: 'Adobe Acrobat Sign',
    request: { method: 'GET', headers: { 'x-adobesign-clientid': 'BGBQIIE7H253K6' } },
    value: 'BGBQIIE7H253K6',
    response: { json: { xAdobeSignClientId: 'BGBQIIE7H253K6' } },
    isUnambiguous: true,
  },
  {
    service: 'Mailchimp',
    request: { method: 'GET', headers: { 'user-agent': 'MailChimp.com WebHook Validator' } },
    value: 'MailChimp.com',
    response: {},
    isUnambiguous: true,
  },
  {
    service: 'SharePoint',
    request: { method: 'POST', query: `validationtoken=${code}`, headers: { 'content-length': '0' } },
    value: code,
    response: { text: code },
  },
  {
    service: 'SharePoint, with a content type',
    request: { method: 'POST', query: `validationtoken=${code}`, headers: { ...json, 'content-length': '0' } },
    value: code,
    response: { text: code },
  },
  {
    // learn.microsoft.com/onedrive/developer/rest-api/concepts/webhook-receiver-validation-request
    service: 'OneDrive',
    request: { method: 'POST', query: `validationToken=${code}`, headers: { 'content-length': '0' } },
    value: code,
    response: { text: code },
  },
  {
    // developers.ringcentral.com/guide/notifications/webhooks/creating-webhooks
    service: 'RingCentral',
    request: { method: 'POST', headers: { ...json, 'content-length': '0', 'validation-token': code } },
    value: code,
    response: { headers: { 'validation-token': code } },
  },
  {
    // dev.frontapp.com/docs/application-webhooks
    service: 'Front',
    request: {
      method: 'POST',
      headers: { ...json, 'x-front-challenge': value },
      body: JSON.stringify({ type: 'sync', authorization: { id: 'cmp_abc' } }),
    },
    value,
    response: { json: { challenge: value } },
  },
  {
    service: 'MCP events',
    request: {
      method: 'POST',
      headers: { ...json, 'webhook-id': 'msg_verification_1', 'x-mcp-subscription-id': 'sub_1' },
      body: JSON.stringify({ type: 'verification', challenge: value }),
    },
    value,
    response: { json: { challenge: value } },
    needsBody: true,
  },
  {
    // developers.miro.com/reference/webhooks-overview
    service: 'Miro',
    request: {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ challenge: 'c273e4a3-01cf-4505-9bc4-27a37dd83c1d' }),
    },
    value: 'c273e4a3-01cf-4505-9bc4-27a37dd83c1d',
    response: { json: { challenge: 'c273e4a3-01cf-4505-9bc4-27a37dd83c1d' } },
    needsBody: true,
  },
  {
    // dev.twitch.tv/docs/eventsub/handling-webhook-events
    service: 'Twitch',
    request: {
      method: 'POST',
      headers: { ...json, 'twitch-eventsub-message-type': 'webhook_callback_verification' },
      body: JSON.stringify({
        challenge: 'pogchamp-kappa-360noscope-vohiyo',
        subscription: {
          id: 'f1c2a387-161a-49f9-a165-0f21d7a4e1c4',
          status: 'webhook_callback_verification_pending',
          type: 'channel.follow',
          version: '1',
          cost: 1,
          condition: { broadcaster_user_id: '12826' },
          transport: { method: 'webhook', callback: 'https://example.com/webhooks/callback' },
          created_at: '2019-11-16T10:11:12.634234626Z',
        },
      }),
    },
    value: 'pogchamp-kappa-360noscope-vohiyo',
    response: { text: 'pogchamp-kappa-360noscope-vohiyo' },
    needsBody: true,
  },
  {
    // developer.open-douyin.com/docs/resource/zh-CN/dop/develop/webhooks/summarize
    service: 'Douyin',
    request: {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ event: 'verify_webhook', client_key: '', content: { challenge: 12345 } }),
    },
    value: '12345',
    response: { json: { challenge: 12345 } },
    needsBody: true,
  },
  {
    // docs.x.com/x-api/webhooks/quickstart
    service: 'X',
    request: { method: 'GET', query: 'crc_token=foo' },
    value: 'aGVxBz1/4Rg+pEjAYTNrnPpRNhMMYsGzVF0u3yLp0/Y=',
    response: { json: { response_token: 'sha256=aGVxBz1/4Rg+pEjAYTNrnPpRNhMMYsGzVF0u3yLp0/Y=' } },
    isUnambiguous: true,
    options: { handshakes: { x: { consumerSecret: 'b8T3kQnYpW0vLrXsJ6dUeC2mFzHaGi' } } },
  },
  {
    // learn.microsoft.com/linkedin/shared/api-guide/webhook-validation
    service: 'LinkedIn',
    request: { method: 'GET', query: 'challengeCode=890e4665-4dfe-4ab1-b689-ed553bceeed0' },
    value: '890e4665-4dfe-4ab1-b689-ed553bceeed0',
    response: {
      json: {
        challengeCode: '890e4665-4dfe-4ab1-b689-ed553bceeed0',
        challengeResponse: '0dd58317b435e264e1fb7292a6a562b605f3a82558e133287c1e7669442ec062',
      },
    },
    isUnambiguous: true,
    options: { handshakes: { linkedin: { clientSecret: 'WPL_AP1.q8FzHaGi2mCe.dUsJ6w==' } } },
  },
  {
    // The test vector of github.com/eBay/event-notification-dotnet-sdk.
    service: 'eBay',
    request: { method: 'GET', query: 'challenge_code=a8628072-3d33-45ee-9004-bee86830a22d' },
    value: 'a8628072-3d33-45ee-9004-bee86830a22d',
    response: { json: { challengeResponse: 'ca527df75caa230092d7e90484071e8f05d63068f1317973d6a3a42593734bbb' } },
    isUnambiguous: true,
    options: {
      handshakes: {
        ebay: {
          verificationToken: '71745723-d031-455c-bfa5-f90d11b4f20a',
          endpoint: 'http://www.testendpoint.com/webhook',
        },
      },
    },
  },
  {
    // The body that Zoom documents, and the secret and response of github.com/elastic/beats.
    service: 'Zoom',
    request: {
      method: 'POST',
      headers: {
        ...json,
        'x-zm-request-timestamp': String(seconds),
        'x-zm-signature': 'v0=3dd986b58cf17993491de86d7374a8bbec70648bf8115498887b638b7a0c1a38',
      },
      body: '{"payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw"},"event_ts":1654503849680,"event":"endpoint.url_validation"}',
    },
    value: 'qgg8vlvZRS6UYooatFL8Aw',
    response: {
      json: {
        plainToken: 'qgg8vlvZRS6UYooatFL8Aw',
        encryptedToken: '70c1f2e2e6ca2d39297490d1f9142c7d701415ea8e6151f6562a08fa657a40ff',
      },
    },
    needsBody: true,
    options: { handshakes: { zoom: { secretToken: 'secretValueTest' } } },
  },
  {
    service: 'Microsoft Graph',
    request: {
      method: 'POST',
      query: `validationToken=Validation%3a+Testing+client+application+reachability+for+subscription+Request-Id%3a+${code}`,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: '',
    },
    value: code,
    response: { text: `Validation: Testing client application reachability for subscription Request-Id: ${code}` },
  },
  {
    service: 'Okta',
    request: { method: 'GET', headers: { 'x-okta-verification-challenge': value } },
    value,
    response: { json: { verification: value } },
    isUnambiguous: true,
  },
  {
    service: 'Asana',
    request: { method: 'POST', headers: { ...json, 'x-hook-secret': value }, body: '{}' },
    value,
    response: { headers: { 'x-hook-secret': value } },
    options: { handshakes: { asana: () => true } },
  },
  {
    service: 'Smartsheet',
    request: {
      method: 'POST',
      headers: { ...json, 'smartsheet-hook-challenge': code },
      body: JSON.stringify({ challenge: code, webhookId: 6_719_457_014_376_324 }),
    },
    value: code,
    response: { json: { smartsheetHookResponse: code } },
  },
  {
    service: 'CloudEvents',
    request: {
      method: 'OPTIONS',
      headers: { 'webhook-request-origin': 'eventemitter.example.com', 'webhook-request-rate': '120' },
    },
    value: 'eventemitter.example.com',
    response: {
      headers: { allow: 'POST', 'webhook-allowed-origin': 'eventemitter.example.com', 'webhook-allowed-rate': '120' },
    },
  },
  {
    service: 'CloudEvents, without a rate',
    request: { method: 'OPTIONS', headers: { 'webhook-request-origin': 'eventgrid.azure.net' } },
    value: 'eventgrid.azure.net',
    response: {
      headers: { allow: 'POST', 'webhook-allowed-origin': 'eventgrid.azure.net', 'webhook-allowed-rate': '*' },
    },
  },
  { service: 'Trello', request: { method: 'HEAD' }, value: 'Trello', response: {} },
]
