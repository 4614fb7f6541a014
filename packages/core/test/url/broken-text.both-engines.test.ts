import { redact } from '@hookurl/core'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { acceptedHeaders, jweHeader } from '../../src/token/header.ts'
import { getToken, keyA, minter, mintFormats, open } from '../helpers.ts'
import { ambiguousSeparators, breakText, separators } from './break-token.ts'

const label = /\[hook [0-9a-f]{6}\]/g
const headers = [
  '',
  ...[...acceptedHeaders(), ...acceptedHeaders('k1')].map((header) => `${header}.`),
  `${jweHeader()}..`,
]
const contents = [
  undefined,
  'x',
  { a: [1, 2] },
  { cmd: 'x', sub: { alg: 1 } },
  [{ exp: 1 }],
  '\u00fc\u{1f600}'.repeat(9),
]

let tokens: string[]
beforeAll(async () => {
  tokens = Object.values(await mintFormats())
  for (const content of contents) {
    const full = getToken(await minter.mint({ command: '/x', content }))
    tokens.push(
      full,
      full.slice(full.indexOf('.') + 1),
      getToken(await minter.mint({ command: 'y', content, encrypt: true })),
    )
  }
})

const before = [
  '',
  'see ',
  'https://bot.example.com/hooks/',
  'first line of text\n',
  '2027-01-15T08:00:00.000Z info token=',
  '{"url":"https://a.example/',
  'Error: a\n    at fn (/app/src/index.js:10:3)\n',
]
const after = [
  '',
  ' took 12 ms of request-0123456789abcdef',
  '\n    at Object.<anonymous> (/app/node_modules/a/index.js:1:1)',
  '","id":"550e8400-e29b-41d4-a716-446655440000"}',
  '.\nnext-line-that-is-long-enough',
  '?session=0123456789abcdef0123',
]

test('there are at least 40 separators, all different', () => {
  expect(separators.length).toBeGreaterThanOrEqual(40)
  expect(new Set([...separators, ...ambiguousSeparators]).size).toBe(separators.length + ambiguousSeparators.length)
})

const positions = fc.oneof(
  fc.array(fc.nat(400), { minLength: 1, maxLength: 3 }),
  fc.array(fc.nat(400), { minLength: 1, maxLength: 60 }),
  fc.integer({ min: 2, max: 80 }).map((width) => Array.from({ length: 300 }, (_, at) => at * width)),
)
const used = fc.oneof(
  fc.constantFrom(...separators, ...ambiguousSeparators).map((separator) => [separator]),
  fc.array(fc.constantFrom(...separators), { minLength: 2, maxLength: 5 }),
)
const index = fc.nat(1000)

describe('a token that is broken anywhere, and any number of times,', () => {
  test('leaves no 16 characters, and the text around it is unchanged', () => {
    const property = fc.property(index, positions, used, index, index, (which, at, by, first, last) => {
      const token = tokens[which % tokens.length] as string
      const [head, tail] = [before[first % before.length] as string, after[last % after.length] as string]
      const text = redact(head + breakText(token, at, by) + tail)
      expect(text.startsWith(head), text).toBe(true)
      expect(text.endsWith(tail), text).toBe(true)
      expect(findCommonPart(text.replace(label, ' '), token), text).toBeUndefined()
    })
    fc.assert(property, { numRuns: 4000 })
  })

  test('leaves nothing that verifies, whatever header is put in front', async () => {
    const property = fc.asyncProperty(index, positions, used, async (which, at, by) => {
      const token = tokens[which % tokens.length] as string
      const left = redact(breakText(token, at, by))
        .replace(label, '')
        .replace(/[^\w.-]/g, '')
      if (left === '') return
      for (const header of headers) expect(await open(header + left, keyA)).toMatchObject({ ok: false })
    })
    await fc.assert(property, { numRuns: 1000 })
  })
})

test.each(separators)('a token broken once by %j is replaced by one label', (separator) => {
  for (const token of tokens.slice(0, 3)) {
    for (let at = 1; at < token.length; at++) {
      const text = redact(`see ${breakText(token, [at], [separator])}, then`)
      if (text !== `see ${redact(token)}, then`) expect.fail(`broken at ${at}: ${text}`)
    }
  }
})

