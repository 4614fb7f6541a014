import { assertExactNumbers, invalidOption } from '@hookurl/core/internal'
import { isInexactNumber, parseJson } from '@hookurl/presentation/json'

/** The error to report for a string that is not JSON. */
export interface NotJson {
  readonly message: string
  readonly fix: string
}

// A double keeps 15 digits, so shorter numbers without an exponent round-trip.
const longNumber = /[\d.]{16}|\d[eE]/

/**
 * Parses JSON that will be signed.
 *
 * @throws {HookurlError} `invalid_option` if it is not JSON, or has a number that does not round-trip through a double
 */
export function parseExactJson(text: string, name: string, { message, fix }: NotJson): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw invalidOption(message, fix)
  }
  if (longNumber.test(text)) assertExactNumbers(name, parseJson(text), isInexactNumber)
  return value
}

/**
 * Checks the numbers in these members of a JSON object.
 *
 * @throws {HookurlError} `invalid_option` if one of them does not round-trip through a double
 */
export function assertExactMembers(json: string, names: readonly string[]): void {
  if (!longNumber.test(json)) return
  const members = parseJson(json) as Record<string, unknown>
  for (const name of names) assertExactNumbers(name, members[name], isInexactNumber)
}
