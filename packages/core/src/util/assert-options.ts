import { invalidOption } from '../errors.ts'

/** Refuses an option that nobody knows: a misspelt restriction must not be ignored. */
export function assertKnownOptions(options: object, known: ReadonlySet<string>, what: string): void {
  for (const name in options) {
    if (!known.has(name)) {
      throw invalidOption(`${what} has no option ${JSON.stringify(name)}`, `Use one of: ${[...known].join(', ')}.`)
    }
  }
}

/** Refuses what is not a plain bag of options. */
export function assertOptions(options: unknown, known: ReadonlySet<string>, what: string): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw invalidOption(`${what} takes an object of options`, 'Pass an object.')
  }
  assertKnownOptions(options, known, what)
}

/** The clock of an options bag, in epoch milliseconds. */
export function resolveClock(now: unknown): () => number {
  if (now === undefined) return Date.now
  if (typeof now !== 'function')
    throw invalidOption('now must be a function', 'Leave it out, or pass one like Date.now.')
  return now as () => number
}
