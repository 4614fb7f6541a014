import { createHmac } from 'node:crypto'
import type { ReceiverOptions } from '@hookurl/verify'
import { describe, expect, test } from 'vitest'
import type { TestRequest, TestResponse } from '../support/clients.ts'
import { mintPath, policy, seconds } from '../support/fixtures.ts'
import { type HandshakeCase, handshakeCases } from '../support/handshakes.ts'
import type { Subject } from '../support/subjects.ts'
import { getUnsupportedReason } from './cases.ts'
import { browserHeaders, expectProblem, expectSecurityHeaders, sendRequest } from './shared.ts'

const text = { 'content-type': 'text/plain' }
const json = { 'content-type': 'application/json' }
const form = { 'content-type': 'application/x-www-form-urlencoded' }
const secretToken = 'secretValueTest'
const secrets = {
  x: { consumerSecret: 'secret' },
  zoom: { secretToken },
  linkedin: { clientSecret: 'secret' },
  ebay: { verificationToken: 'token', endpoint: 'https://bot.example.com' },
}
const zoomBody = zoomJson('qgg8vlvZRS6UYooatFL8Aw')

/** Requests that resemble a handshake. */
const deliveries: readonly [what: string, query: string, request: Partial<TestRequest>][] = [
  ['a value of more than 1 KiB', `validationToken=${'a'.repeat(1025)}`, { headers: text, body: 'x' }],
  ['an empty value', 'validationToken=', { headers: text, body: 'x' }],
  ['a repeated value', 'validationToken=1&validationToken=2', { headers: text, body: 'x' }],
  ['a validation token and a JSON body', 'validationToken=1', { headers: json, body: '{"a":1}' }],
  ['a challenge among other members', '', { headers: json, body: '{"challenge":"abc","a":1}' }],
  ['a challenge that is not a string', '', { headers: json, body: '{"challenge":{"a":1}}' }],
  ['a nested challenge', '', { headers: json, body: '[{"challenge":"abc"}]' }],
  ['a challenge of more than 1 KiB', '', { headers: json, body: `{"challenge":"${'ü'.repeat(513)}"}` }],
  ['a challenge in a form', '', { headers: form, body: 'challenge=a' }],
  ['a challenge in the query of a POST', 'challenge=abc', {}],
  ['a url_verification without a challenge', '', { headers: json, body: '{"type":"url_verification"}' }],
  ['a validation code without its header', '', { headers: json, body: '[{"data":{"validationCode":"abc"}}]' }],
  ['an X-Hook-Secret without the asana option', '', { headers: { 'x-hook-secret': 'abc' } }],
  ['a hub.challenge in a POST', 'hub.mode=subscribe&hub.challenge=abc', {}],
  ['a validation token with a JSON body', 'validationtoken=1', { headers: json, body: '{}' }],
  ['a validation token under two names', 'validationtoken=1&validationToken=1', { headers: text, body: '' }],
  ['a delivery of RingCentral', '', { headers: { ...json, 'validation-token': 'hello-world' }, body: '{"event":"x"}' }],
  [
    'a notification of Twitch',
    '',
    { headers: { ...json, 'twitch-eventsub-message-type': 'notification' }, body: '{"challenge":"abc","event":{}}' },
  ],
  ['a verification without a challenge', '', { headers: json, body: '{"type":"verification"}' }],
  [
    'a challenge of Douyin that is not an integer',
    '',
    { headers: json, body: '{"event":"verify_webhook","content":{"challenge":1.5}}' },
  ],
  ['a client ID of Adobe in a POST', '', { headers: { ...json, 'x-adobesign-clientid': 'abc' }, body: '{}' }],
  ['the test of Zoom without the zoom option', '', { headers: json, body: zoomBody }],
]

