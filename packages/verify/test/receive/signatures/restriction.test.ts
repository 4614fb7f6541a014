import { createReceiver, memoryUseStore, type ResultEvent } from '@hookurl/verify'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { browserHeaders } from '../../contract/shared.ts'
import { key, now, seconds } from '../../support/fixtures.ts'
import {
  createSender,
  mintSigned,
  type SignedRequestOptions,
  schemeNames,
  signedMinter,
  signers,
  signStandardWebhook,
} from '../../support/signatures.ts'

const send = createSender()
const secret = await mintSigned()
const { url } = secret
const body = '{"a":1}'
const signed = signers['x-hub-signature-256']({ secret, body })

describe('a request that is not signed', () => {
  const requests: readonly [what: string, request: SignedRequestOptions][] = [
    ['with a JSON body', {}],
    ['with a body that is not JSON', { body: '{' }],
    ['with a form that has too many fields', { headers: form(), body: 'a=1&'.repeat(1001) }],
    ['with a compressed body that is not compressed', { headers: { 'content-encoding': 'gzip' } }],
    ['with a coding that is not supported', { headers: { 'content-encoding': 'zstd' } }],
    ['without a body', { body: '' }],
    ['of a browser', { headers: browserHeaders }],
    ['of the confirm page', { headers: { ...browserHeaders, ...form() }, body: 'hookurl-form=1' }],
    ['of a mail provider', { headers: form(), body: 'List-Unsubscribe=One-Click' }],
  ]
  test.each(requests)('%s is rejected with 403, and no handler runs', async (_what, request) => {
    const { status, hook } = await send(url, request)
    expect(status).toBe(403)
    expect(hook).toBeUndefined()
  })

  test.each(requests.slice(0, 6))('%s has the code unsigned_request', async (_what, request) => {
    expect((await send(url, request)).code).toBe('unsigned_request')
  })

  test('reaches neither the payload schema, the state, authorize nor the use store', async () => {
    const calls: string[] = []
    const spy = (name: string) => () => {
      calls.push(name)
      return undefined as never
    }
    const single = await mintSigned({ maxUses: 1, state: 1 })
    const options = {
      commands: { '/onIncident': { payload: z.unknown().transform(spy('payload')) } },
      uses: { ...memoryUseStore(), reserve: spy('reserve') },
      state: spy('state'),
      authorize: spy('authorize'),
    }
    const { code } = await createSender({ ...options, handlers: { '/onIncident': spy('handler') } })(single.url)
    expect(code).toBe('unsigned_request')
    expect(calls).toEqual([])
  })

  for (const request of [{}, { method: 'GET', headers: browserHeaders }]) {
    test(`${request.method ?? 'POST'} does not learn what authorize says, which handshakes.custom needs`, async () => {
      const options = { authorize: () => false, handshakes: { custom: () => undefined } }
      const { status, text } = await createSender(options)(url, request)
      expect(status).toBe(403)
      expect(text).toContain('unsigned_request')
      expect((await createSender(options)(url, { headers: signed, body })).code).toBe('denied')
    })
  }

  test('is reported to onResult as a rejection, and is no error of the server', async () => {
    const events: ResultEvent[] = []
    const onError = vi.fn()
    await createSender({ onResult: (event) => void events.push(event), onError })(url)
    expect(events).toMatchObject([{ outcome: 'rejected', status: 403, error: { code: 'unsigned_request' } }])
    expect(onError).not.toHaveBeenCalled()
  })

  test('still has the limits of bodies', async () => {
    const { code } = await createSender({ maxBodySize: 6 })(url, { body: '1234567' })
    expect(code).toBe('body_too_large')
  })
})

describe('a browser', () => {
  test('that opens the URL gets a page without a button', async () => {
    const { status, text } = await send(url, { method: 'GET', headers: browserHeaders })
    expect(status).toBe(403)
    expect(text).toMatch(/^<!doctype html>/)
    expect(text).not.toMatch(/<form|<button/)
  })

  test('gets a page when its POST is rejected', async () => {
    expect((await send(url, { headers: browserHeaders })).text).toMatch(/^<!doctype html>/)
  })
})

describe('requests that run nothing', () => {
  test.each([
    ['HEAD', 200],
    ['OPTIONS', 204],
    ['GET', 405],
  ])('%s gets %i, as on every URL', async (method, status) => {
    expect((await send(url, { method })).status).toBe(status)
  })
})

