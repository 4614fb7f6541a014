/** Whether docs/token.md allows the redirect of a signed token. */
export function isRedirectAllowed(redirectTo: string, hosts: readonly string[] | undefined): boolean {
  if (redirectTo.length > 1024) return false
  for (const character of redirectTo) if (character < '!' || character > '~' || character === '\\') return false
  if (!URL.canParse(redirectTo)) return false
  const url = new URL(redirectTo)
  if (url.href !== redirectTo) return false
  const isLoopback = isLoopbackHost(url.hostname)
  if (!redirectTo.startsWith('https://') && !(redirectTo.startsWith('http://') && isLoopback)) return false
  if (redirectTo.split('/')[2]?.includes('@') || url.hostname.endsWith('.')) return false
  if (!isHostname(url.hostname)) return false
  return hosts === undefined || hosts.some((pattern) => matches(pattern, url))
}

// Labels of letters, digits, `-` and `_`, or an IPv6 address, which the URL parser has checked.
function isHostname(hostname: string): boolean {
  if (hostname.startsWith('[')) return hostname.endsWith(']')
  return hostname
    .split('.')
    .every((label) => label !== '' && [...label].every((character) => /[a-z0-9_-]/.test(character)))
}

function isLoopbackHost(hostname: string): boolean {
  if (hostname === 'localhost' || hostname === '[::1]') return true
  const numbers = hostname.split('.')
  return numbers.length === 4 && numbers[0] === '127' && numbers.every((number) => /^\d{1,3}$/.test(number))
}

function matches(pattern: string, url: URL): boolean {
  const isWildcard = pattern.startsWith('*.')
  const host = isWildcard ? pattern.slice(2) : pattern
  const port = /:(\d+)$/.exec(host)?.[1]
  const name = new URL(`https://${host}`).hostname
  const isHost = isWildcard
    ? url.hostname.length > name.length + 1 && url.hostname.endsWith(`.${name}`)
    : url.hostname === name
  if (!isHost) return false
  const defaultPort = url.protocol === 'https:' ? '443' : '80'
  if (port === undefined) return url.port === '' || isLoopbackHost(url.hostname)
  return port === (url.port === '' ? defaultPort : url.port)
}
