import { HookurlError, invalidOption } from '../errors.ts'

/** The longest redirect, in characters. */
export const maxRedirectLength = 1024

const notPlainAscii = /[^\x21-\x7e]|\\/
const loopbackHost = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/** A redirect policy: whether a parsed URL's host is allowed. */
export type RedirectPolicy = (url: URL) => boolean

interface HostPattern {
  readonly hostname: string
  /** Absent: the default port; of a loopback host, any. */
  readonly port: string | undefined
  readonly subdomains: boolean
}

/**
 * Prepares `redirectHosts`: `'cataas.com'`, `'*.example.com'` (subdomains of any depth, not the apex),
 * `'shop.example:8443'`. Without a list, any host is allowed.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function createRedirectPolicy(hosts: readonly string[] | undefined): RedirectPolicy {
  if (hosts === undefined) return () => true
  if (!Array.isArray(hosts))
    throw invalidOption('redirectHosts must be an array of host names', "Write ['example.com'].")
  const rules = hosts.map(parseRule)
  return (url) => rules.some((rule) => matches(rule, url))
}

/**
 * Parses a redirect as it is given at mint and returns what gets signed.
 *
 * @throws {HookurlError} `redirect_forbidden`
 */
export function normalizeRedirect(given: unknown, policy: RedirectPolicy): string {
  if (typeof given !== 'string') throw forbidden('redirectTo must be a text')
  // The parser would drop or turn these, and what was meant would be a guess.
  if (/[\p{Cc}\\]/u.test(given)) throw forbidden('redirectTo has a backslash or a control character')
  const url = parse(given)
  if (url === undefined) throw forbidden('redirectTo is not an absolute URL')
  // In a path, some parsers escape `^` (newer ones) and `|` (Chromium's), and some don't; escaped, they are the same to all.
  const href = url.href.replaceAll('^', '%5E').replaceAll('|', '%7C')
  const problem = judgeText(href) ?? judgeUrl(url, policy)
  if (problem !== undefined) throw forbidden(`redirectTo ${problem}`)
  return href
}

/** What is wrong with a signed redirect, in words; undefined where it is allowed. */
export function findRedirectProblem(text: string, policy: RedirectPolicy): string | undefined {
  const problem = judgeText(text)
  if (problem !== undefined) return problem
  const url = parse(text)
  if (url === undefined) return 'is not an absolute URL'
  return judgeUrl(url, policy) ?? (url.href === text ? undefined : 'is not written as it will be resolved')
}

function judgeText(text: string): string | undefined {
  if (text.length > maxRedirectLength) return `is longer than ${maxRedirectLength} characters`
  return notPlainAscii.test(text) ? 'has a backslash, white space, or a character that is not ASCII' : undefined
}

function judgeUrl(url: URL, policy: RedirectPolicy): string | undefined {
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url))) {
    return 'is not https (http is for loopback hosts only)'
  }
  if (url.username !== '' || url.password !== '') return 'has credentials'
  if (url.hostname.endsWith('.')) return 'has a host with a trailing dot'
  return policy(url) ? undefined : 'has a host that is not one of redirectHosts'
}

function parseRule(text: unknown): HostPattern {
  const subdomains = typeof text === 'string' && text.startsWith('*.')
  const host = subdomains ? text.slice(2) : text
  const url = typeof host === 'string' && /^[^\s/?#@\\*]+$/.test(host) ? parse(`https://${host}/`) : undefined
  if (url === undefined || url.hostname.endsWith('.')) {
    throw invalidOption(
      'redirectHosts has an entry that is not a host name',
      "Write 'example.com', '*.example.com' or 'example.com:8443', without scheme and path.",
    )
  }
  return { hostname: url.hostname, port: /:\d+$/.test(host as string) ? url.port || '443' : undefined, subdomains }
}

function matches(rule: HostPattern, url: URL): boolean {
  const host = rule.subdomains ? url.hostname.endsWith(`.${rule.hostname}`) : url.hostname === rule.hostname
  if (!host) return false
  if (rule.port === undefined) return url.port === '' || isLoopback(url)
  return rule.port === (url.port || (url.protocol === 'http:' ? '80' : '443'))
}

function isLoopback(url: URL): boolean {
  return loopbackHost.test(url.hostname)
}

function parse(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}

// At mint a refused redirect is the caller's mistake, as any option is: the command line exits with 2.
function forbidden(message: string): HookurlError {
  return new HookurlError('redirect_forbidden', { message, exit: 2 })
}