test.each(ambiguousSeparators)('a token broken once by %j is replaced', (separator) => {
  for (const token of tokens.slice(0, 3)) {
    for (let at = 1; at < token.length; at++) {
      const text = redact(`see ${breakText(token, [at], [separator])}, then`)
      if (text.replace(label, 'X') !== 'see X, then') expect.fail(`broken at ${at}: ${text}`)
    }
  }
})

test('a truncated token loses every long piece up to the first short one', () => {
  const [token] = tokens as [string]
  const half = token.slice(0, 80)
  expect(redact(`${half.slice(0, 40)}\n${half.slice(40)}\nshort long-enough-to-be-a-piece`)).toMatch(
    /^\[hook [0-9a-f]{6}\]\nshort long-enough-to-be-a-piece$/,
  )
})

test.each([15, 16])('after a truncated token, a piece of %d characters', (length) => {
  const [token] = tokens as [string]
  const piece = 'x'.repeat(length)
  expect(redact(`${token.slice(0, 50)},${piece}`).includes(piece)).toBe(length < 16)
})

const logLines = [
  '2027-01-15T08:00:00.000Z INFO  [main] com.example.service.HookController - received POST /hooks from 203.0.113.7',
  '203.0.113.7 - - [15/Jan/2027:08:00:00 +0000] "POST /hooks HTTP/1.1" 200 12 "-" "Mozilla/5.0 (X11; Linux x86_64)"',
  '{"level":30,"time":1800000000000,"pid":4242,"hostname":"web-1","reqId":"req-1","msg":"request completed"}',
  'level=info ts=2027-01-15T08:00:00Z caller=server.go:42 msg="listening on" addr=0.0.0.0:8080',
  "TypeError: Cannot read properties of undefined (reading 'headers')",
  '    at Layer.handle [as handle_request] (/app/node_modules/express/lib/router/layer.js:95:5)',
  '    at async Promise.all (index 0)',
  '  File "/usr/lib/python3.12/site-packages/requests/adapters.py", line 589, in send',
  'Caused by: java.net.SocketTimeoutException: Read timed out',
  'goroutine 1 [running]:',
  'fetch https://user-images.example.com/1234567890/abcdef.png?X-Amz-Signature=fe5f80f77d5fa3beca038a248ff027d0',
  'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08  package.tgz',
  'integrity sha512-v2kDEe57lecTulaDIuNTPy3Ry4gLGJ6Z1O3vE1krgXZNrsQ+LFTGHVxVjcXPs17LhbZVGedAJv8XZ1tvj5FvSg==',
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  'Set-Cookie: sid=s%3Aj7Kx0.Zm9vYmFy; Path=/; HttpOnly',
  'id 550e8400-e29b-41d4-a716-446655440000 retried 3 times... giving up',
  'they key: hey Jules, the eye Jack saw was "eyJ"',
  'e\u200by\u200bJ is not the beginning of a token, eyJ neither',
  '\u001b[32m\u2713\u001b[0m 12 tests passed in 1.2s (packages/core/test/url/redact.test.ts)',
  'https://bot.example.com/health?probe=1&from=load-balancer-0123456789',
  '-----BEGIN CERTIFICATE-----',
  'MIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQswCQYDVQQGEwJJRTESMBAGA1UEChMJQmFsdGltb3Jl',
  'docker.io/library/node:22.12.0-alpine@sha256:51eff88af6dff26f59316b6e356188ffa2c422bd3c3b76f2556a2e7e89d080bd',
  'diff --git a/packages/core/src/url/redact.ts b/packages/core/src/url/redact.ts',
]

test.each(logLines)('the line %j is unchanged, alone and around a token', (line) => {
  expect(redact(line)).toBe(line)
  for (const token of tokens) {
    const text = `${line}\n${token}\n${line}`
    expect(redact(text)).toBe(`${line}\n${redact(token)}\n${line}`)
  }
})

test('a log of many lines with broken tokens keeps every line', () => {
  const [one, two] = tokens as [string, string]
  const log = logLines.join('\n')
  const text = [log, breakText(one, [50, 100], ['\n> ']), log, breakText(two, [3, 70], ['\u200b']), log].join('\n')
  expect(redact(text)).toBe([log, redact(one), log, redact(two), log].join('\n'))
})

// Returns 16 characters that both strings contain.
function findCommonPart(text: string, token: string): string | undefined {
  for (let at = 0; at + 16 <= token.length; at++) {
    const part = token.slice(at, at + 16)
    if (text.includes(part)) return part
  }
  return undefined
}
