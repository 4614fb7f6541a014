import { createMinter } from '@hookurl/core'
import { createRedirectPolicy, findRedirectProblem } from '@hookurl/core/internal'
import { describe, expect, test } from 'vitest'
import { normalizeRedirect } from '../../src/url/redirect-policy.ts'
import { catchError, minterOptions } from '../helpers.ts'

const anyHost = createRedirectPolicy(undefined)
const notAbsolute = 'is not an absolute URL'
const notHttps = 'is not https (http is for loopback hosts only)'
const notAscii = 'contains a backslash, whitespace, or a character that is not ASCII'
const credentials = 'has credentials'
const notNormalized = 'is not a normalized URL'
const trailingDot = 'has a host with a trailing dot'

// Redirects that must not be signed, and why.
const adversarial: [string, string][] = [
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
  ['https://@example.com/', notNormalized],
  ['https://:@example.com/', notNormalized],
  ['https:example.com', notNormalized],
  ['https:/example.com/', notNormalized],
  ['https:///example.com/', notNormalized],
  ['https:////example.com/', notNormalized],
  ['https://example.com', notNormalized],
  ['https://example.com?a', notNormalized],
  ['HTTPS://example.com/', notNormalized],
  ['https://Example.com/', notNormalized],
  ['https://example.com:443/', notNormalized],
  ['https://example.com:0443/', notNormalized],
  ['https://example.com:/', notNormalized],
  ['https://ex%61mple.com/', notNormalized],
  ['https://127.1/', notNormalized],
  ['https://0x7f000001/', notNormalized],
  ['https://017700000001/', notNormalized],
  ['https://[0:0::1]/', notNormalized],
  ['https://[::127.0.0.1]/', notNormalized],
  ['https://example.com/a/../b', notNormalized],
  ['https://example.com/a/%2E%2e/b', notNormalized],
  ['https://example.com/.', notNormalized],
  ['https://example.com/<script>', notNormalized],
  ['https://example.com/"onload=', notNormalized],
  ['https://example.com/{}', notNormalized],
  ['https://example.com/`', notNormalized],
  ["https://example.com/?'", notNormalized],
  ['https://example.com/#`', notNormalized],
  ['https://example.com./', trailingDot],
  ['https://localhost./', trailingDot],
  ['http://127.0.0.1./', notNormalized],
  ['https://example.com\\', notAscii],
  ['https:\\\\evil.example\\', notAscii],
  ['https://example.com\\@evil.example/', notAscii],
  ['https://evil.example\\.example.com/', notAscii],
  [' https://example.com/', notAscii],
  ['https://example.com/ ', notAscii],
  ['https://example.com/a b', notAscii],
  ['ht\ttps://example.com/', notAscii],
  ['https://exam\nple.com/', notAscii],
  ['https://example.com/\r\nSet-Cookie: a=b', notAscii],
  ['https://example.com/\0', notAscii],
  ['https://example.com/\x7f', notAscii],
  ['https://example.com/\x85', notAscii],
  ['https://example.com/\u2028', notAscii],
  ['https://\u202eexample.com/', notAscii],
  ['https://ex\u200bample.com/', notAscii],
  ['https://\u0435xample.com/', notAscii],
  ['https://example\uff0ecom/', notAscii],
  ['https://example.com\uff0fevil.example/', notAscii],
  ['https://\u24d4xample.com/', notAscii],
  ['https://m\u00fcnchen.example/', notAscii],
  ['https://example.com/\u00fc', notAscii],
  [`https://example.com/${'x'.repeat(1005)}`, 'is longer than 1024 characters'],
]

test.each(adversarial)('%j is rejected in a signed token, because it %s', (url, problem) => {
  expect(findRedirectProblem(url, anyHost)).toBe(problem)
})

test('there are at least 60 adversarial redirects, all different', () => {
  expect(adversarial.length).toBeGreaterThanOrEqual(60)
  expect(new Set(adversarial.map(([url]) => url)).size).toBe(adversarial.length)
})

