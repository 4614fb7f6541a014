import { HookurlError, inspect } from '@hookurl/core'

/**
 * Adds how the token in a URL is damaged to the error that rejects it. Only for output on this machine: a caller must
 * not learn which part of a guess is wrong.
 */
export function explainRejection(error: HookurlError, url: string): HookurlError {
  const { code, fix, hook, exit } = error
  if (code !== 'malformed_token') return error
  const [problem] = inspect(url).problems
  if (problem === undefined) return error
  const message = problem.message.replace(/^it /, 'the token ')
  return new HookurlError(code, { message, fix, hook, exit, cause: error })
}
