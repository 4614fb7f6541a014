/**
 * Throws unless two plain values are equal.
 *
 * @throws {Error} with `actual` and `expected`, which test runners print
 */
export function expectEqual(actual: unknown, expected: unknown, what: string): void {
  const [actualText, expectedText] = [format(actual), format(expected)]
  if (actualText === expectedText) return
  const error = new Error(`${what}: expected ${expectedText}, got ${actualText}`)
  throw Object.assign(error, { actual, expected })
}

function format(value: unknown): string {
  return JSON.stringify(value) ?? String(value)
}