test('an adversarial redirect is rejected at mint or signed as an unambiguous https URL', () => {
  for (const [given] of adversarial) {
    let signed: string
    try {
      signed = normalizeRedirect(given, anyHost)
    } catch {
      continue
    }
    expect(findRedirectProblem(signed, anyHost), given).toBeUndefined()
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
  expect(normalizeRedirect(given, anyHost)).toBe(signed)
  expect(normalizeRedirect(signed, anyHost)).toBe(signed)
})

test('the error at mint has the exit code of an invalid option and does not contain the redirect', async () => {
  const error = await catchError(() => normalizeRedirect('javascript:hunter2()', anyHost))
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
  describe.each(cases)('%j', (hosts, allowed, rejected) => {
    const policy = createRedirectPolicy(hosts)

    test('allows its hosts', () => {
      for (const url of allowed) expect(findRedirectProblem(url, policy), url).toBeUndefined()
    })

    test('rejects other hosts', () => {
      const problem = 'has a host that is not in redirectHosts'
      for (const url of rejected) expect(findRedirectProblem(url, policy), url).toBe(problem)
    })
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
  ])('%j is rejected as an entry', async (host) => {
    expect(await catchError(() => createRedirectPolicy([host as string]))).toMatchObject({
      code: 'invalid_option',
      fix: expect.stringContaining("'example.com'"),
    })
  })

  test('a string is rejected instead of an array', async () => {
    expect(await catchError(() => createRedirectPolicy('example.com' as never))).toMatchObject({
      code: 'invalid_option',
    })
  })
})

test.each([
  ['localhost:443', 'http://localhost:3000/', false],
  ['localhost:80', 'http://localhost/', true],
  ['localhost', 'http://localhost:3000/', true],
  ['example.com:443', 'https://example.com/', true],
  ['example.com:443', 'https://example.com:8443/', false],
])('redirectHosts with %s, a redirect to %s, allowed at mint: %s', async (host, redirectTo, allowed) => {
  const minter = createMinter({ ...minterOptions, redirectHosts: [host] })
  const minted = await minter.mint({ command: 'x', redirectTo }).then(
    () => true,
    () => false,
  )
  expect(minted).toBe(allowed)
})

test('without redirectHosts any host is allowed', () => {
  const policy = createRedirectPolicy(undefined)
  expect(findRedirectProblem('https://shop.example/', policy)).toBeUndefined()
})

test('a URL object is rejected at mint', async () => {
  const given = new URL('https://shop.example/')
  expect(await catchError(() => normalizeRedirect(given, anyHost))).toMatchObject({
    code: 'redirect_forbidden',
    message: 'redirectTo must be a string',
  })
})

test.each(['', 'cat', '/cat', 'https://'])(
  '%j is rejected at mint, because it is not an absolute URL',
  async (given) => {
    expect(await catchError(() => normalizeRedirect(given, anyHost))).toMatchObject({
      code: 'redirect_forbidden',
      message: 'redirectTo is not an absolute URL',
      exit: 2,
    })
  },
)

const longest = `https://example.com/${'x'.repeat(1004)}`

test('a redirect of 1024 characters is allowed', () => {
  expect(longest).toHaveLength(1024)
  expect(findRedirectProblem(longest, anyHost)).toBeUndefined()
})

test('a redirect of 1025 characters is rejected', () => {
  expect(findRedirectProblem(`${longest}x`, anyHost)).toBe('is longer than 1024 characters')
})

test.each(['http://127.10.0.1/', 'http://127.0.10.1/', 'http://127.0.0.10/', 'http://127.255.255.254/'])(
  '%s is allowed, because its address is in the loopback network',
  (url) => {
    expect(findRedirectProblem(url, anyHost)).toBeUndefined()
  },
)

test.each(['http://notlocalhost/', 'http://my-localhost:3000/', 'http://localhosts/'])(
  '%s is rejected, because its host only resembles the loopback host',
  (url) => {
    expect(findRedirectProblem(url, anyHost)).toBe('is not https (http is for loopback hosts only)')
  },
)

test.each(['ftp://localhost/', 'ws://127.0.0.1/', 'wss://[::1]/'])(
  '%s is rejected, because a loopback host must be http or https',
  (url) => {
    expect(findRedirectProblem(url, anyHost)).toBe('is not https (http is for loopback hosts only)')
  },
)
