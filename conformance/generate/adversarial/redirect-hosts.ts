import type { RedirectRow } from '../../adversarial/format.ts'
import { allowedRedirects, rejectedRedirects, rewrittenRedirects } from './redirect-rows.ts'

/** Lists of allowed hosts, and hosts that resemble them. */
export function makeHostRows(): RedirectRow[] {
  return [...exact(), ...wildcard(), ...withPort(), ...loopback(), ...international(), ...addresses(), ...nothing()]
}

function exact(): RedirectRow[] {
  const hosts = ['example.com']
  return [
    ...rejectedRedirects(
      'a rule without a star is for one host',
      [
        'https://www.example.com/',
        'https://example.com.evil.example/',
        'https://evil-example.com/',
        'https://evilexample.com/',
        'https://example.comevil.example/',
        'https://example.co/',
        'https://example.com.co/',
        'https://example.org/',
        'https://example/',
        'https://com/',
        'https://example-com/',
        'https://examplecom/',
        'https://exampl.com/',
        'https://examp1e.com/',
        'https://xn--exmple-cua.com/',
        'https://xn--xample-2of.com/',
        'https://evil.example/example.com',
        'https://evil.example/?example.com',
        'https://evil.example/#example.com',
        'https://evil.example/https://example.com/',
        'https://evil.example//example.com/',
        'https://evil.example:443/example.com',
        'https://example.com:8443/',
        'https://example.com:80/',
        'https://example.com@evil.example/',
        'https://evil.example\\@example.com/',
        'https://example.com./',
        'https://localhost/',
        'http://localhost/',
        'http://example.com/',
        'http://127.0.0.1/',
        'https://[::1]/',
      ],
      hosts,
    ),
    ...rewrittenRedirects(
      'a host of another spelling is the host that it resolves to',
      [
        ['https://EXAMPLE.com/', 'https://example.com/'],
        ['https://example.com:443/', 'https://example.com/'],
        ['https://exam%70le.com/', 'https://example.com/'],
      ],
      hosts,
    ),
    ...allowedRedirects(
      'the host itself',
      ['https://example.com/', 'https://example.com/evil.example', 'https://example.com/?@evil.example'],
      hosts,
    ),
  ]
}

function wildcard(): RedirectRow[] {
  const hosts = ['*.example.com']
  return [
    ...rejectedRedirects(
      'a star is for whole labels before the rest, and for one at least',
      [
        'https://example.com/',
        'https://aexample.com/',
        'https://-example.com/',
        'https://a.example.com.evil.example/',
        'https://a.example.com-evil.example/',
        'https://a.example.comevil.example/',
        'https://a-example.com/',
        'https://a.b.example.org/',
        'https://example.com.a/',
        'https://evil.example/.example.com',
        'https://evil.example/?.example.com',
        'https://evil.example/#.example.com',
        'https://evil.example\\.example.com/',
        'https://a.example.com@evil.example/',
        'https://a.example.com:8443/',
        'https://a.example.com./',
        'https://*.example.org/',
        'http://a.example.com/',
        'http://localhost/',
        'https://evil.example;.example.com/',
        'https://evil.example,.example.com/',
        "https://evil.example'.example.com/",
        'https://evil.example&.example.com/',
        'https://evil.example=.example.com/',
        'https://*.example.com/',
        'https://.example.com/',
        'https://a..example.com/',
      ],
      hosts,
    ),
    ...allowedRedirects(
      'subdomains of any depth',
      ['https://a.example.com/', 'https://a.b.c.example.com/', 'https://xn--mnchen-3ya.example.com/'],
      hosts,
    ),
  ]
}

function withPort(): RedirectRow[] {
  const hosts = ['shop.example:8443', '*.shop.example:8443', 'plain.example:443']
  return [
    ...rejectedRedirects(
      'a rule with a port is for that port',
      [
        'https://shop.example/',
        'https://shop.example:443/',
        'https://shop.example:8444/',
        'https://shop.example:18443/',
        'https://shop.example:844/',
        'https://www.shop.example/',
        'https://plain.example:8443/',
        'https://shop.example.evil.example:8443/',
        'https://evil.example:8443/',
        'https://shop.example:8443@evil.example/',
        'https://evil.example/:8443',
      ],
      hosts,
    ),
    ...allowedRedirects(
      'the port that the rule names',
      ['https://shop.example:8443/', 'https://www.shop.example:8443/', 'https://plain.example/'],
      hosts,
    ),
  ]
}

function loopback(): RedirectRow[] {
  const hosts = ['localhost', '127.0.0.1', '[::1]']
  return [
    ...rejectedRedirects(
      'loopback hosts are named like any other',
      [
        'http://127.0.0.2/',
        'http://[::2]/',
        'http://localhost.evil.example/',
        'https://a.localhost/',
        'http://127.0.0.1.evil.example/',
        'https://evil.example/',
      ],
      hosts,
    ),
    ...allowedRedirects(
      'any port of them',
      ['http://localhost:3000/', 'https://localhost/', 'http://127.0.0.1:65535/', 'http://[::1]:9/'],
      hosts,
    ),
  ]
}

function international(): RedirectRow[] {
  const hosts = ['m\u00fcnchen.example', '*.B\u00dcCHER.example']
  return [
    ...rejectedRedirects(
      'names are compared in their ASCII form',
      [
        'https://munchen.example/',
        'https://muenchen.example/',
        'https://xn--mnchen-3yb.example/',
        'https://mnchen-3ya.example/',
        'https://xn--bcher-kva.example/',
        'https://axn--bcher-kva.example/',
      ],
      hosts,
    ),
    ...rewrittenRedirects(
      'names are compared in their ASCII form',
      [
        ['https://m\u00fcnchen.example/', 'https://xn--mnchen-3ya.example/'],
        ['https://a.b\u00fccher.example/', 'https://a.xn--bcher-kva.example/'],
      ],
      hosts,
    ),
    ...allowedRedirects(
      'their ASCII form',
      ['https://xn--mnchen-3ya.example/', 'https://a.xn--bcher-kva.example/'],
      hosts,
    ),
  ]
}

function addresses(): RedirectRow[] {
  const hosts = ['192.0.2.1', '[2001:db8::1]']
  return [
    ...rejectedRedirects(
      'an address is compared whole',
      [
        'https://192.0.2.10/',
        'https://192.0.2.11/',
        'https://1.192.0.2.1/',
        'https://192.0.2.1.evil.example/',
        'https://[2001:db8::10]/',
        'https://[2001:db8:0:1::1]/',
        'https://2001/',
      ],
      hosts,
    ),
    ...rewrittenRedirects(
      'another spelling is that address',
      [
        ['https://3221225985/', 'https://192.0.2.1/'],
        ['https://[2001:DB8:0::1]/', 'https://[2001:db8::1]/'],
      ],
      hosts,
    ),
    ...allowedRedirects('that address', ['https://192.0.2.1/', 'https://[2001:db8::1]/'], hosts),
  ]
}

function nothing(): RedirectRow[] {
  return rejectedRedirects(
    'an empty list allows nothing',
    ['https://example.com/', 'http://localhost/', 'https://[::1]/'],
    [],
  )
}
