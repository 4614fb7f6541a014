/**
 * Headers of a connection between two hosts: HTTP/2 has none of them (RFC 9113, section 8.2.2), and a gateway writes its
 * own.
 */
export const connectionHeaders: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
])
