import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, describe, expect, test } from 'vitest'
import { encryptRaw, shorten, signRaw, type TokenInput } from '../../../../conformance/generate/craft.ts'
import { makeHome, testKeys } from '../support/run.ts'
import { runInProcess } from '../support/run-in-process.ts'
import { listenWhile, startListen, stopListen } from '../support/start-listen.ts'

const home = makeHome()
const env = { HOME: home.path, HOOKURL_KEYS: testKeys }
afterAll(home.remove)

const literals = [
  ...['12345678901234567890', '-9007199254740993', '1.0', '1.10', '1e3', '-0', '1E400', '1e-400'],
  ...['0.1000000000000000055511151231257827', '9007199254740991', '0.1', '1e+21', '5'],
]
const tokenFormats: readonly (readonly [name: string, craft: (input: TokenInput) => string])[] = [
  ['full', signRaw],
  ['short', (input) => shorten(signRaw(input))],
  ['encrypted', encryptRaw],
]

/** Creates a token as another minter would, with content that this minter rejects. */
function makeToken(content: string, craft: (input: TokenInput) => string = signRaw): string {
  return craft({ key: testKeys, claims: `{"cmd":"/onWebhook","cnt":${content}}` })
}

function post(url: string, body: string, contentType = 'application/json'): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { 'content-type': contentType }, body })
}

/** A request, and where to look for it. */
interface Sent {
  readonly token: string
  readonly body: string
}

/** A place that shows or forwards the content and, unless only content is sent, the payload. */
interface Place {
  readonly name: string
  show(sent: Sent): Promise<string>
  /** What the place prints for content and payload. */
  format(content: string, payload: string): readonly string[]
}

const formatMembers = (content: string, payload: string): string[] => [`"content":${content},`, `"payload":${payload},`]
const formatContent = (content: string): string[] => [`"content":${content},`]

async function showExec({ token, body }: Sent): Promise<string> {
  const listen = await startListen(['--no-inspector', '--exec', 'cat'], env)
  try {
    return await (await post(`${listen.base}/${token}`, body)).text()
  } finally {
    await stopListen(listen)
  }
}

async function showForwarded({ token, body }: Sent): Promise<string> {
  const headers: string[] = []
  const application = createServer(async (request, response) => {
    expect(await text(request)).toBe(body)
    headers.push(String(request.headers['hookurl-hook']))
    response.end()
  }).listen(0, '127.0.0.1')
  await once(application, 'listening')
  const url = `http://127.0.0.1:${(application.address() as AddressInfo).port}`
  await listenWhile(['--forward', url], env, (base) => post(`${base}/${token}`, body))
  application.close()
  expect(headers).toStrictEqual([expect.stringMatching(/^[\w-]+$/)])
  return Buffer.from(headers.join(), 'base64url').toString()
}

async function showInspector({ token, body }: Sent): Promise<string> {
  const listen = await startListen(['--inspector-port', '0'], env)
  try {
    const address = /Inspector: (\S+)/.exec(await listen.program.waitForStderr(/Inspector/))?.[1] as string
    await post(`${listen.base}/${token}`, body)
    const { origin, hash } = new URL(address)
    const headers = { 'hookurl-inspector': hash.slice(1) }
    const get = async (path: string): Promise<string> => (await fetch(`${origin}${path}`, { headers })).text()
    const detail = await get('/api/requests/1')
    const payload = await get('/api/requests/1/payload')
    return detail.replace(/\}$/, `,"payload":${payload},}`)
  } finally {
    await stopListen(listen)
  }
}

async function showOnce({ token, body }: Sent): Promise<string> {
  const { program, base } = await startListen(['--once'], env)
  await post(`${base}/${token}`, body)
  return (await program.ended).stdout
}

async function runCommand(args: readonly string[], stdin?: string): Promise<string> {
  return (await runInProcess(args, { env, stdin })).stdout
}

const places: readonly Place[] = [
  { name: '--exec', show: showExec, format: formatMembers },
  { name: '--forward', show: showForwarded, format: formatContent },
  { name: '--once', show: showOnce, format: (_content, payload) => [`${payload}\n`] },
  {
    name: '--json',
    show: async ({ token, body }) => {
      return (await listenWhile(['--json'], env, (base) => post(`${base}/${token}`, body))).stdout
    },
    format: formatMembers,
  },
  {
    name: 'the log of listen -v',
    show: async ({ token, body }) => {
      return (await listenWhile(['-v'], env, (base) => post(`${base}/${token}`, body))).stderr
    },
    format: (content, payload) => [`  content ${content}  `, `  payload ${payload}\n`],
  },
  { name: 'the API of the inspector', show: showInspector, format: formatMembers },
  {
    name: 'verify',
    show: ({ token }) => runCommand(['verify', token]),
    format: (content) => [`\n  content  ${content}\n`],
  },
  { name: 'verify --json', show: ({ token }) => runCommand(['verify', '--json', token]), format: formatContent },
  {
    name: 'verify -',
    show: ({ token }) => runCommand(['verify', '-'], token),
    format: (content) => [`  content ${content}  `],
  },
]
const inspectPlaces: readonly Place[] = [
  {
    name: 'inspect',
    show: ({ token }) => runCommand(['inspect', token]),
    format: (content) => [`\n  content       ${content}\n`],
  },
  {
    name: 'inspect --json',
    show: ({ token }) => runCommand(['inspect', '--json', token]),
    format: (content) => [`"cnt":${content}}`],
  },
]

