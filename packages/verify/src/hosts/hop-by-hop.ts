/** Headers that belong to one connection. HTTP/2 forbids them (RFC 9113, section 8.2.2), and gateways set their own. */
export const connectionHeaders: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
])
