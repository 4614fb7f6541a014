import type { MintRequest } from '@hookurl/presentation/protocol'

/** The hook URL that the page mints at first. */
export const sampleHook: Omit<MintRequest, 'baseUrl'> = {
  command: '/onWebhook',
  userId: '42',
  content: '',
  contentIsJson: false,
  redirectTo: '',
  expiresIn: '1d',
  maxUses: '',
  allowGet: false,
  requireSignature: false,
  requireUser: false,
  encrypt: false,
}

/** Returns the request target of a hook URL, to send it to the receiver whatever its public address is. */
export function toReceiverPath(url: string): string {
  const { pathname, search } = new URL(url)
  return pathname + search
}