describe.each([...places, ...inspectPlaces])('$name', ({ show, format }) => {
  test.each(literals)('keeps %s', async (literal) => {
    const shown = await show({ token: makeToken(`{"n":[${literal}]}`), body: `[{"m":${literal}}]` })
    for (const expected of format(`{"n":[${literal}]}`, `[{"m":${literal}}]`)) expect(shown).toContain(expected)
  })

  test('removes whitespace, and keeps the last member of a name, as the receiver does', async () => {
    const json = '{ "id" : 1.0,\n"id": 2.0, "\\u0061":[ ] }'
    const shown = await show({ token: makeToken(json), body: json })
    const oneLine = '{"id":2.0,"a":[]}'
    for (const expected of format(oneLine, oneLine)) expect(shown).toContain(expected)
  })
})

test.each(['--exec', '--once', '--json', 'the log of listen -v', 'verify --json', 'inspect --json'])(
  '%s escapes line separators and control characters',
  async (name) => {
    const { show, format } = [...places, ...inspectPlaces].find((place) => place.name === name) as Place
    const shown = await show({ token: makeToken('["\u2028\u009b",1.0]'), body: '["\u2028\u009b",1.0]' })
    const escaped = '["\\u2028\\u009b",1.0]'
    for (const expected of format(escaped, escaped)) expect(shown).toContain(expected)
  },
)

describe.each(places.filter(({ name }) => name !== '--once'))('$name', ({ show, format }) => {
  test.each(tokenFormats)('reads content from a token in the format %s', async (_name, craft) => {
    const shown = await show({ token: makeToken('12345678901234567890', craft), body: '7' })
    for (const expected of format('12345678901234567890', '7')) expect(shown).toContain(expected)
  })
})

test('the log shows the content of an expired URL as it was signed', async () => {
  const token = signRaw({ key: testKeys, claims: '{"cmd":"/a","cnt":1.0,"exp":1800000}' })
  const { stderr } = await listenWhile(['-v'], env, (base) => post(`${base}/${token}`, '{}'))
  expect(stderr).toMatch(/POST 410 .*\n.*\n.* content 1\.0 /)
})

test('a time that was signed with a fraction is shown as a time', async () => {
  const token = signRaw({ key: testKeys, claims: '{"cmd":"/a","exp":4102444800.0,"get":1.0}' })
  const stdout = await runCommand(['inspect', token])
  expect(stdout).toMatch(/ expires +2100-01-01 00:00:00 UTC/)
  expect(stdout).toMatch(/ methods +GET and POST/)
})

describe('what --exec passes to the program', () => {
  test.each([
    ['JSON', '{"n": 1.0}', 'application/json'],
    ['a form', 'a=1.0', 'application/x-www-form-urlencoded'],
    ['text', 'naïve', 'text/plain'],
    ['no body', '', 'application/json'],
  ])('has the bytes of the body as base64: %s', async (_name, body, contentType) => {
    const listen = await startListen(['--no-inspector', '--exec', 'cat'], env)
    const { rawBody } = await (await post(`${listen.base}/${makeToken('1')}`, body, contentType)).json()
    await stopListen(listen)
    expect(Buffer.from(rawBody, 'base64').toString()).toBe(body)
  })

  test.each([
    ['digits in text', '1.0', 'text/plain', '"1.0"'],
    ['a form', 'a=1.0', 'application/x-www-form-urlencoded', '{"a":"1.0"}'],
    ['JSON in UTF-8 with a byte order mark', '\ufeff1.0', 'application/json', '1.0'],
  ])('has the payload of %s', async (_name, body, contentType, payload) => {
    const listen = await startListen(['--no-inspector', '--exec', 'cat'], env)
    const input = await (await post(`${listen.base}/${makeToken('1')}`, body, contentType)).text()
    await stopListen(listen)
    expect(input).toContain(`"payload":${payload},`)
  })
})

test('listen stays up when JSON begins with two byte order marks', async () => {
  const listen = await startListen(['--no-inspector'], env)
  const url = `${listen.base}/${makeToken('1')}`
  const statuses = [await post(url, '\ufeff\ufeff1.0'), await post(url, '\ufeff1.0')].map(({ status }) => status)
  await stopListen(listen)
  expect(statuses).toEqual([400, 200])
})
