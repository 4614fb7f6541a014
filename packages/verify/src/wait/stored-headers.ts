// Credentials: of the caller's session, and secrets that senders put into every request.
const neverStored: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'proxy-authorization',
  'x-gitlab-token',
  'x-telegram-bot-api-secret-token',
])
const MAX_HEADER_LENGTH = 4096
const MAX_LENGTH = 16_384

/** Returns the headers of a delivery that are stored: no credentials, none that is too long, and 16 KB in total. */
export function selectHeaders(headers: Headers): [name: string, value: string][] {
  const selected: [string, string][] = []
  let length = 0
  for (const [name, value] of headers) {
    const own = name.length + value.length
    if (neverStored.has(name) || own > MAX_HEADER_LENGTH || length + own > MAX_LENGTH) continue
    length += own
    selected.push([name, value])
  }
  return selected
}
