import { redact } from '@hookurl/core'
import { locateToken } from '@hookurl/core/internal'
import type { RequestContext } from './context.ts'

// An absolute path in ASCII. A second slash or a backslash would make it a URL on another host (URL Standard,
// section 4.4), to which the sign-in page would redirect.
const pathPattern = /^\/(?![/\\])[!-[\]-~]*$/
// Searching 16 KB for tokens, which servers accept, would take over ten milliseconds.
const MAX_REST_LENGTH = 2048
const scheme = /^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i

/**
 * Creates the path to which a browser returns after its user has signed in: the path as received, with a handle in the
 * token's place. Returns `undefined` if the token cannot be replaced, because it is encoded or repeated, or comes from a
 * rewritten path: otherwise the path would show it to the sign-in page. The same applies to a path with more than 2,048
 * other characters.
 */
export async function createReturnTo({ request, config, token }: RequestContext): Promise<string | undefined> {
  const target = request.target.replace(scheme, '')
  const rest = target.replaceAll(token, '')
  if (!pathPattern.test(target) || rest === target || rest.length > MAX_REST_LENGTH) return undefined
  const handle = await config.policy.createHandle(token)
  const path = target.replaceAll(token, handle)
  const located = locateToken(path)
  const isReplaced = located.kind === 'valid' && located.token === handle
  return isReplaced && !containsToken(rest) ? path : undefined
}

function containsToken(text: string): boolean {
  return redact(text) !== text
}
