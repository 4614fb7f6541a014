// What a receiver must do wherever it runs: a smoke test, next to the vectors.
import assert from 'node:assert/strict'
import { createMinter, generateKey } from '@hookurl/core'
import { testKey } from '../../tools/snippets.ts'
import type { TestResponse, SendRequest, TestRequest } from './runtime.ts'

/** One thing that a place does with requests; it throws where it does otherwise. */
export interface Case {
  readonly name: string
  readonly check: (ask: SendRequest) => Promise<void>
}

const given = { baseUrl: 'https://bot.example.com/hooks', expiresIn: '1h' } as const
const minter = createMinter({ keys: testKey, ...given })
const stranger = createMinter({ keys: generateKey(), ...given })
const past = createMinter({ keys: testKey, ...given, now: () => Date.now() - 7_200_000 })

const post: TestRequest = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"a":1}' }
const form: TestRequest = {
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: 'a=1&a=%C3%BC',
}
const multipart: TestRequest = {
  method: 'POST',
  headers: { 'content-type': 'multipart/form-data; boundary=edge' },
  body: '--edge\r\ncontent-disposition: form-data; name="a"\r\n\r\nü\r\n--edge--\r\n',
}
const program: TestRequest = { method: 'GET', headers: { accept: 'application/json' } }
const person: TestRequest = { method: 'GET', headers: { accept: 'text/html' } }
const button: TestRequest = { method: 'POST', headers: { accept: 'text/html' } }

/** The cases of one receiver, mounted at `at`, such as `/hooks/`. */
export function receiverCases(at: string): readonly Case[] {
  const signed = tokenOf(minter.mintSync({ command: '/run', content: 'ü' }))
  const ran = ['ü', { a: 1 }]
  return [
    {
      name: 'runs what was minted',
      check: async (ask) => assert.deepEqual(json(await ask(at + signed, post)), [200, ran]),
    },
    {
      name: 'runs what was sealed',
      check: async (ask) => {
        const sealed = tokenOf(await minter.mint({ command: '/run', content: 'ü', encrypt: true }))
        assert.deepEqual(json(await ask(at + sealed, post)), [200, ran])
      },
    },
    {
      name: 'runs the short form, with a form as its payload',
      check: async (ask) => {
        const short = createMinter({ keys: testKey, ...given, tokenFormat: 'short' }).mintSync({
          command: '/run',
          content: 1,
        })
        assert.deepEqual(json(await ask(at + tokenOf(short), form)), [200, [1, { a: ['1', 'ü'] }]])
      },
    },
    {
      name: 'reads multipart bodies',
      check: async (ask) => assert.deepEqual(json(await ask(at + signed, multipart)), [200, ['ü', { a: 'ü' }]]),
    },
    { name: 'refuses what was altered', check: (ask) => refuses(ask, at + alter(signed), [403, 'invalid_signature']) },
    {
      name: 'refuses another key',
      check: (ask) => refuses(ask, at + tokenOf(stranger.mintSync({ command: '/run' })), [403, 'invalid_signature']),
    },
    {
      name: 'refuses what has expired',
      check: (ask) => refuses(ask, at + tokenOf(past.mintSync({ command: '/run' })), [410, 'expired']),
    },
    {
      name: 'refuses a command without a handler',
      check: (ask) => refuses(ask, at + tokenOf(minter.mintSync({ command: '/other' })), [404, 'unknown_command']),
    },
    {
      name: 'refuses hostile JSON',
      check: async (ask) => {
        const asked = { ...post, body: '{"__proto__":{"a":1}}' }
        assert.deepEqual(code(await ask(at + signed, asked)), [400, 'malformed_body'])
      },
    },
    { name: 'says 404 without a token', check: async (ask) => assert.equal((await ask(at, post)).status, 404) },
    {
      name: 'answers HEAD',
      check: async (ask) => assert.equal((await ask(at + signed, { method: 'HEAD' })).status, 200),
    },
    {
      name: 'does not act on the GET of a program',
      check: async (ask) => assert.deepEqual(code(await ask(at + signed, program)), [405, 'method_not_allowed']),
    },
    {
      name: 'shows a person a button, and sends them on',
      check: async (ask) => {
        const token = tokenOf(minter.mintSync({ command: '/quiet', redirectTo: 'https://cataas.com/cat' }))
        const page = await ask(at + token, person)
        assert.deepEqual([page.status, page.body.includes('<form method="post"')], [200, true])
        const { status, location } = await ask(at + token, button)
        assert.deepEqual([status, location], [303, 'https://cataas.com/cat'])
      },
    },
    {
      name: 'counts uses',
      check: async (ask) => {
        const token = tokenOf(minter.mintSync({ command: '/run', content: 'ü', maxUses: 1 }))
        assert.deepEqual(json(await ask(at + token, post)), [200, ran])
        assert.deepEqual(json(await ask(at + token, post)), [200, { ok: true, repeated: true }])
        assert.deepEqual(code(await ask(at + token, { ...post, body: '{"a":2}' })), [410, 'already_used'])
      },
    },
  ]
}

/** The cases of what is mounted once in each place. */
export function otherCases(extras: readonly string[]): readonly Case[] {
  const signed = tokenOf(minter.mintSync({ command: '/run', content: 'ü' }))
  const other = tokenOf(minter.mintSync({ command: '/other' }))
  return [
    {
      name: 'a guard lets in',
      check: async (ask) => assert.deepEqual(json(await ask(`/guard/${signed}`, post)), [200, 'ü']),
    },
    {
      name: 'a guard keeps out what was altered',
      check: (ask) => refuses(ask, `/guard/${alter(signed)}`, [403, 'invalid_signature']),
    },
    {
      name: 'a guard keeps out another command',
      check: (ask) => refuses(ask, `/guard/${other}`, [403, 'wrong_command']),
    },
    {
      name: 'a slow handler is answered for in time',
      check: async (ask) => assert.equal((await ask(`/slow/${signed}`, post)).status, 202),
    },
    ...extras.map((path) => ({
      name: `answers ${path}`,
      check: async (ask: SendRequest): Promise<void> => {
        const { status, body } = await ask(path, { method: 'GET' })
        assert.deepEqual([status, body], [200, 'ok'])
      },
    })),
  ]
}

async function refuses(ask: SendRequest, path: string, expected: readonly [number, string]): Promise<void> {
  assert.deepEqual(code(await ask(path, post)), expected)
}

function json({ status, body }: TestResponse): unknown[] {
  return [status, JSON.parse(body)]
}

function code({ status, body }: TestResponse): unknown[] {
  return [status, (JSON.parse(body) as { code: string }).code]
}

// Not the last character: of that one, two bits belong to nothing.
function alter(token: string): string {
  return token.slice(0, -3) + (token.at(-3) === 'A' ? 'B' : 'A') + token.slice(-2)
}

function tokenOf(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1)
}
