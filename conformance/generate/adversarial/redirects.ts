import type { RedirectRow } from '../../adversarial/format.ts'
import { makeHostRows } from './redirect-hosts.ts'
import { allowedRedirects, rejectedRedirects, rewrittenRedirects } from './redirect-rows.ts'
import {
  backslashes,
  controls,
  credentials,
  emptyCredentials,
  hostCharacters,
  internationalHosts,
  invalidHosts,
  moreHostCharacters,
  notNormalized,
  notNormalizedAddresses,
  plainHttp,
  relative,
  schemes,
  trailingDots,
} from './redirect-values.ts'

const long = (length: number): string => `https://example.com/${'x'.repeat(length - 20)}`

/** Redirects that are rejected, normalized or allowed, without and with lists of allowed hosts. */
export function makeRedirectRows(): RedirectRow[] {
  return [
    ...rejectedRedirects('only https goes anywhere; nothing that runs, reads files or opens programs', schemes),
    ...rejectedRedirects('http is for loopback hosts alone, and only for what is certainly one', plainHttp),
    ...rejectedRedirects('a redirect is absolute: a relative one would depend on where the receiver stands', relative),
    ...rejectedRedirects('credentials disguise the host', credentials),
    ...rewrittenRedirects('empty credentials are gone once parsed, and no token has them', emptyCredentials),
    ...rejectedRedirects('browsers read a backslash as a slash, others do not', backslashes),
    ...rejectedRedirects('browsers drop control characters; in a header they end the line', controls),
    ...rejectedRedirects('what no URL parser takes for a host or a port', invalidHosts),
    ...rejectedRedirects('a trailing dot is another spelling of a host', trailingDots),
    ...rejectedRedirects(
      'no hostname has this character, and clients disagree about where the host ends',
      hostCharacters,
    ),
    ...rejectedRedirects('no hostname has this character or an empty label', moreHostCharacters),
    ...rewrittenRedirects('signed as it will be resolved; in another spelling it was not minted here', notNormalized),
    ...rewrittenRedirects(
      'an address has one spelling: decimal, four parts; for IPv6 the shortest',
      notNormalizedAddresses,
    ),
    ...rewrittenRedirects('a name is signed in its ASCII form, by which it will be looked up', internationalHosts),
    ...rejectedRedirects('longer than 1024 characters', [long(1025), long(2048)]),
    ...rewrittenRedirects('1024 characters are counted of what gets signed', [
      [`https:${'/'.repeat(1100)}example.com/`, 'https://example.com/'],
    ]),
    ...rejectedRedirects('1024 characters are counted of what gets signed', [
      `https://example.com/${'\u00fc'.repeat(200)}`,
    ]),
    ...allowedRedirects('what is harmless stays allowed', [
      long(1024),
      'https://example.com/',
      'https://example.com:8443/a/b;c?d=e&f#g',
      'https://example.com//evil.example/',
      'https://example.com/%2f%2fevil.example',
      'https://example.com/%5cevil.example',
      'https://example.com/%0d%0aSet-Cookie:%20a=b',
      'https://example.com/%00',
      'https://example.com/@evil.example',
      'https://example.com/?next=//evil.example',
      'https://example.com/?next=javascript:alert(1)',
      'https://example.com/#@evil.example',
      'https://example.com/%E2%80%AE',
      'https://example.com/%zz',
      'https://xn--mnchen-3ya.example/',
      'https://192.0.2.1/',
      'https://[2001:db8::1]/',
      'https://localhost/',
      'http://localhost:3000/',
      'http://127.0.0.1/',
      'http://127.255.255.254:8080/',
      'http://[::1]:3000/',
    ]),
    ...makeHostRows(),
  ]
}
