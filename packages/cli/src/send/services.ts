import { createHash, createHmac } from 'node:crypto'

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

/** What a service sends. Samples have no signatures: only the service could create them. */
export interface Service {
  readonly delivery: Sample
  readonly handshake?: Handshake
}

const formType = 'application/x-www-form-urlencoded'

/** The services, by the name that `--as` accepts. */
export const services: Readonly<Record<string, Service>> = {
  'adobe-sign': {
    delivery: {
      headers: { 'x-adobesign-clientid': 'BGBQIIE7H253K6' },
      body: { event: 'AGREEMENT_CREATED', agreement: { id: 'CBJCHBCAABAAmtmkI0GJ', status: 'OUT_FOR_SIGNATURE' } },
    },
    handshake: {
      method: 'GET',
      headers: { 'x-adobesign-clientid': 'BGBQIIE7H253K6' },
      expectedEcho: 'BGBQIIE7H253K6',
    },
  },
  asana: {
    delivery: {
      body: {
        events: [
          { user: { gid: '1331' }, resource: { gid: '1337', resource_type: 'task' }, action: 'changed', parent: null },
        ],
      },
    },
    handshake: {
      headers: { 'x-hook-secret': 'b537207f20cbfa02357cf448134da559' },
      expectedEcho: 'b537207f20cbfa02357cf448134da559',
    },
  },
  cloudevents: {
    delivery: {
      headers: { 'content-type': 'application/cloudevents+json; charset=utf-8' },
      body: {
        specversion: '1.0',
        type: 'com.example.order.created',
        source: '/orders',
        id: 'C234-1234-1234',
        time: '2026-04-05T17:31:00Z',
        datacontenttype: 'application/json',
        data: { orderId: 'A1', total: 42.5 },
      },
    },
    handshake: {
      method: 'OPTIONS',
      headers: { 'webhook-request-origin': 'eventemitter.example.com', 'webhook-request-rate': '120' },
      expectedEcho: 'eventemitter.example.com',
    },
  },
  douyin: {
    delivery: {
      headers: { 'msg-id': '7c4a8d09' },
      body: { event: 'create_video', client_key: 'aw1234', content: { item_id: '@9VxS1' } },
    },
    handshake: {
      body: { event: 'verify_webhook', client_key: 'aw1234', content: { challenge: 12345 } },
      expectedEcho: '"challenge":12345',
    },
  },
  dropbox: {
    delivery: {
      headers: { 'user-agent': 'DropboxWebhooks/1.0' },
      body: { list_folder: { accounts: ['dbid:AAH4f99T0taONIb-OurWxbNQ6ywGRopQngc'] }, delta: { users: [12345678] } },
    },
    handshake: { method: 'GET', query: { challenge: 'kQ3jZ7wDfNbL' }, expectedEcho: 'kQ3jZ7wDfNbL' },
  },
  ebay: {
    delivery: {
      body: {
        metadata: { topic: 'MARKETPLACE_ACCOUNT_DELETION', schemaVersion: '1.0', deprecated: false },
        notification: { notificationId: '49feeaeb-4982-42d9-a377-9645b8479411', data: { username: 'test_user' } },
      },
    },
    handshake: {
      method: 'GET',
      query: { challenge_code: 'a8628072-3d33-45ee-9004-bee86830a22d' },
      secret: {
        expectedForm: /"challengeResponse":"[0-9a-f]{64}"/,
        complete: ({ secret, url }) => {
          const hash = createHash('sha256').update(`a8628072-3d33-45ee-9004-bee86830a22d${secret}${url}`)
          return { expectedEcho: `"challengeResponse":"${hash.digest('hex')}"` }
        },
      },
    },
  },
  eventgrid: {
    delivery: {
      headers: { 'aeg-event-type': 'Notification', 'aeg-delivery-count': '0' },
      body: [
        {
          id: '831e1650-001e-001b-66ab-eeb76e069631',
          topic: '/subscriptions/00000000/resourceGroups/photos/providers/Microsoft.Storage/storageAccounts/photos',
          subject: '/blobServices/default/containers/cats/blobs/cat.jpg',
          eventType: 'Microsoft.Storage.BlobCreated',
          eventTime: '2026-04-05T17:31:00Z',
          data: { api: 'PutBlob', contentType: 'image/jpeg', contentLength: 524288 },
          dataVersion: '',
          metadataVersion: '1',
        },
      ],
    },
    handshake: {
      headers: { 'aeg-event-type': 'SubscriptionValidation' },
      body: [
        {
          id: '2d1781af-3a4c-4d7c-bd0c-e34b19da4e66',
          topic: '/subscriptions/00000000',
          subject: '',
          data: { validationCode: '512d38b6-c7b8-40c8-89fe-f46f9e9622b6' },
          eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent',
          eventTime: '2026-04-05T17:31:00Z',
          metadataVersion: '1',
          dataVersion: '1',
        },
      ],
      expectedEcho: '512d38b6-c7b8-40c8-89fe-f46f9e9622b6',
    },
  },
  feishu: {
    delivery: {
      body: {
        schema: '2.0',
        header: {
          event_id: '5e3702a84e847582be8db7fb73283c02',
          event_type: 'im.message.receive_v1',
          token: 'rvaYgkND',
        },
        event: { message: { message_id: 'om_5ce6d572', message_type: 'text', content: '{"text":"hello"}' } },
      },
    },
    handshake: {
      body: { challenge: 'ajls384kdjx98XX', token: 'rvaYgkND', type: 'url_verification' },
      expectedEcho: 'ajls384kdjx98XX',
    },
  },
  front: {
    delivery: {
      headers: { 'x-front-request-timestamp': '1775410260000' },
      body: { type: 'inbound_received', authorization: { id: 'cmp_abc' }, payload: { id: 'evt_55c8c149' } },
    },
    handshake: {
      headers: { 'x-front-challenge': '2f8d6a90c1e34b57', 'x-front-request-timestamp': '1775410260000' },
      body: { type: 'sync', authorization: { id: 'cmp_abc' } },
      expectedEcho: '2f8d6a90c1e34b57',
    },
  },
  github: {
    delivery: {
      headers: {
        'user-agent': 'GitHub-Hookshot/044aadd',
        'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
        'x-github-event': 'issues',
        'x-github-hook-id': '292430182',
      },
      body: {
        action: 'opened',
        issue: { number: 1347, title: 'The cat is gone', user: { login: 'octocat' } },
        repository: { id: 1296269, full_name: 'octocat/Hello-World' },
        sender: { login: 'octocat' },
      },
    },
    handshake: {
      headers: {
        'user-agent': 'GitHub-Hookshot/044aadd',
        'x-github-delivery': '0b989ba4-242f-11e5-81e1-c7b6966d2516',
        'x-github-event': 'ping',
      },
      body: { zen: 'Keep it logically awesome.', hook_id: 292430182, hook: { type: 'Repository', active: true } },
    },
  },
  graph: {
    delivery: {
      body: {
        value: [
          {
            subscriptionId: '7f105c7d-2dc5-4530-97cd-4e7ae6534c07',
            clientState: 'secretClientValue',
            changeType: 'created',
            resource: "Users/ddfcd489/Messages('AAMkAGUwNjQ4ZjIx')",
            subscriptionExpirationDateTime: '2026-04-08T18:23:45Z',
          },
        ],
      },
    },
    handshake: {
      query: {
        validationToken: 'Validation: Testing client application reachability for subscription Request-Id: 5c2b',
      },
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      expectedEcho: 'Validation: Testing client application reachability for subscription Request-Id: 5c2b',
    },
  },
  linkedin: {
    delivery: {
      body: { type: 'LEAD_ACTION', leadGenFormResponse: 'urn:li:leadGenFormResponse:1', leadAction: 'CREATED' },
    },
    handshake: {
      method: 'GET',
      query: { challengeCode: '890e4665-4dfe-4ab1-b689-ed553bceeed0' },
      secret: {
        expectedForm: /"challengeResponse":"[0-9a-f]{64}"/,
        complete: ({ secret }) => {
          const hmac = createHmac('sha256', secret).update('890e4665-4dfe-4ab1-b689-ed553bceeed0')
          return { expectedEcho: `"challengeResponse":"${hmac.digest('hex')}"` }
        },
      },
    },
  },
  mailchimp: {
    delivery: {
      headers: { 'content-type': formType, 'user-agent': 'MailChimp.com' },
      body: 'type=unsubscribe&fired_at=2026-04-05+17%3A31%3A00&data%5Bemail%5D=api%40mailchimp.com',
    },
    handshake: { method: 'GET', headers: { 'user-agent': 'MailChimp.com WebHook Validator' } },
  },
  mcp: {
    delivery: {
      headers: { 'webhook-id': 'evt_7d1f', 'x-mcp-subscription-id': 'sub_4e2a' },
      body: { eventId: 'evt_7d1f', name: 'ticket.created', timestamp: '2026-04-05T17:31:00Z', data: { id: 'T-1' } },
    },
    handshake: {
      headers: { 'webhook-id': 'msg_verification_9b3c', 'x-mcp-subscription-id': 'sub_4e2a' },
      body: { type: 'verification', challenge: 'q6Yp0Zb3mR8' },
      expectedEcho: '"challenge":"q6Yp0Zb3mR8"',
    },
  },
  meta: {
    delivery: {
      headers: { 'user-agent': 'facebookplatform/1.0 (+http://developers.facebook.com)' },
      body: {
        object: 'whatsapp_business_account',
        entry: [
          {
            id: '102290129340398',
            changes: [
              {
                field: 'messages',
                value: {
                  messaging_product: 'whatsapp',
                  metadata: { phone_number_id: '106540352242922' },
                  messages: [{ from: '16505551234', id: 'wamid.HBgL', type: 'text', text: { body: 'Hello' } }],
                },
              },
            ],
          },
        ],
      },
    },
    handshake: {
      method: 'GET',
      query: { 'hub.mode': 'subscribe', 'hub.challenge': '1158201444', 'hub.verify_token': 'meatyhamhock' },
      expectedEcho: '1158201444',
    },
  },
  miro: {
    delivery: {
      body: { event: { boardId: 'uXjVOD6LSME=', type: 'update', item: { id: '3458764517517852417', type: 'shape' } } },
    },
    handshake: {
      body: { challenge: 'c273e4a3-01cf-4505-9bc4-27a37dd83c1d' },
      expectedEcho: 'c273e4a3-01cf-4505-9bc4-27a37dd83c1d',
    },
  },
  monday: {
    delivery: {
      body: { event: { type: 'update_column_value', boardId: 1771812698, pulseId: 1772099344, userId: 9603417 } },
    },
    handshake: {
      body: { challenge: '3eZbrw1aBm2rZgRNFdxV2595E9CY3gmd' },
      expectedEcho: '3eZbrw1aBm2rZgRNFdxV2595E9CY3gmd',
    },
  },
  okta: {
    delivery: {
      body: {
        eventType: 'com.okta.event_hook',
        eventTypeVersion: '1.0',
        eventId: 'b5a188b9-5ece-4636-b041-482ffda96311',
        data: { events: [{ eventType: 'user.lifecycle.create', displayMessage: 'Create Okta user' }] },
      },
    },
    handshake: {
      method: 'GET',
      headers: { 'x-okta-verification-challenge': 'kfvkD3jqH0wMr2l' },
      expectedEcho: '"verification":"kfvkD3jqH0wMr2l"',
    },
  },
  oura: {
    delivery: {
      headers: { 'x-oura-timestamp': '1775410260' },
      body: { event_type: 'create', data_type: 'daily_sleep', object_id: '5d2c', user_id: '8b1e' },
    },
    handshake: {
      method: 'GET',
      query: { verification_token: 's3cret-shared-with-oura', challenge: 'kQ3jZ7wDfNbL' },
      expectedEcho: '"challenge":"kQ3jZ7wDfNbL"',
    },
  },
  ringcentral: {
    delivery: {
      headers: { 'user-agent': 'RingCentral-Webhook/8.3', 'validation-token': 'hello-world' },
      body: { uuid: '3c1d', event: '/restapi/v1.0/account/1/extension/1/presence', body: { extensionId: 1 } },
    },
    handshake: {
      headers: {
        'content-type': 'application/json; charset=UTF-8',
        'user-agent': 'RingCentral-Webhook/8.3',
        'validation-token': '5ad6b9a2-31c6-4b1f-9d9c-8a6f1f4b0f5e',
      },
      expectedEcho: '5ad6b9a2-31c6-4b1f-9d9c-8a6f1f4b0f5e',
    },
  },
  sharepoint: {
    delivery: {
      body: {
        value: [
          {
            subscriptionId: '91779246-afe9-4525-b122-6c199ae89211',
            resource: 'b9f6f714-9df8-470b-b22e-653855e1c181',
            siteUrl: '/',
            webId: 'dbc5a806-e4d4-46e5-951c-6344d70b62fa',
          },
        ],
      },
    },
    handshake: {
      query: { validationtoken: '8f1d4c3a-5a0b-4f53-9b8f-3d5c2f8a7e61' },
      expectedEcho: '8f1d4c3a-5a0b-4f53-9b8f-3d5c2f8a7e61',
    },
  },
  slack: {
    delivery: {
      headers: {
        'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
        'x-slack-request-timestamp': '1775410260',
      },
      body: {
        token: 'Jhj5dZrVaK7ZwHHjRyZWjbDl',
        team_id: 'T061EG9R6',
        type: 'event_callback',
        event_id: 'Ev9UQ52YNA',
        event_time: 1775410260,
        event: { type: 'app_mention', user: 'U061F7AUR', text: 'Did you see the cat?', channel: 'C0LAN2Q65' },
      },
    },
    handshake: {
      body: { token: 'Jhj5dZrVaK7ZwHHjRyZWjbDl', challenge: '3eZbrw1aBm2rZgRNFdxV', type: 'url_verification' },
      expectedEcho: '3eZbrw1aBm2rZgRNFdxV',
    },
  },
  smartsheet: {
    delivery: {
      body: {
        nonce: '4b9ed2ab-1d10-4d2c-8e04-2d1bd3d2a6fb',
        webhookId: 4503604829677444,
        scope: 'sheet',
        scopeObjectId: 5430095403395972,
        events: [{ objectType: 'row', eventType: 'created', id: 3311557289140100, userId: 9007194052434043 }],
      },
    },
    handshake: {
      headers: { 'smartsheet-hook-challenge': 'ddc1b6a2-2b2d-4c38-8ff3-b4d6e3a2a4f5' },
      body: { challenge: 'ddc1b6a2-2b2d-4c38-8ff3-b4d6e3a2a4f5', webhookId: 4503604829677444 },
      expectedEcho: '"smartsheetHookResponse":"ddc1b6a2-2b2d-4c38-8ff3-b4d6e3a2a4f5"',
    },
  },
  'standard-webhooks': {
    delivery: {
      headers: { 'webhook-id': 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W', 'webhook-timestamp': '1775410260' },
      body: { type: 'invoice.paid', timestamp: '2026-04-05T17:31:00Z', data: { id: 'inv_1', amount: 4250 } },
    },
  },
  strava: {
    delivery: {
      body: { aspect_type: 'update', object_type: 'activity', object_id: 1360128428, owner_id: 134815, updates: {} },
    },
    handshake: {
      method: 'GET',
      query: { 'hub.verify_token': 'STRAVA', 'hub.challenge': '15f7d1a91c1f40f8', 'hub.mode': 'subscribe' },
      expectedEcho: '"hub.challenge":"15f7d1a91c1f40f8"',
    },
  },
  stripe: {
    delivery: {
      headers: { 'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)' },
      body: {
        id: 'evt_1Nd4fG2eZvKYlo2C',
        object: 'event',
        type: 'payment_intent.succeeded',
        created: 1775410260,
        livemode: false,
        data: { object: { id: 'pi_3Nd4fG2eZvKYlo2C', object: 'payment_intent', amount: 4250, currency: 'eur' } },
      },
    },
  },
  trello: {
    delivery: {
      body: {
        action: { id: '51f9424bcd6e040f3c002412', type: 'updateCard', data: { card: { name: 'Feed the cat' } } },
      },
    },
    handshake: { method: 'HEAD' },
  },
  twilio: {
    delivery: {
      headers: { 'content-type': formType, 'user-agent': 'TwilioProxy/1.1', 'i-twilio-idempotency-token': '6e2f7b9c' },
      body: 'MessageSid=SM1f0e8ae6ade43cb3c0ce4525424e404f&From=%2B15017122661&To=%2B15558675310&Body=Hello',
    },
  },
  twitch: {
    delivery: {
      headers: {
        'twitch-eventsub-message-id': 'e76c6bd4-55c9-4987-8304-da1588d8988b',
        'twitch-eventsub-message-type': 'notification',
      },
      body: { subscription: { type: 'channel.follow' }, event: { user_login: 'cool_user' } },
    },
    handshake: {
      headers: {
        'twitch-eventsub-message-id': 'e76c6bd4-55c9-4987-8304-da1588d8988b',
        'twitch-eventsub-message-type': 'webhook_callback_verification',
      },
      body: {
        challenge: 'pogchamp-kappa-360noscope-vohiyo',
        subscription: { status: 'webhook_callback_verification_pending', type: 'channel.follow' },
      },
      expectedEcho: 'pogchamp-kappa-360noscope-vohiyo',
    },
  },
  wechat: {
    delivery: {
      headers: { 'content-type': 'text/xml' },
      body: '<xml><ToUserName>gh_1</ToUserName><MsgType>text</MsgType><Content>Hello</Content></xml>',
    },
    handshake: {
      method: 'GET',
      query: {
        signature: 'f464b24fc39322e44b38aa78f5edd27bd1441696',
        timestamp: '1714036504',
        nonce: '1514711492',
        echostr: '4375120948345356249',
      },
      expectedEcho: '4375120948345356249',
    },
  },
  x: {
    delivery: {
      body: { for_user_id: '2244994945', tweet_create_events: [{ id_str: '1346889436626259968', text: 'Hello' }] },
    },
    handshake: {
      method: 'GET',
      query: { crc_token: 'MTc3NTQxMDI2MC1jcmM' },
      secret: {
        expectedForm: /"response_token":"sha256=[A-Za-z0-9+/]{43}="/,
        complete: ({ secret }) => {
          const hmac = createHmac('sha256', secret).update('MTc3NTQxMDI2MC1jcmM')
          return { expectedEcho: `"response_token":"sha256=${hmac.digest('base64')}"` }
        },
      },
    },
  },
  zoom: {
    delivery: {
      body: { event: 'meeting.started', event_ts: 1775410260000, payload: { object: { id: '1234567890' } } },
    },
    handshake: {
      body: {
        payload: { plainToken: 'qgg8vlvZRS6UYooatFL8Aw' },
        event_ts: 1654503849680,
        event: 'endpoint.url_validation',
      },
      secret: {
        complete: ({ secret, body, now }) => {
          const sign = (message: string): string => createHmac('sha256', secret).update(message).digest('hex')
          return {
            expectedEcho: `"encryptedToken":"${sign('qgg8vlvZRS6UYooatFL8Aw')}"`,
            headers: { 'x-zm-request-timestamp': `${now}`, 'x-zm-signature': `v0=${sign(`v0:${now}:${body}`)}` },
          }
        },
      },
    },
  },
}
