import type { HandshakeOptions } from '@hookurl/verify'
import type { TestRequest } from './clients.ts'

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
