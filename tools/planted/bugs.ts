/** A mistake that could be made in a source, and the tests that are to notice it. */
export interface Bug {
  readonly area: string
  readonly name: string
  readonly file: string
  /** A piece of the source that stands there exactly once, and what it becomes. */
  readonly find: string
  readonly become: string
  readonly tests: readonly string[]
}

const core = (name: string): string => `packages/core/src/${name}.ts`
const verify = (name: string): string => `packages/verify/src/${name}.ts`
const vectors = 'conformance/conformance.test.ts'
const uses = 'packages/verify/test/uses.test.ts'
const redirects = 'packages/core/test/redirect.web.test.ts'
const claims = 'packages/core/test/claims.web.test.ts'
const edits = 'packages/core/test/edits.test.ts'

export const bugs: readonly Bug[] = [
  {
    area: 'header',
    name: 'the algorithm "none" is accepted',
    file: core('header'),
    find: '[write(alg), write(alg, typ), write(typ, alg)]',
    become: `[write(alg), write(alg, typ), write(typ, alg), write('"alg":"none"')]`,
    tests: [vectors, 'packages/core/test/keyring.web.test.ts'],
  },
  {
    area: 'header',
    name: 'an unknown header is tried with every key',
    file: core('token'),
    find: 'headers.get(parts.header)',
    become: '(headers.get(parts.header) ?? ring.all)',
    tests: [vectors],
  },
  {
    area: 'header',
    name: 'a header that names a key is tried with every key',
    file: core('keyring'),
    find: 'bySignedHeader.set(header, [ringKey])',
    become: 'bySignedHeader.set(header, all)',
    tests: [vectors],
  },
  {
    area: 'compare',
    name: 'signatures of the same length are equal',
    file: core('compare'),
    find: 'return difference === 0',
    become: 'return given.length === expected.length',
    tests: [vectors],
  },
  {
    area: 'compare',
    name: 'only the beginning of a signature is compared',
    file: core('compare'),
    find: 'at < given.length; at++',
    become: 'at < 42; at++',
    tests: [vectors, edits],
  },
  {
    area: 'compare',
    name: 'comparing stops at the first difference',
    file: core('compare'),
    find: 'difference |= given.charCodeAt(at) ^ expected.charCodeAt(at)',
    become: 'if (given.charCodeAt(at) !== expected.charCodeAt(at)) return false',
    tests: ['packages/core/test/compare.web.test.ts'],
  },
  {
    area: 'canonical form',
    name: 'a signature may end in other unused bits',
    file: core('token'),
    find: '!isCanonical(claims) || !isCanonical(signature)',
    become: '!isCanonical(claims)',
    tests: [vectors],
  },
  {
    area: 'canonical form',
    name: 'claims may end in other unused bits',
    file: core('token'),
    find: '!isCanonical(claims) || !isCanonical(signature)',
    become: '!isCanonical(signature)',
    tests: [vectors],
  },
  {
    area: 'canonical form',
    name: 'the tag of a sealed token may end in other unused bits',
    file: core('token'),
    find: 'isCanonical(claims) && isCanonical(signature)',
    become: 'isCanonical(claims)',
    tests: [vectors, edits],
  },
  {
    area: 'canonical form',
    name: 'padding is accepted',
    file: core('token'),
    find: String.raw`/^[\w.-]+$/`,
    become: String.raw`/^[\w.=-]+$/`,
    tests: [vectors, edits],
  },
  {
    area: 'expiry',
    name: 'a token is good in the second it expires',
    file: core('claims'),
    find: '!(seconds < claims.exp + tolerance)',
    become: '!(seconds <= claims.exp + tolerance)',
    tests: [claims, vectors],
  },
  {
    area: 'expiry',
    name: 'nothing expires',
    file: core('claims'),
    find: '!(seconds < claims.exp + tolerance)',
    become: '!claims.exp',
    tests: [vectors],
  },
  {
    area: 'expiry',
    name: 'a broken clock lets everything live',
    file: core('claims'),
    find: '!(seconds < claims.exp + tolerance)',
    become: 'seconds >= claims.exp + tolerance',
    tests: [claims],
  },
  {
    area: 'redirect',
    name: 'a host that only ends like an allowed one is allowed',
    file: core('redirect'),
    find: 'endsWith(`.$' + '{rule.hostname}`)',
    become: 'endsWith(rule.hostname)',
    tests: [redirects, vectors],
  },
  {
    area: 'redirect',
    name: 'a redirect is not judged when it is used',
    file: verify('policy'),
    find: 'hook.redirectTo !== undefined',
    become: 'hook.redirectTo === null',
    tests: [vectors, 'packages/verify/test/verifier.test.ts'],
  },
  {
    area: 'redirect',
    name: 'http is good for any host',
    file: core('redirect'),
    find: `url.protocol === 'http:' && isLoopback(url)`,
    become: `url.protocol === 'http:'`,
    tests: [redirects],
  },
  {
    area: 'uses',
    name: 'a use is spent although the answer is an error',
    file: verify('admit'),
    find: 'status < 400',
    become: 'status < 600',
    tests: [uses, 'packages/verify/test/uses-guards.test.ts'],
  },
  {
    area: 'uses',
    name: 'a use is given back after a success',
    file: verify('uses'),
    find: `ended === 'well' ? spend(held, leaseEnd) : giveBack(held)`,
    become: 'giveBack(held)',
    tests: [uses],
  },
  {
    area: 'uses',
    name: 'a use is not given back when the handler throws',
    file: verify('run'),
    find: 'await settle?.(undefined)',
    become: 'await undefined',
    tests: [uses],
  },
  {
    area: 'uses',
    name: 'there is one use more than was signed',
    file: verify('stores/record'),
    find: 'entries.length >= uses',
    become: 'entries.length > uses',
    tests: [uses],
  },
]
