import { type HookurlError, isHookurlError } from '@hookurl/core'
import { sanitizeLogLine } from '@hookurl/core/internal'

/** What is said about an error, and the exit code it ends with. */
export interface ErrorReport {
  readonly code: string
  readonly message: string
  readonly fix: string
  readonly exit: number
}

// The library speaks of its options, the command line of its flags.
const flags: readonly (readonly [RegExp, string])[] = [
  [/\bredirectHosts\b/g, '--redirect-host'],
  [/\bform: 'short'/g, '--token-format short'],
  [/\b(?:baseUrl|userId|redirectTo|expiresIn|expiresAt|notBefore|tokenIn|maxUrlLength)\b/g, '--$&'],
  [/\b(?:command|content|uses|id)(?= must be)|(?<=^Correct )\w+(?=\.$)/g, '--$&'],
]

/** Says what went wrong: a mistake in the command, a refusal with its code, or something nobody expected. */
export function toErrorReport(error: unknown, command: string | undefined): ErrorReport {
  if (isHookurlError(error)) return reportRefusal(error)
  if (isUsageError(error)) return reportUsage(error.message, command)
  const message = error instanceof Error ? error.message : String(error)
  return {
    code: 'unexpected',
    message: sanitizeLogLine(message),
    fix: 'Run it again with HOOKURL_DEBUG=1 to see where it happened.',
    exit: 1,
  }
}

function reportRefusal({ code, message, fix, exit }: HookurlError): ErrorReport {
  return { code, message: sanitizeLogLine(toFlags(message)), fix: sanitizeLogLine(toFlags(fix)), exit }
}

function toFlags(text: string): string {
  const named = flags.reduce((result, [pattern, flag]) => result.replace(pattern, flag), text)
  return named.replace(/--[a-z]+[A-Z]\w+/g, (flag) => flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`))
}

// Commander's own errors, told by their code: it is loaded only where a command line is parsed.
function isUsageError(error: unknown): error is Error {
  return error instanceof Error && String(Reflect.get(error, 'code')).startsWith('commander.')
}

function reportUsage(text: string, command: string | undefined): ErrorReport {
  const [first = '', suggestion] = text.replace(/^error: /, '').split('\n')
  // What commander says where the name of a command is missing.
  if (first === '(outputHelp)') return reportUsage('a command is missing', command)
  const help = `hookurl ${command === undefined ? '' : `${command} `}--help`
  return {
    code: 'invalid_option',
    message: sanitizeLogLine(first.replace(/\.$/, '')),
    fix: suggestion === undefined ? `See \`${help}\`.` : sanitizeLogLine(suggestion.replace(/^\(|\)$/g, '')),
    exit: 2,
  }
}
