import { assertExactNumbers, invalidOption } from '@hookurl/core/internal'
import { isInexactNumber, parseJson } from '@hookurl/presentation/json'

/** What is reported for a string that is not JSON. */
export interface NotJson {
  readonly message: string
  readonly fix: string
}

/**
 * Parses JSON that will be signed.
 *
 * @throws {HookurlError} `invalid_option` if it is not JSON, or has a number that a double cannot hold
 */
export function parseExactJson(text: string, name: string, { message, fix }: NotJson): unknown {
  let literals: unknown
  try {
    literals = parseJson(text)
  } catch {
    throw invalidOption(message, fix)
  }
  assertExactNumbers(name, literals, isInexactNumber)
  return JSON.parse(text)
}

/**
 * Checks the numbers in these members of a JSON object.
 *
 * @throws {HookurlError} `invalid_option` if a double cannot hold one of them
 */
export function assertExactMembers(json: string, names: readonly string[]): void {
  const literals = parseJson(json) as Record<string, unknown>
  for (const name of names) assertExactNumbers(name, literals[name], isInexactNumber)
}
