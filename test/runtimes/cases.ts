// The behavior that a receiver must have in every runtime: a smoke test in addition to the vectors.
import assert from 'node:assert/strict'
import { createMinter, generateKey } from '@hookurl/core'
import { testKey } from '../../tools/snippets.ts'
import type { SendRequest, TestRequest, TestResponse } from './runtime.ts'

/** One fact about an application; `check` throws if the application behaves differently. */
export interface Case {
  readonly name: string
  readonly check: (send: SendRequest) => Promise<void>
}

const minterOptions = { baseUrl: 'https://bot.example.com/hooks', expiresIn: '1h' } as const
const minter = createMinter({ keys: testKey, ...minterOptions })
const shortMinter = createMinter({ keys: testKey, ...minterOptions, tokenFormat: 'short' })
const otherIssuer = createMinter({ keys: generateKey(), ...minterOptions })
const expiredMinter = createMinter({ keys: testKey, ...minterOptions, now: () => Date.now() - 7_200_000 })

const jsonPost: TestRequest = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"a":1}' }
const formPost: TestRequest = {
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: 'a=1&a=%C3%BC',
}
const multipartPost: TestRequest = {
  method: 'POST',
  headers: { 'content-type': 'multipart/form-data; boundary=edge' },
  body: '--edge\r\ncontent-disposition: form-data; name="a"\r\n\r\nü\r\n--edge--\r\n',
}
const encodedTexts: readonly (readonly [charset: string, encoded: string, text: string])[] = [
  ['windows-1252', '5+%80', '5 €'],
  ['iso-8859-1', '%FC', 'ü'],
  ['koi8-r', '%D0%D2%C9%D7%C5%D4', 'привет'],
  ['shift_jis', '%95%5C%83e', '表テ'],
  ['gb18030', '%C4%E3%94%39%FC%36', '你😀'],
  ['big5', '%A5%5C', '功'],
  ['euc-kr', '%BE%C8', '안'],
  ['x-no-such-charset', '%C3%BC%FF', 'ü\ufffd'],
]
const apiGet: TestRequest = { method: 'GET', headers: { accept: 'application/json' } }
const browserHeaders = { accept: 'text/html,application/xhtml+xml' }
const browserGet: TestRequest = { method: 'GET', headers: browserHeaders }
const browserPost: TestRequest = { method: 'POST', headers: { ...browserHeaders, 'content-type': 'text/plain' } }

/** Returns the cases for one receiver; `mountPath` is where it is mounted, such as `/hooks/`. */
export function receiverCases(mountPath: string): readonly Case[] {
  const token = getToken(minter.mintSync({ command: '/run', content: 'ü' }))
  const result = ['ü', { a: 1 }]
  return [
    {
      name: 'a minted URL runs its handler',
      check: async (send) => assert.deepEqual(getStatusAndJson(await send(mountPath + token, jsonPost)), [200, result]),
    },
    {
      name: 'an encrypted URL runs its handler',
      check: async (send) => {
        const encrypted = getToken(await minter.mint({ command: '/run', content: 'ü', encrypt: true }))
        assert.deepEqual(getStatusAndJson(await send(mountPath + encrypted, jsonPost)), [200, result])
      },
    },
    {
      name: 'a short token runs its handler, and a form is its payload',
      check: async (send) => {
        const short = getToken(shortMinter.mintSync({ command: '/run', content: 1 }))
        assert.deepEqual(getStatusAndJson(await send(mountPath + short, formPost)), [200, [1, { a: ['1', 'ü'] }]])
      },
    },
    {
      name: 'a Response with a string has the type of text',
      check: (send) => expectText(send, mountPath + getToken(minter.mintSync({ command: '/text' }))),
    },
    {
      name: 'a multipart body is parsed',
      check: async (send) =>
        assert.deepEqual(getStatusAndJson(await send(mountPath + token, multipartPost)), [200, ['ü', { a: 'ü' }]]),
    },
    {
      name: 'a form is decoded using its charset',
      check: async (send) => {
        for (const [charset, encoded, text] of encodedTexts) {
          const headers = { 'content-type': `application/x-www-form-urlencoded; charset=${charset}` }
          const response = await send(mountPath + token, { method: 'POST', headers, body: `a=${encoded}` })
          assert.deepEqual(getStatusAndJson(response), [200, ['ü', { a: text }]])
        }
      },
    },
    {
      name: 'an altered URL is rejected with 403',
      check: (send) => expectRejection(send, mountPath + alter(token), [403, 'invalid_signature']),
    },
    {
      name: "another issuer's URL is rejected with 403",
      check: (send) => {
        const other = getToken(otherIssuer.mintSync({ command: '/run' }))
        return expectRejection(send, mountPath + other, [403, 'invalid_signature'])
      },
    },
    {
      name: 'an expired URL is rejected with 410',
      check: (send) => {
        const expired = getToken(expiredMinter.mintSync({ command: '/run' }))
        return expectRejection(send, mountPath + expired, [410, 'expired'])
      },
    },
    {
      name: 'a command without a handler is rejected with 404',
      check: (send) => {
        const other = getToken(minter.mintSync({ command: '/other' }))
        return expectRejection(send, mountPath + other, [404, 'unknown_command'])
      },
    },
    {
      name: 'JSON that sets __proto__ is rejected with 400',
      check: async (send) => {
        const response = await send(mountPath + token, { ...jsonPost, body: '{"__proto__":{"a":1}}' })
        assert.deepEqual(getStatusAndCode(response), [400, 'malformed_body'])
      },
    },
    {
      name: 'a URL without a token is rejected with 404',
      check: async (send) => assert.equal((await send(mountPath, jsonPost)).status, 404),
    },
    {
      name: 'HEAD is responded to with 200',
      check: async (send) => assert.equal((await send(mountPath + token, { method: 'HEAD' })).status, 200),
    },
    {
      name: "an API client's GET is rejected with 405",
      check: async (send) =>
        assert.deepEqual(getStatusAndCode(await send(mountPath + token, apiGet)), [405, 'method_not_allowed']),
    },
    {
      name: 'a browser gets a confirm page, whose button redirects',
      check: async (send) => {
        const redirectTo = 'https://cataas.com/cat'
        const redirecting = getToken(minter.mintSync({ command: '/quiet', redirectTo }))
        const page = await send(mountPath + redirecting, browserGet)
        assert.equal(page.status, 200)
        assert.ok(page.body.includes('<form method="post"'))
        const { status, location } = await send(mountPath + redirecting, browserPost)
        assert.deepEqual([status, location], [303, redirectTo])
      },
    },
    {
      name: 'a single-use URL is handled once, and its duplicate and any other delivery are not',
      check: async (send) => {
        const singleUse = getToken(minter.mintSync({ command: '/run', content: 'ü', maxUses: 1 }))
        const first = await send(mountPath + singleUse, jsonPost)
        const duplicate = await send(mountPath + singleUse, jsonPost)
        const other = await send(mountPath + singleUse, { ...jsonPost, body: '{"a":2}' })
        assert.deepEqual(getStatusAndJson(first), [200, result])
        assert.deepEqual(getStatusAndJson(duplicate), [200, { ok: true, duplicate: true }])
        assert.deepEqual(getStatusAndCode(other), [410, 'already_used'])
      },
    },
  ]
}

