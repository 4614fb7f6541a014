import type { RedirectRow } from '../format.ts'
import { hostRules } from './redirect-hosts.ts'
import { allow, refuse, rewrite } from './redirect-rows.ts'
import {
  backslashes,
  controls,
  credentials,
  emptyCredentials,
  hosts,
  names,
  numbers,
  plainHttp,
  relative,
  respelled,
  schemes,
  trailingDots,
} from './redirect-texts.ts'

const long = (length: number): string => `https://example.com/${'x'.repeat(length - 20)}`

/** Redirects: what is refused, what mint writes as it will be resolved, what is allowed; then lists of hosts. */
export function redirects(): RedirectRow[] {
  return [
    ...refuse('only https goes anywhere; nothing that runs, reads files or opens programs', schemes),
    ...refuse('http is for loopback hosts alone, and only for what is certainly one', plainHttp),
    ...refuse('a redirect is absolute: a relative one would depend on where the receiver stands', relative),
    ...refuse('credentials disguise the host', credentials),
    ...rewrite('empty credentials are gone once parsed, and no token has them', emptyCredentials),
    ...refuse('browsers read a backslash as a slash, others do not', backslashes),
    ...refuse('browsers drop control characters; in a header they end the line', controls),
    ...refuse('what no URL parser takes for a host or a port', hosts),
    ...refuse('a trailing dot is another spelling of a host', trailingDots),
    ...rewrite('signed as it will be resolved; in another spelling it was not minted here', respelled),
    ...rewrite('an address has one spelling: decimal, four parts; for IPv6 the shortest', numbers),
    ...rewrite('a name is signed in its ASCII form, by which it will be looked up', names),
    ...refuse('longer than 1024 characters', [long(1025), long(2048)]),
    ...rewrite('1024 characters are counted of what gets signed', [
      [`https:${'/'.repeat(1100)}example.com/`, 'https://example.com/'],
    ]),
    ...refuse('1024 characters are counted of what gets signed', [`https://example.com/${'\u00fc'.repeat(200)}`]),
    ...allow('what is harmless stays allowed', [
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
    ...hostRules(),
  ]
}
