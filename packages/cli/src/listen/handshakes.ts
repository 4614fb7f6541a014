import type { Hook } from '@hookurl/core'
import { constantTimeEqual, invalidOption } from '@hookurl/core/internal'
import type { HandshakeOptions } from '@hookurl/verify'
import { findSimilar } from '../io/report-error.ts'

const names = ['asana', 'strava'] as const
type HandshakeName = (typeof names)[number]

/**
 * Parses the value of `--handshake`: names separated by commas.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function parseHandshakes(text: string): HandshakeName[] {
  return text.split(',').map((each) => {
    const name = each.trim().toLowerCase()
    const found = names.find((known) => known === name)
    if (found !== undefined) return found
    const similar = findSimilar(name, names)
    const fix = similar === undefined ? `Use one of: ${names.join(', ')}.` : `Did you mean ${similar}?`
    throw invalidOption(`--handshake has no choice '${name}'`, `${fix} All others are on by default or need a secret.`)
  })
}

const MAX_HOOKS = 1000

/**
 * Enables the handshakes that are off by default. Asana's secret is accepted once for each hook: anyone who has the URL
 * can send another one.
 */
export function createHandshakeOptions(enabled: readonly HandshakeName[]): HandshakeOptions {
  const secrets = new Map<string, string>()
  const asana = (secret: string, hook: Hook): boolean => {
    const id = JSON.stringify([hook.command, hook.userId, hook.id, hook.expiresAt])
    const known = secrets.get(id)
    if (known !== undefined) return constantTimeEqual(secret, known)
    if (secrets.size >= MAX_HOOKS) return false
    secrets.set(id, secret)
    return true
  }
  return {
    ...(enabled.includes('strava') ? { strava: true } : {}),
    ...(enabled.includes('asana') ? { asana } : {}),
  }
}