/** Returns the cases for what every runtime mounts once; `extraPaths` must respond with 200 and `ok`. */
export function sharedCases(extraPaths: readonly string[]): readonly Case[] {
  const token = getToken(minter.mintSync({ command: '/run', content: 'ü' }))
  const otherCommand = getToken(minter.mintSync({ command: '/other' }))
  return [
    {
      name: 'a guard allows a URL for its command',
      check: async (send) => assert.deepEqual(getStatusAndJson(await send(`/guard/${token}`, jsonPost)), [200, 'ü']),
    },
    {
      name: 'a Response with a string of a guarded route has the type of text',
      check: (send) => expectText(send, `/guard/${getToken(minter.mintSync({ command: '/text' }))}`),
    },
    {
      name: 'a guard rejects an altered URL with 403',
      check: (send) => expectRejection(send, `/guard/${alter(token)}`, [403, 'invalid_signature']),
    },
    {
      name: 'a guard rejects a URL for another command with 403',
      check: (send) => expectRejection(send, `/guard/${otherCommand}`, [403, 'wrong_command']),
    },
    {
      name: 'a request with a slow handler is acknowledged with 202',
      check: async (send) => assert.equal((await send(`/slow/${token}`, jsonPost)).status, 202),
    },
    {
      name: 'a wait receives the call of its URL',
      check: async (send) => {
        const { url, id } = JSON.parse((await send('/open-wait', { method: 'POST' })).body) as Record<string, string>
        const resuming = send('/resume-wait', { method: 'POST', body: id })
        const path = `/waits/${getToken(url ?? '')}`
        assert.deepEqual(getStatusAndJson(await send(path, jsonPost)), [200, { ok: true }])
        assert.deepEqual(getStatusAndCode(await send(path, { ...jsonPost, body: '{}' })), [410, 'already_used'])
        assert.deepEqual(getStatusAndJson(await resuming), [200, [{ a: 1 }, 'application/json']])
      },
    },
    ...extraPaths.map((path) => ({
      name: `${path} responds with 200`,
      check: async (send: SendRequest): Promise<void> => {
        const { status, body } = await send(path, { method: 'GET' })
        assert.deepEqual([status, body], [200, 'ok'])
      },
    })),
  ]
}

async function expectRejection(send: SendRequest, path: string, expected: readonly [number, string]): Promise<void> {
  assert.deepEqual(getStatusAndCode(await send(path, jsonPost)), expected)
}

function getStatusAndJson({ status, body }: TestResponse): unknown[] {
  return [status, JSON.parse(body)]
}

function getStatusAndCode({ status, body }: TestResponse): unknown[] {
  return [status, (JSON.parse(body) as { code: string }).code]
}

// The last character is left alone: two of its bits encode nothing.
function alter(token: string): string {
  return token.slice(0, -3) + (token.at(-3) === 'A' ? 'B' : 'A') + token.slice(-2)
}

async function expectText(send: SendRequest, path: string): Promise<void> {
  const { status, type, body } = await send(path, jsonPost)
  assert.deepEqual([status, type?.toLowerCase().replaceAll(' ', ''), body], [200, 'text/plain;charset=utf-8', 'ü'])
}

function getToken(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1)
}
