import { createHmac } from 'node:crypto'
import type { Hook } from '@hookurl/core'
import type { HandshakeOptions } from '@hookurl/verify'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findBodyHandshake, findHandshake } from '../../packages/verify/src/receive/handshakes/find-handshake.ts'
import type { IncomingRequest } from '../../packages/verify/src/request/incoming-request.ts'
import type { OutgoingResponse } from '../../packages/verify/src/response/response.ts'

// `npm run test:security` tries all of them.
const VALUES = process.env.HOOKURL_ALL === '1' ? 100_000 : 10_000
const seconds = 1_800_000_000
const secret = 'WPL_AP1.q8FzHaGi2mCe.dUsJ6w=='
const options: HandshakeOptions = {
  x: { consumerSecret: secret },
  zoom: { secretToken: secret },
  linkedin: { clientSecret: secret },
  ebay: { verificationToken: secret, endpoint: 'https://bot.example.com/hooks' },
}
const hook: Hook = { command: '/onEvent', content: undefined, allowGet: false, key: { index: 0 } }
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=-_'

/** What a service may deliver: the JSON of an object. */
const deliveries = [
  '{}',
  '{"a":1}',
  '{"for_user_id":"2244994945","tweet_create_events":[]}',
  '{"event":"meeting.started","payload":{"object":{"id":"1"}},"event_ts":1654503849680}',
  '{"type":"LEAD_ACTION","leadAction":"CREATED"}',
]

/** What each service signs of a delivery, with the secret that it also uses for its handshake. */
const signedMessages: readonly ((body: string) => string)[] = [
  (body) => body,
  (body) => `hmacsha256=${body}`,
  (body) => `v0:${seconds}:${body}`,
]

const delivery = fc.oneof(
  fc.constantFrom(...deliveries),
  fc.dictionary(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 })).map((value) => JSON.stringify(value)),
)
const signedMessage = fc.tuple(fc.constantFrom(...signedMessages), delivery).map(([sign, body]) => sign(body))
const admitted = fc.string({ unit: fc.constantFrom(...alphabet), minLength: 1, maxLength: 130 })

/** Values that a caller would send to get the signature of a delivery. */
const values: fc.Arbitrary<string> = fc.oneof(
  admitted,
  admitted,
  fc.uuid(),
  fc.uuid().map((uuid) => `hmacsha256=${uuid}`),
  delivery,
  signedMessage,
  signedMessage.map(encodeURIComponent),
  signedMessage.map((message) => Buffer.from(message).toString('base64')),
  delivery.map((body) => ` ${body}\n`),
  fc.tuple(admitted, delivery).map(([start, body]) => `${start}\n${body}`),
  fc.string({ unit: 'binary', maxLength: 40 }),
)

test(`no response of ${VALUES} values is the signature of a delivery`, { timeout: 240_000 }, async () => {
  const signatures = new Set(deliveries.flatMap(listSignatures))
  const responses = new Set<string>()
  for (const value of fc.sample(values, { numRuns: VALUES, seed: 1 })) {
    for (const response of await respondToAll(value)) responses.add(response)
    const bodies = [value, value.replace(/^(?:hmacsha256=|v0:\d+:)/, '')].filter(isDelivery)
    for (const signature of bodies.flatMap(listSignatures)) signatures.add(signature)
  }
  expect([...responses].filter((response) => signatures.has(response))).toEqual([])
  // Enough values are accepted, and enough are deliveries.
  expect(responses.size).toBeGreaterThan(VALUES / 4)
  expect(signatures.size).toBeGreaterThan(VALUES / 10)
})

test('the signature of a delivery is detected in a response', () => {
  const signature = createHmac('sha256', secret).update('hmacsha256={}').digest('hex')
  expect(listSignatures('{}')).toContain(signature)
})

/** Sends a value in the test of each service, and returns the hashes in the responses. */
async function respondToAll(value: string): Promise<string[]> {
  const rawBody = Buffer.from(JSON.stringify({ event: 'endpoint.url_validation', payload: { plainToken: value } }))
  const signature = createHmac('sha256', secret).update(`v0:${seconds}:`).update(rawBody).digest('hex')
  const request = createRequest({ 'x-zm-request-timestamp': `${seconds}`, 'x-zm-signature': `v0=${signature}` })
  const payload: unknown = JSON.parse(rawBody.toString())
  const responses = await Promise.all([
    ...['crc_token', 'challengeCode', 'challenge_code'].map((name) =>
      findHandshake(options, { request, hook, query: { [name]: value } })?.createResponse(),
    ),
    respondToBody(payload, request, rawBody),
  ])
  return responses.filter((response) => response !== undefined).map(getHash)
}

async function respondToBody(
  payload: unknown,
  request: ReturnType<typeof createRequest>,
  rawBody: Uint8Array,
): Promise<OutgoingResponse | undefined> {
  const found = await findBodyHandshake(options, {
    request,
    payload,
    now: () => seconds * 1000,
    isSigned: () => true,
    rawBody: () => rawBody,
  })
  return found?.response
}

function getHash({ body }: OutgoingResponse): string {
  const { response_token, challengeResponse, encryptedToken } = JSON.parse(body ?? '{}')
  return response_token?.slice('sha256='.length) ?? challengeResponse ?? encryptedToken
}

function listSignatures(body: string): string[] {
  return signedMessages.flatMap((toMessage) => {
    const signature = createHmac('sha256', secret).update(toMessage(body)).digest()
    return [signature.toString('hex'), signature.toString('base64')]
  })
}

/** Whether a service could deliver a body: whether it is the JSON of an object. */
function isDelivery(body: string): boolean {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null
  } catch {
    return false
  }
}

function createRequest(headers: Readonly<Record<string, string>>): IncomingRequest {
  return {
    native: undefined,
    method: 'GET',
    target: '/',
    header: (name) => headers[name],
    readBody: () => ({ kind: 'none' }),
    headers: new Headers(),
    request: () => new Request('http://localhost'),
  }
}
