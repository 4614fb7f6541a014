import { createMinter } from '@hookurl/core'
import { createRedirectPolicy, findRedirectProblem } from '@hookurl/core/internal'
import { describe, expect, test } from 'vitest'
import { normalizeRedirect } from '../src/url/redirect-policy.ts'
import { minterOptions, refusal } from './helpers.ts'

const anywhere = createRedirectPolicy(undefined)
const notAbsolute = 'is not an absolute URL'
const notHttps = 'is not https (http is for loopback hosts only)'
const notPlain = 'has a backslash, white space, or a character that is not ASCII'
const credentials = 'has credentials'
const otherwise = 'is not written as it will be resolved'
const dot = 'has a host with a trailing dot'

// What a signed redirect must not be, and why.
const hostile: [string, string][] = [
  ['', notAbsolute],
  ['cat', notAbsolute],
  ['/cat', notAbsolute],
  ['?a', notAbsolute],
  ['#a', notAbsolute],
  ['//evil.example/', notAbsolute],
  ['https://', notAbsolute],
  ['https:///', notAbsolute],
  ['https://[::1/', notAbsolute],
  ['https://[::g]/', notAbsolute],
  ['https://example.com:99999/', notAbsolute],
  ['https://example.com:a/', notAbsolute],
  ['https://exa<mple.com/', notAbsolute],
  ['https://example.com|evil.example/', notAbsolute],
  ['https://example.com%00.evil.example/', notAbsolute],
  ['https://1.2.3.256/', notAbsolute],
  ['https://1.2.3.4.5/', notAbsolute],
  ['http://example.com/', notHttps],
  ['HTTP://example.com/', notHttps],
  ['http://localhost.example.com/', notHttps],
  ['http://localhost.', notHttps],
  ['http://127.0.0.1.example.com/', notHttps],
  ['http://128.0.0.1/', notHttps],
  ['http://[::2]/', notHttps],
  ['http://[::ffff:127.0.0.1]/', notHttps],
  ['http://0/', notHttps],
  ['http://169.254.169.254/latest/meta-data/', notHttps],
  ['javascript:alert(1)', notHttps],
  ['JavaScript:alert(1)', notHttps],
  ['javascript://example.com/%0aalert(1)', notHttps],
  ['data:text/html;base64,PHNjcmlwdD4=', notHttps],
  ['vbscript:msgbox(1)', notHttps],
  ['blob:https://example.com/0', notHttps],
  ['filesystem:https://example.com/a', notHttps],
  ['about:blank', notHttps],
  ['file:///etc/passwd', notHttps],
  ['ftp://example.com/', notHttps],
  ['wss://example.com/', notHttps],
  ['mailto:a@example.com', notHttps],
  ['tel:112', notHttps],
  ['intent://example.com/#Intent;end', notHttps],
  ['https://user@example.com/', credentials],
  ['https://user:@example.com/', credentials],
  ['https://:secret@example.com/', credentials],
  ['https://example.com@evil.example/', credentials],
  ['https://example.com%2f@evil.example/', credentials],
  ['https://@example.com/', otherwise],
  ['https://:@example.com/', otherwise],
  ['https:example.com', otherwise],
  ['https:/example.com/', otherwise],
  ['https:///example.com/', otherwise],
  ['https:////example.com/', otherwise],
  ['https://example.com', otherwise],
  ['https://example.com?a', otherwise],
  ['HTTPS://example.com/', otherwise],
  ['https://Example.com/', otherwise],
  ['https://example.com:443/', otherwise],
  ['https://example.com:0443/', otherwise],
  ['https://example.com:/', otherwise],
  ['https://ex%61mple.com/', otherwise],
  ['https://127.1/', otherwise],
  ['https://0x7f000001/', otherwise],
  ['https://017700000001/', otherwise],
  ['https://[0:0::1]/', otherwise],
  ['https://[::127.0.0.1]/', otherwise],
  ['https://example.com/a/../b', otherwise],
  ['https://example.com/a/%2E%2e/b', otherwise],
  ['https://example.com/.', otherwise],
  ['https://example.com/<script>', otherwise],
  ['https://example.com/"onload=', otherwise],
  ['https://example.com/{}', otherwise],
  ['https://example.com/`', otherwise],
  ["https://example.com/?'", otherwise],
  ['https://example.com/#`', otherwise],
  ['https://example.com./', dot],
  ['https://localhost./', dot],
  ['http://127.0.0.1./', otherwise],
  ['https://example.com\\', notPlain],
  ['https:\\\\evil.example\\', notPlain],
  ['https://example.com\\@evil.example/', notPlain],
  ['https://evil.example\\.example.com/', notPlain],
  [' https://example.com/', notPlain],
  ['https://example.com/ ', notPlain],
  ['https://example.com/a b', notPlain],
  ['ht\ttps://example.com/', notPlain],
  ['https://exam\nple.com/', notPlain],
  ['https://example.com/\r\nSet-Cookie: a=b', notPlain],
  ['https://example.com/\0', notPlain],
  ['https://example.com/\x7f', notPlain],
  ['https://example.com/\x85', notPlain],
  ['https://example.com/\u2028', notPlain],
  ['https://\u202eexample.com/', notPlain],
  ['https://ex\u200bample.com/', notPlain],
  ['https://\u0435xample.com/', notPlain],
  ['https://example\uff0ecom/', notPlain],
  ['https://example.com\uff0fevil.example/', notPlain],
  ['https://\u24d4xample.com/', notPlain],
  ['https://m\u00fcnchen.example/', notPlain],
  ['https://example.com/\u00fc', notPlain],
  [`https://example.com/${'x'.repeat(1005)}`, 'is longer than 1024 characters'],
]

