import { invalidOption } from '../errors.ts'

/**
 * Rejects unknown options, because a misspelled restriction must not be silently ignored. `what` names the function
 * that takes the options.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function assertKnownOptions(options: object, known: ReadonlySet<string>, what: string): void {
  for (const name in options) {
    if (!known.has(name)) {
      throw invalidOption(`${what} has no option ${JSON.stringify(name)}`, `Use one of: ${[...known].join(', ')}.`)
    }
  }
}

/**
 * Rejects a value that is not an object of known options.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function assertOptions(options: unknown, known: ReadonlySet<string>, what: string): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw invalidOption(`${what} requires an options object`, 'Pass an object.')
  }
  assertKnownOptions(options, known, what)
}

/**
 * Returns the clock passed as the option `now`, in epoch milliseconds, or `Date.now` by default.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function resolveClock(now: unknown): () => number {
  if (now === undefined) return Date.now
  if (typeof now !== 'function') throw invalidOption('now must be a function', 'Omit it, or pass one like Date.now.')
  return now as () => number
}