describe('the payload', () => {
  test('comes from the body, never from the query', async () => {
    const { hook } = await send(url, { headers: signed, body, query: 'a=2' })
    expect(hook?.payload).toEqual({ a: 1 })
    expect(hook?.query).toEqual({ a: '2' })
  })

  test('is undefined without a body, whatever the query', async () => {
    const headers = signers['x-hub-signature-256']({ secret, body: '' })
    const { hook } = await send(url, { headers, body: '', query: 'a=2' })
    expect(hook?.payload).toBeUndefined()
  })

  const disguised = [
    '{"note":"a&amount=1000&b="}',
    ' \r\n\t{"note":"a&amount=1000&b="}',
    '\ufeff{"note":"a&amount=1000&b="}',
    '["a&amount=1000&b="]',
    '"a&amount=1000&b="',
    '{"note":"--x\n\n--x--"}',
  ]
  for (const type of ['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
    test.each(disguised)(
      `of JSON is never parsed as ${type}, since the content type is not signed: %j`,
      async (json) => {
        const headers = { 'content-type': type, ...signers['x-hub-signature-256']({ secret, body: json }) }
        const { code, hook } = await send(url, { headers, body: json })
        expect(code).toBe('malformed_body')
        expect(hook).toBeUndefined()
      },
    )
  }

  test('of a signed form is its fields', async () => {
    const fields = 'payload=%7B%22a%22%3A1%7D&b=2'
    const headers = { ...form(), ...signers['x-hub-signature-256']({ secret, body: fields }) }
    expect((await send(url, { headers, body: fields })).hook?.payload).toEqual({ payload: '{"a":1}', b: '2' })
  })

  test('keeps the field of the confirm page, which this URL does not have', async () => {
    const field = 'hookurl-form=1'
    const headers = { ...form(), ...signers['x-hub-signature-256']({ secret, body: field }) }
    expect((await send(url, { headers, body: field })).hook?.payload).toEqual({ 'hookurl-form': '1' })
  })
})

describe('handshakes', () => {
  const challenge = (type: string): string => JSON.stringify({ type, challenge: 'abc' })

  test('of Slack succeed without a signature', async () => {
    const { status, text } = await send(url, { body: challenge('url_verification') })
    expect([status, text]).toEqual([200, '{"challenge":"abc"}'])
  })

  test('of WebSub succeed without a signature', async () => {
    const { text } = await send(url, { method: 'GET', query: 'hub.mode=subscribe&hub.challenge=abc' })
    expect(text).toBe('abc')
  })

  test('of MCP events, which are signed, succeed if the signature holds', async () => {
    const mcp = challenge('verification')
    const { text, hook } = await send(url, { headers: signStandardWebhook({ secret, body: mcp }), body: mcp })
    expect(text).toBe('{"challenge":"abc"}')
    expect(hook).toBeUndefined()
  })

  test.each([
    ['with a signature of another body', signStandardWebhook({ secret, body: '{}' })],
    ['without a signature', {}],
  ])('of MCP events %s are rejected', async (_what, headers) => {
    const { code, text } = await send(url, { headers, body: challenge('verification') })
    expect(code).toBe('unsigned_request')
    expect(text).not.toContain('abc')
  })

  test('of MCP events on a URL without the restriction succeed without a signature', async () => {
    const unrestricted = await signedMinter.mint({ command: '/onIncident' })
    expect((await send(unrestricted, { body: challenge('verification') })).text).toBe('{"challenge":"abc"}')
  })
})

describe('single use', () => {
  test('an unsigned request does not use the URL', async () => {
    const single = await mintSigned({ maxUses: 1 })
    const sendOnce = createSender({ uses: memoryUseStore() })
    const headers = signers['x-hub-signature-256']({ secret: single, body })
    expect((await sendOnce(single.url, { body })).code).toBe('unsigned_request')
    expect((await sendOnce(single.url, { headers, body })).hook?.signedBy).toBe('x-hub-signature-256')
    expect((await sendOnce(single.url, { headers, body: '{"a":2}' })).code).toBe('unsigned_request')
  })

  test('a replayed delivery with another unsigned ID is the same delivery to Standard Webhooks', async () => {
    const twice = await mintSigned({ maxUses: 2 })
    const sendTwice = createSender({ uses: memoryUseStore() })
    const headers = signStandardWebhook({ secret: twice, body }, 'svix')
    expect((await sendTwice(twice.url, { headers, body })).hook?.signedBy).toBe('standard-webhooks')
    const replayed = { ...headers, 'idempotency-key': 'another', 'x-github-delivery': 'another' }
    expect((await sendTwice(twice.url, { headers: replayed, body })).text).toContain('"duplicate":true')
  })

  for (const [family, other] of [
    ['svix', 'webhook'],
    ['webhook', 'svix'],
  ] as const) {
    test(`a delivery with ${family}-id that is replayed with ${other}-id is the same delivery`, async () => {
      const twice = await mintSigned({ maxUses: 2 })
      const sendTwice = createSender({ uses: memoryUseStore() })
      const first = signStandardWebhook({ secret: twice, body }, family)
      const replayed = signStandardWebhook({ secret: twice, body }, other)
      expect((await sendTwice(twice.url, { headers: first, body })).hook?.signedBy).toBe('standard-webhooks')
      expect((await sendTwice(twice.url, { headers: replayed, body })).text).toContain('"duplicate":true')
    })
  }

  test('a retry with a new timestamp and signature is the same delivery', async () => {
    const single = await mintSigned({ maxUses: 1 })
    const sendOnce = createSender({ uses: memoryUseStore() })
    const first = signStandardWebhook({ secret: single, body })
    const retry = signStandardWebhook({ secret: single, body, timestamp: `${seconds + 60}` })
    expect((await sendOnce(single.url, { headers: first, body })).status).toBe(200)
    expect((await sendOnce(single.url, { headers: retry, body })).text).toContain('"duplicate":true')
  })
})

describe('a body that a parser has consumed', () => {
  async function sendConsumed(headers: Readonly<Record<string, string>>, signatureSchemes = schemeNames) {
    const onError = vi.fn()
    const receiver = createReceiver({ keys: key, now, onError, signatureSchemes, handlers: { '*': () => {} } })
    const request = new Request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    })
    await request.text()
    const response = await receiver.fetch(request)
    return { status: response.status, code: ((await response.json()) as { code?: string }).code, onError }
  }

  test('is body_already_consumed, and an error of the server', async () => {
    const { code, onError } = await sendConsumed(signed)
    expect(code).toBe('body_already_consumed')
    expect(onError).toHaveBeenCalledOnce()
  })
})

function form(): Record<string, string> {
  return { 'content-type': 'application/x-www-form-urlencoded' }
}
