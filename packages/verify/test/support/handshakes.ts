import type { HandshakeOptions } from '@hookurl/verify'
import type { Ask } from './clients.ts'

/** A service's handshake, as its documentation shows it. */
export interface HandshakeCase {
  readonly service: string
  readonly ask: Omit<Ask, 'path'> & { readonly query?: string }
  /** What the service sends and must not get back from somebody who is not asked. */
  readonly value: string
  readonly answer: {
    readonly json?: unknown
    readonly text?: string
    readonly headers?: Readonly<Record<string, string>>
  }
  /** Whether it is told by its body. */
  readonly needsBody?: boolean
  /** Whether it is a handshake on a URL that GET may run, too. */
  readonly isUnmistakable?: boolean
  readonly options?: { readonly handshakes: HandshakeOptions }
}

const json = { 'content-type': 'application/json; charset=utf-8' }
const value = '3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P'
const code = '512d38b6-c7b8-40c8-89fe-f46f9e9622b6'

export const handshakeCases: readonly HandshakeCase[] = [
  {
    service: 'Slack',
    ask: {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ token: 'Jhj5dZrVaK7ZwHHjRyZWjbDl', challenge: value, type: 'url_verification' }),
    },
    value,
    answer: { json: { challenge: value } },
    needsBody: true,
  },
  {
    service: 'Feishu',
    ask: {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ challenge: value, token: 'xxxxxx', type: 'url_verification' }),
    },
    value,
    answer: { json: { challenge: value } },
    needsBody: true,
  },
  {
    service: 'monday.com',
    ask: { method: 'POST', headers: json, body: JSON.stringify({ challenge: value }) },
    value,
    answer: { json: { challenge: value } },
    needsBody: true,
  },
  {
    service: 'Azure Event Grid',
    ask: {
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
    answer: { json: { validationResponse: code } },
    needsBody: true,
  },
  {
    service: 'Meta',
    ask: { method: 'GET', query: 'hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=meatyhamhock' },
    value: '1158201444',
    answer: { text: '1158201444' },
    isUnmistakable: true,
  },
  {
    service: 'Strava',
    ask: {
      method: 'GET',
      query: 'hub.verify_token=STRAVA&hub.challenge=15f7d1a91c1f40f8a748fd134752feb3&hub.mode=subscribe',
    },
    value: '15f7d1a91c1f40f8a748fd134752feb3',
    answer: { json: { 'hub.challenge': '15f7d1a91c1f40f8a748fd134752feb3' } },
    isUnmistakable: true,
    options: { handshakes: { strava: true } },
  },
  {
    service: 'WebSub',
    ask: {
      method: 'GET',
      query:
        'hub.mode=unsubscribe&hub.topic=https%3A%2F%2Fexample.com%2Ffeed&hub.challenge=d2VsY29tZQ&hub.lease_seconds=864000',
    },
    value: 'd2VsY29tZQ',
    answer: { text: 'd2VsY29tZQ' },
    isUnmistakable: true,
  },
  { service: 'Dropbox', ask: { method: 'GET', query: `challenge=${value}` }, value, answer: { text: value } },
  { service: 'Onfleet', ask: { method: 'GET', query: `check=${value}` }, value, answer: { text: value } },
  { service: 'Lucca', ask: { method: 'GET', query: `echo=${value}` }, value, answer: { text: value } },
  {
    service: 'Microsoft Graph',
    ask: {
      method: 'POST',
      query: `validationToken=Validation%3a+Testing+client+application+reachability+for+subscription+Request-Id%3a+${code}`,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: '',
    },
    value: code,
    answer: { text: `Validation: Testing client application reachability for subscription Request-Id: ${code}` },
  },
  {
    service: 'Okta',
    ask: { method: 'GET', headers: { 'x-okta-verification-challenge': value } },
    value,
    answer: { json: { verification: value } },
    isUnmistakable: true,
  },
  {
    service: 'Asana',
    ask: { method: 'POST', headers: { ...json, 'x-hook-secret': value }, body: '{}' },
    value,
    answer: { headers: { 'x-hook-secret': value } },
    options: { handshakes: { asana: () => true } },
  },
  {
    service: 'Smartsheet',
    ask: {
      method: 'POST',
      headers: { ...json, 'smartsheet-hook-challenge': code },
      body: JSON.stringify({ challenge: code, webhookId: 6_719_457_014_376_324 }),
    },
    value: code,
    answer: { json: { smartsheetHookResponse: code } },
  },
  {
    service: 'CloudEvents',
    ask: {
      method: 'OPTIONS',
      headers: { 'webhook-request-origin': 'eventemitter.example.com', 'webhook-request-rate': '120' },
    },
    value: 'eventemitter.example.com',
    answer: {
      headers: { allow: 'POST', 'webhook-allowed-origin': 'eventemitter.example.com', 'webhook-allowed-rate': '120' },
    },
  },
  {
    service: 'CloudEvents, without a rate',
    ask: { method: 'OPTIONS', headers: { 'webhook-request-origin': 'eventgrid.azure.net' } },
    value: 'eventgrid.azure.net',
    answer: {
      headers: { allow: 'POST', 'webhook-allowed-origin': 'eventgrid.azure.net', 'webhook-allowed-rate': '*' },
    },
  },
  { service: 'Trello', ask: { method: 'HEAD' }, value: 'Trello', answer: {} },
]
