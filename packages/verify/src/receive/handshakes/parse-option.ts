import { assertOptions, invalidOption } from '@hookurl/core/internal'
import type { HandshakeOptions } from '../options.ts'
import type { HandshakesConfig } from './definition.ts'

// The strings that each service's option must have.
const secretNames = {
  x: ['consumerSecret'],
  zoom: ['secretToken'],
  linkedin: ['clientSecret'],
  ebay: ['verificationToken', 'endpoint'],
} as const satisfies Partial<Record<keyof HandshakeOptions, readonly string[]>>

const functionFixes = {
  asana: 'Write (secret, hook) => saveSecret(hook.id, secret).',
  custom: 'Return a Response, or undefined for requests that are not handshakes.',
} as const satisfies Partial<Record<keyof HandshakeOptions, string>>

const optionNames: ReadonlySet<string> = new Set(['strava', ...Object.keys(functionFixes), ...Object.keys(secretNames)])

/**
 * Validates the option `handshakes`. Returns `undefined` if handshakes are disabled.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function parseHandshakesOption(given: false | HandshakeOptions | undefined): HandshakesConfig | undefined {
  if (given === false) return undefined
  const options = given ?? {}
  assertOptions(options, optionNames, 'handshakes')
  const { strava } = options
  if (strava !== undefined && typeof strava !== 'boolean') {
    throw invalidOption('handshakes.strava must be true or false', 'Set it to true for URLs that Strava calls.')
  }
  for (const [name, fix] of Object.entries(functionFixes)) {
    const value: unknown = Reflect.get(options, name)
    if (value !== undefined && typeof value !== 'function') {
      throw invalidOption(`handshakes.${name} must be a function`, fix)
    }
  }
  for (const [service, names] of Object.entries(secretNames)) assertSecrets(options, service, names)
  return options
}

function assertSecrets(options: HandshakeOptions, service: string, names: readonly string[]): void {
  const secrets: unknown = Reflect.get(options, service)
  if (secrets === undefined) return
  assertOptions(secrets as object, new Set(names), `handshakes.${service}`)
  for (const name of names) {
    const value: unknown = Reflect.get(secrets as object, name)
    if (typeof value === 'string' && value !== '' && value === value.trim()) continue
    throw invalidOption(
      `handshakes.${service}.${name} must be a non-empty string without surrounding whitespace`,
      'Pass it exactly as the service shows it, for example from an environment variable.',
    )
  }
}
