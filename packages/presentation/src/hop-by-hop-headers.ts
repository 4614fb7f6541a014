/**
 * Headers that belong to one connection and are not forwarded (RFC 9110, section 7.6.1), in lowercase. `expect` is
 * among them because the server that received the request has already responded to it.
 */
export const hopByHopHeaders: readonly string[] = [
  'connection',
  'expect',
  'keep-alive',
  'te',
  'transfer-encoding',
  'upgrade',
]