test(`${hostile.length} hostile redirects are refused at verify, each for its reason`, () => {
  for (const [url, reason] of hostile) expect(findRedirectProblem(url, anywhere), JSON.stringify(url)).toBe(reason)
  expect(new Set(hostile.map(([url]) => url)).size).toBe(hostile.length)
  expect(hostile.length).toBeGreaterThanOrEqual(60)
})

test('what is signed for a hostile redirect is refused, or is an https URL that says where it goes', () => {
  for (const [given] of hostile) {
    let signed: string
    try {
      signed = normalizeRedirect(given, anywhere)
    } catch {
      continue
    }
    expect(findRedirectProblem(signed, anywhere), given).toBeUndefined()
    const { protocol, username, password, hostname } = new URL(signed)
    expect([protocol, username, password], given).toEqual([hostname === '127.0.0.1' ? protocol : 'https:', '', ''])
    expect(signed, given).not.toMatch(/evil|script:|[^\x21-\x7e]|\\/)
  }
})

test.each([
  ['https://Example.com', 'https://example.com/'],
  ['https://example.com/\u00fc?\u00e4#\u00f6', 'https://example.com/%C3%BC?%C3%A4#%C3%B6'],
  ['https://m\u00fcnchen.example', 'https://xn--mnchen-3ya.example/'],
  ['https://example.com:443/a/../b', 'https://example.com/b'],
  ['https://example.com/a b', 'https://example.com/a%20b'],
  ['http://LOCALHOST:80', 'http://localhost/'],
  ['http://127.1:3000/x', 'http://127.0.0.1:3000/x'],
  ['https://example.com/a^b?c^d#e^f', 'https://example.com/a%5Eb?c%5Ed#e%5Ef'],
  ['https://example.com/a|b?c|d#e|f', 'https://example.com/a%7Cb?c%7Cd#e%7Cf'],
])('%s is signed as %s', (given, signed) => {
  expect(normalizeRedirect(given, anywhere)).toBe(signed)
  expect(normalizeRedirect(signed, anywhere)).toBe(signed)
})

test('a refusal at mint is an error of the caller, and does not repeat the redirect', async () => {
  const error = await refusal(() => normalizeRedirect('javascript:hunter2()', anywhere))
  expect(error).toMatchObject({ code: 'redirect_forbidden', exit: 2 })
  expect(error.message + error.fix).not.toContain('hunter2')
})

describe('redirectHosts', () => {
  const cases: [string[], string[], string[]][] = [
    [
      ['example.com'],
      ['https://example.com/'],
      [
        'https://www.example.com/',
        'https://example.com.evil.example/',
        'https://example.com:8443/',
        'https://notexample.com/',
      ],
    ],
    [
      ['*.example.com'],
      ['https://a.example.com/', 'https://a.b.example.com/'],
      ['https://example.com/', 'https://aexample.com/', 'https://a.example.com:8443/'],
    ],
    [['*.example.com:8443'], ['https://a.example.com:8443/'], ['https://a.example.com/', 'https://example.com:8443/']],
    [
      ['EXAMPLE.com', 'm\u00fcnchen.example'],
      ['https://example.com/', 'https://xn--mnchen-3ya.example/'],
      ['https://munchen.example/'],
    ],
    [['example.com:443'], ['https://example.com/'], ['https://example.com:444/']],
    [['localhost'], ['http://localhost/', 'http://localhost:3000/', 'https://localhost:9/'], ['http://127.0.0.1/']],
    [['localhost:3000'], ['http://localhost:3000/'], ['http://localhost:3001/', 'http://localhost/']],
    [
      ['127.0.0.1', '[::1]'],
      ['http://127.0.0.1:1/', 'http://[::1]:1/'],
      ['http://127.0.0.2/', 'http://localhost/'],
    ],
    [[], [], ['https://example.com/', 'http://localhost/']],
  ]
  test.each(cases)('%j', (hosts, allowed, refused) => {
    const policy = createRedirectPolicy(hosts)
    for (const url of allowed) expect(findRedirectProblem(url, policy), url).toBeUndefined()
    for (const url of refused)
      expect(findRedirectProblem(url, policy), url).toBe('has a host that is not one of redirectHosts')
  })

  test.each([
    '',
    '*',
    '*.',
    'https://example.com',
    'example.com/',
    'a b',
    'user@example.com',
    'example.com.',
    '**.example.com',
    'a.*.com',
    'example.com:99999',
    'example.com?a',
    'example.com#a',
    'a\\b',
    5,
    null,
  ])('refuses %j as an entry', async (host) => {
    expect(await refusal(() => createRedirectPolicy([host as string]))).toMatchObject({
      code: 'invalid_option',
      fix: expect.stringContaining("'example.com'"),
    })
  })

  test('refuses a text instead of a list', async () => {
    expect(await refusal(() => createRedirectPolicy('example.com' as never))).toMatchObject({ code: 'invalid_option' })
  })
})

test.each([
  ['localhost:443', 'http://localhost:3000/', false],
  ['localhost:80', 'http://localhost/', true],
  ['localhost', 'http://localhost:3000/', true],
  ['example.com:443', 'https://example.com/', true],
  ['example.com:443', 'https://example.com:8443/', false],
])('a list of %s, %s: %s', async (host, redirectTo, allowed) => {
  const minter = createMinter({ ...minterOptions, redirectHosts: [host] })
  const minted = await minter.mint({ command: 'x', redirectTo }).then(
    () => true,
    () => false,
  )
  expect(minted).toBe(allowed)
})
