import type { ReceiverOptions } from '@hookurl/verify'
import { hookurl } from '@hookurl/verify/fetch'
import { hookurl as nodeHookurl } from '@hookurl/verify/node'
import { describe, expect, test } from 'vitest'
import { sendToHandler, sendToPort } from '../support/clients.ts'
import { command, mintPath, now, policy } from '../support/fixtures.ts'
import { listen } from '../support/serve.ts'

const origin = 'https://app.example.com'
const cors = [origin]
const handlers = { [command]: () => undefined }
const preflight = { origin, 'access-control-request-method': 'POST' }
const silent = { ...policy, cors, onError: () => {} }

const rejected: readonly [
  what: string,
  path: string,
  status: number,
  code: string,
  options?: Partial<ReceiverOptions>,
][] = [
  ['a malformed token', `${mintPath()}A`, 400, 'malformed_token'],
  ['an invalid signature', mintPath(), 403, 'invalid_signature', { purpose: 'other' }],
  ['an expired token', mintPath(), 410, 'expired', { now: () => now() + 31 * 86_400_000 }],
  ['a token that is not valid yet', mintPath({ notBefore: new Date(now() + 1000) }), 403, 'not_yet_valid'],
  ['an unknown command', mintPath({ command: '/other' }), 404, 'unknown_command'],
  ['invalid keys', mintPath(), 500, 'invalid_key', { keys: () => 'broken' }],
]

describe('a preflight of a URL that will be rejected', () => {
  for (const [what, path, status, code, options] of rejected) {
    test(`it gets 204 and the CORS headers for ${what}`, async () => {
      const send = sendToHandler(hookurl({ ...silent, handlers, ...options }))
      const response = await send({ method: 'OPTIONS', path, headers: preflight })
      expect(response.status).toBe(204)
      expect(response.header('access-control-allow-origin')).toBe(origin)
      expect(response.header('access-control-allow-methods')).toContain('POST')
      expect(response.header('access-control-allow-headers')).toBe('*')
      expect(response.header('vary')).toMatch(/\borigin\b/i)
      expect(response.text).toBe('')
    })

    test(`the request after it can read the code for ${what}`, async () => {
      const send = sendToHandler(hookurl({ ...silent, handlers, ...options }))
      const response = await send({ method: 'POST', path, headers: { origin } })
      expect(response.status).toBe(status)
      expect(response.header('access-control-allow-origin')).toBe(origin)
      expect(response.json()).toMatchObject({ code })
    })
  }

  test('a guard gives 204 and the CORS headers for a wrong command', async () => {
    const guard = hookurl({ ...silent, command: '/other' }, () => new Response())
    const response = await sendToHandler(guard)({ method: 'OPTIONS', path: mintPath(), headers: preflight })
    expect(response.status).toBe(204)
    expect(response.header('access-control-allow-origin')).toBe(origin)
  })

  const unlisted = { ...preflight, origin: 'https://other.example' }

  test('it is rejected with the code for an unlisted origin', async () => {
    const send = sendToHandler(hookurl({ ...silent, handlers }))
    const response = await send({ method: 'OPTIONS', path: `${mintPath()}A`, headers: unlisted })
    expect(response.status).toBe(400)
    expect(response.json()).toMatchObject({ code: 'malformed_token' })
    expect(response.header('access-control-allow-origin')).toBeUndefined()
  })

  test('OPTIONS without Access-Control-Request-Method is rejected with the code', async () => {
    const send = sendToHandler(hookurl({ ...silent, handlers }))
    const response = await send({ method: 'OPTIONS', path: `${mintPath()}A`, headers: { origin } })
    expect(response.status).toBe(400)
    expect(response.json()).toMatchObject({ code: 'malformed_token' })
  })
})

describe('a preflight that is passed to next', () => {
  async function sendPreflight(path: string, from: string) {
    const receive = nodeHookurl({ ...silent, handlers })
    const port = await listen((request, response) => void receive(request, response, () => response.end('next')))
    return sendToPort(port)({ method: 'OPTIONS', path, headers: { ...preflight, origin: from } })
  }

  test('is that of a URL without a token, also from a listed origin', async () => {
    expect((await sendPreflight('/other', origin)).text).toBe('next')
  })

  test('is that of an unlisted origin', async () => {
    expect((await sendPreflight(mintPath(), 'https://other.example')).text).toBe('next')
  })
})

test('a page depends on Origin and on Accept-Language', async () => {
  const headers = { 'sec-fetch-mode': 'navigate', origin }
  const response = await sendToHandler(hookurl({ ...silent, handlers }))({ path: mintPath(), headers })
  expect(response.status).toBe(200)
  expect(response.header('vary')).toBe('Accept-Language, Origin')
})