/** Requests that resemble a handshake, but that GET does not complete. */
const rejectedTests: readonly [what: string, query: string, options?: Partial<ReceiverOptions>][] = [
  ['an encrypted echostr of WeCom', 'msg_signature=a&timestamp=1&nonce=1&echostr=abc'],
  ['an echostr without a signature', 'timestamp=1&nonce=1&echostr=abc'],
  ['a crc_token without the x option', 'crc_token=abc'],
  ['a crc_token that is JSON', 'crc_token=%7B%22a%22%3A1%7D', { handshakes: secrets }],
  ['a crc_token of more than 128 characters', `crc_token=${'a'.repeat(129)}`, { handshakes: secrets }],
  ['a repeated crc_token', 'crc_token=a&crc_token=b', { handshakes: secrets }],
  ['a challengeCode that is not a UUID', 'challengeCode=hmacsha256%3D%7B%7D', { handshakes: secrets }],
  ['a challenge_code with a colon', 'challenge_code=a%3Ab', { handshakes: secrets }],
]

/** How a test request of Zoom can be invalid. */
const zoomFailures: readonly [what: string, headers: Readonly<Record<string, string>>, body?: string][] = [
  ['without a signature', {}],
  ['with the signature of another secret', signZoom({ secretToken: 'other' })],
  ['with the signature of another body', signZoom({ body: '{}' })],
  ['with a signature in upper case', upperCaseSignature(signZoom())],
  ['signed more than 5 minutes ago', signZoom({ timestamp: `${seconds - 301}` })],
  ['signed more than 5 minutes in the future', signZoom({ timestamp: `${seconds + 301}` })],
  ['with a timestamp that is not an integer', signZoom({ timestamp: `${seconds}.5` })],
  ['with a plainToken that could be signed content', signZoom({ body: zoomJson('v0:1:{}') }), zoomJson('v0:1:{}')],
]

