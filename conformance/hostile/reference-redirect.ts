/** Whether docs/token.md allows the redirect of a signed token, by the URL standard's parser and its own rules. */
export function judgeRedirect(text: string, hosts: readonly string[] | undefined): boolean {
  if (text.length > 1024) return false
  for (const character of text) if (character < '!' || character > '~' || character === '\\') return false
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  if (url.href !== text) return false
  const isLoopback = isLoopbackHost(url.hostname)
  if (!text.startsWith('https://') && !(text.startsWith('http://') && isLoopback)) return false
  if (text.split('/')[2]?.includes('@') || url.hostname.endsWith('.')) return false
  return hosts === undefined || hosts.some((host) => allows(host, url))
}

function isLoopbackHost(hostname: string): boolean {
  if (hostname === 'localhost' || hostname === '[::1]') return true
  const numbers = hostname.split('.')
  return numbers.length === 4 && numbers[0] === '127' && numbers.every((number) => /^\d{1,3}$/.test(number))
}

function allows(rule: string, url: URL): boolean {
  const isWild = rule.startsWith('*.')
  const plain = isWild ? rule.slice(2) : rule
  const port = /:(\d+)$/.exec(plain)?.[1]
  const name = new URL(`https://${plain}`).hostname
  const isHost = isWild
    ? url.hostname.length > name.length + 1 && url.hostname.endsWith(`.${name}`)
    : url.hostname === name
  if (!isHost) return false
  const usual = url.protocol === 'https:' ? '443' : '80'
  if (port === undefined) return url.port === '' || isLoopbackHost(url.hostname)
  return port === (url.port === '' ? usual : url.port)
}
