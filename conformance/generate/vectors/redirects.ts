import type { VerifyRow } from '../../format.ts'
import { plainClaims, signRaw } from '../craft.ts'
import { rejectedRow, validRow } from './rows.ts'

const allowed = [
  'https://cataas.com/cat',
  'https://example.com/',
  'https://example.com:8443/a/b?c=d&e=%20#f',
  'https://example.com/%C3%BC',
  'https://example.com//a//b',
  'https://xn--mnchen-3ya.example/',
  'https://192.0.2.1/',
  'https://[2001:db8::1]/',
  'https://localhost/',
  'http://localhost/',
  'http://localhost:3000/done',
  'http://127.0.0.1:8080/',
  'http://127.255.0.9/',
  'http://[::1]:3000/',
  `https://example.com/${'x'.repeat(1004)}`,
  'https://example.com/?next=https://evil.example/',
  "https://example.com/'()*,;=:@!$&[]",
]

const forbidden = [
  '',
  '/',
  'cat',
  '//evil.example/',
  '///evil.example/',
  'https:evil.example',
  'https:/evil.example/',
  'https:///evil.example/',
  'https://',
  'https:///',
  'https://?',
  'http://example.com/',
  'http://localhost.evil.example/',
  'http://127.0.0.1.evil.example/',
  'http://[::2]/',
  'http://[::ffff:7f00:1]/',
  'http://10.0.0.1/',
  'http://0.0.0.0/',
  'javascript:alert(1)',
  'JAVASCRIPT:alert(1)//https://example.com/',
  'data:text/html,x',
  'blob:https://example.com/1',
  'file:///etc/passwd',
  'ftp://example.com/',
  'ws://example.com/',
  'mailto:a@example.com',
  'intent://example.com#Intent;scheme=https;end',
  'view-source:https://example.com/',
  'https://example.com',
  'HTTPS://example.com/',
  'https://EXAMPLE.com/',
  'https://example.com./',
  'https://example.com:443/',
  'http://localhost:80/',
  'https://example.com:08443/',
  'https://example.com:/',
  'https://example.com:65536/',
  'https://user@example.com/',
  'https://user:password@example.com/',
  'https://@example.com/',
  'https://:@example.com/',
  'https://example.com@evil.example/',
  'https://example.com%40evil.example/',
  'https://example.com\\@evil.example/',
  'https://example.com\\.evil.example/',
  'https:\\\\evil.example\\',
  'https://evil.example\\',
  'https://exam%70le.com/',
  'https://m\u00fcnchen.example/',
  'https://example.com/\u00fc',
  'https://ex\u00adample.com/',
  'https://example\u3002com/',
  'https://\uff45xample.com/',
  'https://127.1/',
  'https://2130706433/',
  'https://0x7f.0.0.1/',
  'https://0177.0.0.1/',
  'https://[::0001]/',
  'https://[0:0:0:0:0:0:0:1]/',
  'https://[::1%25eth0]/',
  'https://example.com/a/../b',
  'https://example.com/./',
  'https://example.com/%2e%2e/',
  'https://example.com/a b',
  'https://example.com/\t',
  'https://example.com/\r\nSet-Cookie: a=b',
  'https://example.com/\0',
  'https://example.com/\u007f',
  'https://example.com/\u0085',
  'https://example.com/\u2028',
  ' https://example.com/',
  'https://example.com/ ',
  'ht\ntps://example.com/',
  'https://example.com/"',
  'https://example.com/<script>',
  'https://exa mple.com/',
  'https://exa<mple.com/',
  'https://example.com|evil.example/',
  'https://[example.com]/',
  `https://example.com/${'x'.repeat(1005)}`,
]

const hostLists: { hosts: string[]; allowed: string[]; forbidden: string[] }[] = [
  {
    hosts: ['cataas.com'],
    allowed: ['https://cataas.com/cat'],
    forbidden: [
      'https://www.cataas.com/',
      'https://cataas.com.evil.example/',
      'https://evilcataas.com/',
      'https://cataas.com:8443/',
      'https://evil.example/cataas.com',
      'https://evil.example/?cataas.com',
      'https://evil.example/#cataas.com',
      'http://localhost/',
    ],
  },
  {
    hosts: ['*.example.com'],
    allowed: ['https://a.example.com/', 'https://a.b.example.com/'],
    forbidden: [
      'https://example.com/',
      'https://aexample.com/',
      'https://a.example.com.evil.example/',
      'https://a.example.com:444/',
    ],
  },
  {
    hosts: ['shop.example:8443', 'Example.COM'],
    allowed: ['https://shop.example:8443/', 'https://example.com/'],
    forbidden: ['https://shop.example/', 'https://shop.example:8444/', 'https://www.shop.example:8443/'],
  },
  {
    hosts: ['localhost', '[::1]', 'm\u00fcnchen.example'],
    allowed: ['http://localhost:3000/', 'https://localhost:1/', 'http://[::1]:9/', 'https://xn--mnchen-3ya.example/'],
    forbidden: ['http://127.0.0.1/', 'https://evil.example/'],
  },
  { hosts: [], allowed: [], forbidden: ['https://example.com/', 'http://localhost/'] },
]

/** Redirects that are allowed and forbidden, with and without a list of hosts. */
export function makeRedirectRows(): VerifyRow[] {
  const rows = makeRows(allowed, forbidden, undefined)
  for (const { hosts, ...urls } of hostLists) rows.push(...makeRows(urls.allowed, urls.forbidden, hosts))
  return rows
}

function makeRows(allowed: string[], forbidden: string[], redirectHosts: string[] | undefined): VerifyRow[] {
  return [
    ...allowed.map((url) => makeAllowedRow(url, redirectHosts)),
    ...forbidden.map((url) => makeForbiddenRow(url, redirectHosts)),
  ]
}

function makeAllowedRow(redirectTo: string, redirectHosts: string[] | undefined): VerifyRow {
  return validRow(formatName('allowed', redirectTo, redirectHosts), signRedirect(redirectTo), {
    redirectHosts,
    hook: { redirectTo },
  })
}

function makeForbiddenRow(redirectTo: string, redirectHosts: string[] | undefined): VerifyRow {
  const options = { redirectHosts, code: 'redirect_forbidden' }
  return rejectedRow(formatName('forbidden', redirectTo, redirectHosts), signRedirect(redirectTo), options)
}

function formatName(outcome: string, redirect: string, hosts: string[] | undefined): string {
  const text = JSON.stringify(redirect.length > 80 ? `${redirect.slice(0, 24)}… (${redirect.length})` : redirect)
  return `${outcome}: ${text}${hosts === undefined ? '' : `, where only ${JSON.stringify(hosts)} is allowed`}`
}

function signRedirect(rdr: string): string {
  return signRaw({ claims: { ...plainClaims, rdr } })
}