/** The handshakes of services, as the services document them. */
export function describeHandshakes(subject: Subject): void {
  const sendHandshake = (path: string, row: HandshakeCase, options: Partial<ReceiverOptions> = row.options ?? {}) =>
    sendRequest(subject, toTestRequest(path, row), options)

  describe('handshakes', () => {
    for (const row of handshakeCases) {
      const { service } = row
      test(`the handshake of ${service} succeeds repeatedly, without running the command or using the URL`, async () => {
        const path = mintPath(row.needsBody ? {} : { maxUses: 1 })
        for (const time of ['first', 'second']) {
          const { response, calls } = await sendHandshake(path, row)
          expect(response.status, time).toBe(200)
          expectHandshakeResponse(response, row)
          expect(calls, time).toEqual([])
        }
      })

      test(`the handshake of ${service} with a truncated token is rejected without its value`, async () => {
        const { response, calls } = await sendHandshake(mintPath().slice(0, -2), row)
        expect(response.status).toBe(400)
        for (const value of [row.value, encodeURIComponent(row.value)]) expect(response.text).not.toContain(value)
        for (const name of Object.keys(row.response.headers ?? {})) expect(response.header(name)).toBeUndefined()
        expect(calls).toEqual([])
      })

      const { method } = row.request
      if (method === 'HEAD') continue
      const [status, what, runs] =
        method === 'POST' ? [200, 'runs the command', 1] : [method === 'OPTIONS' ? 204 : 405, 'runs nothing', 0]
      test(`with handshakes: false, the handshake of ${service} gets ${status} and ${what}`, async () => {
        const { response, calls } = await sendHandshake(mintPath(), row, { handshakes: false })
        expect(response.status).toBe(status)
        expect(calls).toHaveLength(runs)
      })

      if (method !== 'GET') continue
      if (row.isUnambiguous) {
        test(`the handshake of ${service} succeeds on a URL with allowGet`, async () => {
          const { response, calls } = await sendHandshake(mintPath({ allowGet: true }), row)
          expectHandshakeResponse(response, row)
          expect(calls).toEqual([])
        })
      } else {
        test(`the query of ${service} is the payload of a command on a URL with allowGet`, async () => {
          const { response, calls } = await sendHandshake(mintPath({ allowGet: true }), row)
          const query = Object.fromEntries(new URLSearchParams(row.request.query))
          expect(response.status).toBe(200)
          expect(calls).toEqual([expect.objectContaining({ query, payload: query })])
        })
      }
    }

    for (const query of ['challenge=echoed', 'check=echoed', 'echo=echoed']) {
      test(`a browser GET with ${query} shows the confirm page`, async () => {
        const path = `${mintPath()}?${query}`
        const { response, calls } = await sendRequest(subject, { method: 'GET', path, headers: browserHeaders })
        expect(response.status).toBe(200)
        expect(response.text).toContain('<form method="post">')
        expect(response.text).not.toContain('echoed')
        expect(calls).toEqual([])
      })
    }

    for (const [what, query, request] of deliveries) {
      if (what.startsWith('a repeated ') && getUnsupportedReason(subject, 'multiple values') !== undefined) continue
      test(`${what} is a delivery, not a handshake`, async () => {
        const { response, calls } = await sendRequest(subject, { path: `${mintPath()}?${query}`, ...request })
        expect(response.status).toBe(200)
        expect(response.text).toBe('{"ok":true}')
        expect(calls).toHaveLength(1)
      })
    }

    for (const [what, query, options] of rejectedTests) {
      if (what.startsWith('a repeated ') && getUnsupportedReason(subject, 'multiple values') !== undefined) continue
      test(`${what} is rejected with 405`, async () => {
        const { response, calls } = await sendRequest(
          subject,
          { method: 'GET', path: `${mintPath()}?${query}` },
          options,
        )
        expectProblem(response, 'method_not_allowed', mintPath())
        expect(calls).toEqual([])
      })
    }

    for (const [what, headers, body = zoomBody] of zoomFailures) {
      test(`the test of Zoom ${what} is a delivery, not a handshake`, async () => {
        const request = { path: mintPath(), headers: { ...json, ...headers }, body }
        const { response, calls } = await sendRequest(subject, request, { handshakes: secrets })
        expect(response.text).toBe('{"ok":true}')
        expect(calls).toHaveLength(1)
      })
    }

    test('a browser GET whose user agent contains MailChimp.com shows the confirm page', async () => {
      const headers = { ...browserHeaders, 'user-agent': 'Mozilla/5.0 (compatible; MailChimp.com)' }
      const { response } = await sendRequest(subject, { method: 'GET', path: mintPath(), headers })
      expect(response.text).toContain('<form method="post">')
    })

    test('a value of exactly 1 KiB is echoed', async () => {
      const query = `challenge=${'a'.repeat(1024)}`
      const { response } = await sendRequest(subject, { method: 'GET', path: `${mintPath()}?${query}` })
      expect(response.text).toBe('a'.repeat(1024))
    })

    test('a hub.challenge with hub.topic is WebSub, even with strava: true', async () => {
      const query = 'hub.mode=subscribe&hub.challenge=abc&hub.topic=https%3A%2F%2Fexample.com%2Ffeed'
      const request = { method: 'GET', path: `${mintPath()}?${query}` }
      const { response } = await sendRequest(subject, request, { handshakes: { strava: true } })
      expect(response.text).toBe('abc')
    })

    const asanaRequest = { path: mintPath({ id: 'task-1' }), headers: { 'x-hook-secret': 's3cret' } }

    test('the asana option receives the secret and the hook, and Asana gets the secret back', async () => {
      const secrets: unknown[] = []
      const asana = (secret: string, hook: { id?: string }) => void secrets.push([secret, hook.id])
      const { response } = await sendRequest(subject, asanaRequest, { handshakes: { asana } })
      expect(response.status).toBe(200)
      expect(response.header('x-hook-secret')).toBe('s3cret')
      expect(secrets).toEqual([['s3cret', 'task-1']])
    })

    const failures: readonly [what: string, options: Partial<ReceiverOptions>, status: number, code: string][] = [
      ['asana returns false', { handshakes: { asana: async () => false } }, 403, 'denied'],
      ['authorize returns false', { handshakes: { asana: () => true }, authorize: () => false }, 403, 'denied'],
      [
        'asana rejects',
        { handshakes: { asana: () => Promise.reject(new Error('no database')) } },
        500,
        'handler_failed',
      ],
    ]
    for (const [what, options, status, code] of failures) {
      test(`the handshake of Asana is rejected with ${code} when ${what}`, async () => {
        const { response, calls } = await sendRequest(subject, asanaRequest, options)
        expect(response.status).toBe(status)
        expect(response.header('x-hook-secret')).toBeUndefined()
        expectProblem(response, code, asanaRequest.path)
        expect(calls).toEqual([])
      })
    }

    test('the asana option is not called when authorize returns false', async () => {
      const secrets: string[] = []
      const asana = (secret: string) => void secrets.push(secret)
      await sendRequest(subject, asanaRequest, { handshakes: { asana }, authorize: () => false })
      expect(secrets).toEqual([])
    })

    test('the validation token of Microsoft Graph is escaped for HTML', async () => {
      const token = '<script>alert("1")</script>&\''
      const path = `${mintPath()}?validationToken=${encodeURIComponent(token)}`
      const { response } = await sendRequest(subject, { path, headers: text })
      expect(response.text).toBe('&#60;script&#62;alert(&#34;1&#34;)&#60;/script&#62;&#38;&#39;')
    })

    test('an echoed value is sent as text that no browser sniffs as HTML', async () => {
      const path = `${mintPath()}?challenge=${encodeURIComponent('<script>alert(1)</script>')}`
      const { response } = await sendRequest(subject, { method: 'GET', path })
      expect(response.header('content-type')).toBe('text/plain; charset=utf-8')
      expect(response.header('x-content-type-options')).toBe('nosniff')
    })
  })

  describe('handshakes at a guard', () => {
    for (const row of handshakeCases) {
      async function sendToGuard() {
        const bodies: string[] = []
        const options = { ...policy, onError: () => {}, command: '/onWebhook', ...row.options }
        const send = await subject.guard(options, (_hook, body) => {
          bodies.push(body)
          return { text: 'from the route' }
        })
        return { response: await send(toTestRequest(mintPath(), row)), bodies }
      }

      if (row.needsBody) {
        test(`the handshake of ${row.service}, which has a body, reaches the route`, async () => {
          const { response, bodies } = await sendToGuard()
          expect(response.text).toBe('from the route')
          expect(bodies).toEqual([row.request.body])
        })
      } else {
        test(`the handshake of ${row.service} succeeds and does not reach the route`, async () => {
          const { response, bodies } = await sendToGuard()
          expectHandshakeResponse(response, row)
          expect(bodies).toEqual([])
        })
      }
    }
  })
}

