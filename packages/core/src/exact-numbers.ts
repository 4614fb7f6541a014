import { formatPath, MAX_PATH_SEGMENTS } from './commands.ts'
import { invalidOption } from './errors.ts'

// JavaScript writes integers from 1e21 up with an exponent, so no one expects them to be exact.
const MIN_INTEGER_WITH_EXPONENT = 1e21
// Every unsafe integer has at least 16 digits.
const longInteger = /\d{16}/

/**
 * Checks that the content in serialized claims has no integers that may have been rounded before they were passed to
 * `mint`.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function assertSafeIntegers(claims: string): void {
  if (longInteger.test(claims)) assertExactNumbers('content', JSON.parse(claims).cnt, isUnsafeInteger)
}

/**
 * Checks that a JSON value contains no number that `isInexact` recognizes as one that a double rounds.
 *
 * @throws {HookurlError} `invalid_option`, naming the path of the first one
 */
export function assertExactNumbers(name: string, value: unknown, isInexact: (value: unknown) => boolean): void {
  const pending: (readonly [path: readonly string[], value: unknown])[] = [[[name], value]]
  for (const [path, current] of pending) {
    if (isInexact(current)) {
      throw invalidOption(`${formatPath(path)} cannot be represented exactly as a number`, 'Write it as a string.')
    }
    if (typeof current !== 'object' || current === null) continue
    for (const [key, member] of Object.entries(current)) {
      pending.push([path.length < MAX_PATH_SEGMENTS ? [...path, key] : path, member])
    }
  }
}

function isUnsafeInteger(value: unknown): boolean {
  return (
    Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value as number) < MIN_INTEGER_WITH_EXPONENT
  )
}
