import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { signatures } from '../../src/send/signatures.ts'
import { makeHome } from '../support/run.ts'
import { runInProcess } from '../support/run-in-process.ts'

/** Examples that the services publish. */
const published = [
  {
    service: 'github',
    secret: "It's a Secret to Everybody",
    body: 'Hello, World!',
    expected: {
      'x-hub-signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
    },
  },
  {
    service: 'slack',
    secret: '8f742231b10e8888abcd99yyyzzz85a5',
    now: 1_531_420_618,
    body:
      'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&' +
      'channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=' +
      'https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&' +
      'trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
    expected: {
      'x-slack-request-timestamp': '1531420618',
      'x-slack-signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
    },
  },
  {
    service: 'standard-webhooks',
    secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    now: 1_614_265_330,
    headers: { 'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek' },
    body: '{"test": 2432232314}',
    expected: {
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    },
  },
  {
    service: 'twilio',
    secret: '12345',
    url: 'https://mycompany.com/myapp.php?foo=1&bar=2',
    body: 'CallSid=CA1234567890ABCDE&Digits=1234&From=%2B14158675309&To=%2B18005551212&Caller=%2B14158675309',
    expected: { 'x-twilio-signature': 'RSOYDt4T1cUTdK1PDd93/VVr8B8=' },
  },
]

test.each(published)(
  'the signature of $service matches the published example',
  ({ service, expected, ...delivery }) => {
    const sign = signatures[service] as (typeof signatures)[string]
    expect(sign({ url: 'https://a.example', now: 0, headers: {}, ...delivery })).toStrictEqual(expected)
  },
)

interface Received {
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

const home = makeHome()
const received: Received[] = []
const server = createServer((request, response) => {
  void text(request).then((body) => {
    received.push({ headers: request.headers, body })
    response.end()
  })
})
let url = ''
beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`
})
afterAll(() => {
  server.close()
  home.remove()
})

async function send(...args: string[]): Promise<Received> {
  const { exit, stderr } = await runInProcess(['send', ...args, url], { env: { HOME: home.path } })
  expect(exit, stderr).toBe(0)
  return received.at(-1) as Received
}

describe('send --as --secret', () => {
  test('signs the sample with the time at which it is sent, as Stripe does', async () => {
    const { headers, body } = await send('--as', 'stripe', '--event', 'invoice.paid', '--secret', 'whsec_abc')
    const [, time = '', signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(headers['stripe-signature'] as string) ?? []
    expect(signature).toBe(createHmac('sha256', 'whsec_abc').update(`${time}.${body}`).digest('hex'))
    expect(Math.abs(Date.now() / 1000 - Number(time))).toBeLessThan(60)
    expect(JSON.parse(body).type).toBe('invoice.paid')
  })

  test('signs the body of --data', async () => {
    const { headers, body } = await send('--as', 'github', '--secret', 's', '-d', 'exact bytes')
    expect(body).toBe('exact bytes')
    const signature = createHmac('sha256', 's').update('exact bytes').digest('hex')
    expect(headers['x-hub-signature-256']).toBe(`sha256=${signature}`)
  })

  test.each(Object.keys(signatures))('every scheme signs a sample: %s', async (service) => {
    const before = await send('--as', service)
    const signed = await send('--as', service, '--secret', 'whsec_YWJj')
    expect(Object.keys(signed.headers).length).toBeGreaterThan(Object.keys(before.headers).length)
    expect(signed.body).toBe(before.body)
  })
})

describe('send --event', () => {
  test.each([
    ['github', 'x-github-event', undefined],
    ['slack', undefined, ['event', 'type']],
    ['standard-webhooks', undefined, ['type']],
    ['zoom', undefined, ['event']],
    ['oura', undefined, ['event_type']],
  ])('names the event where %s does', async (service, header, path) => {
    const { headers, body } = await send('--as', service, '--event', 'cat.fed')
    if (header !== undefined) expect(headers[header]).toBe('cat.fed')
    const value: unknown = (path ?? []).reduce((current, name) => current[name], JSON.parse(body))
    if (path !== undefined) expect(value).toBe('cat.fed')
  })
})

test('the flags of curl are accepted', async () => {
  const { headers, body } = await send('-X', 'PUT', '-H', 'X-Event: opened', '-d', '{"a":1}')
  expect(headers['x-event']).toBe('opened')
  expect(body).toBe('{"a":1}')
})

test.each([
  ['a typo', ['--as', 'strpe'], 'Did you mean stripe?'],
  ['an unknown service', ['--as', 'acme-corp'], 'Use one of: adobe-sign, asana, '],
])('%s of --as suggests what to do', async (_name, args, fix) => {
  const { stderr, exit } = await runInProcess(['send', ...args, url], { env: { HOME: home.path } })
  expect(stderr).toContain("--as has no choice '")
  expect(stderr).toContain(`fix: ${fix}`)
  expect(exit).toBe(2)
})

test('two URLs on stdin are an error, not one request', async () => {
  const before = received.length
  const { stderr, exit } = await runInProcess(['send', '-'], { env: { HOME: home.path }, stdin: `${url}\n${url}\n` })
  expect(stderr).toContain('stdin contains 2 URLs')
  expect(exit).toBe(2)
  expect(received).toHaveLength(before)
})