function toTestRequest(path: string, { request: { query, ...request } }: HandshakeCase): TestRequest {
  return { path: query === undefined ? path : `${path}?${query}`, ...request }
}

function expectHandshakeResponse(response: TestResponse, { response: expected }: HandshakeCase): void {
  expect(response.status).toBe(200)
  expectSecurityHeaders(response)
  if (expected.json !== undefined) {
    expect(response.header('content-type')).toBe('application/json')
    expect(response.json()).toEqual(expected.json)
  } else if (expected.text !== undefined) {
    expect(response.header('content-type')).toBe('text/plain; charset=utf-8')
    expect(response.text).toBe(expected.text)
  } else expect(response.text).toBe('')
  for (const [name, value] of Object.entries(expected.headers ?? {})) expect(response.header(name)).toBe(value)
}

function zoomJson(plainToken: string): string {
  return JSON.stringify({ payload: { plainToken }, event_ts: 1654503849680, event: 'endpoint.url_validation' })
}

/** Returns the headers with which Zoom signs a body. */
function signZoom(given: { body?: string; secretToken?: string; timestamp?: string } = {}): Record<string, string> {
  const { body = zoomBody, timestamp = `${seconds}` } = given
  const signature = createHmac('sha256', given.secretToken ?? secretToken).update(`v0:${timestamp}:${body}`)
  return { 'x-zm-request-timestamp': timestamp, 'x-zm-signature': `v0=${signature.digest('hex')}` }
}

function upperCaseSignature(headers: Record<string, string>): Record<string, string> {
  return { ...headers, 'x-zm-signature': headers['x-zm-signature']?.toUpperCase() ?? '' }
}
