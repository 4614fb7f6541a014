import { inspect } from 'node:util'
import type { ErrorCode } from '@hookurl/core'
import { createVerifier, type VerifierOptions } from '@hookurl/verify'
import { expect, test } from 'vitest'
import { catchError, command, key, mint, now, policy, seconds } from '../support/fixtures.ts'

const secret = Buffer.from(key.slice(4), 'base64url')
const marked = { content: { pin: 'hunter2' }, userId: 'user-hunter2' }
const url = mint(marked)
const late = { now: () => (seconds + 31 * 86_400) * 1000 }

const rows: readonly [code: ErrorCode, url: string, options: Partial<VerifierOptions>, hasHook: boolean][] = [
  ['no_token', 'https://bot.example.com/hunter2', {}, false],
  ['ambiguous_token', `${url}?t=${mint().split('/').at(-1)}`, {}, false],
  ['malformed_token', url.slice(0, -1), {}, false],
  ['malformed_token', 'hunter2', {}, false],
  ['invalid_signature', url, { purpose: 'x' }, false],
  ['expired', url, late, true],
  ['not_yet_valid', mint({ ...marked, notBefore: new Date(now() + 1000) }), {}, true],
  ['wrong_command', mint({ ...marked, command: '/other' }), {}, true],
  ['store_unavailable', mint({ ...marked, maxUses: 1 }), {}, true],
  ['redirect_forbidden', mint({ ...marked, redirectTo: 'https://a.com/' }), { redirectHosts: [] }, true],
  ['unknown_command', url, { commands: { '/other': {} } }, true],
  ['denied', url, { authorize: () => false }, true],
]

for (const [code, given, options, hasHook] of rows) {
  test(`${code} tells no token and no content; it has ${hasHook ? 'the hook, hidden' : 'no hook'}`, async () => {
    const error = await catchError(() => createVerifier({ ...policy, ...options }).verify(given, { command }))
    expect(error.code).toBe(code)
    expect(error.hook?.userId).toBe(hasHook ? marked.userId : undefined)
    expect(Object.keys(error)).not.toContain('hook')
    const shown = `${inspect(error, { depth: 9 })}${JSON.stringify(error)}${error.stack}${Object.entries(error)}`
    expect(shown).not.toContain('hunter2')
    expect(shown).not.toContain(url.split('/').at(-1)?.slice(0, 40))
  })
}

test('no key can be reached from a hook, a verifier or an error', async () => {
  const verifier = createVerifier(policy)
  const error = await catchError(() => verifier.verify(mint({ ...marked, maxUses: 1 })))
  for (const value of [await verifier.verify(url), verifier, error, error.hook]) {
    const shown = inspect(value, { depth: 20, showHidden: true, getters: true })
    expect(shown).not.toContain(key.slice(4))
    expect(shown).not.toContain(inspect(secret).slice(8, -1))
    expect(JSON.stringify(value)).not.toContain(key.slice(4))
    expect(reach(value).some((bytes) => Buffer.from(bytes).equals(secret))).toBe(false)
  }
})

// All bytes that can be reached through properties, hidden ones too.
function reach(value: unknown, seen = new Set<unknown>()): Uint8Array[] {
  if (typeof value !== 'object' || value === null || seen.has(value)) return []
  seen.add(value)
  if (value instanceof Uint8Array) return [value]
  return Reflect.ownKeys(value).flatMap((name) => reach(Reflect.get(value, name), seen))
}
