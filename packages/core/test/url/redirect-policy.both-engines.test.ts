import { createMinter } from '@hookurl/core'
import { createRedirectPolicy, findRedirectProblem } from '@hookurl/core/internal'
import fc from 'fast-check'
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

  const accepted: readonly [entry: string, hostname: string][] = [
    ['example.com', 'example.com'],
    ['EXAMPLE.Com', 'example.com'],
    ['*.example.com', 'a.example.com'],
    ['*.com', 'example.com'],
    ['a-b.example.com', 'a-b.example.com'],
    ['a_b.example.com', 'a_b.example.com'],
    ['_dmarc.example.com', '_dmarc.example.com'],
    ['-a.example', '-a.example'],
    ['123.example', '123.example'],
    ['0x.example', '0x.example'],
    ['intranet', 'intranet'],
    ['localhost', 'localhost'],
    ['*.localhost', 'a.localhost'],
    ['m\u00fcnchen.example', 'xn--mnchen-3ya.example'],
    ['*.M\u00dcNCHEN.example', 'a.xn--mnchen-3ya.example'],
    ['xn--mnchen-3ya.example', 'xn--mnchen-3ya.example'],
    ['\u4f8b\u3048.example', 'xn--r8jz45g.example'],
    ['192.0.2.1', '192.0.2.1'],
    ['127.0.0.1', '127.0.0.1'],
    ['[::1]', '[::1]'],
    ['[2001:DB8:0::1]', '[2001:db8::1]'],
    ['[::ffff:192.0.2.1]', '[::ffff:c000:201]'],
  ]
  test.each(accepted)('%j is an entry for %s', (entry, hostname) => {
    expect(findRedirectProblem(`https://${hostname}/`, createRedirectPolicy([entry]))).toBeUndefined()
    const withPort = createRedirectPolicy([`${entry}:8443`])
    expect(findRedirectProblem(`https://${hostname}:8443/`, withPort)).toBeUndefined()
    expect(findRedirectProblem(`https://${hostname}/`, withPort)).toBeDefined()
  })

  test.each([
    ...['', '*', '*.', '.', '..', '.example.com', 'example..com', 'example.com.', 'example.com..', '*..example.com'],
    ...[
      '**.example.com',
      '*.*.example.com',
      'a.*.com',
      '*a.example.com',
      'a*.example.com',
      'example.*',
      '*example.com',
    ],
    ...['https://example.com', '//example.com', 'example.com/', 'example.com/a', 'example.com?a', 'example.com#a'],
    ...[
      'user@example.com',
      '@example.com',
      'a\\b',
      'example.com\\',
      ' example.com',
      'example.com ',
      'a b',
      'a\tb',
      'a\n',
    ],
    ...['a\0b', '\u200b', '\u00ad', 'a\u2028b', 'a\ud800', 'xn--\u00fc.example', 'xn--a.example'],
    ...[
      'example.com:',
      'example.com:0',
      'example.com:00',
      'example.com:0443',
      'example.com:65536',
      'example.com:99999',
    ],
    ...['example.com:100000', 'example.com:-1', 'example.com:+1', 'example.com:a', 'example.com:1a', 'example.com:1:2'],
    ...['example.com: 1', 'example.com:\uff11', ':443', '*:443', '*.:443'],
    ...[
      'exam%70le.com',
      'example.com%2f',
      '%',
      'a;b.example',
      'a,b.example',
      "a'b.example",
      'a!b',
      'a$b',
      'a&b',
      'a(b',
    ],
    ...[
      'a)b',
      'a+b',
      'a=b',
      'a"b',
      'a`b',
      'a{b',
      'a}b',
      'a~b',
      'a|b',
      'a^b',
      'a<b',
      'a>b',
      'a,example.com',
      'a;example.com',
    ],
    ...[
      '::1',
      '1::2',
      '[::1',
      '::1]',
      '[::g]',
      '[]',
      '[1:2]',
      '[::1%25eth0]',
      '[::1]a',
      'a[::1]',
      '*.[::1]',
      '*.192.0.2.1',
    ],
    ...[
      '127.1',
      '0x7f.0.0.1',
      '2130706433',
      '017700000001',
      '1.2.3.256',
      '1.2.3.4.5',
      '\uff11.2.3.4',
      '1.2.3.4.',
      '*.1',
    ],
    ...[5, null, undefined, {}, [], ['example.com'], true],
  ])('%j is rejected as an entry', async (entry) => {
    const error = await catchError(() => createRedirectPolicy([entry as string]))
    expect(error).toMatchObject({ code: 'invalid_option', fix: expect.stringContaining("'example.com'") })
    expect(await catchError(() => createRedirectPolicy(['example.com', entry as string]))).toMatchObject(error)
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

describe('a host with a character that no hostname has', () => {
  const characters = [...'!"$&\'()*+,;=`{}~']
  const placed = characters.flatMap((character) => [
    `https://evil.com${character}.example.org/`,
    `https://evil.com${character}example.org/`,
    `https://${character}example.org/`,
    `https://example.org${character}/`,
  ])
  const emptyLabels = ['https://.example.org/', 'https://example..org/', 'https://..example.org/', 'https://.../']
  const policies = [anyHost, createRedirectPolicy(['*.example.org', 'example.org', '*.org'])]

  test.each([...placed, ...emptyLabels])('%s is rejected in a signed token and at mint', async (url) => {
    for (const policy of policies) {
      expect(findRedirectProblem(url, policy)).toMatch(/neither a hostname nor an IP address|trailing dot|absolute URL/)
      expect(await catchError(() => normalizeRedirect(url, policy))).toMatchObject({ code: 'redirect_forbidden' })
    }
  })

  test('is the only reason why a redirect with that host is rejected', () => {
    expect(findRedirectProblem('https://evil.com;.example.org/', anyHost)).toBe(
      'has a host that is neither a hostname nor an IP address',
    )
  })

  test.each([
    'https://a_b.example/',
    'https://-a.example/',
    'https://a--b.example/',
    'https://1a.example/',
    'https://a/',
  ])('%s has none and is allowed', (url) => {
    expect(findRedirectProblem(url, anyHost)).toBeUndefined()
    expect(normalizeRedirect(url, anyHost)).toBe(url)
  })

  test('is never signed, whatever the redirect is', () => {
    const host = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(host, fc.constantFrom('', '.example.org', ';.example.org'), (start, end) => {
        let signed: string
        try {
          signed = normalizeRedirect(`https://${start}${end}/`, anyHost)
        } catch {
          return
        }
        expect(new URL(signed).hostname).toMatch(/^(?:[a-z\d_-]+(?:\.[a-z\d_-]+)*|\[[\da-f:]+\])$/)
      }),
      { numRuns: 3000 },
    )
  })
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
