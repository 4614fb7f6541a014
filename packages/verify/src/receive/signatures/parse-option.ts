import { invalidOption } from '@hookurl/core/internal'
import { type SchemeDefinition, schemes } from './schemes.ts'

/**
 * Validates the option `signatureSchemes`: the names of the schemes to accept, all by default.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function parseSchemesOption(given: unknown): readonly SchemeDefinition[] {
  if (given === undefined) return schemes
  const names: unknown[] = schemes.map(({ name }) => name)
  if (!Array.isArray(given) || given.length === 0 || !given.every((name) => names.includes(name))) {
    throw invalidOption('signatureSchemes must be a non-empty array of schemes', `Use any of: ${names.join(', ')}.`)
  }
  return schemes.filter(({ name }) => given.includes(name))
}
