import { type HookurlError, isHookurlError } from '@hookurl/core'
import { sanitizeLogLine, sanitizeLogLines } from '@hookurl/core/internal'
import { exitCodes } from './exit-codes.ts'

/** What is printed about an error, and the exit code. */
export interface ErrorReport {
  readonly code: string
  readonly message: string
  readonly fix: string
  readonly exit: number
}

// The library's error messages name options, which become flags here. A name after a dot belongs to a path in the
// content.
const flagPatterns: readonly (readonly [RegExp, string])[] = [
  [/(?<!\.)\bredirectHosts\b/g, '--redirect-host'],
  [/\btokenFormat: '(\w+)'/g, '--token-format $1'],
  [/\bset allowInsecure: true/g, 'pass --allow-insecure'],
  [
    /(?<!\.)\b(?:baseUrl|userId|redirectTo|expiresIn|expiresAt|notBefore|allowGet|requireSignature|issuedAt|tokenIn|tokenFormat|maxUrlLength|maxUses)\b/g,
    '--$&',
  ],
  [/\b(?:command|content|id)(?= must be)|(?<=^\w+ )(?:command|content|id)(?=\.$)/g, '--$&'],
]

const MAX_CAUSES = 10
// A key without its prefix, a derived key, or a part of a token.
const secretLike = /(?<![\w-])[\w-]{40,}(?![\w-])/g

/**
 * Formats the stack of an error and of its causes, without keys and tokens. The other members of an error are left out:
 * they can contain keys as bytes.
 */
export function formatStack(error: unknown): string {
  const stacks: string[] = []
  const pending: unknown[] = [error]
  while (pending.length > 0 && stacks.length < MAX_CAUSES) {
    const current = pending.shift()
    const stack = current instanceof Error ? (current.stack ?? String(current)) : String(current)
    stacks.push(stacks.length === 0 ? stack : `Caused by: ${stack}`)
    if (!(current instanceof Error)) continue
    if (current.cause !== undefined) pending.push(current.cause)
    if (current instanceof AggregateError) pending.push(...current.errors)
  }
  return removeSecrets(sanitizeLogLines(stacks.join('\n')))
}

function removeSecrets(text: string): string {
  return text.replace(secretLike, '[removed]')
}

/** Maps an error to its report: a usage error, an error of the library with its code, or an unexpected error. */
export function toErrorReport(error: unknown, command: string | undefined): ErrorReport {
  if (isHookurlError(error)) return reportHookurlError(error)
  if (isCommanderError(error)) return reportUsageError(error.message, command)
  const message = error instanceof Error ? error.message : String(error)
  return {
    code: 'unexpected',
    message: removeSecrets(sanitizeLogLine(message)),
    fix: 'Run the command again with HOOKURL_DEBUG=1 to see where the error occurred.',
    exit: exitCodes.unexpected.exit,
  }
}

function reportHookurlError({ code, message, fix, exit }: HookurlError): ErrorReport {
  return { code, message: sanitizeLogLine(toFlags(message)), fix: sanitizeLogLine(toFlags(fix)), exit }
}

function toFlags(text: string): string {
  const withFlags = flagPatterns.reduce((result, [pattern, flag]) => result.replace(pattern, flag), text)
  return withFlags.replace(/--[a-z]+[A-Z]\w+/g, (flag) =>
    flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
  )
}

// Checks the code, not the class, because commander is loaded only when a command line is parsed.
function isCommanderError(error: unknown): error is Error {
  return error instanceof Error && String(Reflect.get(error, 'code')).startsWith('commander.')
}

function reportUsageError(text: string, command: string | undefined): ErrorReport {
  const [first = '', suggestion] = text.replace(/^error: /, '').split('\n')
  // Commander reports a missing command this way.
  if (first === '(outputHelp)') return reportUsageError('a command is missing', command)
  const help = `hookurl ${command === undefined ? '' : `${command} `}--help`
  return {
    code: 'invalid_option',
    message: sanitizeLogLine(first.replace(/\.$/, '')),
    fix: suggestion === undefined ? `See \`${help}\`.` : sanitizeLogLine(suggestion.replace(/^\(|\)$/g, '')),
    exit: exitCodes.usage.exit,
  }
}
