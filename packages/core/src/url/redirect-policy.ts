import { HookurlError, invalidOption } from '../errors.ts'

/** The maximum length of a redirect, in characters. */
export const MAX_REDIRECT_LENGTH = 1024

const backslashOrNotPrintableAscii = /[^\x21-\x7e]|\\/
const loopbackHost = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/
// A hostname in its ASCII form, or an IP address. URL parsers accept many other characters; some clients do not treat
// them as a part of the host.
const hostPattern = /^(?:[\w-]+(?:\.[\w-]+)*|\[[\da-f:]+\])$/
const ipAddress = /^(?:\d+\.\d+\.\d+\.\d+|\[.*\])$/
const entryPattern = /^(\*\.)?(\[[\da-f:.]+\]|[^\s/?#@\\*%:[\]]+)(?::([1-9]\d{0,4}))?$/i

/** Returns whether the host of a parsed URL is allowed. */
export type RedirectPolicy = (url: URL) => boolean

interface HostPattern {
  readonly hostname: string
  /** If `undefined`, the default port, or any port of a loopback host. */
  readonly port: string | undefined
  readonly subdomains: boolean
}

/**
 * Creates a policy from `redirectHosts`: `'example.com'`, `'*.example.com'` (subdomains of any depth, not the apex),
 * `'shop.example:8443'`. Without a list, any host is allowed.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function createRedirectPolicy(hosts: readonly string[] | undefined): RedirectPolicy {
  if (hosts === undefined) return () => true
  if (!Array.isArray(hosts)) {
    throw invalidOption('redirectHosts must be an array of hostnames', "Write ['example.com'].")
  }
  const patterns = hosts.map(parseHostPattern)
  return (url) => patterns.some((pattern) => matches(pattern, url))
}

/**
 * Normalizes the redirect of a URL that is being minted. The result is what gets signed.
 *
 * @throws {HookurlError} `redirect_forbidden`
 */
export function normalizeRedirect(redirectTo: unknown, policy: RedirectPolicy): string {
  if (typeof redirectTo !== 'string') throw redirectForbidden('redirectTo must be a string')
  // The URL parser would drop or replace these characters, so the result might not be what the caller meant.
  if (/[\p{Cc}\\]/u.test(redirectTo)) throw redirectForbidden('redirectTo contains a backslash or a control character')
  const url = parseUrl(redirectTo)
  if (url === undefined) throw redirectForbidden('redirectTo is not an absolute URL')
  // In a path, newer parsers escape `^`, and Chromium's escapes `|`; others do not. All of them keep existing escapes.
  const href = url.href.replaceAll('^', '%5E').replaceAll('|', '%7C')
  const problem = findStringProblem(href) ?? findUrlProblem(url, policy)
  if (problem !== undefined) throw redirectForbidden(`redirectTo ${problem}`)
  return href
}

/** Returns why a signed redirect is not allowed, as the predicate of a sentence, or `undefined` if it is allowed. */
export function findRedirectProblem(redirectTo: string, policy: RedirectPolicy): string | undefined {
  const problem = findStringProblem(redirectTo)
  if (problem !== undefined) return problem
  const url = parseUrl(redirectTo)
  if (url === undefined) return 'is not an absolute URL'
  return findUrlProblem(url, policy) ?? (url.href === redirectTo ? undefined : 'is not a normalized URL')
}

function findStringProblem(text: string): string | undefined {
  if (text.length > MAX_REDIRECT_LENGTH) return `is longer than ${MAX_REDIRECT_LENGTH} characters`
  return backslashOrNotPrintableAscii.test(text)
    ? 'contains a backslash, whitespace, or a character that is not ASCII'
    : undefined
}

function findUrlProblem(url: URL, policy: RedirectPolicy): string | undefined {
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url))) {
    return 'is not https (http is for loopback hosts only)'
  }
  if (url.username !== '' || url.password !== '') return 'has credentials'
  if (url.hostname.endsWith('.')) return 'has a host with a trailing dot'
  if (!hostPattern.test(url.hostname)) return 'has a host that is neither a hostname nor an IP address'
  return policy(url) ? undefined : 'has a host that is not in redirectHosts'
}

function parseHostPattern(entry: unknown): HostPattern {
  const [, wildcard, host, port] = (typeof entry === 'string' ? entryPattern.exec(entry) : null) ?? []
  const url = host === undefined ? undefined : parseUrl(`https://${host}:${port ?? '443'}/`)
  if (host === undefined || url === undefined || !isHostOfEntry(url.hostname, host, wildcard)) {
    throw invalidOption(
      'redirectHosts has an entry that is neither a hostname nor an IP address',
      "Write 'example.com', '*.example.com' or 'example.com:8443', without a scheme or path.",
    )
  }
  return { hostname: url.hostname, port, subdomains: wildcard !== undefined }
}

// An IPv4 address in other than four decimal numbers may be meant as a name, and an address has no subdomains.
function isHostOfEntry(hostname: string, written: string, wildcard: string | undefined): boolean {
  if (!hostPattern.test(hostname)) return false
  if (!ipAddress.test(hostname)) return true
  return wildcard === undefined && (written.startsWith('[') || written === hostname)
}

function matches(pattern: HostPattern, url: URL): boolean {
  const isHost = pattern.subdomains ? url.hostname.endsWith(`.${pattern.hostname}`) : url.hostname === pattern.hostname
  if (!isHost) return false
  if (pattern.port === undefined) return url.port === '' || isLoopback(url)
  return pattern.port === (url.port || (url.protocol === 'http:' ? '80' : '443'))
}

function isLoopback(url: URL): boolean {
  return loopbackHost.test(url.hostname)
}

function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}

// When minting, a forbidden redirect is an invalid option, so the CLI exits with 2.
function redirectForbidden(message: string): HookurlError {
  return new HookurlError('redirect_forbidden', { message, exit: 2 })
}
